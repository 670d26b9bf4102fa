"""What was requested of a tracked copy, in English."""

from acuse.proof.facts.tracking import REASONS

WORDS: dict[str, str] = {
    "fact.image_requested": "A request for the image, by a person or a machine",
    "fact.link_requested": "A request for link {number}, by a person or a machine",
    "fact.tracking_withdrawn": "The recipient’s side asks that requests be recorded no more",
    "remark.leads": "It leads to {link}.",
    "remark.hit.person": "It looks like a request from somebody’s own device: {reasons}.",
    "remark.hit.mail_proxy": "It looks like a request by a mail provider, not by a person: {reasons}.",
    "remark.hit.scanner": "It looks like a request by a program, not by a person: {reasons}.",
    "remark.hit.unknown": "Whether a person or a machine made it cannot be told: {reasons}.",
    "remark.hit.weight": "It does not prove who made it, nor reading, and weighs nothing in the outcome.",
    "remark.withdrawn": "Whoever held the link in the message pressed the button. Nothing more is recorded.",
    **{f"hit.{code}": meaning for code, meaning in REASONS.items()},
}
