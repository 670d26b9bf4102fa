"""The inbox, a case and a search with a thousand cases and with a million.

    python -m bench.desk [--small 1000] [--large 1000000]

Two installations stand side by side and take turns, as in `bench.growth`. What is measured is what the application
takes for a whole page: from the request to the last byte of the answer, in the process that answers it. A case that is
opened from the list takes its place beside it; by its address comes the whole page, with frame and list.
"""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from statistics import median, quantiles
from urllib.parse import quote

from bench.growth import main, turns_of
from bench.report import Row

TURNS = 40
EACH_TURN = 5
SAMPLES = 40
AIM_MS = 100

Pages = dict[str, Callable[[], object]]


class DeskHouse:
    """An organisation with a desk, whose pages are asked for by a member who is signed in."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.test import Client

        from acuse.accounts import services
        from acuse.accounts.models import User
        from acuse.accounts.queries import access_organisation
        from acuse.calendars.presets import PRESETS
        from acuse.calendars.services import publish_calendar
        from acuse.helpdesk.packs import pack
        from acuse.helpdesk.services.mailboxes import add_mailbox
        from acuse.helpdesk.services.policies import publish_policy
        from acuse.proof.policy import Policy

        made = services.create_organisation(name="Talleres Ribera", slug="talleres-ribera")
        services.add_sender_identity(organisation=made.id, pattern="@talleres-ribera.example")
        user = services.create_user(email="m@talleres-ribera.example", password=None, name="Marta Ribera")
        services.add_member(organisation=made.id, email=user.email, role="owner")
        self.access = access_organisation(user=user, slug="talleres-ribera")
        calendar = publish_calendar(
            access=self.access, name="Taller", zone="Europe/Madrid", definition=PRESETS["office"]
        )
        publish_policy(
            access=self.access, terms=Policy(terms=pack("standard", language="es", calendar=calendar)).members()
        )
        add_mailbox(access=self.access, name="Atención", address="atencion@talleres-ribera.example")
        self.client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
        self.client.force_login(User.objects.get(id=user.id))

    def grow(self, cases: int) -> None:
        """Open some cases as they come, and copy them until there are so many."""
        from django.db import connection

        from acuse.config.database import conninfo
        from acuse.config.settings import ACUSE_KEYS
        from acuse.evidence.sequencer import Sequencer
        from bench.desk_filling import copy_cases

        for number in range(SAMPLES):
            self._case(number)
        sequencer = Sequencer(conninfo=conninfo(), key=ACUSE_KEYS.checkpoint)
        assert sequencer.lead()
        while sequencer.tick():
            pass
        sequencer.resign()
        connection.close()
        copy_cases(conninfo=conninfo("owner"), organisation=self.access.organisation, count=cases - SAMPLES)

    def _case(self, number: int) -> None:
        """A case with ten facts: opened, two terms, assigned, written in again, noted, classified."""
        from acuse import clock
        from acuse.evidence.queries import facts_of
        from acuse.helpdesk.services.changes import add_note, classify
        from acuse.helpdesk.services.opening import Written, add_message, open_ticket
        from acuse.proof.facts.fact import Actor
        from bench.desk_filling import FACTS_EACH

        written = Written(
            channel="email", address=f"cliente{number}@correo.example", name=f"Cliente {number}", language="es",
            subject=f"Ruido al frenar {number}", text="Desde la revisión el coche hace ruido.\n\n" * 20,
            occurred_at=clock.now() - timedelta(hours=number), actor=Actor(kind="component", id="helpdesk"),
            basis="wrote_from",
        )  # fmt: skip
        ticket = open_ticket(organisation=self.access.organisation, written=written)
        classify(access=self.access, tickets=[ticket], priority="high" if number % 7 == 0 else "low")
        again = replace(written, text="¿Hay novedades?", occurred_at=clock.now())
        while True:
            known = len(facts_of(organisation=self.access.organisation, kind="ticket", id=ticket))
            if known == FACTS_EACH:
                return
            assert known < FACTS_EACH
            if known == FACTS_EACH - 1:
                add_note(access=self.access, ticket=ticket, text="El taller lo confirma.")
            else:
                add_message(ticket=ticket, written=again, matched_by="token")

    def page(self, path: str, **headers: str) -> object:
        """Ask for a page below the organisation's, with headers of the request."""
        answer = self.client.get(f"/console/talleres-ribera/{path}", headers=headers)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content

    def operations(self) -> Pages:
        """Return what is measured, by name; the cases that are opened are from everywhere."""
        from acuse.helpdesk.models import Ticket
        from bench.desk_filling import RARE, SURNAMES, UNCOMMON

        common, both = quote(SURNAMES[0]), quote(f"Factura {SURNAMES[0]}")
        ids = list(Ticket.objects.order_by("id").values_list("id", flat=True)[:200_000])
        chosen = iter(random.Random(7).choices(ids, k=2 * (TURNS + 1) * EACH_TURN))
        some = Ticket.objects.order_by("-number").values_list("address", flat=True)[10]
        return {
            "inbox": lambda: self.page("tickets/"),
            "inbox, mine, late": lambda: self.page("tickets/?whose=mine&late=1"),
            "inbox, over, the latest first": lambda: self.page("tickets/?state=closed"),
            "a case, opened from the list": lambda: self.page(f"tickets/{next(chosen)}/", hx_target="case"),
            "a case, by its address": lambda: self.page(f"tickets/{next(chosen)}/"),
            "search, a word of many": lambda: self.page("tickets/?state=all&q=Factura"),
            "search, an address": lambda: self.page(f"tickets/?state=all&q={some}"),
            "search, open, a name of many": lambda: self.page(f"tickets/?q={common}"),
            "search, a name of many": lambda: self.page(f"tickets/?state=all&q={common}"),
            "search, a name of some": lambda: self.page(f"tickets/?state=all&q={UNCOMMON}"),
            "search, a name of few": lambda: self.page(f"tickets/?state=all&q={RARE}"),
            "search, open, a word and a name of many": lambda: self.page(f"tickets/?q={both}"),
            "search, a word and a name of many": lambda: self.page(f"tickets/?state=all&q={both}"),
            "search, a word and a name of few": lambda: self.page(f"tickets/?state=all&q=Cita%20{RARE}"),
            "search, open, a word of all": lambda: self.page("tickets/?q=correo"),
            "search, a word of all": lambda: self.page("tickets/?state=all&q=correo"),
            "search, a word of none": lambda: self.page("tickets/?state=all&q=Zzyzx"),
            "palette, a word of many": lambda: self.page("communications/found/?q=Factura"),
            "palette, a name of many": lambda: self.page(f"communications/found/?q={common}"),
            "palette, a word and a name of many": lambda: self.page(f"communications/found/?q={both}"),
            "palette, a name of few": lambda: self.page(f"communications/found/?q={RARE}"),
            "palette, a word of all": lambda: self.page("communications/found/?q=correo"),
            "palette, a word of none": lambda: self.page("communications/found/?q=Zzyzx"),
            "board": lambda: self.page("board/"),
        }

    def turn(self, operation: Callable[[], object]) -> list[float]:
        """Return the milliseconds of an operation done a few times."""
        taken = []
        for _ in range(EACH_TURN):
            begun = time.perf_counter()
            operation()
            taken.append((time.perf_counter() - begun) * 1000)
        return taken


