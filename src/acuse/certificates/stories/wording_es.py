"""Every sentence of a document, in Spanish. Stories fill the slots `{name}`; the keys equal those of English."""

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
    "headline.refused": "Rechazada por el destinatario",
    "headline.expired": "Plazo vencido sin acceso",
    "headline.undetermined": "Resultado indeterminado",
    "headline.failed.mailbox_not_found": "No entregada: el buzón no existe",
    "headline.failed.mailbox_full": "No entregada: el buzón está lleno",
    "headline.failed.server_unavailable": "No entregada: servidor no disponible",
    "headline.failed.attachment_blocked": "No entregada: adjunto bloqueado",
    "headline.failed.policy_blocked": "No entregada: bloqueada por su política",
    "headline.failed.domain_not_found": "No entregada: el dominio no existe",
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
        "{system} comunicó la entrega de «{subject}», de {sender}, en {recipient} el {date} a las {time}."
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
        "{sender} entregó «{subject}» para {recipient}. Acuse envió el mensaje entero al servidor de correo de "
        "{domain}, y a las {time} del {date} no constaba respuesta."
    ),
    "sentence.undetermined.outgoing": (
        "{sender} entregó «{subject}» para {recipient}. Acuse envió el mensaje entero al servidor de salida del "
        "remitente, y a las {time} del {date} no constaba respuesta."
    ),
    "sentence.undetermined.interrupted": (
        "{sender} entregó «{subject}» para {recipient}. El intento se interrumpió, como se vio el {date} a las "
        "{time}; no consta si el mensaje salió."
    ),
    "sentence.failed": "{sender} envió «{subject}» a {recipient}. El {date} a las {time} {what}",
    "failed.mailbox_not_found": "{server} rechazó el mensaje: respondió que ese buzón no existe.",
    "failed.mailbox_full": "{server} rechazó el mensaje: respondió que el buzón está lleno.",
    "failed.server_unavailable": "se dejó de intentar: {server} no lo admitió en {attempts} intentos, hasta {last}.",
    "failed.server_unavailable.one": "se dejó de intentar: {server} no lo admitió en el único intento, a las {last}.",
    "failed.server_unavailable.remote": "{server} rechazó el mensaje: respondió que no está disponible.",
    "failed.attachment_blocked": "{server} rechazó el mensaje: rechazó un adjunto.",
    "failed.policy_blocked": "{server} rechazó el mensaje por su política o por su contenido.",
    "failed.domain_not_found": "no se pudo enviar: {domain} no existe en el DNS o no admite correo.",
    "failed.too_big": "{server} rechazó el mensaje: no admite {size}.",
    "failed.other": "{server} rechazó el mensaje con esta respuesta:",
    "failed.other.local": "se dejó de intentar, tras {attempts} intentos, sin que ningún servidor lo aceptara.",
    "failed.other.local.one": "se dejó de intentar, tras un intento, sin que ningún servidor lo aceptara.",
    "failed.other.local.none": "Acuse dejó de intentarlo antes de enviar nada.",
    "failed.only_try": " Fue el único intento.",
    "reply.cut": "La respuesta entera está en el hecho {number} del apartado 4.",
    # systems
    "server.theirs": "su servidor",
    "server.outgoing": "el servidor de salida del remitente",
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
    "ladder.undetermined": "Sin respuesta\nde su servidor",
    "ladder.undetermined.outgoing": "Sin respuesta\nen la salida",
    "ladder.undetermined.interrupted": "Intento\ninterrumpido",
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
    "proves.no_domain": "Acuse buscó el servidor de correo de {domain} en el DNS y no encontró ninguno que lo admita.",
    "proves.all_sent": (
        "Acuse envió el mensaje entero al servidor del destinatario, y a las {time}{day} no constaba respuesta."
    ),
    "proves.all_sent.outgoing": (
        "Acuse envió el mensaje entero al servidor de salida del remitente, y a las {time}{day} no constaba respuesta."
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
    # timeline
    "timeline.title": "Cronología",
    "timeline.time": "{clock} / UTC",
    "timeline.fact": "Hecho y fuente",
    "timeline.number": "N.º / registro",
    "timeline.summary": "Cambian el grado los hechos {numbers}.",
    "timeline.summary.one": "Cambia el grado el hecho {numbers}.",
    "timeline.recorded": "Registrado a las {time}.",
    "tag.failed": "Falla",
    "tag.deferred": "Aplazado",
    "tag.unknown": "Sin respuesta",
    "tag.interrupted": "Interrumpido",
    "fact.accepted": "Acuse acepta la comunicación",
    "fact.accepted.source": "Credencial SMTP «{credential}», desde {ip}",
    "fact.accepted.tls": " · {version}",
    "fact.opened": "Intento {attempt}: se envía a {target}",
    "fact.opened.copy": "Se envían estas líneas y, tras ellas, el original sin cambios. SHA-256 de lo enviado: ",
    "fact.opened.again": "Se envía lo mismo que en el intento 1.",
    "fact.relayed": "El servidor del destinatario acepta el mensaje",
    "fact.relayed.outgoing": "El servidor de salida del remitente acepta el mensaje",
    "fact.deferred": "Intento {attempt}: {class}",
    "fact.refused": "El servidor del destinatario rechaza el mensaje",
    "fact.refused.outgoing": "El servidor de salida del remitente rechaza el mensaje",
    "fact.unknown": "No llega respuesta tras el mensaje entero",
    "fact.interrupted": "El intento {attempt} se interrumpió",
    "fact.failed": "La comunicación termina: no entregada",
    "fact.notified.failed": "Se avisa al remitente de que no se entregó",
    "fact.notified.delayed": "Se avisa al remitente de la demora",
    "fact.notified.relayed": "Se avisa al remitente de que se entregó a otro sistema",
    "fact.notified.source": "Aviso (RFC 3464) a {to}",
    "fact.receipt_issued": "Se emite el justificante {code}",
    "fact.certificate_issued": "Se emite el certificado {code}, revisión {revision}",
    "fact.issued.level": "Sello {level}",
    "fact.issued.supersedes": " · sustituye a {supersedes}",
    "fact.level_lowered": "El certificado {code} se sella con un nivel menor",
    "fact.level_lowered.source": "Se quería {wanted}; se selló con {level}",
    "fact.other": "Consta el hecho {type}",
    "source.server": "{host} [{address}]",
    "source.dns": "DNS: MX {preference} {host}",
    "source.dnssec": " · respuesta validada con DNSSEC, según su servidor DNS",
    "source.tls": " · {version}, {cipher}",
    "source.tls.verified": " · certificado válido para {host}",
    "source.tls.unverified": " · certificado sin validar",
    "source.no_tls": " · sin cifrar",
    "source.stage": " · en respuesta a {stage}",
    "remark.final": "Clase: {class}. La respuesta es definitiva y no se reintenta.",
    "remark.dialogue": "El diálogo entero va incrustado: {name}.",
    "remark.retry": "Se reintenta a partir de las {time} del {date}.",
    "remark.no_read": "No prueba lectura.",
    "remark.no_arrival": "No prueba que llegara a ningún sistema del destinatario.",
    "remark.unknown": "Acuse envió el mensaje entero. No consta si el servidor lo aceptó.",
    "remark.interrupted": "No consta si el mensaje salió.",
    "remark.unknown.retry": "Se vuelve a enviar con el mismo Message-ID: puede llegar una segunda copia.",
    "remark.attempts": "Intentos: {attempts}.",
    "remark.reason": "Motivo: {reason}",
    "class.mailbox_not_found": "el buzón no existe",
    "class.mailbox_full": "el buzón está lleno",
    "class.server_unavailable": "el servidor no está disponible",
    "class.attachment_blocked": "adjunto bloqueado",
    "class.policy_blocked": "bloqueado por su política o por el contenido",
    "class.domain_not_found": "el dominio no existe o no admite correo",
    "class.too_big": "demasiado grande",
    "class.throttled": "el servidor pide volver más tarde",
    "class.other": "otra causa",
    "class.undetermined": "sin causa conocida",
    # deadlines
    "deadlines.title": "Plazos",
    "deadlines.none": "Esta comunicación no inicia ni cierra ningún plazo.",
    # integrity
    "integrity.title": "Integridad",
    "integrity.introduction": (
        "Cada huella es un SHA-256 de 64 dígitos hexadecimales. El trazo alterna cada ocho dígitos para "
        "facilitar el cotejo; al copiar se obtiene la huella seguida."
    ),
    "integrity.file": "Fichero o dato",
    "integrity.digest": "Huella SHA-256",
    "integrity.fact": "Hecho {number}, posición {position}",
    "integrity.fact.unpublished": "Hecho {number}",
    "integrity.root": "Raíz del registro, {size} hechos",
    "integrity.checkpoint": "Punto de control",
    "integrity.checkpoint.none": (
        "Los hechos de este documento todavía no están en un punto de control publicado; el certificado lo mostrará."
    ),
    "integrity.stamp": "Sello de tiempo",
    "integrity.stamp.is": "RFC 3161, {time}{accuracy} · {authority} · serie ",
    "integrity.stamp.none": (
        "No se pudo obtener un sello de tiempo válido: el nivel de este documento es menor, y se elevará en una "
        "revisión."
    ),
    "integrity.stamp.none.receipt": (
        "No se pudo obtener un sello de tiempo válido: el nivel de este justificante es menor. El sello de tiempo de "
        "sus hechos lo lleva el certificado."
    ),
    "integrity.stamp.later": ("Aún no se había hecho cuando se emitió este certificado; una revisión lo llevará."),
    "integrity.stamp.later.receipt": (
        "Aún no se había hecho cuando se emitió este justificante, que no espera; lo lleva el certificado."
    ),
    "integrity.seal": "Sello electrónico",
    "integrity.seal.is": "{subject} · emitido por {issuer} · serie ",
    "integrity.seal.until": " · válido hasta {until} · PAdES {level}",
    # verification
    "verify.title": "Cómo verificarlo sin nosotros",
    "verify.introduction": (
        "Todo lo necesario va incrustado en este PDF. No hace falta red, cuenta ni programa nuestro. Quien "
        "prefiera la web puede escribir el código {code} en {address}."
    ),
    "verify.introduction.elsewhere": (
        "Todo lo necesario va incrustado en este PDF, salvo lo que por su tamaño viaja en el paquete .zip que lo "
        "acompaña. No hace falta red, cuenta ni programa nuestro. Quien prefiera la web puede escribir el código "
        "{code} en {address}."
    ),
    "verify.files": "Ficheros incrustados",
    "verify.file": "Fichero",
    "verify.what": "Qué es",
    "verify.size": "Tamaño",
    "verify.elsewhere": (
        "Lo que pasa de 25 MB viaja en el paquete .zip, bajo su huella, que consta en el apartado 6: {names}."
    ),
    "verify.steps": "Pasos",
    "verify.expected": "Resultado esperado:",
    "step.seal.title": "El PDF está sellado y no ha cambiado",
    "step.seal.line": "Abra el panel de firmas de su lector de PDF o ejecute:",
    "step.seal.expected": "«Signature is Valid» en el sello de {seal}.",
    "step.files.title": "Los ficheros son los que dice el apartado 6",
    "step.files.line": "Extráigalos y compare sus huellas con las impresas.",
    "step.files.expected": "cada línea coincide con la impresa. En Windows: {windows}",
    "step.stamp.title": "El registro existía a la hora que dice",
    "step.stamp.line": (
        "El sello de tiempo cubre el punto de control; {anchor} es el certificado raíz que publica su autoridad."
    ),
    "step.stamp.expected": "«Verification: OK».",
    "step.verdict.title": "Los hechos están en el registro y dan este resultado",
    "step.verdict.line": "Con cualquier programa que compruebe inclusión según RFC 6962, o con el verificador libre:",
    "step.verdict.expected": "ocho pasos válidos y «{headline}».",
    "step.verdict.expected.development": (
        "ocho pasos válidos, con la advertencia «desarrollo, sin valor legal», y «{headline}»."
    ),
    "verify.anchors": (
        "Los certificados de confianza no se toman de este PDF: {anchor} lo publica la autoridad de sellado "
        "de tiempo, y {seal_anchor}, la entidad que emitió el sello."
    ),
    "verify.anchors.seal": (
        "Los certificados de confianza no se toman de este PDF: "
        "{seal_anchor} lo publica la entidad que emitió el sello."
    ),
    # embedded files
    "file.message": "El mensaje original, byte a byte",
    "file.sent-copy": "Lo que se envió (hecho {number})",
    "file.smtp-dialogue": "Diálogo con el servidor, sin tocar (hecho {number})",
    "file.dsn": "Aviso al remitente, tal como se envió (hecho {number})",
    "file.report": "Parte de entrega, tal como llegó (hecho {number})",
    "file.reply": "Respuesta, tal como llegó (hecho {number})",
    "file.certificate": "Documento sellado antes (hecho {number})",
    "file.proof": "Hechos, pruebas de inclusión, punto de control y sellos",
    "file.statement": "El resultado de la página 1, como datos",
    "file.document": "Lo que este documento dice además de los hechos, como datos",
    "file.checkpoint": "El punto de control que se selló",
    "file.token": "El sello de tiempo del punto de control",
    "file.other": "Fichero citado por el hecho {number}",
    "name.document": "certificado.pdf",
    "name.receipt": "justificante.pdf",
    "name.message": "mensaje.eml",
    "name.sent-copy": "enviado-{number}.eml",
    "name.smtp-dialogue": "smtp-{number}.jsonl",
    "name.dsn": "aviso-{number}.eml",
    "name.report": "parte-{number}.eml",
    "name.reply": "respuesta-{number}.eml",
    "name.other": "hecho-{number}.bin",
    "name.checkpoint": "punto-de-control.txt",
    "name.token": "sello.tst",
}
