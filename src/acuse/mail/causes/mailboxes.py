"""Rules about the mailbox: unknown, full, disabled, moved, or one that refuses this sender."""

from acuse.mail.causes.rule import Phrases, Rule, code, says, status
from acuse.mail.causes.vocabulary import (
    MAILBOX_DISABLED,
    MAILBOX_FULL,
    MAILBOX_MOVED,
    MAILBOX_UNKNOWN,
    MAILBOX_UNKNOWN_LATE,
    POLICY,
    RECIPIENT_REFUSES,
    SUPPRESSED,
)

FULL: tuple[Rule, ...] = (
    status(MAILBOX_FULL, "RFC 3463 X.2.2: the mailbox is full", "4.2.2", "5.2.2", unless=Phrases("submission quota")),
    says(
        MAILBOX_FULL,
        "says that the mailbox is full, or over its quota",
        "mailbox full", "mailbox is full", "mailbox * full", "mailfolder is full", "full mailbox", "inbox is full",
        "inbox full", "account is full", "folder is full", "maildir * quota", "mailbox * quota", "quota * mailbox",
        "mailbox * exceeded * limit", "mailbox size limit", "mailbox exceeds allowed size", "mail quota exceeded",
        "mailbox would exceed maximum allowed storage", "over quota", "over the quota", "over * quota", "overquota",
        "over disk quota", "over the allowed quota", "mailbox quota", "exceeded quota", "exceeded its quota",
        "quota exceeded", "quota * exceeded", "exceeded * quota",
        "exceeding * quota", "quota violation", "quota full", "quota is full", "disk quota", "disc quota",
        "out of storage", "storage quota", "storage limit", "exceeded storage allocation",
        "user's space has been used",
        "enough storage space", "enough disk space", "enough space", "not sufficient disk space", "no space left on",
        "too much mail data", "too many messages on the server", "mailbox has exceeded",
        "exceeded the local limit", "exceeding receiving limits", "mail file size exceeds the maximum size allowed",
        "buzon lleno", "buzon esta lleno", "buzon * lleno", "cuota * excedid", "excedid* cuota", "supera* cuota",
        "boite du destinataire pleine", "boite * pleine", "postfach * voll", "mailbox ist voll", "casella * piena",
        "caixa * cheia", "quota depasse", "speicherplatz",
        unless=Phrases("receiving mail too quickly", "sending quota", "relay quota", "daily * quota",
        "message quota"),
    ),
)  # fmt: skip

DISABLED: tuple[Rule, ...] = (
    code(MAILBOX_DISABLED, "RFC 5248: 525 is said of a disabled account", "525"),
    says(
        MAILBOX_DISABLED,
        "says that the mailbox is there and not in use",
        "currently suspended", "temporary locked", "temporarily locked", "account is locked", "archived recipient",
        "destinataire archivee", "compte du destinataire est bloque", "recipient account is blocked",
        "that you tried to reach is disabled", "that you tried to reach is inactive", "has been suspended",
        "account suspended", "account is suspended", "inactive account", "inactive user", "account inactive",
        "account is inactive", "is a deactivated mailbox", "deactivated", "user is terminated", "mailbox disabled",
        "mailbox is disabled", "disabled mailbox", "mailbox is frozen", "mailbox frozen", "account frozen",
        "mailbox unavailable or access denied", "temporarily inactive", "suspend the service", "account disabled",
        "account is disabled", "account has been disabled", "disabled or discontinued", "temporarily suspended",
        "user or domain is disabled", "user suspended", "user is suspended", "disabled recipient",
        "recipient disabled",
        "recipient is disabled", "administratively disabled", "administrativley disabled", "administrativly disabled",
        "account is temporarily limited", "mailbox cannot be accessed", "account expired", "account has expired",
        "mailbox has been blocked", "account closed", "account has been closed", "user disabled", "user is disabled",
        "address is disabled", "alias is disabled", "cuenta * deshabilitada", "cuenta * suspendida",
        "buzon * inactivo",
        "buzon * deshabilitado", "konto * deaktiviert", "banned recipient",
        unless=Phrases("sender", "authentication", "sending account", "delivery temporarily suspended"),
    ),
)  # fmt: skip

