"""The sentences of the page about what a message tells its sender, in the recipient's language.

They are chosen by the communication, as those of `access_words` are. Keys and slots are equal in both languages.
"""

from collections.abc import Mapping

_ES = {
    "for": "Para {recipient}",
    "title": "Qué cuenta este mensaje a {organisation}",
    "subject": "Asunto",
    "no_subject": "(sin asunto)",
    "sent": "Enviado",
    "told.title": "Lo que se registra",
    "told.when": "La fecha y la hora en que se pide la imagen o uno de los enlaces del mensaje.",
    "told.who": "La dirección IP y el programa que la piden.",
    "told.proof": (
        "Los puede pedir una persona o una máquina: no prueba que usted lo leyera, ni cambia nada de la entrega."
    ),
    "why": "{organisation} lo quiso así. {certifier} lo registra y lo guarda con la prueba del envío.",
    "withdraw": "Que no se registre más",
    "withdraw.text": (
        "Vale para este mensaje y para todos los que {organisation} le envíe a {recipient} por medio de {certifier}. "
        "Los enlaces seguirán funcionando. Lo que ya se registró se conserva con la prueba."
    ),
    "withdrawn.title": "Ya no se registra",
    "withdrawn.said": "Se pidió el {at}. Queda registrado.",
    "withdrawn.text": (
        "Desde entonces no se registra lo que se pide de los mensajes que {organisation} envía a {recipient} por medio "
        "de {certifier}, y los nuevos se le envían sin imagen y con sus enlaces tal como son. Los enlaces de los que "
        "ya tiene siguen funcionando. Lo que se registró antes se conserva con la prueba."
    ),
    "unknown.title": "Este enlace no lleva a ninguna parte",
    "unknown.text": (
        "Compruebe que está completo: algunos programas de correo lo parten en dos líneas. También puede ser de un "
        "mensaje que ya no se conserva. Pida la dirección a quien le envió el mensaje."
    ),
    "later.title": "Este enlace no se puede abrir ahora",
    "later.text": "Algo falló por nuestra parte. Vuelva a intentarlo dentro de un minuto; no se ha perdido nada.",
    "often.title": "Demasiados intentos seguidos",
    "often.text": "Espere un minuto y vuelva a intentarlo. No se ha perdido nada.",
    "stale.title": "Esta página había caducado",
    "stale.text": "No se ha registrado nada. Vuelva a abrir el enlace del mensaje e inténtelo otra vez.",
    "elsewhere.title": "Esto se pulsó en otra página",
    "elsewhere.text": "Llegó desde otro sitio web y no se ha registrado nada. Vuelva al principio y púlselo aquí.",
    "again": "Volver al principio",
    "other": "English",
    "certified": "Certifica {certifier}",
    "check": "Comprobar un documento",
}
_EN = {
    "for": "To {recipient}",
    "title": "What this message tells {organisation}",
    "subject": "Subject",
    "no_subject": "(no subject)",
    "sent": "Sent",
    "told.title": "What is recorded",
    "told.when": "The date and time at which the image or one of the links of the message is requested.",
    "told.who": "The IP address and the program that request it.",
    "told.proof": (
        "A person or a machine may request them: it does not prove that you read it, and changes nothing of the "
        "delivery."
    ),
    "why": "{organisation} chose so. {certifier} records it and keeps it with the proof of the message.",
    "withdraw": "Record it no more",
    "withdraw.text": (
        "This holds for this message and for all that {organisation} sends to {recipient} through {certifier}. The "
        "links will go on working. What was recorded before is kept with the proof."
    ),
    "withdrawn.title": "It is recorded no more",
    "withdrawn.said": "It was asked for {at}. It is recorded.",
    "withdrawn.text": (
        "Since then nothing is recorded of what is requested of the messages that {organisation} sends to {recipient} "
        "through {certifier}, and new ones are sent to you without image and with their links as they are. The links "
        "of those that you have go on working. What was recorded before is kept with the proof."
    ),
    "unknown.title": "This link leads nowhere",
    "unknown.text": (
        "Check that it is whole: some mail programs break it into two lines. It may also be of a message that is no "
        "longer kept. Ask whoever sent you the message for the address."
    ),
    "later.title": "This link cannot be opened now",
    "later.text": "Something failed on our side. Try again in a minute; nothing is lost.",
    "often.title": "Too many tries in a row",
    "often.text": "Wait a minute and try again. Nothing is lost.",
    "stale.title": "This page had expired",
    "stale.text": "Nothing was recorded. Open the link of the message again and retry.",
    "elsewhere.title": "This was pressed on another page",
    "elsewhere.text": "It came from another website and nothing was recorded. Go back to the start and press it here.",
    "again": "Back to the start",
    "other": "Español",
    "certified": "Certified by {certifier}",
    "check": "Check a document",
}
WORDS: Mapping[str, Mapping[str, str]] = {"es": _ES, "en": _EN}
