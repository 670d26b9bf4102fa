"""The demo's desk: its teams, hours, terms, mailbox, lines, public page and frequent questions."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from acuse import clock
from acuse.accounts.queries import Access

ADDRESS = "atencion@talleres-ribera.example"
_TEAMS = {"Mostrador": {"owner", "administrator"}, "Taller": {"agent"}}
"""Name -> the roles of its members."""
_WELCOME = {
    "es": "Díganos qué necesita: le contestamos en menos de 24 horas.",
    "en": "Tell us what you need: we answer within 24 hours.",
}
_CONSENT = {
    "es": "Usaremos sus datos para contestarle y para probar que lo hicimos. Los guardamos cinco años.",
    "en": "We use your data to answer you and to prove that we did. We keep them for five years.",
}


def set_up(access: Access, directory: Path) -> UUID:
    """Set the desk up; return its telephone line.

    Args:
        access: of the owner.
        directory: where `questions.json` is.
    """
    from acuse.calendars.presets import PRESETS
    from acuse.calendars.regions import with_region
    from acuse.calendars.services import publish_calendar
    from acuse.helpdesk.packs import pack
    from acuse.helpdesk.services.lines import add_line
    from acuse.helpdesk.services.mailboxes import add_mailbox
    from acuse.helpdesk.services.policies import publish_policy
    from acuse.helpdesk.services.portal import change_portal
    from acuse.helpdesk.services.settings import change_desk
    from acuse.proof.policy import Policy

    year = clock.now().year
    hours = with_region(PRESETS["seasons"], "ES-MD", year - 1, year + 1)
    workshop = publish_calendar(access=access, name="Taller", zone="Europe/Madrid", definition=hours)
    always = publish_calendar(
        access=access, name="Asistencia en carretera", zone="Europe/Madrid", definition=PRESETS["always"]
    )
    terms = [
        *pack("standard", language="es", calendar=workshop),
        *pack("ley-10-2025", language="es", calendar=workshop),
    ]
    publish_policy(access=access, terms=Policy(terms=tuple(terms)).members())
    mailbox = add_mailbox(access=access, name="Atención al cliente", address=ADDRESS)
    line = add_line(access=access, name="Recepción", number="910 000 000", calendar=workshop, public=True)
    add_line(access=access, name="Asistencia en carretera", number="910 000 001", calendar=always, public=True)
    change_desk(access=access, default_assignee=None, certify_replies=False, undo_seconds=10, closing_allowed=True)
    change_portal(
        access=access,
        portal_enabled=True,
        form_enabled=True,
        form_mailbox=mailbox,
        welcome=_WELCOME,
        consent=_CONSENT,
        data_policy="",
    )
    _make_teams(access)
    _publish_questions(access, json.loads((directory / "questions.json").read_text("utf-8")))
    return line


def _make_teams(access: Access) -> None:
    from acuse.accounts.members import members
    from acuse.helpdesk.services.teams import make_team

    for name, roles in _TEAMS.items():
        make_team(access=access, name=name, members=[one.id for one in members(access) if one.role in roles])


def _publish_questions(access: Access, sections: list[dict[str, Any]]) -> None:
    from acuse.helpdesk.articles import Text
    from acuse.helpdesk.services.faq import publish_article, write_draft
    from acuse.helpdesk.services.faq_order import add_section

    review = (clock.now() + timedelta(days=180)).date()
    for each in sections:
        section = add_section(access=access, title_es=each["section"]["es"], title_en=each["section"]["en"])
        for written in each["articles"]:
            texts = {
                language: Text(title=written["title"][language], body=written["body"][language])
                for language in ("es", "en")
            }
            article = write_draft(access=access, section=section, texts=texts)
            publish_article(access=access, article=article, review_date=review)