MOVED: tuple[Rule, ...] = (
    status(MAILBOX_MOVED, "RFC 3463 X.1.6: moved, and nobody says where to", "5.1.6", "4.1.6", "5.7.17", "5.7.18"),
    says(
        MAILBOX_MOVED,
        "says that the mailbox has moved",
        "has been replaced by", "no longer on server", "has moved to", "address has changed", "please try <",
        "moved to <",
    ),
)  # fmt: skip

#: what says of the sender or the server, so that an X.1.1 beside it is no word about the mailbox
_ABOUT_OTHERS = Phrases(
    "relay access denied", "relaying denied", "relay denied", "relay not permitted", "unable to relay",
    "client host", "blocked using", "blacklisted", "spamhaus", "sender address", "sender rejected", "sender denied",
    "invalid sender", "sender domain", "domain of sender", "sender verif", "administrative prohibition",
    "connection refused by", "connection reset by peer", "helo command rejected",
    "refused due to recipient preferences",
    "does not accept mail", "no mx record", "domain does not exist:", "dns type '", "null mx", "relay for",
    "that domain isn't in my list", "no relaying", "not local host", "organizational settings",
)  # fmt: skip

UNKNOWN_BY_STATUS: tuple[Rule, ...] = (
    status(
        MAILBOX_UNKNOWN,
        "RFC 3463 X.1.0, X.1.1, X.1.3: no such mailbox, or no such form of one",
        "5.1.0", "5.1.1", "5.1.3",
        unless=_ABOUT_OTHERS,
    ),
)  # fmt: skip

_UNKNOWN = (
    "user unknown", "unknown user", "user is unknown", "unknown mailbox", "unknown recipient", "recipient unknown",
    "unknown local part", "unknown local-part", "unknown e-mail address", "unknown email address", "address unknown",
    "unknown or illegal user", "unknown or illegal alias", "unknown alias", "unknown account", "addressee unknown",
    "user (*) unknown", "unknown virtual", "unknown in local", "unknown in virtual", "unknown in relay",
    "no such user", "no such mailbox", "no such recipient", "no such address", "no such person", "no such account",
    "no such local user", "no such virtual user", "no such alias", "no account by that name", "no mailbox here",
    "no mailbox by that name", "no mailbox found", "no mail box available", "no valid recipients",
    "there is no one at", "userunknown", "5.1.0 address rejected", "rcpt (*t exist",
    "nonexistent user", "non-existent user", "non existent user", "nonexistent mailbox", "non-existent mailbox",
    "nonexistent address", "inexistent", "user not exist", "user does not exist", "user doesn't exist",
    "recipient does not exist", "recipient not exist", "mailbox does not exist", "mailbox doesn't exist",
    "address does not exist", "address doesn't exist", "account does not exist", "account doesn't exist",
    "mailbox * does not exist", "user * does not exist", "rcpt * does not exist", "recipient * does not exist",
    "account * does not exist", "account * doesn't exist", "reach does not exist", "does not exist here",
    "address * does not exist", "does not exist.", "does not exist at", "does not exist on",
    "spectator does not exist",
    "user not found", "user * not found", "recipient not found", "recipient * not found", "mailbox not found",
    "address not found", "address * couldn't be found", "address could not be found", "address wasn't found",
    "mailbox * not found", "account not found", "email address could not be found", "> not found",
    "email name is not found",
    "user not known", "is not a known user", "not known user", "not known here", "recipient not ok", "bad recipient",
    "bad_recipient", "bad-recipient", "badrcptto", "badrecipientto", "validrcptto", "bad destination mailbox",
    "#5.1.1 bad address", "bad address", "invalid recipient", "invalid-recipient", "recipient is invalid",
    "invalid mailbox", "mailbox invalid", "invalid address", "address invalid", "invalid user", "user invalid",
    "invalid or unknown virtual user", "not a valid user", "not a valid mailbox", "not a valid recipient",
    "not a local address", "recipient is not local", "not an active address", "user not active",
    "mailbox is inactive",
    "not email addresses", "not our customer", "not our user", "user not local", "mailbox unavailable",
    "mailbox unavaiable", "mailbox is unavailable", "mailbox not available", "mailbox not present",
    "mailbox * unavailable",
    "in name directory", "not present in directory", "not in directory", "not in our directory",
    "can't accept user", "destination addresses were unknown", "account unavailable",
    "destination server rejected recipients", "following recipients was undeliverable", "have a * account",
    "no longer accepts mail", "wrong or no longer valid", "no longer valid", "no longer active", "no longer exists",
    "no longer available", "missing home directory", "recipient refuses to accept your mail",
    "recipient is not accepted",
    "recipient rejected", "recipient address rejected: access denied", "recipient address rejected: invalid",
    "recipient address rejected. (in reply", "rejected recipient", "envelope recipient has been denied",
    "recipient name is not recognized", "recipientnotfound",
    "could not be found in", "inactive email address", "user * doesn't have", "not in my list of",
    "cannot be delivered to",
    "mailbox is not allowed", "undeliverable address", "recip unknown",
    "no existe dicha persona", "no existe ese usuario", "usuario desconocido", "usuario no existe",
    "usuario * no existe",
    "usuario * desconocido", "buzon no existe", "buzon * no existe", "buzon * no valido", "cuenta * no existe",
    "cuenta inexistente", "usuario inexistente", "destinatario * no existe", "destinatario * desconocido",
    "destinatario * no encontrado", "direccion * no existe", "direccion * no valida", "direccion * no encontrada",
    "usuari desconegut", "bustia * no existeix", "usuario nao", "utilizador desconhecido", "utilisateur inconnu",
    "destinataire inconnu", "destinataire invalide", "adresse * inconnue", "empfanger unbekannt",
    "benutzer unbekannt",
    "adresse nicht gefunden", "adresse existiert nicht", "nessun utente", "utente sconosciuto",
    "casella * inesistente",
    "onbekende gebruiker", "okand anvandare", "ukjent bruker", "ukendt bruger", "недоступен", "не найден",
)  # fmt: skip

