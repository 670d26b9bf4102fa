"""Addresses to which nothing is sent, and what was sent once more, in English."""

WORDS: dict[str, str] = {
    "headline.failed.suppressed": "Not sent: the address is on the sender’s list",
    "sentence.failed.suppressed": "{sender} had “{subject}” for {recipient} sent. On {date} at {time} {what}",
    "failed.suppressed": (
        "Acuse held it back and sent nothing: since {since} the address is on the sender’s list of addresses to which "
        "nothing is sent, because of an earlier communication ({because})."
    ),
    "ladder.failed.suppressed": "Held back,\nnot sent",
    "class.suppressed": "held back, because the address is on the sender’s list of addresses to which nothing is sent",
    "listed.mailbox_not_found": "the mailbox does not exist",
    "listed.domain_not_found": "the domain does not exist",
    "listed.no_mail_domain": "the domain takes no mail",
    "listed.complaint": "it was reported as unwanted",
    "fact.suppression_added": "The address is put on the sender’s list of addresses to which nothing is sent",
    "fact.suppression_lifted": "A member takes the address off the list of addresses to which nothing is sent",
    "fact.suppression_overridden": "A member has it sent although the address is on the sender’s list",
    "remark.because": "Because of this communication: {because}.",
    "remark.listed": ("The address is on the list since {date}, because of communication {communication}: {because}."),
    "fact.accepted.source.resent": "Handed in before with the SMTP credential “{credential}”, from {ip}",
    "fact.accepted.resent": (
        "A member sends communication {communication} once more, with the same content, byte for byte."
    ),
    "sentence.receipt.resent": "{sender} had “{subject}”, for {recipient}, sent once more on {date} at {time}.",
    "sentence.pending.resent": "{sender} had “{subject}”, for {recipient}, sent once more on {date} at {time}.",
    "proves.handed.resent": (
        "{sender} had the content in section 3, handed in before, sent once more at {time}{day}, to {recipient}."
    ),
}
