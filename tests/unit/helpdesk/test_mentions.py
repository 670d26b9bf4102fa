"""Names after @ in a note."""

from uuid import UUID

import pytest

from acuse.helpdesk.mentions import mentioned, naming_nobody

ANA, ANA_MARIA, OTHER_ANA, JOSE, NAMELESS = (UUID(int=number) for number in range(1, 6))
MEMBERS = {
    ANA: "Ana Pérez",
    ANA_MARIA: "Ana Pérez Gil",
    OTHER_ANA: "Ana Soler",
    JOSE: "José  Núñez (taller)",
    NAMELESS: "otra@norte.example",
}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@Ana Pérez ¿puedes mirarlo?", [ANA]),
        ("Mirad, @Ana Pérez Gil y @ana soler.", [ANA_MARIA, OTHER_ANA]),
        ("@ana perez, gracias", [ANA]),
        ("@Ana Pe\u0301rez\n@otra@norte.example", [ANA, NAMELESS]),
        ("(@José Núñez (taller))", [JOSE]),
        ("@Ana Pérezosa, @Ana, Ana Pérez, a@b.example", []),
        ("¿@Ana Pérez? ¡@ana soler! «@José Núñez (taller)»", [ANA, OTHER_ANA, JOSE]),
        ("luz@ana perez, https://red.example/@ana soler, luz+@ana soler", []),
        ("", []),
    ],
)
def test_whose_whole_name_stands_after_an_at_is_meant(text: str, meant: list[UUID]) -> None:
    assert mentioned(text, MEMBERS) == meant


def test_the_same_name_means_all_who_have_it_and_no_name_nobody() -> None:
    assert mentioned("@ana", {ANA: "Ana", OTHER_ANA: "ANA", JOSE: ""}) == [ANA, OTHER_ANA]
    assert mentioned("@ana @", {}) == []


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("@Nadie, y (@Ána-Luz) y @nadie.", ["Nadie", "Ána-Luz"]),
        ("@Ana Pérezosa no es nadie, @ana perez sí", ["Ana"]),
        ("@Ana Pérez Gil, @otra@norte.example: ana@norte.example. @ @", []),
        ('¿@Bob? ¡@Pepe! "@Eva" a,@Leo;@Paz', ["Bob", "Pepe", "Eva", "Leo", "Paz"]),
        ("@A\u0301ngel", ["Ángel"]),
        ("ana+@bob.example, ana.@bob.example, https://red.example/@bob", []),
        ("", []),
    ],
)
def test_who_names_nobody_is_told_of_as_it_was_written(text: str, nobody: list[str]) -> None:
    assert naming_nobody(text, MEMBERS) == nobody