_UNKNOWN_UNLESS = Phrases(
    "sender address", "sender verif", "of sender", "sender domain", "envelope sender", "your domain", "unknown host",
    "domain name not found", "relay access denied", "spam",
)  # fmt: skip

UNKNOWN: tuple[Rule, ...] = (
    says(
        POLICY,
        "Postfix: an access table refuses the recipient, who may well be there; Exchange says the same with X.4.1",
        "recipient address rejected: access denied",
        enhanced="5.7.1",
    ),
    says(
        MAILBOX_UNKNOWN,
        "says at RCPT that the mailbox is not known",
        *_UNKNOWN,
        stages=("rcpt",),
        unless=_UNKNOWN_UNLESS,
    ),
    says(
        MAILBOX_UNKNOWN,
        "Exim at RCPT, where the domain's own server knows no way to the address: the domain led to it",
        "unrouteable address",
        "unroutable address",
        stages=("rcpt",),
        unless=_UNKNOWN_UNLESS,
    ),
)

REFUSES: tuple[Rule, ...] = (
    says(
        RECIPIENT_REFUSES,
        "says that the recipient has chosen not to receive this",
        "refused due to recipient preferences", "account is protected by", "has restricted sms", "refuse to receive",
        "is not accepting any mail", "message rejected due to user rules", "only accepting mail from specific",
        "refuses to receive this mail", "user reject", "you have been blocked by the recipient", "due to user rules",
        "not found recipient account", "recipient's privacy settings",
        "blocked by the recipient", "is not accepting mail from", "message filtered by user", "bounced address",
    ),
    says(
        RECIPIENT_REFUSES,
        "says after the content that a filter of the recipient's refused it",
        "message filtered",
        stages=("data", ""),
        unless=Phrases("symanteccloud", "messagelabs", "troubleshooting page", "faqs section on spam"),
    ),
    says(
        SUPPRESSED,
        "says that the address is on a list of those not to be written to",
        "suppression list", "address is suppressed", "previous hard bounce", "previously * unsubscribed",
    ),
    says(
        MAILBOX_UNKNOWN_LATE,
        "says that the mailbox is not known, but not at RCPT: so do some networks where the recipient's filter refused",
        *_UNKNOWN,
        stages=("data", ""),
        unless=_UNKNOWN_UNLESS,
    ),
)  # fmt: skip
