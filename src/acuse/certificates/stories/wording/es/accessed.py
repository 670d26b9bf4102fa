"""Notice mode, and what recipients do with content behind a link, in Spanish. `.notice`: said instead in that mode."""

WORDS: dict[str, str] = {
    "reason.content.accessed": "se accedió al contenido",
    "reason.acceptance.given": "se aceptó",
    "reason.content.rejected": "se rechazó",
    "reason.term.expired": "venció el plazo",
    # page 1
    "headline.relayed.notice": "Aviso aceptado por el servidor del destinatario",
    "headline.handed.notice": "Aviso entregado al servidor de salida del remitente",
    "headline.delivered.notice": "Aviso entregado en el buzón",
    "sentence.relayed.notice": (
        "El servidor de correo de {domain} aceptó el aviso de «{subject}», de {sender}, para {recipient} el {date} a "
        "las {time}. El contenido espera tras un enlace; no consta acceso."
    ),
    "sentence.handed.notice": (
        "Acuse entregó el aviso de «{subject}», de {sender}, para {recipient}, al servidor de salida del remitente el "
        "{date} a las {time}. No consta qué hizo después ese servidor, ni acceso al contenido."
    ),
    "sentence.delivered.notice": (
        "Un parte a nombre de {system}, que llegó el {date} a las {time}, comunica la entrega del aviso de "
        "«{subject}», de {sender}, en {recipient}. No consta acceso al contenido."
    ),
    "moment": "el {date} a las {time}",
    "means.link": "el enlace enviado a {recipient}",
    "means.code": "el enlace y un código enviados a {recipient}",
    "proves.relayed.notice": (
        "El servidor de correo de {domain} ({host}) aceptó el aviso a las {time}{day} y se hizo cargo de él."
    ),
    "proves.handed_out.notice": "El servidor de salida del remitente ({host}) aceptó el aviso a las {time}{day}.",
    "proves.accessed": (
        "Quien tenía {means} abrió el contenido a las {time}{day}; lo que se le mostró está incrustado."
    ),
    "proves.accepted": "Quien accedió con {means} pulsó «{button}» a las {time}{day}.",
    "proves.rejected": "Quien tenía {means} pulsó «{button}» a las {time}{day}.",
    "proves.expired": "El contenido estuvo a disposición desde {from} hasta {until}; en ese plazo no consta acceso.",
    # content
    "content.mode.content.notice": "Por correo viaja un aviso; el contenido espera tras un enlace.",
    "content.mode.attachments.notice": (
        "Por correo viaja un aviso; el contenido, con sus adjuntos ({count}), espera tras un enlace."
    ),
    # timeline
    "fact.opened.copy.notice": (
        "Se envía el aviso. Su copia no se incluye en este documento, porque lleva el enlace personal del "
        "destinatario. SHA-256 de lo enviado: "
    ),
    "fact.opened.again.notice": "Se envía el mismo aviso que en el intento 1.",
    "fact.relayed.notice": "El servidor del destinatario acepta el aviso",
    "fact.relayed.outgoing.notice": "El servidor de salida del remitente acepta el aviso",
    "fact.consigned": "El contenido queda a disposición del destinatario",
    "fact.consigned.button": "Se abre con el enlace del aviso · hasta {until}",
    "fact.consigned.otp": "Se abre con el enlace del aviso y un código por correo · hasta {until}",
    "fact.code_sent": "Se envía un código de acceso a {contact}",
    "fact.code_refused.wrong": "Se escribe un código que no es",
    "fact.code_refused.late": "Se escribe un código que ya no sirve",
    "fact.code_locked": "Se bloquean los códigos hasta las {time}",
    "fact.accessed": "Se abre el contenido con el enlace",
    "fact.accessed.code": "Se abre el contenido con el enlace y un código",
    "fact.fetched": "Se descarga el adjunto {name}",
    "fact.given": "Se pulsa «{button}»",
    "fact.rejected": "Se rechaza el contenido: se pulsa «{button}»",
    "fact.expired": "Termina el plazo para abrir el contenido",
    "fact.revoked": "Se retira el enlace",
    "source.client": "Desde {ip}",
    "source.client.agent": " · {agent}",
    "remark.code": "Sirve hasta las {time}. El código no se registra.",
    "remark.report.notice": (
        "Nadie firma los partes; este volvió a la dirección de retorno que solo este mensaje llevaba. No se incluye "
        "en este documento, porque puede citar el enlace personal del destinatario. SHA-256: {digest}."
    ),
    "remark.embedded.notice": (
        "No se incluye en este documento, porque puede citar el enlace personal del destinatario. SHA-256: {digest}."
    ),
    "remark.shown": "Lo que se mostró: {name}.",
    # files
    "file.shown": "Lo que se mostró al abrirla (hecho {number})",
    "name.shown": "mostrado-{number}.html",
}
