"""Templates in Liquid, cut down to what a letter needs; the only importer of python-liquid. Pure.

What `check` accepts cannot fail when it is filled in, but for its length: no comparison of things that have no order,
no range, no filter that chokes on a value, no name beyond the use's variables. There is nothing to assign to, nothing
to include and no file to read; loops run over lists that were given.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from liquid import Environment, StrictUndefined
from liquid.ast import Node
from liquid.builtin import content, illegal, output
from liquid.builtin.expressions import (
    Filter,
    FilteredExpression,
    LoopExpression,
    Path,
    PositionalArgument,
    logical,
    primitive,
)
from liquid.builtin.tags import case_tag, comment_tag, for_tag, if_tag, unless_tag
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.expression import Expression
from liquid.static_analysis import TemplateAnalysis, Variable
from liquid.template import BoundTemplate

from acuse.composition.uses import Use
from acuse.composition.variables import Kind, Link, Moment, Prose, Said
from acuse.errors import InputError

MOST_SOURCE = 20_000
"""Characters of a template's part."""
MOST_OUTPUT = 400_000
"""Octets of a part that is filled in."""
MOST_MARKS = 500
"""Tags and variables of a part."""
MOST_MARK = 300
"""Characters of one of them."""


class BadTemplate(InputError):
    """A template says what it cannot.

    Args:
        line: in which line of its part, from 1.
        sentence: see `AcuseError`; `%(line)s` is the line.
    """

    def __init__(self, line: int, sentence: str, /, **particulars: object) -> None:
        super().__init__(sentence, line=line, **particulars)
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A template's part that has been read."""

    source: str
    template: BoundTemplate


class _BodyOutput(output.OutputNode):
    """Writes a value so that the body's marks cannot be imitated by it."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(_marked(self.expression.evaluate(context)))


class _LineOutput(output.OutputNode):
    """Writes a value as it is: a subject has no marks."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(_text(self.expression.evaluate(context)))


class _Body(output.Output):
    node_class = _BodyOutput


class _Line(output.Output):
    node_class = _LineOutput


_TAGS = (
    content.Literal,
    illegal.Illegal,
    if_tag.IfTag,
    unless_tag.UnlessTag,
    case_tag.CaseTag,
    for_tag.ForTag,
    comment_tag.CommentTag,
)
_SHOWN_TAGS = "if, unless, case, for, comment"
#: Not everything has an order.
_REFUSED = (
    logical.LeExpression,
    logical.GeExpression,
    logical.LtExpression,
    logical.GtExpression,
)
_LOOP_NAMES = frozenset({"index", "index0", "rindex", "rindex0", "first", "last", "length"})
_LIST_NAMES = frozenset({"size", "first", "last"})


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _upcase(value: object) -> str:
    return _text(value).upper()


def _downcase(value: object) -> str:
    return _text(value).lower()


def _capitalize(value: object) -> str:
    text = _text(value)
    return text[:1].upper() + text[1:]


def _date(value: object) -> object:
    """The day of a moment; anything else as it is."""
    return value.day if isinstance(value, Moment) else value


def _default(value: object, otherwise: object = "") -> object:
    return otherwise if value is None or value in ("", []) else value


def _join(value: object, between: object = ", ") -> str:
    return _text(between).join(map(_text, value)) if isinstance(value, list) else _text(value)


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | list) else 0


_FILTERS: Mapping[str, tuple[Callable[..., object], int]] = {
    "upcase": (_upcase, 0),
    "downcase": (_downcase, 0),
    "capitalize": (_capitalize, 0),
    "date": (_date, 0),
    "default": (_default, 1),
    "join": (_join, 1),
    "size": (_size, 0),
}
"""Name -> what it does, and how many values it takes at most."""


class _Restricted(Environment):
    """Liquid with these tags and filters alone."""

    block_nesting_limit = 10
    loop_iteration_limit = 2_000
    output_stream_limit = MOST_OUTPUT

    def __init__(self, writes: type[output.Output]) -> None:
        super().__init__(undefined=StrictUndefined)
        self.add_tag(writes)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in _TAGS:
            self.add_tag(tag)
        for name, (function, _most) in _FILTERS.items():
            self.add_filter(name, function)


_BODY, _SUBJECT = _Restricted(_Body), _Restricted(_Line)


def read(source: str, *, subject: bool = False) -> Parsed:
    """Read a part of a template.

    Args:
        source: as somebody wrote it. subject: whether it is the subject, which is plain text on one line.

    Raises:
        BadTemplate: it is too long, or cannot be read.
    """
    if len(source) > MOST_SOURCE:
        raise BadTemplate(1, "A template takes up to %(most)s characters; make it shorter.", most=MOST_SOURCE)
    _check_marks(source)
    try:
        return Parsed(source=source, template=(_SUBJECT if subject else _BODY).from_string(source))
    except ResourceLimitError as error:
        raise BadTemplate(_line(source, error), "Line %(line)s: conditions stand too deep in each other.") from error
    except (LiquidError, RecursionError) as error:
        raise BadTemplate(
            _line(source, error),
            "Line %(line)s cannot be read: check that every brace is closed, and that every condition and list has its "
            "end. What can stand there is %(tags)s.",
            tags=_SHOWN_TAGS,
        ) from error


def check(parsed: Parsed, use: Use) -> list[BadTemplate]:
    """Return what a template says that its use does not have, in the order of its lines; empty where all is well."""
    analysis = parsed.template.analyze(include_partials=False)
    wrong = list(_unknown_names(parsed.source, analysis, use))
    for expression in _expressions(parsed.template.nodes, RenderContext(parsed.template)):
        wrong += _refusals(_line_at(parsed.source, expression.token.start_index), expression)
    return sorted(wrong, key=lambda one: one.line)


