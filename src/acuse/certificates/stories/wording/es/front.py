"""Page 1 and what every page carries: kind, badge, headline, verdict, ladder, lists, strip, in Spanish."""

WORDS: dict[str, str] = {
    # document
    "kind.communication": "Certificado de comunicación electrónica",
    "kind.receipt": "Justificante de aceptación",
    "title.communication": "Certificado {code}: {headline}",
    "title.receipt": "Justificante {code}: {headline}",
    "header.certifier": "Certifica {certifier}",
    "header.communication": "Certificado",
    "header.receipt": "Justificante",
    "footer.label": "Código seguro de verificación",
    "footer.sentence": "Compruébelo en {address} o, sin conexión, con el apartado 7.",
    "footer.page": "Página ",
    "footer.of": " de ",
    "development": "Sello de tiempo de desarrollo – sin valor legal",
    "supersedes": (
        "Sustituye al certificado {code}, que sigue siendo cierto hasta su posición {position}. Cambia: {reason}."
    ),
    "reason.level": "vuelve a haber sellos de tiempo y se emite en su nivel",
    "reason.later": "consta un hecho posterior",
    "reason.bounce.received": "llegó después un parte de que no pudo entregarse",
    "reason.delivery.confirmed": "llegó después un parte de que se entregó en el buzón",
    "reason.reply.received": "llegó una respuesta",
    "reason.disposition.received": "el programa de correo del destinatario informó de lo que hizo con ella",
    "reason.complaint.received": "el destinatario, o su proveedor, la señaló como no deseada",
    "reason.auto_reply.received": "llegó una respuesta automática",
    "up_to": "Hechos hasta la posición {position}; lo posterior no consta aquí.",
    # badge
    "badge.grade": "Grado alcanzado",
    "badge.failed": "No entregada",
    "badge.refused": "Rechazada",
    "badge.expired": "Vencida",
    "badge.undetermined": "Indeterminado",
    # headline
    "headline.pending": "Aceptada por Acuse; entrega pendiente",
    "headline.handed": "Entregada al servidor de salida del remitente",
    "headline.relayed": "Aceptada por el servidor del destinatario",
    "headline.delivered": "Entregada en el buzón",
    "headline.accessed.3": "Acceso al contenido con el enlace",
    "headline.accessed.4": "Acceso al contenido con código",
    "headline.accessed.5": "Acceso al contenido con identificación",
    "headline.accepted": "Aceptada por el destinatario",
    "headline.signed": "Firmada por el destinatario",
    "headline.refused": "Rechazada por quien tenía el enlace",
    "headline.refused.code": "Rechazada por quien tenía el enlace y el código",
    "headline.expired": "Plazo vencido sin acceso",
    "headline.undetermined": "Resultado indeterminado",
    "headline.failed.mailbox_not_found": "No entregada: el buzón no existe",
    "headline.failed.mailbox_full": "No entregada: el buzón está lleno",
    "headline.failed.server_unavailable": "No entregada: servidor no disponible",
    "headline.failed.attachment_blocked": "No entregada: adjunto bloqueado",
    "headline.failed.policy_blocked": "No entregada: bloqueada por su política",
    "headline.failed.domain_not_found": "No entregada: el dominio no existe",
    "headline.failed.no_mail_domain": "No entregada: el dominio no admite correo",
    "headline.failed.too_big": "No entregada: demasiado grande",
    "headline.failed.other": "No entregada",
    "headline.receipt": "Aceptada por Acuse",
    # verdict sentence
    "sentence.receipt": "{sender} entregó a Acuse «{subject}» para {recipient} el {date} a las {time}.",
    "receipt.note": "Este justificante acredita la entrega a Acuse; el resultado del envío lo dirá el certificado.",
    "sentence.pending": "{sender} entregó a Acuse «{subject}» para {recipient} el {date} a las {time}.",
    "sentence.handed": (
        "Acuse entregó «{subject}», de {sender}, para {recipient}, al servidor de salida del remitente el {date} a "
        "las {time}. No consta qué hizo después ese servidor."
    ),
    "sentence.relayed": (
        "El servidor de correo de {domain} aceptó «{subject}», de {sender}, para {recipient} el {date} a las {time}."
    ),
    "sentence.delivered": (
        "Un parte a nombre de {system}, que llegó el {date} a las {time}, comunica la entrega de «{subject}», de "
        "{sender}, en {recipient}."
    ),
    "sentence.accessed.3": (
        "Quien tenía el enlace enviado a {recipient} accedió al contenido de «{subject}» el {date} a las {time}."
    ),
    "sentence.accessed.4": (
        "Se accedió al contenido de «{subject}» el {date} a las {time}, con el enlace y con un código "
        "enviado a {contact}."
    ),
    "sentence.accessed.5": (
        "Accedió al contenido de «{subject}» quien se identificó como {name} con {means} el {date} a las {time}."
    ),
    "sentence.accepted": "Quien accedió con {means} pulsó «{button}» el {date} a las {time}.",
    "sentence.signed": "Quien accedió con {means} firmó «{document}» (firma {level}) el {date} a las {time}.",
    "sentence.refused": "Quien tenía {means} rechazó «{subject}» el {date} a las {time}.",
    "sentence.expired": (
        "El contenido de «{subject}» estuvo a disposición de {recipient} desde {from} hasta {until} y no consta acceso."
    ),
    "sentence.undetermined": (
        "{sender} entregó a Acuse «{subject}» para {recipient}. Acuse envió el mensaje entero al servidor de correo "
        "de {domain}, y a las {time} del {date} no constaba respuesta."
    ),
    "sentence.undetermined.outgoing": (
        "{sender} entregó a Acuse «{subject}» para {recipient}. Acuse envió el mensaje entero al servidor de salida "
        "del remitente, y a las {time} del {date} no constaba respuesta."
    ),
    "sentence.undetermined.interrupted": (
        "{sender} entregó a Acuse «{subject}» para {recipient}. El intento se interrumpió, como se vio el {date} a "
        "las {time}; no consta si el mensaje salió."
    ),
    "sentence.undetermined.bounced": (
        "{sender} entregó a Acuse «{subject}» para {recipient}. Pudo llegar más de una copia a un servidor. El {date} "
        "a las {time} llegó un parte a nombre de {system}: una no pudo entregarse; qué fue de otra no consta."
    ),
    "sentence.failed": "{sender} envió «{subject}» a {recipient}. El {date} a las {time} {what}",
    "failed.mailbox_not_found": "{server} rechazó el mensaje: respondió que ese buzón no existe.",
    "failed.mailbox_full": "{server} rechazó el mensaje: respondió que el buzón está lleno.",
    "failed.server_unavailable": "se dejó de intentar: {server} no lo admitió en {attempts} intentos, hasta {last}.",
    "failed.server_unavailable.one": "se dejó de intentar: {server} no lo admitió en el único intento, a las {last}.",
    "failed.server_unavailable.remote": "{server} rechazó el mensaje: respondió que no está disponible.",
    "failed.attachment_blocked": "{server} rechazó el mensaje: rechazó un adjunto.",
    "failed.policy_blocked": "{server} rechazó el mensaje por su política o por su contenido.",
    "failed.domain_not_found": "no se pudo enviar: {domain} no existe en el DNS.",
    "failed.domain_not_found.remote": "{server} rechazó el mensaje: respondió que {domain} no existe.",
    "failed.no_mail_domain": "no se pudo enviar: {domain} existe en el DNS y no admite correo.",
    "failed.no_mail_domain.remote": "{server} rechazó el mensaje: respondió que {domain} no admite correo.",
    "failed.too_big": "{server} rechazó el mensaje: no admite {size}.",
    "failed.other": "{server} rechazó el mensaje con esta respuesta:",
    "failed.other.local": "se dejó de intentar, tras {attempts} intentos, sin que ningún servidor lo aceptara.",
    "failed.other.local.one": "se dejó de intentar, tras un intento, sin que ningún servidor lo aceptara.",
    "failed.other.local.none": "Acuse dejó de intentarlo antes de enviar nada.",
    "failed.bounced": (
        "llegó un parte a nombre de {system}: el mensaje, aceptado antes por {server}, no pudo entregarse."
    ),
    "failed.bounced.unanswered": (
        "llegó un parte a nombre de {system}: el mensaje, enviado antes sin respuesta, no pudo entregarse."
    ),
    "failed.only_try": " Fue el único intento.",
    "reply.cut": "La respuesta entera está en el hecho {number} del apartado 4.",
    # systems
    "server.theirs": "su servidor",
    "server.outgoing": "el servidor de salida del remitente",
    "system.unnamed": "un sistema que no se nombra",
    # ladder
    "ladder.0": "Aceptada\npor Acuse",
    "ladder.1": "Aceptada por\nsu servidor",
    "ladder.2": "Entregada\nen su buzón",
    "ladder.3": "Acceso\ncon enlace",
    "ladder.4": "Acceso\ncon código",
    "ladder.5": "Acceso con\nidentificación",
    "ladder.6": "Aceptada\no firmada",
    "ladder.failed.remote": "Rechazada por\nsu servidor",
    "ladder.failed.outgoing": "Rechazada en\nla salida",
    "ladder.failed.local": "No aceptada por\nsu servidor",
    "ladder.failed.bounced": "Devuelta\ndespués",
    "ladder.undetermined": "Sin respuesta\nde su servidor",
    "ladder.undetermined.outgoing": "Sin respuesta\nen la salida",
    "ladder.undetermined.interrupted": "Intento\ninterrumpido",
    "ladder.undetermined.bounced": "Devuelta\nuna copia",
    "ladder.unrecorded": "sin constancia",
    "ladder.alternative": "Grado alcanzado: G{grade} de G6. Constan hechos propios de {own}.",
    "ladder.alternative.missing": " No constan de {missing}.",
    "ladder.alternative.failed": " La entrega se detuvo en G{stop}: {label}.",
    "and": " y ",
    # two lists
    "proves.title": "Qué prueba",
    "proves.handed": "{sender} entregó a Acuse el contenido del apartado 3 a las {time}{day}, para {recipient}.",
    "proves.on_day": " del {date}",
    "proves.relayed": (
        "El servidor de correo de {domain} ({host}) aceptó el mensaje a las {time}{day} y se hizo cargo de él."
    ),
    "proves.handed_out": "El servidor de salida del remitente ({host}) aceptó el mensaje a las {time}{day}.",
    "proves.kept": "El contenido está íntegro: el original va incrustado y su huella consta en el registro.",
    "proves.kept.elsewhere": (
        "El contenido está íntegro: el original viaja en el paquete .zip y su huella consta en el registro."
    ),
    "proves.tried": "Acuse intentó entregarlo en el servidor que {domain} designa para su correo.",
    "proves.tried.outgoing": "Acuse intentó entregarlo al servidor de salida del remitente.",
    "proves.refused": "Ese servidor lo rechazó con la respuesta que se reproduce arriba, palabra por palabra.",
    "proves.exhausted": "Acuse lo intentó {attempts} veces, hasta las {time}{day}; cada intento está en el apartado 4.",
    "proves.exhausted.one": "Acuse lo intentó una vez, y lo dejó a las {time}{day}; el intento está en el apartado 4.",
    "proves.exhausted.none": "Acuse lo dejó a las {time}{day}, sin enviar nada; el motivo está en el apartado 4.",
    "proves.no_domain": "Acuse buscó {domain} en el DNS: ese dominio no existe.",
    "proves.no_mail_domain": "Acuse buscó {domain} en el DNS: el dominio existe y no admite correo.",
    "proves.all_sent": (
        "Acuse envió el mensaje entero al servidor del destinatario, y a las {time}{day} no constaba respuesta."
    ),
    "proves.all_sent.outgoing": (
        "Acuse envió el mensaje entero al servidor de salida del remitente, y a las {time}{day} no constaba respuesta."
    ),
    "proves.bounced": (
        "A las {time}{day} volvió, a la dirección de retorno que solo este mensaje llevaba, un parte de que no pudo "
        "entregarse."
    ),
    "proves.confirmed": (
        "A las {time}{day} volvió, a la dirección de retorno que solo este mensaje llevaba, un parte a nombre de "
        "{system}: dice que se entregó en el buzón."
    ),
    "proves.interrupted": "Acuse empezó un intento de entrega, que se interrumpió; no consta si el mensaje salió.",
    "limits.title": "Qué no prueba",
    "limit.not_arrived": "Que el mensaje haya llegado a ningún sistema del destinatario.",
    "limit.not_inbox": "Que llegara a la bandeja de entrada.",
    "limit.not_read": "Que se leyera.",
    "limit.not_inbox_nor_read": "Que llegara a la bandeja de entrada, ni que se leyera.",
    "limit.not_identity": "Quién usa, en persona, esa dirección.",
    "limit.not_known_to_recipient": "Que el destinatario conociera el mensaje.",
    "limit.not_reply_true": "Que la respuesta del servidor sea cierta, ni desde cuándo lo es.",
    "limit.not_report_true": "Que el parte recibido sea cierto: nadie lo firma.",
    "limit.not_other_addresses": (
        "Que el destinatario no tenga otras direcciones, o que no se le haya avisado por otra vía."
    ),
    "limit.not_arrival_nor_absence": "Que el mensaje llegara, ni que no llegara.",
    "limit.second_copy_possible": "Que llegara una sola copia: un intento anterior quedó sin respuesta.",
    "limit.address_stated_by_sender": "Que la dirección sea del destinatario: solo lo indicó el remitente.",
    "limit.not_seen": "Que el destinatario la viera o la leyera; la entrega la declara {system}.",
    "limit.link_forwarded": "Quién era, en persona: el enlace puede reenviarse.",
    "limit.control_of_contact": "Quién era, en persona: prueba el control del enlace y de {contact}.",
    "limit.not_understood": "Que leyera o entendiera el contenido, o esté conforme.",
    "limit.legal_effect": "El alcance jurídico de la aceptación, que corresponde valorar a quien juzga.",
    "limit.not_understood_signed": "Que entendiera lo firmado.",
    "limit.not_known_before_refusal": "Que conociera el contenido antes de rechazarla.",
    "limit.not_aware_of_notice": "Que el destinatario supiera del aviso.",
    "limit.image_request": "Petición de imagen: la hizo una persona o una máquina; no prueba lectura.",
    "limit.terms_of_law": "Que el calendario o el término sean los que exige la ley.",
    # issue strip
    "strip.issued": "Emitido",
    "strip.facts": "Hechos incluidos",
    "strip.facts.range": "del {first} al {last}; posición",
    "strip.facts.one": "un hecho; posición",
    "strip.facts.position": "{position} del registro",
    "strip.facts.unpublished": "sin publicar aún",
    "strip.seal": "Sello electrónico",
    "strip.stamp": "Sello de tiempo",
    "strip.stamp.none": "Sin sello de tiempo",
    "strip.stamp.development": "Autoridad de desarrollo",
    "strip.supersedes": "Sustituye a",
    "strip.revision": "revisión {revision}",
}
