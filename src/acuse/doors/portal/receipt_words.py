"""The sentences of the page of a receipt, in the recipient's language.

They are chosen by the communication, as those of `access_words` are. Keys and slots are equal in both languages.
"""

from collections.abc import Mapping

_ES = {
    "for": "Para {recipient}",
    "title": "Acuse de un mensaje de {organisation}",
    "subject": "Asunto",
    "no_subject": "(sin asunto)",
    "from": "De",
    "sent": "Enviado",
    "standing": "Qué consta",
    "standing.pending": "Todavía se está entregando.",
    "standing.relayed": "El servidor de {domain} lo aceptó el {at}. No prueba que nadie lo leyera.",
    "standing.handed": (
        "El servidor de salida de {organisation} lo aceptó el {at}. No prueba que llegara al servidor de {domain}."
    ),
    "standing.delivered": "Un informe dijo el {at} que llegó al buzón. No prueba que nadie lo leyera.",
    "standing.failed": "No se pudo entregar, según consta desde el {at}.",
    "standing.undetermined": "No consta si llegó: la última noticia es del {at}.",
    "proof.title": "Su prueba de este mensaje",
    "proof.text": "Contenido, fechas y sellos, en un PDF. Es gratis, y no hace falta registrarse.",
    "proof.get": "Descargar la prueba",
    "proof.later": "Se está preparando. Vuelva a cargar esta página dentro de unos minutos.",
    "check.title": "Cómo se comprueba",
    "check.anybody": "Cualquiera puede comprobar ese PDF en esta misma web, o sin conexión, con un programa libre.",
    "check.inside": "Dentro están el mensaje tal como se entregó a {certifier} y la copia que usted recibió.",
    "check.none": "Ver esta página no queda registrado, y no significa que esté de acuerdo con nada.",
    "why": "¿Por qué lo recibo?",
    "why.text": (
        "{organisation} ({sender}) indicó su dirección e hizo certificar este envío. {certifier} guarda el contenido y "
        "la prueba; no es parte en el asunto. Para cualquier pregunta, escriba a {sender}."
    ),
    "unknown.title": "Aquí no hay ningún acuse",
    "unknown.text": (
        "Compruebe que el enlace está completo: algunos programas de correo lo parten en dos líneas. También puede ser "
        "de un mensaje que ya no se conserva. Si tiene el PDF, puede comprobarlo igualmente."
    ),
    "often.title": "Demasiados intentos seguidos",
    "often.text": "Espere un minuto y vuelva a intentarlo. No se ha perdido nada.",
    "other": "English",
    "certified": "Certifica {certifier}",
    "check": "Comprobar un documento",
}
_EN = {
    "for": "To {recipient}",
    "title": "Receipt of a message from {organisation}",
    "subject": "Subject",
    "no_subject": "(no subject)",
    "from": "From",
    "sent": "Sent",
    "standing": "What is recorded",
    "standing.pending": "It is still being delivered.",
    "standing.relayed": "The server of {domain} accepted it on {at}. It does not prove that anybody read it.",
    "standing.handed": (
        "The outgoing server of {organisation} accepted it on {at}. It does not prove that it reached the server of "
        "{domain}."
    ),
    "standing.delivered": (
        "A report said on {at} that it reached the mailbox. It does not prove that anybody read it."
    ),
    "standing.failed": "It could not be delivered, as recorded since {at}.",
    "standing.undetermined": "It is not known whether it arrived: the last news is of {at}.",
    "proof.title": "Your proof of this message",
    "proof.text": "Content, dates and seals, in one PDF. It is free of charge, and needs no account.",
    "proof.get": "Download the proof",
    "proof.later": "It is being prepared. Load this page again in some minutes.",
    "check.title": "How it is checked",
    "check.anybody": "Anybody can check that PDF on this site, or offline with a free program.",
    "check.inside": "Inside are the message as it was handed to {certifier} and the copy that you received.",
    "check.none": "Seeing this page is not recorded, and does not mean that you agree with anything.",
    "why": "Why do I receive it?",
    "why.text": (
        "{organisation} ({sender}) gave your address and had this sending certified. {certifier} keeps the content and "
        "the proof, and is no party to the matter. For any question, write to {sender}."
    ),
    "unknown.title": "There is no receipt here",
    "unknown.text": (
        "Check that the link is complete: some mail programs break it into two lines. It may also be of a message that "
        "is no longer kept. If you have the PDF, you can check it all the same."
    ),
    "often.title": "Too many tries in a row",
    "often.text": "Wait a minute and try again. Nothing is lost.",
    "other": "Español",
    "certified": "Certified by {certifier}",
    "check": "Check a document",
}
WORDS: Mapping[str, Mapping[str, str]] = {"es": _ES, "en": _EN}
