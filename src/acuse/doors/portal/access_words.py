"""The sentences of the recipient's page, in the recipient's language and not in that of whoever runs this.

They are chosen by the communication, so they stand here and not in the catalogue of the doors. Keys and slots are
equal in both languages.
"""

from collections.abc import Mapping

_ES = {
    "for": "Para {recipient}",
    "title": "Tiene una comunicación certificada de {organisation}",
    "subject": "Asunto",
    "no_subject": "(sin asunto)",
    "sent": "Enviada",
    "available": "Disponible",
    "until": "Hasta el {until}",
    "reference": "Referencia",
    "from": "De {organisation}",
    "before.opened": "Abierta",
    "before.accepted": "Aceptada",
    "before.title": "Antes de abrirla",
    "before.recorded": "Quedará constancia de la fecha y la hora en que la abre.",
    "before.agree": "Abrirla no significa que esté de acuerdo.",
    "before.proof": "Usted también podrá descargar la prueba, gratis.",
    "again.title": "Si vuelve a abrirla",
    "again.recorded": "Quedará constancia también de esa fecha y esa hora.",
    "again.proof": "Dentro puede descargar la prueba, gratis, hasta que termine el plazo.",
    "again.open": "Abrir de nuevo",
    "again.open.coded": "Recibir el código y abrir de nuevo",
    "coded": "Le enviaremos un código por correo a {recipient}.",
    "open": "Abrir la comunicación",
    "open.coded": "Recibir el código y abrir",
    "reject": "No quiero recibirla",
    "why": "¿Por qué la recibo?",
    "why.text": (
        "{organisation} ({sender}) indicó su dirección e hizo certificar este envío. {certifier} guarda el contenido y "
        "la prueba; no es parte en el asunto. Para cualquier pregunta, escriba a {sender}."
    ),
    "code.title": "Escriba el código que le hemos enviado",
    "code.sent": "Lo hemos enviado a {recipient}. Son seis cifras y sirve durante diez minutos.",
    "code.label": "Código de seis cifras",
    "code.open": "Abrir la comunicación",
    "code.again": "Enviar otro código",
    "code.none": "¿No ha llegado? Mire también en el correo no deseado.",
    "code.form": "El código son seis cifras. Este intento no cuenta.",
    "code.wrong": "Ese código no es el último que le enviamos. Le quedan {left} intentos.",
    "code.wrong.one": "Ese código no es el último que le enviamos. Le queda un intento.",
    "code.late": "Ese código ya no sirve: pasaron más de diez minutos. Pida otro.",
    "code.locked": "Demasiados códigos equivocados. Podrá volver a intentarlo a partir de las {time}.",
    "code.most": "Hoy ya no se pueden enviar más códigos a esa dirección. Vuelva a intentarlo mañana.",
    "code.missing": "Ya no hay ningún código en vigor. Pida otro.",
    "back": "Volver",
    "opened": "Abierta el {at}. Queda registrado.",
    "opened.coded": "Abierta con código el {at}. Queda registrado.",
    "accepted": "Pulsó «{words}» el {at}. Queda registrado.",
    "content": "Contenido de la comunicación",
    "content.whole": "Ver el contenido en una página aparte",
    "content.remote": "Imagen de otro servidor, no cargada:",
    "content.cut": "Sigue en el original, que está dentro de la prueba.",
    "content.empty": "La comunicación no tiene texto.",
    "content.encrypted": "El mensaje está cifrado: solo quien tenga la clave puede leerlo.",
    "attachments": "Ficheros adjuntos",
    "download": "Descargar {name}",
    "proof.title": "Su prueba de esta comunicación",
    "proof.text": "Contenido, fechas y sellos, en un PDF que cualquiera puede comprobar.",
    "proof.get": "Descargar mi prueba",
    "proof.until": "Este enlace sirve hasta el {until}: descárguela antes y guárdela.",
    "proof.later": "Se está preparando. Vuelva a cargar esta página dentro de unos minutos.",
    "answer.title": "Su respuesta",
    "answer.comments": "Comentarios (si quiere)",
    "answer.help": "Los recibirá {organisation} y formarán parte de la prueba. Como mucho, 2000 caracteres.",
    "answer.long": "El comentario tiene más de 2000 caracteres: acórtelo. Todavía no se ha registrado nada.",
    "accept": "Estoy conforme",
    "accept.text": "Quedará constancia de que pulsó «Estoy conforme», con la fecha y la hora.",
    "reject.after": "Rechazar la comunicación",
    "reject.title": "¿No quiere recibir esta comunicación?",
    "reject.text": (
        "Quedará constancia de que la rechazó, con la fecha y la hora. Después ya no podrá abrirla. Rechazarla no "
        "impide que produzca los efectos que la ley le dé."
    ),
    "reject.opened.title": "¿Quiere rechazar esta comunicación?",
    "reject.opened.text": (
        "Quedará constancia de que la rechazó, con la fecha y la hora, y también de que la abrió. Después ya no podrá "
        "volver a abrirla ni descargar la prueba. Rechazarla no impide que produzca los efectos que la ley le dé."
    ),
    "reject.coded": "Para rechazarla hace falta también un código, que le enviaremos por correo a {recipient}.",
    "reject.send": "Recibir el código",
    "reject.yes": "Rechazar la comunicación",
    "rejected.title": "Esta comunicación se rechazó",
    "rejected.text": (
        "La rechazó quien podía abrirla con este enlace, y ya no se puede abrir. Si fue un error, escriba a {sender}."
    ),
    "expired.title": "El plazo para abrir esta comunicación terminó",
    "expired.text": "Estuvo disponible hasta el {until}. Si necesita su contenido, pídalo a {organisation}: {sender}.",
    "expired.opened.title": "El plazo de esta comunicación terminó",
    "expired.opened.text": (
        "Ya no se puede volver a abrir ni descargar aquí la prueba; la que descargó sigue sirviendo. Estuvo disponible "
        "hasta el {until}. Si necesita el contenido o la prueba, pídalos a {organisation}: {sender}."
    ),
    "revoked.title": "Esta comunicación ya no está disponible",
    "revoked.text": "{organisation} retiró este enlace. Si tiene preguntas, escriba a {sender}.",
    "unknown.title": "Aquí no hay ninguna comunicación",
    "unknown.text": (
        "Compruebe que el enlace está completo: algunos programas de correo lo parten en dos líneas. Si lo copió a "
        "mano, ábralo desde el aviso. Si sigue sin funcionar, pida a quien se lo envió que lo compruebe."
    ),
    "often.title": "Demasiados intentos seguidos",
    "often.text": "Espere un minuto y vuelva a intentarlo. No se ha perdido nada.",
    "stale.title": "Esta página había caducado",
    "stale.text": "No se ha registrado nada. Vuelva a abrir el enlace del aviso e inténtelo otra vez.",
    "elsewhere.title": "Esto se pulsó en otra página",
    "elsewhere.text": "Llegó desde otro sitio web y no se ha registrado nada. Vuelva al principio y púlselo aquí.",
    "changed.title": "Eso ya no se puede hacer",
    "changed.text": "La comunicación ya se respondió, o terminó su plazo. No se ha registrado nada nuevo.",
    "again": "Volver al principio",
    "other": "English",
    "certified": "Certifica {certifier}",
    "check": "Comprobar un documento",
}
_EN = {
    "for": "To {recipient}",
    "title": "You have a certified communication from {organisation}",
    "subject": "Subject",
    "no_subject": "(no subject)",
    "sent": "Sent",
    "available": "Available",
    "until": "Until {until}",
    "reference": "Reference",
    "from": "From {organisation}",
    "before.opened": "Opened",
    "before.accepted": "Accepted",
    "before.title": "Before you open it",
    "before.recorded": "The date and time you open it will be recorded.",
    "before.agree": "Opening it does not mean you agree.",
    "before.proof": "You can download the proof too, free of charge.",
    "again.title": "If you open it again",
    "again.recorded": "That date and time will be recorded too.",
    "again.proof": "Inside you can download the proof, free of charge, until the period is over.",
    "again.open": "Open it again",
    "again.open.coded": "Get the code and open it again",
    "coded": "We will send a code by e-mail to {recipient}.",
    "open": "Open the communication",
    "open.coded": "Get the code and open",
    "reject": "I do not want to receive it",
    "why": "Why do I receive it?",
    "why.text": (
        "{organisation} ({sender}) gave your address and had this certified. {certifier} keeps the content and the "
        "proof, and is no party to the matter. For any question, write to {sender}."
    ),
    "code.title": "Type the code that we sent you",
    "code.sent": "We sent it to {recipient}. It has six digits and serves for ten minutes.",
    "code.label": "Six-digit code",
    "code.open": "Open the communication",
    "code.again": "Send another code",
    "code.none": "Has it not arrived? Look among unwanted mail too.",
    "code.form": "The code has six digits. This try does not count.",
    "code.wrong": "That code is not the last one we sent you. You have {left} tries left.",
    "code.wrong.one": "That code is not the last one we sent you. You have one try left.",
    "code.late": "That code no longer serves: more than ten minutes went by. Ask for another.",
    "code.locked": "Too many wrong codes. You can try again from {time}.",
    "code.most": "No more codes can be sent to that address today. Try again tomorrow.",
    "code.missing": "There is no code in force any more. Ask for another.",
    "back": "Back",
    "opened": "Opened {at}. It is recorded.",
    "opened.coded": "Opened with a code {at}. It is recorded.",
    "accepted": "You pressed “{words}” {at}. It is recorded.",
    "content": "Content of the communication",
    "content.whole": "See the content on a page of its own",
    "content.remote": "Image of another server, not loaded:",
    "content.cut": "It goes on in the original, which is inside the proof.",
    "content.empty": "The communication has no text.",
    "content.encrypted": "The message is encrypted: only who has the key can read it.",
    "attachments": "Attached files",
    "download": "Download {name}",
    "proof.title": "Your proof of this communication",
    "proof.text": "Content, dates and seals, in a PDF that anybody can check.",
    "proof.get": "Download my proof",
    "proof.until": "This link serves until {until}: download it before that, and keep it.",
    "proof.later": "It is being prepared. Load this page again in a few minutes.",
    "answer.title": "Your answer",
    "answer.comments": "Comments (if you wish)",
    "answer.help": "{organisation} will receive them and they become part of the proof. At most 2000 characters.",
    "answer.long": "The comment has more than 2000 characters: shorten it. Nothing has been recorded yet.",
    "accept": "I agree",
    "accept.text": "It will be recorded that you pressed “I agree”, with the date and the time.",
    "reject.after": "Refuse the communication",
    "reject.title": "You do not want to receive this communication?",
    "reject.text": (
        "It will be recorded that you refused it, with the date and the time. You cannot open it afterwards. Refusing "
        "it does not keep it from having the effects that the law gives it."
    ),
    "reject.opened.title": "Do you want to refuse this communication?",
    "reject.opened.text": (
        "It will be recorded that you refused it, with the date and the time, and also that you opened it. Afterwards "
        "you can neither open it again nor download the proof. Refusing it does not keep it from having the effects "
        "that the law gives it."
    ),
    "reject.coded": "Refusing it takes a code too, which we will send by e-mail to {recipient}.",
    "reject.send": "Get the code",
    "reject.yes": "Refuse the communication",
    "rejected.title": "This communication was refused",
    "rejected.text": (
        "Someone who could open it with this link refused it, and it can no longer be opened. If that was a mistake, "
        "write to {sender}."
    ),
    "expired.title": "The period to open this communication is over",
    "expired.text": "It was available until {until}. If you need its content, ask {organisation} for it: {sender}.",
    "expired.opened.title": "The period of this communication is over",
    "expired.opened.text": (
        "It can no longer be opened again, nor the proof downloaded here; one that you downloaded still serves. It was "
        "available until {until}. If you need the content or the proof, ask {organisation} for them: {sender}."
    ),
    "revoked.title": "This communication is no longer available",
    "revoked.text": "{organisation} withdrew this link. If you have questions, write to {sender}.",
    "unknown.title": "There is no communication here",
    "unknown.text": (
        "Check that the link is whole: some mail programs break it into two lines. If you copied it by hand, open it "
        "from the notice. If it still does not work, ask whoever sent it to you to check it."
    ),
    "often.title": "Too many tries in a row",
    "often.text": "Wait a minute and try again. Nothing is lost.",
    "stale.title": "This page had expired",
    "stale.text": "Nothing was recorded. Open the link of the notice again and retry.",
    "elsewhere.title": "This was pressed on another page",
    "elsewhere.text": "It came from another website and nothing was recorded. Go back to the start and press it here.",
    "changed.title": "That can no longer be done",
    "changed.text": "The communication was answered before, or its period is over. Nothing new was recorded.",
    "again": "Back to the start",
    "other": "Español",
    "certified": "Certified by {certifier}",
    "check": "Check a document",
}
WORDS: Mapping[str, Mapping[str, str]] = {"es": _ES, "en": _EN}
