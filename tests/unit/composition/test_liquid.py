"""The language of templates: what it says, what it refuses and in which line, and that nothing gets out of it."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from acuse.composition import liquid, rules
from acuse.composition.liquid import BadTemplate
from acuse.composition.samples import samples
from acuse.composition.uses import USES
from acuse.composition.variables import Prose, Said

USE = USES["ticket.data_request"]


def wrong(source: str) -> list[tuple[int, str]]:
    """Line and sentence of everything that is wrong."""
    try:
        return [(error.line, str(error)) for error in liquid.check(liquid.read(source), USE)]
    except BadTemplate as error:
        return [(error.line, str(error))]


def filled(source: str, **values: Said) -> str:
    """A template with the samples and these values."""
    parsed = liquid.read(source)
    assert liquid.check(parsed, USE) == []
    given_values = {name.replace("__", "."): value for name, value in values.items()}
    return liquid.fill(parsed, {**samples(USE, "es"), **given_values})


def test_variables_conditions_lists_and_filters() -> None:
    assert filled("{{ contact.name | upcase }} {{ ticket.opened_at | date }}") == (
        "LUCÍA FERRER ORTIZ 20 de noviembre de 2026"
    )
    assert filled("{% if contact.name %}a{% else %}b{% endif %}", contact__name=None) == "b"
    assert filled("{% unless deadline.due %}a{% endunless %}", deadline__due=None) == "a"
    assert filled("{% case ticket.type %}{% when 'Reclamo' %}R{% else %}E{% endcase %}") == "R"
    assert filled("{% for one in request.items %}{{ forloop.index }} {{ one }}. {% endfor %}") == (
        "1 El número de la factura. 2 Una copia del cargo de su banco. "
    )
    assert filled("{{ request.items.size }} {{ request.items | join: ' y ' }}", request__items=["a", "b"]) == "2 a y b"
    assert filled("{{ deadline.term | default: 'pronto' }}", deadline__term=None) == "pronto"
    assert (
        filled("{{ ticket.subject }}|{{ ticket.link }}", ticket__subject=None) == "|<https://acuse.example/f/K7M2P9QX/>"
    )


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\n{{ contact.nam }}", 2, "no variable contact.nam"),
        ("{{ now }}", 1, "no variable now"),
        ("{{ today }}", 1, "no variable today"),
        ("{{ contact }}", 1, "no variable contact"),
        ("{{ ticket[contact.name] }}", 1, "no variable"),
        ("{{ contact.name.size }}", 1, "no variable"),
        ("{{ message.text }}", 1, "no variable message.text"),
        ("{% for one in request.items %}\n{{ one.secret }}{% endfor %}", 2, "no variable one.secret"),
        ("{% for contact in request.items %}{{ contact.name }}{% endfor %}", 1, "no variable"),
        ("{{ forloop }}", 1, "no variable forloop"),
        ("{% for one in request.items %}{{ forloop.parentloop.index }}{% endfor %}", 1, "no variable"),
        ("\n\n{{ contact.name | replace: 'a', 'b' }}", 3, "no filter"),
        ("{{ contact.name | upcase: 1 }}", 1, "no filter"),
        ("{{ contact.name | default: a: 1 }}", 1, "no filter"),
        ("{{ (1..1000000000) | join: 'x' }}", 1, "only a list"),
        ("{% for one in (1..9) %}{% endfor %}", 1, "only a list"),
        ("{% for one in request.items limit: -5 %}{% endfor %}", 1, "only a list"),
        ("{% if ticket.number > 3 %}a{% endif %}", 1, "a condition takes"),
        ("{% if 5 contains 3 %}a{% endif %}", 1, "a condition takes"),
        ("a\n{% if contact.name %}\nb\n", 3, "cannot be read"),
        ("a\n{{ contact.name", 2, "cannot be read"),
        ("{% include 'secret' %}", 1, "cannot be read"),
        ("{% render 'secret' %}", 1, "cannot be read"),
        ("{% assign a = 1 %}", 1, "cannot be read"),
        ("{% capture a %}{% endcapture %}", 1, "cannot be read"),
        ("{% tablerow a in request.items %}{% endtablerow %}", 1, "cannot be read"),
        ("{% if a %}" * 11 + "{% endif %}" * 11, 1, "too deep"),
        ("{{ '" + "a" * 400 + "' }}", 1, "too long"),
        ("{{ a }}" * 501, 1, "more than 500"),
        ("a" * 20_001, 1, "20000 characters"),
    ],
)
def test_what_is_refused_is_refused_when_it_is_saved_with_its_line(source: str, line: int, words: str) -> None:
    found = wrong(source)
    assert found, "accepted"
    assert found[0][0] == line
    assert words in found[0][1]


def test_every_unknown_name_is_told_at_once_in_the_order_of_the_lines() -> None:
    assert [line for line, _ in wrong("{{ b }}\n{{ a }}\n\n{{ c }}")] == [1, 2, 4]


def test_a_loop_in_a_loop_in_a_loop_ends() -> None:
    source = "{% for a in request.items %}{% for b in request.items %}{% for c in request.items %}x"
    parsed = liquid.read(source + "{% endfor %}" * 3)
    began = time.process_time()
    with pytest.raises(BadTemplate, match="too long"):
        liquid.fill(parsed, {**samples(USE, "es"), "request.items": ["a"] * 200})
    assert time.process_time() - began < 2


def test_what_is_written_out_has_an_end() -> None:
    parsed = liquid.read("{{ ticket.subject }}" * 450)
    with pytest.raises(BadTemplate, match="too long"):
        liquid.fill(parsed, {**samples(USE, "es"), "ticket.subject": "a" * 1_000})


@pytest.mark.parametrize(
    "value",
    [
        "**a** _b_",
        "[a](https://evil.example)",
        "<https://evil.example>",
        "- a",
        "+ a",
        "1. a",
        "12) a",
        "* a",
        "a\\",
        "![a](b)",
    ],
)
def test_a_value_says_what_it_says_and_marks_nothing(value: str) -> None:
    shown = rules.fill(USE, "a", "{{ contact.name }}", {**samples(USE, "es"), "contact.name": value}, language="es")
    assert shown.parts.text == f"{value}\n"
    for mark in ("<strong", "<em", "<a ", "<li"):
        assert mark not in shown.parts.html


def test_what_a_member_wrote_keeps_its_marks() -> None:
    use = USES["ticket.solution"]
    said = {**samples(use, "es"), "answer.text": Prose("- **a**\n- b")}
    assert "<strong>a</strong>" in rules.fill(use, "a", "{{ answer.text }}", said, language="es").parts.html


NAMES = [*USE.variables, "one", "now", "forloop.index", "x.y"]
PIECES = st.one_of(
    st.sampled_from(
        [
            "{{", "}}", "{%", "%}", "{%-", "-%}", "if", "endif", "for", "endfor", "in", "case", "when", "else", "elsif",
            "unless", "endunless", "comment", "endcomment", "endcase", "raw", "and", "or", "not", "contains", "==",
            "!=", "<", "|", ":", ",", "..", "(1..9)", "[", "]", ".", "'a'", '"', "-1", "1.5", "9" * 30, "nil", "empty",
            "blank", "true", "limit:", "offset:", "reversed", "continue", "upcase", "join", "default", "size", "date",
            "first", "\n", " ", "{#", "#}", "liquid", "echo", "assign", "include", "cycle", "increment", *NAMES,
        ]
    ),
    st.text(max_size=5),
)  # fmt: skip
VALUES = st.fixed_dictionaries(
    {
        name: st.none()
        | (
            st.lists(st.text(max_size=20), min_size=1, max_size=4)
            if variable.kind.value == "list"
            else st.text(min_size=1, max_size=30)
        )
        for name, variable in USE.variables.items()
    }
)


@settings(max_examples=600)
@given(st.lists(PIECES, max_size=25).map(" ".join), VALUES)
def test_any_text_is_told_wrong_or_can_be_filled_in_with_any_values(source: str, values: dict[str, Said]) -> None:
    began = time.process_time()
    if not rules.problems(USE, "a", source):
        rules.fill(USE, "a", source, values, language="es")
    assert time.process_time() - began < 2


TAGS = st.recursive(
    st.sampled_from(
        [f"{{{{ {name} }}}}" for name in USE.variables] + ["{{ request.items | join: ticket.key }}", "texto"]
    ),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from([*USE.variables]), inner, inner).map(
            lambda one: (
                f"{{% if {one[0]} == ticket.key or {one[0]} contains '1' %}}{one[1]}{{% else %}}{one[2]}{{% endif %}}"
            )
        ),
        inner.map(lambda one: f"{{% for one in request.items %}}{one} {{{{ one | upcase }}}}{{% endfor %}}"),
        st.tuples(inner, inner).map("\n".join),
    ),
    max_leaves=12,
)


@settings(max_examples=200)
@given(TAGS, VALUES)
def test_what_was_accepted_never_fails_when_it_is_sent(source: str, values: dict[str, Said]) -> None:
    try:
        parsed = liquid.read(source)
    except BadTemplate:
        assume(False)  # ten blocks in each other, or more
    assert liquid.check(parsed, USE) == []
    liquid.fill(parsed, values)
