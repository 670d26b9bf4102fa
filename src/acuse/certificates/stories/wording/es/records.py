"""El acta de un expediente y su justificante de entrada, en español."""

WORDS: dict[str, str] = {
    # receipt
    "kind.entry": "Justificante de entrada del expediente {ticket}",
    "title.entry": "Justificante {code}: {headline}",
    "header.entry": "Justificante",
    "headline.entry": "Su escrito quedó registrado",
    "headline.entry.call": "Su llamada quedó registrada",
    "sentence.entry": (
        "{sender} registró la entrada de «{subject}», de {customer}, el {date} a las {time}. "
        "Clave identificativa: {tracking}."
    ),
    "sentence.entry.call": (
        "{sender} registró la llamada de {customer} sobre «{subject}», del {date} a las {time}. "
        "Clave identificativa: {tracking}."
    ),
    "sentence.entry.nameless": (
        "{sender} registró la entrada de «{subject}» el {date} a las {time}. Clave identificativa: {tracking}."
    ),
    "sentence.entry.call.nameless": (
        "{sender} registró la llamada sobre «{subject}» del {date} a las {time}. Clave identificativa: {tracking}."
    ),
    "entry.note": "Con la clave y su dirección puede consultar en todo momento cómo está el expediente.",
    "entry.proves.received": "Que su entrada consta el {date} a las {time}.",
    "entry.proves.kept": "Su contenido exacto: va dentro de este documento, byte a byte.",
    "entry.proves.kept.call": "Lo que la empresa anotó de la llamada: va dentro de este documento, byte a byte.",
    "entry.proves.fact": "Lo que se anotó de su contenido, en el apartado 3.",
    "entry.proves.key": "Que se le asignó la clave {tracking}, solo suya.",
    "entry.limit.answer": "Que lo pedido vaya a concederse: solo prueba la entrada.",
    "entry.limit.person": "Quién lo escribió, en persona: prueba desde qué dirección o por qué medio llegó.",
    "entry.limit.person.call": "Quién llamó, ni todo lo que se dijo: prueba lo que la empresa anotó de la llamada.",
    "entry.limit.time": (
        "Que esa hora sea exacta: la da el reloj de quien certifica. El sello de tiempo solo prueba que entró antes "
        "del sello."
    ),
    "entry.limit.time.alone": "Que esa hora sea exacta: la da el reloj de quien certifica.",
    "entry.deadlines": "Este justificante solo cuenta la entrada; los plazos constan en el certificado del expediente.",
    "entry.verified": (
        " Un justificante no juzga los plazos del expediente: su archivo solo lleva el hecho de la entrada."
    ),
    # what a form or a note gives besides its words
    "said.type": "Tipo elegido",
    "said.name": "Nombre",
    "said.address": "Dirección",
    "said.number": "Teléfono",
    "said.subject": "Asunto",
    "said.product": "Producto",
    "said.purchase_date": "Fecha de compra",
    "said.guarantee_until_date": "Fin de la garantía",
    "said.tags": "Etiquetas",
    "said.reference": "Referencia",
    "said.language": "Idioma",
    "said.language.es": "español",
    "said.language.en": "inglés",
    "said.at": "Fecha y hora",
    "said.consent": "Consentimiento",
    "said.v": "Versión de los datos",
    "said.files": "Fichero enviado con el texto",
    "said.original": "Original",
    "said.original.is": (
        "Estos datos, el texto y la lista de ficheros se leen de {name}, que se conserva entero, byte a byte. La "
        "huella del apartado 6 es la de ese fichero entero."
    ),
    # record
    "kind.record": "Acta del expediente {ticket}",
    "kind.record-notes": "Acta del expediente {ticket}, con notas internas",
    "title.record": "Acta {code}: {headline}",
    "header.record": "Acta",
    "name.record": "acta.pdf",
    "record.badge.met": "plazos cumplidos",
    "record.badge.missed": "plazos incumplidos",
    "record.badge": "hechos",
    "record.headline.new": "Expediente recibido, sin atender",
    "record.headline.open": "Expediente en curso",
    "record.headline.pending_customer": "A la espera de respuesta del cliente",
    "record.headline.pending_conformity": "A la espera de la conformidad del cliente",
    "record.headline.resolved": "Resuelto con la conformidad del cliente",
    "record.headline.closed_without": "Cerrado sin conformidad, tras un aviso sin respuesta",
    "record.headline.reopened": "Expediente abierto de nuevo",
    "record.type": "Expediente",
    "record.type.inquiry": "Consulta",
    "record.type.claim": "Reclamo",
    "record.type.suggestion": "Sugerencia",
    "record.type.request": "Solicitud",
    "record.type.complaint": "Queja",
    "record.type.thanks": "Agradecimiento",
    "record.type.incident": "Incidencia",
    "record.sentence": "{kind} de {customer} ante {sender}, «{subject}», con entrada el {date} a las {time}.",
    "record.sentence.resolved": " Quedó resuelto el {date} a las {time}.",
    "record.sentence.closed_without": " Se cerró el {date} a las {time}.",
    "record.summary.written": "Lo escrito",
    "record.summary.written.is": "{received}; {sent}; {calls}.",
    "record.count.received": "{count} escritos del cliente",
    "record.count.received.one": "1 escrito del cliente",
    "record.count.sent": "{count} mensajes de la empresa",
    "record.count.sent.one": "1 mensaje de la empresa",
    "record.count.calls": "{count} llamadas",
    "record.count.calls.one": "1 llamada",
    "record.summary.deadlines": "Plazos",
    "record.deadline.met": "{purpose}: cumplido ({term})",
    "record.deadline.missed": "{purpose}: incumplido por {excess} ({term})",
    "record.deadline.running": "{purpose}: en curso ({term})",
    "record.deadline.paused": "{purpose}: en pausa ({term})",
    "record.deadline.withdrawn": "{purpose}: retirado ({term})",
    "record.deadline.undetermined": "{purpose}: sin determinar ({term})",
    "record.summary.communications": "Comunicaciones",
    "record.summary.agreement": "Conformidad",
    "record.agreement.none": "No consta que se haya pedido.",
    "record.agreement.conformity.given": "Dada el {date} a las {time}, {by} (hecho {number}).",
    "record.agreement.conformity.denied": "Negada el {date} a las {time}, {by} (hecho {number}).",
    "record.agreement.conformity.requested": "Pedida el {date} a las {time}, sin respuesta (hecho {number}).",
    "record.summary.guarantee": "Reclamación o garantía",
    "record.guarantee.activation": "El mensaje de activación se envió el {date} a las {time} (hecho {number}).",
    "record.guarantee.rejection": (
        "El mensaje de rechazo, con los motivos, se envió el {date} a las {time} (hecho {number})."
    ),
    "record.guarantee.suspension": "El mensaje de suspensión se envió el {date} a las {time} (hecho {number}).",
    "record.guarantee.data_request": (
        "La petición de datos o documentos se envió el {date} a las {time} (hecho {number})."
    ),
    "record.proves.facts": "Qué ocurrió en el expediente, en qué orden y cuándo, sin que falte ningún hecho.",
    "record.proves.words": "Qué escribió cada parte: los originales van dentro, byte a byte.",
    "record.proves.words.beside": (
        "Qué escribió cada parte: los originales van dentro o, por su tamaño, en el paquete de prueba (.zip), "
        "byte a byte."
    ),
    "record.proves.words.left": (
        "Qué escribió cada parte: los originales van dentro o en el paquete de prueba (.zip), byte a byte, salvo "
        "{count} que siguen en custodia, de los que se da la huella."
    ),
    "record.proves.grades.some": (
        "Hasta dónde llegaron las comunicaciones cuyos hechos van dentro, por esos mismos hechos."
    ),
    "record.proves.grades": "Hasta dónde llegó cada comunicación, por sus propios hechos, que también van dentro.",
    "record.proves.deadlines": "Si cada plazo se cumplió, contado con el calendario y las reglas que van dentro.",
    "record.limit.truth": "Que lo que cada parte escribió sea cierto.",
    "record.limit.person": (
        "Quién era, en persona, quien escribió o pulsó un enlace. Los mensajes incluidos llevan los enlaces del "
        "cliente: "
        "quien tenga este documento también los tiene."
    ),
    "record.limit.law": "Que calendario y plazos sean los que exige la ley, ni los que regían al empezar.",
    "record.limit.notes": "Qué dicen las notas internas ({count}): constan sin su texto.",
    "record.limit.absent": "Qué fue de las comunicaciones ({count}) cuyos hechos no van en este documento.",
    "record.up_to": (
        "Hechos del expediente hasta la posición {position}, y de cada comunicación hasta la que da el apartado 3; lo "
        "posterior no consta aquí."
    ),
    "record.members": "Personas de la empresa",
    "record.member": "Persona {number} de la empresa",
    # communications
    "record.communications.title": "Comunicaciones",
    "record.communications.introduction": (
        "Cada mensaje que se envió al cliente y lo que consta de él por los hechos de su propia comunicación, en la "
        "medida en que van en proof.json: con ellos se vuelve a calcular cada grado."
    ),
    "record.communications.none": "En este expediente no se ha enviado ningún mensaje.",
    "record.communications.absent": (
        "Comunicaciones que nombra el expediente: {named}; con sus hechos en este documento: {here}."
    ),
    "record.communications.up_to": "hechos hasta la posición {position}",
    "record.communications.are_not": "Sin fila en la tabla: {names}.",
    "record.communications.fact": "Hecho",
    "record.communications.sent": "Mensaje y comunicación",
    "record.communications.became": "Resultado y certificado propio",
    "record.communications.to": "a {recipient}",
    "record.became.elsewhere": "Sus hechos no van en este documento.",
    "record.certificate.none": "Sin certificado propio.",
    "record.certificate.is": "Certificado propio: {code}",
    # history
    "record.history.summary": "Los hechos en que primero conviene fijarse: {numbers}.",
    "record.words.annex": "Lo escrito: {name}, y en el anexo.",
    "record.words.bundle": "Lo escrito: {name}, en el paquete de prueba.",
    "record.words.withheld": "El texto no se incluye. Huella: {digest}",
    "record.words.left": "Lo escrito queda en custodia. Huella: {digest}",
    "record.channel.email": "por correo electrónico",
    "record.channel.form": "por el formulario web",
    "record.channel.phone": "por teléfono",
    "record.channel.api": "por un programa de la empresa",
    "record.fact.opened": "Entra el escrito que abre el expediente, {channel}",
    "record.fact.opened.is": "Clave identificativa {tracking}. Cliente: {address}.",
    "record.fact.classed": "Clasificado como {words}.",
    "record.fact.received": "El cliente escribe de nuevo, {channel}",
    "record.fact.author": "De {author}.",
    "record.fact.matched": " Reconocido {how}.",
    "record.conformity.words": "Palabras del botón o del mensaje: {words}.",
    "record.conformity.comments": "Comentarios: {comments}",
    "record.conformity.asked": "Con la comunicación {communication}.",
    "record.act.answer": "Respuesta al cliente",
    "record.act.receipt": "Acuse de entrada, al cliente",
    "record.act.data_request": "Petición al cliente de datos o documentos",
    "record.act.solution": "Mensaje con la solución",
    "record.act.rejection": "Mensaje del rechazo, con sus motivos",
    "record.act.activation": "Mensaje de la activación de la garantía",
    "record.act.suspension": "Mensaje de la suspensión",
    "record.act.closing_notice": "Aviso del cierre",
    "record.act.conformity": "Mensaje que pide la conformidad",
    "record.act.thanks": "Mensaje de agradecimiento",
    "record.fact.sent": "Por correo a {recipient}.",
    "record.fact.sent.certified": "Por correo certificado a {recipient}.",
    "record.fact.automatic": " Lo escribió el programa, no una persona.",
    "record.fact.term": "Con plazo hasta el {time}.",
    "record.call.began": "Empezó el {time}.",
    "record.fact.called": "Se anota una llamada del cliente: {result}",
    "record.fact.call_amended": "Se corrige lo anotado de una llamada: {result}",
    "record.call.answered": "atendida",
    "record.call.lost": "no atendida",
    "record.call.abandoned": "abandonada en la espera",
    "record.fact.nobody": "El expediente queda sin responsable",
    "record.fact.assigned": "Pasa a ser responsable la persona {number} de la empresa",
    "record.fact.assigned.other": "Pasa a ser responsable otra persona de la empresa",
    "record.fact.moved": "El expediente pasa a: {after}",
    "record.fact.moved.before": "Antes: {before}.",
    "record.fact.described": "Se anota en la ficha: {fields}",
    "record.field.tags": "etiquetas",
    "record.field.subject": "asunto",
    "record.field.product": "producto",
    "record.field.purchase_date": "fecha de compra",
    "record.field.guarantee_until_date": "fin de la garantía",
    "record.field.language": "idioma de las respuestas",
    "record.field.address": "dirección de respuesta",
    "record.fact.escalated": "El expediente se eleva",
    "record.fact.taken_back": "El expediente deja de estar elevado",
    "record.fact.issued": "Se emite {document} {code}",
    "record.document.certificate.issued": "el certificado de plazos",
    "record.document.deadline": "el certificado de un plazo",
    "record.document.receipt.issued": "el justificante de entrada",
    "record.document.record": "el acta",
    "record.document.record-notes": "el acta con notas internas",
    # annex
    "record.written.title": "Anexo. Lo escrito, en orden",
    "record.written.introduction": (
        "El texto de cada escrito, tal como llegó o salió. Cada uno dice dónde está su original completo, con sus "
        "adjuntos; de cada adjunto se da aquí la huella."
    ),
    "record.written.none": "En este expediente no se ha escrito nada.",
    "record.written.heading": "Hecho {number} · {what} · {time}",
    "record.written.ticket.opened": "El cliente abre el expediente",
    "record.written.message.received": "El cliente escribe",
    "record.written.reply.sent": "La empresa escribe",
    "record.written.note.added": "Nota interna",
    "record.written.call.added": "Llamada",
    "record.written.call.amended": "Llamada, corregida",
    "record.written.other": "Escrito",
    "record.written.inside": "Original completo: {name} · ",
    "record.written.beside": "Original completo, por su tamaño, solo en el paquete de prueba (.zip): {name} · ",
    "record.written.left": (
        "Por su tamaño no cabe ni aquí ni en el paquete de prueba: sigue en custodia ({size}), y la empresa lo "
        "descarga del "
        "expediente. Huella SHA-256: {digest}"
    ),
    "record.written.withheld": "Su texto no se incluye en esta acta ({size}). Huella SHA-256: {digest}",
    "record.written.full": "Lo impreso llega hasta aquí; el original completo: {name}",
    "record.written.begins": "Empieza el texto literal",
    "record.written.file": "Adjunto",
    "name.record.message": "mensaje-{number}.eml",
    "name.record.form": "formulario-{number}.json",
    "name.record.note": "nota-{number}.txt",
    "name.record.card": "ficha-{number}.json",
    "name.record.outcome": "llamada-{number}.txt",
    "name.attachment": "adjunto-{number}.bin",
    "file.attachment": "Fichero que llegó con el hecho {number}, byte a byte",
    "file.note": "Nota interna del hecho {number}",
    "file.card": "Lo que dice la ficha desde el hecho {number}",
    "file.outcome": "Lo que se anotó de la llamada del hecho {number}",
}
