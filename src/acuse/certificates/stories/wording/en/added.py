"""What was added to the copy that was sent, in English."""

WORDS: dict[str, str] = {
    "content.added": "Added to the copy",
    "added": (
        "The sender chose that there be added to the copy that was sent: {what}. The rest of it is as submitted. Both "
        "are kept and proved: the original and what was sent."
    ),
    "added.footer": "a line with the link to its receipt",
    "added.image": "an image that is requested from Acuse when the message is shown",
    "added.links": "{count} links that lead by way of Acuse to where the original’s lead",
    "added.links.one": "a link that leads by way of Acuse to where the original’s leads",
    "added.withdraw": "the link with which the recipient ends that tracking",
    "added.not.signed": (
        "The sender had chosen additions to the copy, but nothing was added: it is signed, and a change would break "
        "the signature."
    ),
    "added.not.encrypted": "The sender had chosen additions to the copy, but nothing was added: it is encrypted.",
    "added.not.calendar": "The sender had chosen additions to the copy, but nothing was added: it is an invitation.",
    "added.not.malformed": (
        "The sender had chosen additions to the copy, but nothing was added: its text cannot be read without a doubt."
    ),
    "added.not.no_text": "The sender had chosen additions to the copy, but nothing was added: it has no text.",
    "added.not.no_html": (
        "The sender had chosen to track the copy, but nothing was added: it has no HTML, and plain text is not tracked."
    ),
    "added.not.hidden": (
        "The sender had chosen to track the copy, but nothing was added: its HTML would hide the link with which the "
        "recipient ends that tracking."
    ),
    "added.not.too_big": "The sender had chosen additions to the copy, but nothing was added: its text is too long.",
    "added.not.withdrawn": (
        "The sender had chosen tracking, but before the copy was made the recipient said that they do not want to be "
        "tracked by it: the copy is not tracked."
    ),
    "fact.opened.copy.added": (
        "These lines are sent and, after them, the original with that alone changed. SHA-256 of what is sent: "
    ),
    "fact.accepted.withdrawn": (
        "The sender had chosen tracking, but the recipient does not want to be tracked by it: the copy is not tracked."
    ),
    "file.tracked-links": "Where the links of the copy lead, by their numbers (fact {number})",
    "name.tracked-links": "links-{number}.json",
}
