"""Types of fact about what an organisation writes from: its templates and its snippets."""

from acuse.proof.facts.schema import Choice, FactType, Integer, Record, Text

TEMPLATE = "template"
SNIPPET = "snippet"

_LANGUAGE = Choice("es", "en")

TYPES = (
    FactType(
        name="template.published",
        kinds=(TEMPLATE,),
        meaning="A version of a template was published: what is written from it from now on, in one language.",
        details=Record({"use": Text(40), "name": Text(80), "language": _LANGUAGE, "version": Integer(1)}),
        roles={"template": "subject and body, as JSON"},
    ),
    FactType(
        name="template.archived",
        kinds=(TEMPLATE,),
        meaning="A template was put away: nothing more is written from it.",
        details=Record({"use": Text(40), "name": Text(80)}),
    ),
    FactType(
        name="snippet.saved",
        kinds=(SNIPPET,),
        meaning="A member saved a piece of text that is inserted into replies by its shortcut.",
        details=Record({"name": Text(80), "shortcut": Text(32), "language": _LANGUAGE}),
        roles={"snippet": "its text"},
    ),
    FactType(
        name="snippet.removed",
        kinds=(SNIPPET,),
        meaning="A member removed a piece of text that could be inserted into replies.",
        details=Record({"name": Text(80), "shortcut": Text(32), "language": _LANGUAGE}),
    ),
)
