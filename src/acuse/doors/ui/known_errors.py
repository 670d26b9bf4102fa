"""Sentences of alarms, of trust services, and of errors that get theirs from a table: listed to be translated.

Those of the rooms' other errors are collected where they are raised (`scripts/messages.py`).
"""

from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("No time stamp could be obtained. %(failures)s"),
    gettext_noop("No time stamping authority is configured."),
    gettext_noop("The token is not readable."),
    gettext_noop("%(authority)s: %(error)s"),
    gettext_noop("%(name)s broke off its answer."),
    gettext_noop("The address of a trust service must be an http or https URL, at %(host)r."),
    gettext_noop("%(name)s answered with status %(status)s."),
    gettext_noop("%(name)s answered with %(kind)s, not %(wanted)s."),
    gettext_noop("%(name)s could not be asked: %(cause)s"),
    gettext_noop("%(name)s did not answer in time."),
    gettext_noop("%(name)s answered with more than %(limit)s bytes."),
    gettext_noop("The address of a trust service is not a URL."),
    gettext_noop("No revocation list could be fetched."),
    gettext_noop("A revocation list is missing: %(error)s"),
    gettext_noop("A certificate names its revocation list by other means than HTTP, which is not supported."),
    gettext_noop("The revocation list at %(name)s is not current."),
    gettext_noop("%(name)s did not answer with a revocation list."),
    gettext_noop("Custody has no object %(key)s."),
    gettext_noop("The object %(sha256)s in custody is damaged."),
    gettext_noop("Facts wait to be put in order: does a sequencer run, and may it? See its log."),
    gettext_noop("The clock went back: there are facts of %(since)s. Check its NTP."),
    gettext_noop("Facts have waited for a time stamp since %(since)s. Nothing is lost."),
    gettext_noop("This machine's clock and %(service)s differ by %(seconds)s s."),
    gettext_noop("%(error)s Nothing is lost: facts are time-stamped when it returns."),
    gettext_noop("%(count)s documents are not issued: their evidence does not verify. See the log."),
    gettext_noop("%(count)s documents are final but not certified for over a minute. See the log."),
    gettext_noop("A certificate could not be mailed to its sender. See the log; a restart clears this."),
    gettext_noop("A message that came in could not be applied. See the log; a restart clears this."),
    gettext_noop("A message was given up after faults of Acuse itself. See the log; a restart clears this."),
    gettext_noop("An outcome could not be recorded whole. See the log; a restart clears this."),
    gettext_noop("An address could not be put on the list of suppressed ones. See the log; a restart clears this."),
    gettext_noop(
        "%(organisation)s: one customer opened so many cases that case %(number)s has no receipt. Perhaps a program "
        "answers them, or somebody writes in the customer's name."
    ),
    gettext_noop(
        "%(organisation)s: %(most)s receipts went out within an hour, which is the most. Cases are opened all the "
        "same, without a receipt from case %(number)s on."
    ),
    gettext_noop("The receipt of case %(key)s could not be written. See the log."),
    gettext_noop("The name is longer than %(most)s characters."),
    gettext_noop("The tax number is longer than %(most)s characters."),
    gettext_noop("So many people write at this moment that this has to wait. What you wrote is still here."),
    gettext_noop("%(count)s mailboxes could not be fetched for over 15 minutes: see the desk's settings."),
    gettext_noop("The server gives a number that is larger than IMAP allows."),
    gettext_noop("The server sends more than was asked for."),
    gettext_noop("%(host)s offers no STARTTLS on this port."),
    gettext_noop("The server does not number messages for good (UIDVALIDITY); it cannot be fetched."),
    gettext_noop("The certificate of %(host)s is not valid for it: %(reason)s."),
    gettext_noop("%(host)s does not speak TLS on port %(port)s as it was set up."),
    gettext_noop("%(host)s did not answer in time."),
    gettext_noop("%(host)s could not be asked: %(reason)s"),
    gettext_noop("The server takes no user names and passwords beyond ASCII."),
    gettext_noop("The server takes nobody in at this moment: %(reason)s"),
    gettext_noop("The server refuses the user name or the password: %(reason)s"),
    gettext_noop("There is no folder %(folder)s that can be read: %(reason)s"),
    gettext_noop("The server refused: %(reason)s"),
    gettext_noop("There is no server %(host)s in the DNS."),
    gettext_noop("%(host)s has no address on the public internet; the operator may allow private ones."),
    gettext_noop("The DNS does not say where %(host)s is."),
    gettext_noop("The password cannot be decrypted with this installation's keys."),
    gettext_noop("The notes are longer than %(most)s characters."),
)
