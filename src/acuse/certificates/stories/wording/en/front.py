"""Page 1 and what every page carries: kind, badge, headline, verdict, ladder, lists, strip, in English."""

WORDS: dict[str, str] = {
    # document
    "kind.communication": "Certificate of electronic communication",
    "kind.receipt": "Receipt of acceptance",
    "title.communication": "Certificate {code}: {headline}",
    "title.receipt": "Receipt {code}: {headline}",
    "header.certifier": "Certified by {certifier}",
    "header.communication": "Certificate",
    "header.receipt": "Receipt",
    "footer.label": "Secure verification code",
    "footer.sentence": "Check it at {address} or offline, as section 7 explains.",
    "footer.page": "Page ",
    "footer.of": " of ",
    "development": "Development time stamp – no legal value",
    "supersedes": "Supersedes certificate {code}, which stays true up to its position {position}. Change: {reason}.",
    "reason.level": "time stamps are available again and it is issued at its level",
    "reason.later": "a later fact is recorded",
    "reason.bounce.received": "a report came back later that it could not be delivered",
    "reason.delivery.confirmed": "a report came back later that it was delivered to the mailbox",
    "reason.reply.received": "an answer came in",
    "reason.disposition.received": "the recipient’s mail program reported what it did with it",
    "reason.complaint.received": "the recipient, or their provider, reported it as unwanted",
    "reason.auto_reply.received": "an automatic answer came in",
    "up_to": "Facts up to position {position}; anything later is not shown here.",
    # badge
    "badge.grade": "Grade reached",
    "badge.failed": "Not delivered",
    "badge.refused": "Refused",
    "badge.expired": "Expired",
    "badge.undetermined": "Undetermined",
    # headline
    "headline.pending": "Accepted by Acuse; delivery pending",
    "headline.handed": "Handed to the sender’s outgoing server",
    "headline.relayed": "Accepted by the recipient’s server",
    "headline.delivered": "Delivered to the mailbox",
    "headline.accessed.3": "Content accessed with the link",
    "headline.accessed.4": "Content accessed with a code",
    "headline.accessed.5": "Content accessed with identification",
    "headline.accepted": "Accepted by the recipient",
    "headline.signed": "Signed by the recipient",
    "headline.refused": "Refused by someone holding the link",
    "headline.refused.code": "Refused by someone holding the link and the code",
    "headline.expired": "Period ended without access",
    "headline.undetermined": "Outcome undetermined",
    "headline.failed.mailbox_not_found": "Not delivered: the mailbox does not exist",
    "headline.failed.mailbox_full": "Not delivered: the mailbox is full",
    "headline.failed.server_unavailable": "Not delivered: server unavailable",
    "headline.failed.attachment_blocked": "Not delivered: attachment blocked",
    "headline.failed.policy_blocked": "Not delivered: blocked by policy",
    "headline.failed.domain_not_found": "Not delivered: the domain does not exist",
    "headline.failed.no_mail_domain": "Not delivered: the domain takes no mail",
    "headline.failed.too_big": "Not delivered: too big",
    "headline.failed.other": "Not delivered",
    "headline.receipt": "Accepted by Acuse",
    # verdict sentence
    "sentence.receipt": "{sender} handed “{subject}” for {recipient} to Acuse on {date} at {time}.",
    "receipt.note": (
        "This receipt proves the hand-over to Acuse; the certificate will tell the outcome of the delivery."
    ),
    "sentence.pending": "{sender} handed “{subject}” for {recipient} to Acuse on {date} at {time}.",
    "sentence.handed": (
        "Acuse handed “{subject}”, from {sender}, for {recipient}, to the sender’s outgoing server on {date} at "
        "{time}. What that server did with it is not recorded."
    ),
    "sentence.relayed": (
        "The mail server of {domain} accepted “{subject}”, from {sender}, for {recipient} on {date} at {time}."
    ),
    "sentence.delivered": (
        "A report in the name of {system}, which came back on {date} at {time}, tells the delivery of “{subject}”, "
        "from {sender}, to {recipient}."
    ),
    "sentence.accessed.3": (
        "Someone holding the link sent to {recipient} accessed the content of “{subject}” on {date} at {time}."
    ),
    "sentence.accessed.4": (
        "The content of “{subject}” was accessed on {date} at {time}, with the link and with a code sent to {contact}."
    ),
    "sentence.accessed.5": (
        "The content of “{subject}” was accessed by someone identified as {name} by {means} on {date} at {time}."
    ),
    "sentence.accepted": "Someone with access by {means} pressed “{button}” on {date} at {time}.",
    "sentence.signed": "Someone with access by {means} signed “{document}” ({level} signature) on {date} at {time}.",
    "sentence.refused": "Someone holding {means} refused “{subject}” on {date} at {time}.",
    "sentence.expired": (
        "The content of “{subject}” was at {recipient}’s disposal from {from} to {until} and no access is recorded."
    ),
    "sentence.undetermined": (
        "{sender} handed in “{subject}” for {recipient}. Acuse sent the whole message to the mail server of {domain}, "
        "and at {time} on {date} no answer was recorded."
    ),
    "sentence.undetermined.outgoing": (
        "{sender} handed in “{subject}” for {recipient}. Acuse sent the whole message to the sender’s outgoing "
        "server, and at {time} on {date} no answer was recorded."
    ),
    "sentence.undetermined.interrupted": (
        "{sender} handed in “{subject}” for {recipient}. The attempt was interrupted, as was found on {date} at "
        "{time}; whether the message left is not recorded."
    ),
    "sentence.undetermined.bounced": (
        "{sender} handed in “{subject}” for {recipient}. More than one copy may have reached a server. On {date} at "
        "{time} a report in the name of {system} came back: one could not be delivered; what became of another is not "
        "recorded."
    ),
    "sentence.failed": "{sender} sent “{subject}” to {recipient}. On {date} at {time} {what}",
    "failed.mailbox_not_found": "{server} refused the message: it answered that the mailbox does not exist.",
    "failed.mailbox_full": "{server} refused the message: it answered that the mailbox is full.",
    "failed.server_unavailable": ("the attempts ended: {server} did not take it in {attempts} attempts, until {last}."),
    "failed.server_unavailable.one": "the attempts ended: {server} did not take it in the only attempt, at {last}.",
    "failed.server_unavailable.remote": "{server} refused the message: it answered that it is not available.",
    "failed.attachment_blocked": "{server} refused the message: it refused an attachment.",
    "failed.policy_blocked": "{server} refused the message by its policy or content.",
    "failed.domain_not_found": "it could not be sent: {domain} does not exist in the DNS.",
    "failed.domain_not_found.remote": "{server} refused the message: it answered that {domain} does not exist.",
    "failed.no_mail_domain": "it could not be sent: {domain} exists in the DNS and takes no mail.",
    "failed.no_mail_domain.remote": "{server} refused the message: it answered that {domain} takes no mail.",
    "failed.too_big": "{server} refused the message: it does not accept {size}.",
    "failed.other": "{server} refused the message with this reply:",
    "failed.other.local": "the attempts ended, after {attempts}, without any server accepting it.",
    "failed.other.local.one": "the attempts ended, after one, without any server accepting it.",
    "failed.other.local.none": "Acuse stopped trying before anything was sent.",
    "failed.bounced": (
        "a report in the name of {system} came back: the message, accepted before by {server}, could not be delivered."
    ),
    "failed.bounced.unanswered": (
        "a report in the name of {system} came back: the message, sent before without an answer, could not be "
        "delivered."
    ),
    "failed.only_try": " It was the only attempt.",
    "reply.cut": "The whole reply is in fact {number} of section 4.",
    # systems
    "server.theirs": "their server",
    "server.outgoing": "the sender’s outgoing server",
    "system.unnamed": "a system that is not named",
    # ladder
    "ladder.0": "Accepted\nby Acuse",
    "ladder.1": "Accepted by\ntheir server",
    "ladder.2": "Delivered\nto mailbox",
    "ladder.3": "Access\nby link",
    "ladder.4": "Access\nwith code",
    "ladder.5": "Access with\nidentification",
    "ladder.6": "Accepted\nor signed",
    "ladder.failed.remote": "Refused by\ntheir server",
    "ladder.failed.outgoing": "Refused on\nits way out",
    "ladder.failed.local": "Not accepted by\ntheir server",
    "ladder.failed.bounced": "Returned\nlater",
    "ladder.undetermined": "No answer from\ntheir server",
    "ladder.undetermined.outgoing": "No answer on\nits way out",
    "ladder.undetermined.interrupted": "Attempt\ninterrupted",
    "ladder.undetermined.bounced": "One copy\nreturned",
    "ladder.unrecorded": "not recorded",
    "ladder.alternative": "Grade reached: G{grade} of G6. Facts of their own are recorded for {own}.",
    "ladder.alternative.missing": " None is recorded for {missing}.",
    "ladder.alternative.failed": " Delivery stopped at G{stop}: {label}.",
    "and": " and ",
    # two lists
    "proves.title": "What this proves",
    "proves.handed": "{sender} handed the content in section 3 to Acuse at {time}{day}, for {recipient}.",
    "proves.on_day": " on {date}",
    "proves.relayed": "The mail server of {domain} ({host}) accepted the message at {time}{day} and took charge of it.",
    "proves.handed_out": "The sender’s outgoing server ({host}) accepted the message at {time}{day}.",
    "proves.kept": "The content is complete: the original is embedded and its digest is in the ledger.",
    "proves.kept.elsewhere": (
        "The content is complete: the original travels in the .zip bundle and its digest is in the ledger."
    ),
    "proves.tried": "Acuse tried to deliver it to the server that {domain} designates for its mail.",
    "proves.tried.outgoing": "Acuse tried to hand it to the sender’s outgoing server.",
    "proves.refused": "That server refused it with the reply shown above, word for word.",
    "proves.exhausted": "Acuse tried {attempts} times, until {time}{day}; each attempt is in section 4.",
    "proves.exhausted.one": "Acuse tried once, and gave it up at {time}{day}; the attempt is in section 4.",
    "proves.exhausted.none": "Acuse gave it up at {time}{day}, with nothing sent; the reason is in section 4.",
    "proves.no_domain": "Acuse looked {domain} up in the DNS: there is no such domain.",
    "proves.no_mail_domain": "Acuse looked {domain} up in the DNS: the domain is there, and takes no mail.",
    "proves.all_sent": (
        "Acuse sent the whole message to the recipient’s server, and at {time}{day} no answer was recorded."
    ),
    "proves.all_sent.outgoing": (
        "Acuse sent the whole message to the sender’s outgoing server, and at {time}{day} no answer was recorded."
    ),
    "proves.bounced": (
        "At {time}{day} a report that it could not be delivered came back to the return address that only this message "
        "carried."
    ),
    "proves.confirmed": (
        "At {time}{day} a report in the name of {system} came back to the return address that only this message "
        "carried: it says that it was delivered to the mailbox."
    ),
    "proves.interrupted": (
        "Acuse began an attempt to deliver it, which was interrupted; whether the message left is not recorded."
    ),
    "limits.title": "What this does not prove",
    "limit.not_arrived": "That the message has reached any system of the recipient.",
    "limit.not_inbox": "That it reached the inbox.",
    "limit.not_read": "That it was read.",
    "limit.not_inbox_nor_read": "That it reached the inbox, or was read.",
    "limit.not_identity": "Who, in person, uses that address.",
    "limit.not_known_to_recipient": "That the recipient knew of the message.",
    "limit.not_reply_true": "That the server’s reply is true, or since when it is.",
    "limit.not_report_true": "That the report received is true: nobody signs it.",
    "limit.not_other_addresses": "That they have no other address, or were not told by other means.",
    "limit.not_arrival_nor_absence": "That the message arrived, or that it did not.",
    "limit.second_copy_possible": "That only one copy arrived: an earlier attempt got no answer.",
    "limit.address_stated_by_sender": "That the address is the recipient’s: only the sender stated it.",
    "limit.not_seen": "That the recipient saw or read it; delivery is as declared by {system}.",
    "limit.link_forwarded": "Who, in person: the link can be forwarded.",
    "limit.control_of_contact": "Who, in person: it proves control of the link and of {contact}.",
    "limit.not_understood": "That they read, understood or agree with the content.",
    "limit.legal_effect": "The legal effect of the acceptance, which is for the court to weigh.",
    "limit.not_understood_signed": "That they understood what was signed.",
    "limit.not_known_before_refusal": "That they knew the content before refusing it.",
    "limit.not_aware_of_notice": "That the recipient knew of the notice.",
    "limit.image_request": "Image request: made by a person or a machine; it does not prove reading.",
    "limit.terms_of_law": "That the calendar or the term are those the law requires.",
    # issue strip
    "strip.issued": "Issued",
    "strip.facts": "Facts included",
    "strip.facts.range": "{first} to {last}; position",
    "strip.facts.one": "one fact; position",
    "strip.facts.position": "{position} of the ledger",
    "strip.facts.unpublished": "not yet published",
    "strip.seal": "Electronic seal",
    "strip.stamp": "Time stamp",
    "strip.stamp.none": "No time stamp",
    "strip.stamp.development": "Development authority",
    "strip.supersedes": "Supersedes",
    "strip.revision": "revision {revision}",
}
