"""What the types, priorities and statuses of cases are called in Spanish, on pages and in documents."""

import pytest
from django.utils import translation

from acuse.certificates.stories.wording import WORDING
from acuse.doors.console import ticket_words
from acuse.proof.facts.ticket import PRIORITIES, STATUSES, TYPE_NAMES

NAMES = {
    "type": {
        "inquiry": "Consulta",
        "claim": "Reclamo",
        "suggestion": "Sugerencia",
        "request": "Solicitud",
        "complaint": "Queja",
        "thanks": "Agradecimiento",
        "incident": "Incidencia",
    },
    "priority": {"low": "Baja", "medium": "Media", "high": "Alta"},
    "status": {
        "new": "Nuevo",
        "open": "Abierto",
        "pending_customer": "Pendiente del cliente",
        "pending_conformity": "Pendiente de conformidad",
        "resolved": "Resuelto",
        "closed_without": "Cerrado sin conformidad",
        "reopened": "Reabierto",
    },
}


def test_none_is_left_out() -> None:
    assert [tuple(named) for named in NAMES.values()] == [TYPE_NAMES, PRIORITIES, STATUSES]


@pytest.mark.parametrize(
    ("field", "value", "name"), [(field, *one) for field, named in NAMES.items() for one in named.items()]
)
def test_each_has_its_spanish_name(field: str, value: str, name: str) -> None:
    with translation.override("es"):
        types = {one: str(word) for one, (word, _icon) in ticket_words.TYPES.items()}
        priorities = {one: str(word) for one, word in ticket_words.PRIORITIES.items()}
        statuses = {one: str(word) for one, word in ticket_words.statuses()}
    assert {"type": types, "priority": priorities, "status": statuses}[field][value] == name
    assert WORDING["es"][f"{field}.{value}"].lower() == name.lower()