def rows(*, small: int, large: int) -> list[Row]:
    """Measure at both sizes."""
    found = turns_of(DeskHouse, small=small, large=large, turns=TURNS)
    return [row for name, taken in found.items() for row in _rows(name, taken, small, large)]


def _rows(name: str, turns: list[tuple[list[float], list[float]]], small: int, large: int) -> list[Row]:
    """Return two rows: the 95th percentile against the aim, and how it grew."""
    ours, rival = ([one for turn in turns for one in turn[side]] for side in (0, 1))
    p95 = quantiles(ours, n=20)[-1]
    ratios = [median(many) / median(few) for many, few in turns]
    low, _, high = quantiles(ratios, n=4)
    return [
        Row(
            what=f"Desk: {name}, server time p95", ours=p95, rival=AIM_MS, unit="ms", against="what is aimed for",
            ratio=p95 / AIM_MS, aim="<= 1", note=f"{large:,} cases; median {median(ours):.0f} ms.",
        ),
        Row(
            what=f"Desk: {name}, growth", ours=median(ours), rival=median(rival), unit="ms",
            against=f"itself: {large:,} cases against {small:,}", ratio=median(ratios), aim="<= 1.5",
            note=f"The middle half of {TURNS} turns: {low:.2f} to {high:.2f}.",
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    main(__doc__, rows, "desk.json")
