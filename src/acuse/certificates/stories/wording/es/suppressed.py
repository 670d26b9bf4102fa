"""Addresses to which nothing is sent, and what was sent once more, in Spanish."""

WORDS: dict[str, str] = {
    "headline.failed.suppressed": "No enviada: la dirección está en la lista del remitente",
    "sentence.failed.suppressed": "{sender} mandó enviar «{subject}» a {recipient}. El {date} a las {time} {what}",
    "failed.suppressed": (
        "Acuse la retuvo y no envió nada: desde el {since} la dirección está en la lista del remitente de direcciones "
        "a las que no se envía, a causa de una comunicación anterior ({because})."
    ),
    "ladder.failed.suppressed": "Retenida,\nno enviada",
    "class.suppressed": "retenida, porque la dirección está en la lista del remitente de las que no reciben envíos",
    "listed.mailbox_not_found": "el buzón no existe",
    "listed.domain_not_found": "el dominio no existe",
    "listed.no_mail_domain": "el dominio no admite correo",
    "listed.complaint": "se señaló como no deseada",
    "fact.suppression_added": "La dirección pasa a la lista del remitente de direcciones a las que no se envía",
    "fact.suppression_lifted": "Un miembro quita la dirección de la lista de direcciones a las que no se envía",
    "fact.suppression_overridden": "Un miembro manda enviarla aunque la dirección está en la lista del remitente",
    "remark.because": "A causa de esta comunicación: {because}.",
    "remark.listed": (
        "La dirección está en la lista desde el {date}, a causa de la comunicación {communication}: {because}."
    ),
    "fact.accepted.source.resent": "Presentada antes con la credencial SMTP «{credential}», desde {ip}",
    "fact.accepted.resent": (
        "Un miembro envía otra vez la comunicación {communication}, con el mismo contenido, byte a byte."
    ),
    "sentence.receipt.resent": "{sender} mandó enviar otra vez «{subject}» a {recipient} el {date} a las {time}.",
    "sentence.pending.resent": "{sender} mandó enviar otra vez «{subject}» a {recipient} el {date} a las {time}.",
    "proves.handed.resent": (
        "{sender} mandó enviar otra vez a {recipient}, a las {time}{day}, el contenido del apartado 3, ya presentado "
        "antes."
    ),
}