def fill(parsed: Parsed, values: Mapping[str, Said]) -> str:
    """Return a part that has been checked with its values in their places.

    Args:
        parsed: what `read` returned and `check` found nothing wrong with.
        values: of every variable, by name, as `acuse.composition.variables.said` returns them.

    Raises:
        BadTemplate: the text becomes too long.
    """
    spaces: dict[str, dict[str, Said]] = {}
    for name, value in values.items():
        space, _dot, member = name.partition(".")
        spaces.setdefault(space, {})[member] = value
    try:
        return parsed.template.render(**spaces)
    except LiquidError as error:
        raise BadTemplate(1, "With these values the text becomes too long; make it shorter.") from error


def _marked(value: object) -> str:
    """Return a value for a body: `acuse.composition.bodies` reads what it escapes as plain text."""
    if isinstance(value, Prose):
        return str(value)
    if isinstance(value, Link):
        return f"<{value}>"
    return escaped(_text(value))


_MARKS = str.maketrans({character: f"\\{character}" for character in r"\*_[]<"})


def escaped(text: str) -> str:
    """Return text whose every line says in a body what it says, and nothing more."""
    return "\n".join(map(_escaped_line, text.translate(_MARKS).split("\n")))


def _escaped_line(line: str) -> str:
    """Return a line that begins no item of a list (CommonMark 5.2: a bullet, or up to nine digits and a mark)."""
    text = line.strip()
    if text[:1] in {"-", "+"}:
        return f"\\{text}"
    digits = len(text) - len(text.lstrip("0123456789"))
    return f"{text[:digits]}\\{text[digits:]}" if digits and text[digits : digits + 1] in {".", ")"} else text


def _check_marks(source: str) -> None:
    """Refuse so many marks, or so long a one, that reading them would take long."""
    marks = 0
    for opening, closing in (("{{", "}}"), ("{%", "%}")):
        at = source.find(opening)
        while at >= 0:
            end = source.find(closing, at + 2)
            if end - at > MOST_MARK:
                raise BadTemplate(_line_at(source, at), "Line %(line)s: what stands between the braces is too long.")
            marks += 1
            if marks > MOST_MARKS:
                raise BadTemplate(_line_at(source, at), "Line %(line)s: there are more than %(most)s variables and "
                    "conditions; make the template simpler.", most=MOST_MARKS)  # fmt: skip
            at = source.find(opening, at + 2)


def _line_at(source: str, index: int) -> int:
    return source.count("\n", 0, max(index, 0)) + 1


def _line(source: str, error: BaseException) -> int:
    token = error.token if isinstance(error, LiquidError) else None
    # What has no end is found missing at the end, which has no place in the library's words.
    return _line_at(source, token.start_index if token and token.start_index >= 0 else len(source.rstrip()))


def _unknown_names(source: str, analysis: TemplateAnalysis, use: Use) -> Iterator[BadTemplate]:
    beyond = {(str(one), one.span.index) for found in analysis.globals.values() for one in found}
    for one in (one for found in analysis.variables.values() for one in found):
        known = _is_known(one, use) if (str(one), one.span.index) in beyond else _is_local(one)
        if not known:
            yield BadTemplate(
                _line_at(source, one.span.index),
                "Line %(line)s: there is no variable %(name)s here. Choose one from the list of variables.",
                name=str(one)[:80],
            )


def _is_known(one: Variable, use: Use) -> bool:
    if not all(isinstance(segment, str) for segment in one.segments):
        return False
    name = ".".join(map(str, one.segments))
    if name in use.variables:
        return True
    space, _dot, last = name.rpartition(".")
    return last in _LIST_NAMES and space in use.variables and use.variables[space].kind is Kind.LIST


def _is_local(one: Variable) -> bool:
    if one.segments[0] == "forloop":
        return len(one.segments) == 2 and one.segments[1] in _LOOP_NAMES
    return len(one.segments) == 1


def _expressions(nodes: Any, context: RenderContext) -> Iterator[Expression]:
    for node in nodes:
        assert isinstance(node, Node)
        for expression in node.expressions():
            yield from _inner(expression)
        yield from _expressions(node.children(context, include_partials=False), context)


def _inner(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from _inner(child)


def _refusals(line: int, expression: Expression) -> Iterator[BadTemplate]:
    if isinstance(expression, FilteredExpression):
        yield from (_misused_filter(line) for one in expression.filters or () if not _is_filter(one))
    if isinstance(expression, primitive.RangeLiteral) or (
        isinstance(expression, LoopExpression) and (expression.limit or expression.offset)
    ):
        # A range may be as long as somebody writes; a limit may be no number.
        yield BadTemplate(line, "Line %(line)s: only a list of variables can be gone through, and whole.")
    if isinstance(expression, _REFUSED) or (
        isinstance(expression, logical.ContainsExpression) and not _may_contain(expression.left)
    ):
        yield BadTemplate(line, "Line %(line)s: a condition takes a variable alone, or with ==, != or contains.")


def _is_filter(one: Filter) -> bool:
    if one.name not in _FILTERS:
        return False
    _function, most = _FILTERS[one.name]
    return len(one.args) <= most and all(isinstance(argument, PositionalArgument) for argument in one.args)


def _misused_filter(line: int) -> BadTemplate:
    return BadTemplate(
        line, "Line %(line)s: no filter is used like that. There are: %(filters)s.", filters=", ".join(_FILTERS)
    )


def _may_contain(expression: Expression) -> bool:
    return isinstance(expression, Path) and expression.head() != "forloop"
