"""What a delivery report says to people, in the languages of the product."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One language. `{}` fields: recipient, subject, host, until.

    `outgoing` replaces those openings, subjects and failures that speak of the recipient's server, where the server was
    the sender's own outgoing one; `late` those that speak of a server's answer, where a report came back later;
    `unanswered` those that say that it was not delivered, where no server said so.
    """

    sender: str
    subjects: dict[str, str]
    openings: dict[str, str]
    failures: dict[str, str]
    retry: str
    reply: str
    about: str
    closing: str
    outgoing: dict[str, str]
    late: dict[str, str]
    unanswered: dict[str, str]


ENGLISH = Wording(
    sender="Delivery reports",
    subjects={
        "failed": "Not delivered: {subject}",
        "delayed": "Delayed, still trying: {subject}",
        "relayed": "Accepted by the recipient's server: {subject}",
    },
    openings={
        "failed": "Your message to {recipient} was not delivered and will not be tried again.",
        "delayed": "Your message to {recipient} has not been delivered yet. You need not send it again.",
        "relayed": "The mail server of the recipient accepted your message to {recipient}. That server sends no"
        " reports of its own, so no news of the mailbox will follow.",
    },
    failures={
        "mailbox_not_found": "The server answered that the mailbox does not exist.",
        "mailbox_full": "The server answered that the mailbox is full.",
        "server_unavailable": "The recipient's server did not answer or could not take mail.",
        "attachment_blocked": "The server refused an attachment.",
        "policy_blocked": "The server refused the message by its policy or its content.",
        "domain_not_found": "The domain of the address does not exist.",
        "no_mail_domain": "The domain of the address takes no mail.",
        "too_big": "The message is bigger than the server takes.",
        "throttled": "The server asked us to come back later.",
        "suppressed": "It was not sent: the address is on your organisation's list of addresses to which nothing is"
        " sent, because an earlier message came back from there or was reported as unwanted.",
    },
    retry="We keep trying until {until}.",
    reply="The server {host} answered:",
    about="Subject of your message: {subject}",
    closing="This report was written by a program; answers to it are not read.",
    outgoing={
        "subject": "Handed to the outgoing server: {subject}",
        "relayed": "Your outgoing server accepted your message to {recipient}. What it does with it is not known here.",
        "server_unavailable": "Your outgoing server did not answer or could not take mail.",
    },
    late={
        "failed": "Your message to {recipient} had been accepted by a server. A report came back later that it was not"
        " delivered. It will not be tried again.",
        "mailbox_not_found": "According to the report, the mailbox does not exist.",
        "mailbox_full": "According to the report, the mailbox is full.",
        "server_unavailable": "According to the report, the next server did not answer or could not take mail.",
        "attachment_blocked": "According to the report, an attachment was refused.",
        "policy_blocked": "According to the report, the message was refused by policy or content.",
        "domain_not_found": "According to the report, the domain does not exist.",
        "no_mail_domain": "According to the report, the domain takes no mail.",
        "too_big": "According to the report, the message is too big.",
        "throttled": "According to the report, the next server asked to come back later.",
        "reply": "The report says:",
    },
    unanswered={
        "subject": "Not known whether delivered: {subject}",
        "failed": "Your message to {recipient} was sent whole, and the server gave no answer. Whether it arrived is not"
        " known. It will not be tried again.",
    },
)

SPANISH = Wording(
    sender="Avisos de entrega",
    subjects={
        "failed": "No entregado: {subject}",
        "delayed": "Con retraso, se sigue intentando: {subject}",
        "relayed": "Aceptado por el servidor del destinatario: {subject}",
    },
    openings={
        "failed": "Su mensaje para {recipient} no se ha entregado y no se volverá a intentar.",
        "delayed": "Su mensaje para {recipient} todavía no se ha entregado. No hace falta que lo envíe otra vez.",
        "relayed": "El servidor de correo del destinatario ha aceptado su mensaje para {recipient}. Ese servidor no"
        " envía avisos propios, así que no habrá más noticias del buzón.",
    },
    failures={
        "mailbox_not_found": "El servidor respondió que el buzón no existe.",
        "mailbox_full": "El servidor respondió que el buzón está lleno.",
        "server_unavailable": "El servidor del destinatario no respondió o no podía recibir correo.",
        "attachment_blocked": "El servidor rechazó un adjunto.",
        "policy_blocked": "El servidor rechazó el mensaje por su política o por su contenido.",
        "domain_not_found": "El dominio de la dirección no existe.",
        "no_mail_domain": "El dominio de la dirección no admite correo.",
        "too_big": "El mensaje es mayor de lo que admite el servidor.",
        "throttled": "El servidor pidió que volviéramos más tarde.",
        "suppressed": "No se ha enviado: la dirección está en la lista de su organización de direcciones a las que no"
        " se envía, porque un mensaje anterior volvió de ella o se señaló como no deseado.",
    },
    retry="Seguiremos intentándolo hasta el {until}.",
    reply="El servidor {host} respondió:",
    about="Asunto de su mensaje: {subject}",
    closing="Este aviso lo ha escrito un programa; las respuestas no se leen.",
    outgoing={
        "subject": "Entregado al servidor de salida: {subject}",
        "relayed": "Su servidor de salida ha aceptado su mensaje para {recipient}. No consta aquí qué hará con él.",
        "server_unavailable": "Su servidor de salida no respondió o no podía recibir correo.",
    },
    late={
        "failed": "Un servidor había aceptado su mensaje para {recipient}. Después llegó un parte de que no se ha"
        " entregado. No se volverá a intentar.",
        "mailbox_not_found": "Según el parte, el buzón no existe.",
        "mailbox_full": "Según el parte, el buzón está lleno.",
        "server_unavailable": "Según el parte, el servidor siguiente no respondió o no podía recibir correo.",
        "attachment_blocked": "Según el parte, se rechazó un adjunto.",
        "policy_blocked": "Según el parte, se rechazó el mensaje por política o por su contenido.",
        "domain_not_found": "Según el parte, el dominio no existe.",
        "no_mail_domain": "Según el parte, el dominio no admite correo.",
        "too_big": "Según el parte, el mensaje es demasiado grande.",
        "throttled": "Según el parte, el servidor siguiente pidió que se volviera más tarde.",
        "reply": "El parte dice:",
    },
    unanswered={
        "subject": "No consta si se entregó: {subject}",
        "failed": "Su mensaje para {recipient} se envió entero y el servidor no respondió. No consta si llegó. No se"
        " volverá a intentar.",
    },
)

WORDINGS = {"en": ENGLISH, "es": SPANISH}
