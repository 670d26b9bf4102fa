"""Lo que se añadió a la copia que se envió, en español."""

WORDS: dict[str, str] = {
    "content.added": "Añadido a la copia",
    "added": (
        "El remitente eligió que a la copia que se envió se le añadiera: {what}. Lo demás está tal como se presentó. "
        "De ambos hay prueba, y se conservan: el original y lo que se envió."
    ),
    "added.footer": "una línea con el enlace a su acuse",
    "added.image": "una imagen que se pide a Acuse cuando se muestra el mensaje",
    "added.links": "{count} enlaces que llevan, a través de Acuse, adonde llevan los del original",
    "added.links.one": "un enlace que lleva, a través de Acuse, adonde lleva el del original",
    "added.withdraw": "el enlace con el que el destinatario pone fin a ese seguimiento",
    "added.not.signed": (
        "El remitente había elegido que se añadiera algo a la copia, pero no se añadió nada: está firmada, y un cambio "
        "rompería la firma."
    ),
    "added.not.encrypted": (
        "El remitente había elegido que se añadiera algo a la copia, pero no se añadió nada: está cifrada."
    ),
    "added.not.calendar": (
        "El remitente había elegido que se añadiera algo a la copia, pero no se añadió nada: es una convocatoria."
    ),
    "added.not.malformed": (
        "El remitente había elegido que se añadiera algo a la copia, pero no se añadió nada: su texto no puede leerse "
        "sin dudas."
    ),
    "added.not.no_text": (
        "El remitente había elegido que se añadiera algo a la copia, pero no se añadió nada: no tiene texto."
    ),
    "added.not.no_html": (
        "El remitente había elegido el seguimiento de la copia, pero no se añadió nada: no tiene HTML, y el texto sin "
        "formato no se sigue."
    ),
    "added.not.hidden": (
        "El remitente había elegido el seguimiento de la copia, pero no se añadió nada: su HTML ocultaría el enlace "
        "con el que el destinatario pone fin a ese seguimiento."
    ),
    "added.not.too_big": (
        "El remitente había elegido que se añadiera algo a la copia, pero no se añadió nada: su texto es demasiado "
        "largo."
    ),
    "added.not.withdrawn": (
        "El remitente había elegido el seguimiento, pero antes de hacerse la copia el destinatario dijo que no quiere "
        "que le siga: la copia no lo lleva."
    ),
    "fact.opened.copy.added": (
        "Se envían estas líneas y, tras ellas, el original con ese único cambio. SHA-256 de lo enviado: "
    ),
    "fact.accepted.withdrawn": (
        "El remitente había elegido el seguimiento, pero el destinatario no quiere que le siga: la copia no lo lleva."
    ),
    "file.tracked-links": "Adónde llevan los enlaces de la copia, por su número (hecho {number})",
    "name.tracked-links": "enlaces-{number}.json",
}
