"""The sentences of notices to recipients, by language. Keys and slots are equal in all of them."""

from collections.abc import Mapping

_ES = {
    "title": "Comunicación certificada de {organisation}: {subject}",
    "no_subject": "(sin asunto)",
    "what": "{organisation} le ha enviado una comunicación certificada.",
    "subject": "Asunto: {subject}",
    "until": "Puede abrirla hasta el {until}.",
    "open": "Ver la comunicación",
    "coded": (
        "Para abrirla o rechazarla le enviaremos un código a esta misma dirección. Quedará constancia de la fecha y "
        "la hora en que la abre."
    ),
    "recorded": "Quedará constancia de la fecha y la hora en que la abre. Seguir el enlace, por sí solo, no la abre.",
    "agree": "Abrirla no significa que esté de acuerdo. También podrá rechazarla o, si no, descargar gratis la prueba.",
    "why": "Recibe este aviso porque {organisation} indicó su dirección. Si responde, le contestarán en {reply_to}.",
    "check": "Nunca le pediremos contraseñas ni datos de pago. Cómo se comprueban estas comunicaciones:",
    "code.title.access": "{code} es su código para abrir o rechazar la comunicación de {organisation}",
    "code.title.mailbox": "{code} es su código para ver sus mensajes de {organisation}",
    "code.title.form": "{code} es su código para escribir a {organisation}",
    "code.what.mailbox": (
        "Alguien ha pedido ver las comunicaciones certificadas que {organisation} ha enviado a esta dirección."
    ),
    "code.what.form": "Alguien está escribiendo a {organisation} y ha dado esta dirección para que le respondan.",
    "code.what.access": (
        "Alguien ha pedido abrir o rechazar la comunicación certificada que {organisation} envió a esta dirección."
    ),
    "code.digits": "El código es {code}. Sirve durante {minutes} minutos y una sola vez.",
    "code.never": "Si no ha sido usted, no haga nada. No dé este código a nadie: nadie de Acuse se lo pedirá.",
    "link.title": "El enlace para seguir su caso {key} con {organisation}",
    "link.what": "Alguien que conoce la clave {key} y esta dirección ha pedido el enlace de su caso.",
    "link.open": "Con él se ve cómo está y lo que se ha dicho:\n{link}",
    "link.never": "Si no ha sido usted, no haga nada. Quien tenga el enlace ve su caso: no lo comparta.",
}
_EN = {
    "title": "Certified communication from {organisation}: {subject}",
    "no_subject": "(no subject)",
    "what": "{organisation} has sent you a certified communication.",
    "subject": "Subject: {subject}",
    "until": "You can open it until {until}.",
    "open": "See the communication",
    "coded": (
        "To open or refuse it, we will send a code to this same address. The date and time you open it will be "
        "recorded."
    ),
    "recorded": "The date and time you open it will be recorded. Following the link does not open it by itself.",
    "agree": "Opening it does not mean you agree. You can also refuse it or else download the proof, free of charge.",
    "why": "You receive this notice because {organisation} gave your address. Answers to it go to {reply_to}.",
    "check": "We will never ask for passwords or payment details. How these communications are checked:",
    "code.title.access": "{code} is your code to open or refuse the communication from {organisation}",
    "code.title.mailbox": "{code} is your code to see your messages from {organisation}",
    "code.title.form": "{code} is your code to write to {organisation}",
    "code.what.mailbox": "Somebody asked to see the certified communications that {organisation} sent here.",
    "code.what.form": "Somebody is writing to {organisation} and gave this address for the answer.",
    "code.what.access": (
        "Somebody asked to open or refuse the certified communication that {organisation} sent to this address."
    ),
    "code.digits": "The code is {code}. It serves for {minutes} minutes, and once.",
    "code.never": "If it was not you, do nothing. Give this code to nobody: nobody at Acuse will ask for it.",
    "link.title": "The link to follow your case {key} with {organisation}",
    "link.what": "Somebody who knows the key {key} and this address asked for the link to your case.",
    "link.open": "It shows how the case stands and what was said:\n{link}",
    "link.never": "If it was not you, do nothing. Whoever has the link sees your case: do not share it.",
}
WORDINGS: Mapping[str, Mapping[str, str]] = {"es": _ES, "en": _EN}
