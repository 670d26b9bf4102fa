"""Every sentence of a document, in Spanish."""

from acuse.certificates.stories.wording.es import (
    accessed,
    added,
    content,
    front,
    proofs,
    records,
    suppressed,
    tickets,
    timeline,
    tracked,
)

WORDS: dict[str, str] = {
    **front.WORDS,
    **accessed.WORDS,
    **content.WORDS,
    **added.WORDS,
    **timeline.WORDS,
    **suppressed.WORDS,
    **tracked.WORDS,
    **tickets.WORDS,
    **records.WORDS,
    **proofs.WORDS,
}
