"""Types of fact about frequent questions: what the public could read, and until when."""

from acuse.proof.facts.schema import Choice, FactType, Integer, Listing, Nullable, Record, Text

TYPES = (
    FactType(
        name="article.published",
        kinds=("article",),
        meaning="A version of an article could be read by everybody from then on.",
        details=Record({"version": Integer(1), "section": Text(40), "languages": Listing(Choice("es", "en"), 2)}),
        roles={"article": "what it says, as JSON"},
    ),
    FactType(
        name="article.withdrawn",
        kinds=("article",),
        meaning="The article was taken off the public page.",
        details=Record({"version": Integer(1)}),
    ),
    FactType(
        name="article.reviewed",
        kinds=("article",),
        meaning="A member looked whether the article still holds; `review_date` (YYYY-MM-DD) is when to look again.",
        details=Record({"version": Integer(0), "review_date": Nullable(Text(10))}),
    ),
)
