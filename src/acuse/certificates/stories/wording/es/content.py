"""Sections 2 and 3: parties and content, in Spanish."""

WORDS: dict[str, str] = {
    # parties
    "parties.title": "Partes",
    "parties.from": "De",
    "parties.to": "Para",
    "parties.why": "Por qué es suya",
    "parties.why.sender_stated": "Lo indicó el remitente; no consta otra comprobación.",
    "parties.certifier": "Certifica",
    "parties.certifier.third": ", tercero distinto de las partes",
    "parties.certifier.policy": ", según su {title} ({address})",
    "parties.tax_id": "NIF {tax_id}",
    "parties.split_address": "Una sola dirección, de {count} caracteres, partida para que quepa.",
    # content
    "content.title": "Contenido",
    "content.subject": "Asunto",
    "content.no_subject": "Sin asunto",
    "content.mode": "Modo",
    "content.mode.content": "El mensaje completo viaja por correo.",
    "content.mode.attachments": "El mensaje completo viaja por correo, con sus adjuntos ({count}).",
    "content.headers": "Cabeceras",
    "content.original": "Original",
    "content.unseen": "Signos no disponibles",
    "content.unseen.one": (
        "{marks} está en el lugar de un signo sin dibujo en este documento; el mensaje original lo conserva."
    ),
    "content.unseen.many": (
        "{marks} están en el lugar de signos sin dibujo en este documento; el mensaje original los conserva."
    ),
    "content.signed": "Firma del mensaje",
    "content.signed.smime": "El mensaje lleva una firma S/MIME de su autor; este documento no la valida.",
    "content.signed.pgp": "El mensaje lleva una firma OpenPGP de su autor; este documento no la valida.",
    "content.encrypted": (
        "El mensaje está cifrado para su destinatario: se certifica tal cual, y aquí no puede mostrarse."
    ),
    "content.damaged": (
        "El mensaje no cumple del todo las normas del correo; se muestra lo que pudo leerse, y el mensaje "
        "original lo conserva entero."
    ),
    "content.begins": "Empieza el texto literal, tal como se presentó",
    "content.ends": "Termina el texto literal",
    "content.empty": "El mensaje no contiene texto.",
    "content.continues": "Sigue en el mensaje original: {name}, desde el carácter {offset}.",
    "content.attachments": "Adjuntos",
    "content.attachments.file": "Fichero, dentro de {name}",
    "content.attachments.digest": "Huella SHA-256",
    "content.attachment.detail": "{kind} · {size}",
    "content.attachments.more": "y {count} más, en el mensaje original",
    "content.image.remote": "Imagen remota no incluida: {address} (no forma parte de lo custodiado)",
    "content.image.inline": "Imagen incluida en el mensaje: {name} · {size}",
    "content.image.alternative": "Imagen incluida en el mensaje: {name}",
    "bytes": "{count} bytes",
}
