"""What Acuse itself says of a try that a server did not answer, for readers of other languages.

Facts keep these sentences in English, as they were recorded; pages and documents say the known ones in the reader's
language. What a server said never passes through here: it is shown as it came.
"""

import re

#: English as it is raised, with `{name}` where a particular stands, and Spanish with the same names. `{why}` is itself
#: one of these where it is known.
_SPANISH = {
    # the DNS
    "The domain {domain} does not exist in the DNS.": "El dominio {domain} no existe en el DNS.",
    "The domain {domain} has neither mail servers nor addresses in the DNS.": (
        "El dominio {domain} no tiene servidores de correo ni direcciones en el DNS."
    ),
    "The domain {domain} says that it takes no mail (null MX).": (
        "El dominio {domain} declara que no admite correo (MX nulo)."
    ),
    "The mail servers of {domain} have no address in the DNS.": (
        "Los servidores de correo de {domain} no tienen dirección en el DNS."
    ),
    "The mail servers of {domain} have no address on the public internet.": (
        "Los servidores de correo de {domain} no tienen dirección en la internet pública."
    ),
    "The host {host} has no address in the DNS.": "El servidor {host} no tiene dirección en el DNS.",
    "The name {name} cannot be resolved: it redirects to too long a name.": (
        "El nombre {name} no se puede resolver: remite a un nombre demasiado largo."
    ),
    "The DNS gave no usable answer about {name} ({error}).": "El DNS no dio respuesta útil sobre {name} ({error}).",
    "The domain's servers have no address.": "Los servidores del dominio no tienen dirección.",
    # the connection
    "No connection to {host} ({address}): {why}.": "Sin conexión con {host} ({address}): {why}.",
    "Connection refused": "conexión rechazada",
    "Connection reset by peer": "el otro extremo cortó la conexión",
    "No route to host": "no hay ruta hasta el servidor",
    "Network is unreachable": "no hay acceso a esa red",
    "timed out": "no respondió a tiempo",
    "The server did not answer in time.": "El servidor no respondió a tiempo.",
    "The server broke off ({error}).": "El servidor cortó la comunicación ({error}).",
    "The server closed the connection.": "El servidor cerró la conexión.",
    "The server answered something that is not SMTP.": "El servidor respondió algo que no es SMTP.",
    "The server spoke before it was asked.": "El servidor habló antes de que se le preguntara.",
    "The server's reply has more than {count} lines.": "La respuesta del servidor tiene más de {count} líneas.",
    "The server's reply has a line of more than {count} bytes.": (
        "La respuesta del servidor tiene una línea de más de {count} bytes."
    ),
    "The connection was lost while sending ({error}).": "Se perdió la conexión durante el envío ({error}).",
    "The dialogue took longer than its total time.": "El diálogo superó su tiempo total.",
    "TLS could not be set up ({error}).": "No se pudo establecer TLS ({error}).",
    "failed: {why}": "falló: {why}",
    "lost after the final dot: {why}": "se perdió después del punto final: {why}",
    "kept connection used again": "se volvió a usar una conexión abierta",
    # the dialogue
    "The server did not greet.": "El servidor no saludó.",
    "The server did not accept our EHLO.": "El servidor no aceptó nuestro EHLO.",
    "The server did not accept the user name and password.": "El servidor no aceptó el usuario y la contraseña.",
    "the server offers no TLS": "el servidor no ofrece TLS",
    "The server offers no TLS, and sending without it is not allowed.": (
        "El servidor no ofrece TLS, y sin él no está permitido enviar."
    ),
    "The server offers no TLS, and a password is never sent without it.": (
        "El servidor no ofrece TLS, y sin él nunca se envía una contraseña."
    ),
    "The server offers neither AUTH PLAIN nor AUTH LOGIN.": "El servidor no ofrece AUTH PLAIN ni AUTH LOGIN.",
    "The server offered STARTTLS and answered {code} to it.": "El servidor ofreció STARTTLS y le respondió {code}.",
    "The server refused at {stage}.": "El servidor rechazó el mensaje en {stage}.",
    "The server refused the content.": "El servidor rechazó el contenido.",
    "The server refused while the message was being sent.": "El servidor rechazó el mensaje mientras se enviaba.",
    "The server broke off while the message was being sent.": "El servidor cortó mientras se enviaba el mensaje.",
    "No answer came after the whole message: {why}": "No llegó respuesta después del mensaje entero: {why}",
    "Nothing was sent, because the connection is not as the recipient's domain asks by {policy}: {why}": (
        "No se envió nada, porque la conexión no es como pide el dominio del destinatario con {policy}: {why}"
    ),
    # what a server cannot carry
    "5.3.4 The server takes {limit} bytes and the message has {size}.": (
        "5.3.4 El servidor admite {limit} bytes y el mensaje tiene {size}."
    ),
    "5.6.7 The message or an address needs SMTPUTF8, which the server does not offer.": (
        "5.6.7 El mensaje o una dirección necesita SMTPUTF8, que el servidor no ofrece."
    ),
    "5.6.3 The message has 8-bit content, which the server does not take.": (
        "5.6.3 El mensaje tiene contenido de 8 bits, que el servidor no admite."
    ),
    # ourselves
    "Too many messages to this domain were in flight.": "Había demasiados mensajes en curso hacia ese dominio.",
    "The message has a line end that is not CRLF; mail servers would not agree on where it ends.": (
        "El mensaje tiene un fin de línea que no es CRLF; los servidores no coincidirían en dónde acaba."
    ),
    "The last line of the message has no CRLF.": "La última línea del mensaje no tiene CRLF.",
    "The {party} address has characters that an SMTP envelope cannot carry.": (
        "Una dirección del sobre ({party}) tiene caracteres que SMTP no puede llevar."
    ),
    "The recipient's address has no domain.": "La dirección del destinatario no tiene dominio.",
    "An address with letters beyond ASCII needs SMTPUTF8.": (
        "Una dirección con letras fuera de ASCII necesita SMTPUTF8."
    ),
    "Acuse could not send the message because of a fault of its own.": (
        "Acuse no pudo enviar el mensaje por un fallo suyo."
    ),
    "The attempt was interrupted before its outcome was recorded; the message may have left.": (
        "El intento se interrumpió antes de que constara su resultado; el mensaje pudo salir."
    ),
    "No time stamping authority is configured.": "No hay ninguna autoridad de sellado de tiempo configurada.",
}
_SLOT = re.compile(r"\{(\w+)\}")


def _pattern(sentence: str) -> re.Pattern[str]:
    texts = _SLOT.split(sentence)  # text and name of a slot by turns
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if turn % 2 else re.escape(part) for turn, part in enumerate(texts)), re.DOTALL
    )


_PATTERNS = tuple((_pattern(english), spanish) for english, spanish in _SPANISH.items())


def in_language(sentence: str, language: str) -> tuple[str, str]:
    """Return a sentence of ours in a language, and the language that it is in.

    Args:
        sentence: the `reason` of a fact, in English.
        language: "es" or "en"; for another, and for a sentence that is not known, it stays as it was recorded.
    """
    if language != "es":
        return sentence, "en"
    for pattern, spanish in _PATTERNS:
        found = pattern.fullmatch(sentence)
        if found:
            said = {
                name: in_language(value, language)[0] if name == "why" else value
                for name, value in found.groupdict().items()
            }
            return spanish.format(**said), "es"
    return sentence, "en"
