"""Notice mode, and what recipients do with content behind a link, in English. `.notice`: said instead in that mode."""

WORDS: dict[str, str] = {
    "reason.content.accessed": "the content was accessed",
    "reason.acceptance.given": "it was accepted",
    "reason.content.rejected": "it was refused",
    "reason.term.expired": "the period ended",
    # page 1
    "headline.relayed.notice": "Notice accepted by the recipient’s server",
    "headline.handed.notice": "Notice handed to the sender’s outgoing server",
    "headline.delivered.notice": "Notice delivered to the mailbox",
    "sentence.relayed.notice": (
        "The mail server of {domain} accepted the notice of “{subject}”, from {sender}, for {recipient} on {date} at "
        "{time}. The content waits behind a link; no access is recorded."
    ),
    "sentence.handed.notice": (
        "Acuse handed the notice of “{subject}”, from {sender}, for {recipient}, to the sender’s outgoing server on "
        "{date} at {time}. What that server did with it is not recorded, nor any access to the content."
    ),
    "sentence.delivered.notice": (
        "A report in the name of {system}, which came back on {date} at {time}, tells the delivery of the notice of "
        "“{subject}”, from {sender}, to {recipient}. No access to the content is recorded."
    ),
    "moment": "{date} at {time}",
    "means.link": "the link sent to {recipient}",
    "means.code": "the link and a code sent to {recipient}",
    "proves.relayed.notice": (
        "The mail server of {domain} ({host}) accepted the notice at {time}{day} and took charge of it."
    ),
    "proves.handed_out.notice": "The sender’s outgoing server ({host}) accepted the notice at {time}{day}.",
    "proves.accessed": "Someone holding {means} opened the content at {time}{day}; what was shown is embedded.",
    "proves.accepted": "Someone with access by {means} pressed “{button}” at {time}{day}.",
    "proves.rejected": "Someone holding {means} pressed “{button}” at {time}{day}.",
    "proves.expired": "The content was at disposal from {from} to {until}; no access is recorded in that period.",
    # content
    "content.mode.content.notice": "A notice travels by e-mail; the content waits behind a link.",
    "content.mode.attachments.notice": (
        "A notice travels by e-mail; the content, with its attachments ({count}), waits behind a link."
    ),
    # timeline
    "fact.opened.copy.notice": (
        "The notice is sent. Its copy is withheld from this document, because it carries the recipient’s personal "
        "link. SHA-256 of what is sent: "
    ),
    "fact.opened.again.notice": "The same notice as in attempt 1 is sent.",
    "fact.relayed.notice": "The recipient’s server accepts the notice",
    "fact.relayed.outgoing.notice": "The sender’s outgoing server accepts the notice",
    "fact.consigned": "The content is put at the recipient’s disposal",
    "fact.consigned.button": "It opens with the link of the notice · until {until}",
    "fact.consigned.otp": "It opens with the link of the notice and a code by e-mail · until {until}",
    "fact.code_sent": "A code of access is sent to {contact}",
    "fact.code_refused.wrong": "A code is typed that is not the right one",
    "fact.code_refused.late": "A code is typed that no longer serves",
    "fact.code_locked": "Codes are locked until {time}",
    "fact.accessed": "The content is opened with the link",
    "fact.accessed.code": "The content is opened with the link and a code",
    "fact.fetched": "The attachment {name} is downloaded",
    "fact.given": "“{button}” is pressed",
    "fact.rejected": "The content is refused: “{button}” is pressed",
    "fact.expired": "The period to open the content ends",
    "fact.revoked": "The link is withdrawn",
    "source.client": "From {ip}",
    "source.client.agent": " · {agent}",
    "remark.code": "It serves until {time}. The code is not recorded.",
    "remark.report.notice": (
        "Nobody signs reports; this one came back to the return address that only this message carried. It is "
        "withheld from this document, because it may quote the recipient’s personal link. SHA-256: {digest}."
    ),
    "remark.embedded.notice": (
        "It is withheld from this document, because it may quote the recipient’s personal link. SHA-256: {digest}."
    ),
    "remark.shown": "What was shown: {name}.",
    # files
    "file.shown": "What was shown when it was opened (fact {number})",
    "name.shown": "shown-{number}.html",
}
