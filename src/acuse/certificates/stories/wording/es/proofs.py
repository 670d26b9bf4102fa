"""Sections 5 to 7 and the embedded files: deadlines, integrity, verification, in Spanish."""

WORDS: dict[str, str] = {
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
    "step.verdict.expected": "«{found}», los ocho pasos con «valid» y «{headline}».",
    "step.verdict.expected.unstamped": (
        "«{found}», siete pasos con «valid», el 5 con «not in file», porque los hechos de este archivo no llevan sello "
        "de tiempo, y «{headline}»."
    ),
    "step.verdict.development": " El aviso es el de una instalación de desarrollo, sin valor legal.",
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
