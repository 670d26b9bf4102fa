"""Sample mail as web mail, telephones, a CRM and an ERP write it."""

# ruff: noqa: E501, W291  (mail keeps its own lines and its trailing spaces)
from examples.parts import b64, crlf, pdf, qp, readings, word, words


def gmail_appointment() -> bytes:
    """Return text and HTML alternatives from Gmail's web page."""
    text = (
        "Hola, Núria:\n\nTe confirmamos la cita para el cambio de neumáticos: *jueves 12 de noviembre a\nlas 9:30 h*."
        "\n\nSi no puedes venir, avísanos con un día de antelación.\n\nTalleres Ribera\n"
    )
    html = (
        '<div dir="ltr"><div>Hola, Núria:</div><div><br></div><div>Te confirmamos la cita para el cambio de neumáticos: '
        "<b>jueves 12 de noviembre a las 9:30 h</b>.</div><div><br></div><div>Si no puedes venir, avísanos con un día de "
        "antelación.</div><div><br></div><div>Talleres Ribera</div></div>\n"
    )
    return crlf(f"""
MIME-Version: 1.0
Date: Thu, 5 Nov 2026 18:03:21 +0100
Message-ID: <CAH7x2Zr0=vN4qLkTpWb8sYd3FmXcJ5uEoRaGi1nQhVtKz6yUwA@mail.talleres-ribera.example>
{words("Subject", "Cita confirmada: cambio de neumáticos 🚗", encoding="B")}
From: Talleres Ribera <citas@talleres-ribera.example>
To: {word("Núria Casals")} <nuria.casals@listagris.example>
Content-Type: multipart/alternative; boundary="000000000000c4f1a2062a7b93d1"

--000000000000c4f1a2062a7b93d1
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

{qp(text)}
--000000000000c4f1a2062a7b93d1
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

{qp(html)}
--000000000000c4f1a2062a7b93d1--
""")


def _warranty_html() -> str:
    rows = "".join(
        f'<tr><td>{what}</td><td align="right">{term}</td><td>{note}</td></tr>\n'
        for what, term, note in (
            ("Mano de obra", "6 meses o 10 000 km", "Desde la entrega del vehículo"),
            ("Piezas nuevas", "36 meses", "La del fabricante, si es mayor"),
            ("Piezas reconstruidas", "12 meses", "Se identifican en la factura"),
            ("Batería", "24 meses", "Con comprobación anual en el taller"),
            ("Neumáticos", "24 meses", "Excepto pinchazos y desgaste"),
        )
    )
    clauses = "".join(
        f"<p><strong>{number}.</strong> El cliente podrá solicitar por escrito, en cualquier momento, copia de la orden de "
        f"trabajo y de las comprobaciones efectuadas; el taller responderá en un plazo máximo de diez días hábiles, indicando "
        f"la operación {number:02d} del registro, las piezas empleadas, su procedencia y la persona responsable.</p>\n"
        for number in range(1, 19)
    )
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><title>Condiciones de garantía</title>
<style type="text/css">body{{font-family:Arial,sans-serif}} table{{border-collapse:collapse}} td,th{{border:1px solid #ccc;padding:6px}}</style></head>
<body bgcolor="#f4f4f4"><table width="600" align="center" cellpadding="0" cellspacing="0"><tr><td>
<h1>Condiciones de su garantía</h1>
<p>Apreciada Sra. Ordóñez: desde el <b>1 de diciembre de 2026</b> se aplican a su reparación las condiciones siguientes.</p>
<table><tr><th>Concepto</th><th>Plazo</th><th>Observaciones</th></tr>
{rows}</table>
{clauses}<p>Puede consultarlas en <a href="https://www.talleres-ribera.example/garantia?ref=2026-1147&amp;idioma=es">nuestra \
página</a> o escribir a <a href="mailto:garantias@talleres-ribera.example?subject=Garant%C3%ADa">garantias@talleres-ribera.example</a>.</p>
</td></tr></table></body></html>
"""


def crm_long_notice() -> bytes:
    """Return a long notice with a table and links, made by a CRM."""
    html = _warranty_html()
    text = "Condiciones de su garantía\n\nSra. Ordóñez: desde el 1 de diciembre de 2026 se aplican a su reparación las condiciones de\nhttps://www.talleres-ribera.example/garantia?ref=2026-1147&idioma=es\n"
    return crlf(f"""
Date: Fri, 6 Nov 2026 07:00:02 +0000
To: {word("Pilar Ordóñez")} <pilar.ordonez@llena.example>
From: {word("Talleres Ribera - Garantías")} <garantias@talleres-ribera.example>
Reply-To: {word("Garantías")} <garantias@talleres-ribera.example>
{words("Subject", "Nuevas condiciones de garantía de su reparación nº 2026/1147: plazos, exclusiones y forma de reclamar")}
Message-ID: <1147.8f2c0f5b7d3e@crm.talleres-ribera.example>
X-Mailer: PHPMailer 6.9.1 (https://github.com/PHPMailer/PHPMailer)
X-CRM-Campaign: garantias-2026-11
List-Unsubscribe: <mailto:bajas@talleres-ribera.example?subject=baja-1147>,
 <https://www.talleres-ribera.example/baja?id=1147>
Precedence: bulk
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="b1_9d5ed678fe57bcca610140957afab571"
Content-Transfer-Encoding: 8bit

--b1_9d5ed678fe57bcca610140957afab571
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{text}

--b1_9d5ed678fe57bcca610140957afab571
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

{qp(html)}

--b1_9d5ed678fe57bcca610140957afab571--
""")


def crm_certified_notice() -> bytes:
    """Return a resolution that a CRM wants sent as a notice: the content waits behind a link."""
    return crlf(f"""
Date: Mon, 16 Nov 2026 09:02:11 +0000
To: {word("Elena Marín")} <elena.marin@acepta.example>
From: {word("Talleres Ribera - Reclamaciones")} <reclamaciones@talleres-ribera.example>
{words("Subject", "Resolución de su reclamación 2026-0417")}
Message-ID: <0417.2b6e9d1c4a70@crm.talleres-ribera.example>
X-Mailer: PHPMailer 6.9.1 (https://github.com/PHPMailer/PHPMailer)
Acuse-Mode: notice
Acuse-Language: es
Acuse-Reference: RECL-2026-0417
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Estimada cliente:

Hemos revisado su reclamación por el ruido en la dirección tras la
reparación del 3 de octubre. La aceptamos: sustituiremos la pieza sin
coste y le devolveremos 64,20 € de la factura F-2291.

Puede elegir cita desde el 25 de noviembre.
""")


def erp_latin1() -> bytes:
    """Return an invoice reminder in ISO-8859-1, 8bit, made by an ERP."""
    message = crlf(f"""
Received: from erp01 (erp01.talleres-ribera.example [192.0.2.17])
\tby correo.talleres-ribera.example (Postfix) with ESMTP id 4D0T9x3Zb1z2Nq
\tfor <compras@inalcanzable.example>; Fri,  6 Nov 2026 20:15:00 +0100 (CET)
Date: Fri, 06 Nov 2026 20:15:00 +0100
From: {word("Facturación Talleres Ribera", charset="iso-8859-1")} <facturacion@talleres-ribera.example>
To: compras@inalcanzable.example
{words("Subject", "Recordatorio de pago: factura A-0932, vencimiento próximo", charset="iso-8859-1")}
Message-ID: <20261106201500.A0932.17@erp01.talleres-ribera.example>
X-Priority: 3 (Normal)
MIME-Version: 1.0
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: 8bit

Señores:

Les recordamos que la factura A-0932, de 1.318,40 EUR, vence el próximo
día 16. Si ya la han abonado, no tengan en cuenta este aviso.

Atención al cliente: lunes a viernes, de 8.30 a 19.00 h.
""")
    return message.decode().encode("iso-8859-1")


def smtputf8() -> bytes:
    """Return a message to an internationalised address, headers in UTF-8 (RFC 6532)."""
    return crlf("""
Message-ID: <c2a1f3d0-1b7e-4a53-9d0b-f6a4b0e7d611@talleres-ribera.example>
Date: Mon, 9 Nov 2026 09:45:12 +0100
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Language: es-ES
To: José Muñoz <josé.muñoz@acepta.example>
From: Talleres Ribera <avisos@talleres-ribera.example>
Subject: Próxima revisión: ¿le reservamos el día 20?
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Hola, José:

Se acerca la revisión anual de su coche. ¿Le reservamos el viernes día 20 
a las 8:30 h?

Talleres Ribera
""")


def diagnosis_five_megabytes() -> bytes:
    """Return a diagnosis with an attachment that makes the whole at least 5 MB."""
    return crlf(f"""
Message-ID: <3b0df2ae-96c1-4c5e-8f43-0a1d9be2c577@talleres-ribera.example>
Date: Tue, 10 Nov 2026 17:20:31 +0100
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Language: es-ES
To: {word("Beatriz Llorente")} <beatriz.llorente@acepta.example>,
 oficina@pequena.example
From: Talleres Ribera <taller@talleres-ribera.example>
{words("Subject", "Informe completo de la diagnosis electrónica (lecturas cada 40 ms)")}
Content-Type: multipart/mixed; boundary="------------T5nWq8ZrLk2YvBc7HxJd0MsA"

This is a multi-part message in MIME format.
--------------T5nWq8ZrLk2YvBc7HxJd0MsA
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Adjuntamos todas las lecturas de la diagnosis, como nos pidió. El fichero
se abre con cualquier hoja de cálculo.

--------------T5nWq8ZrLk2YvBc7HxJd0MsA
Content-Type: text/csv; charset=windows-1252; name="lecturas.csv"
Content-Disposition: attachment; filename="lecturas.csv"
Content-Transfer-Encoding: base64

{b64(readings(116_500), 72)}

--------------T5nWq8ZrLk2YvBc7HxJd0MsA--
""")


def several_recipients() -> bytes:
    """Return a notice with To and Cc, made by a telephone."""
    text = qp(
        "Buenas tardes:\n\nEl taller permanecerá cerrado los días 7 y 8 de diciembre. Las citas de esos días pasan al 9 y 10, a la misma hora. Para urgencias, el teléfono de grúa sigue atendido.\n\nEnviado desde mi iPhone\n"
    )
    return crlf(f"""
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable
From: Marta Soler <marta.soler@talleres-ribera.example>
Mime-Version: 1.0 (1.0)
{words("Subject", "Cierre del taller los días 7 y 8 de diciembre")}
Message-Id: <4A7F0B2C-6E31-49D5-8B1A-C95D2E7F4036@talleres-ribera.example>
Date: Wed, 11 Nov 2026 13:37:48 +0100
Cc: recepcion@listagris.example, Taxis del Tajo <taxis@llena.example>
To: {word("Asociación de Vecinos")} <vecinos@acepta.example>,
 autoescuela@acepta.example, ventas@sinbuzon.example
X-Mailer: iPhone Mail (22B91)

{text}
""")


def calendar_invitation() -> bytes:
    """Return an invitation (text/calendar) in English, from Outlook on the web."""
    event = """BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VEVENT
ORGANIZER;CN=Talleres Ribera:mailto:citas@talleres-ribera.example
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Emma Clarke:
 mailto:emma.clarke@acepta.example
SUMMARY;LANGUAGE=en-GB:Pre-MOT inspection\\, 4821 KLM
DTSTART:20261119T083000Z
DTEND:20261119T093000Z
UID:040000008200E00074C5B7101A82E008000000002F1147
DTSTAMP:20261112T101500Z
LOCATION:Talleres Ribera
STATUS:CONFIRMED
SEQUENCE:0
END:VEVENT
END:VCALENDAR
"""
    return crlf(f"""
From: Talleres Ribera <citas@talleres-ribera.example>
To: Emma Clarke <emma.clarke@acepta.example>
Subject: Pre-MOT inspection, 4821 KLM
Thread-Topic: Pre-MOT inspection, 4821 KLM
Thread-Index: AdxT1b0mS2vQnYx5R8WcKq3uHjPzLA==
Date: Thu, 12 Nov 2026 10:15:00 +0000
Message-ID: <PA4PR01MB9911CC77DD55EE33FF11AA22BB44A@PA4PR01MB9911.talleres-ribera.example>
Accept-Language: en-GB, es-ES
Content-Language: en-GB
Content-Type: multipart/alternative;
	boundary="_000_PA4PR01MB9911CC77DD55EE33FF11AA22BB44APA4PR01MB9911tall_"
MIME-Version: 1.0

--_000_PA4PR01MB9911CC77DD55EE33FF11AA22BB44APA4PR01MB9911tall_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: 7bit

Dear Emma,

Please find the appointment we agreed on the telephone.

Talleres Ribera

--_000_PA4PR01MB9911CC77DD55EE33FF11AA22BB44APA4PR01MB9911tall_
Content-Type: text/calendar; charset="utf-8"; method=REQUEST
Content-Transfer-Encoding: base64

{b64(event.replace(chr(10), chr(13) + chr(10)).encode())}

--_000_PA4PR01MB9911CC77DD55EE33FF11AA22BB44APA4PR01MB9911tall_--
""")


def web_form_short(to: str, number: int, day: str) -> bytes:
    """Return a short notice as a web application's mail library makes it.

    Args:
        to: address of the customer.
        number: of the order; makes the Message-ID.
        day: the Date header's value.
    """
    receipt = pdf(
        f"Resguardo de depósito {number}",
        ["Talleres Ribera, S. L.", f"Orden de trabajo {number}", "Vehículo depositado para reparación."],
    )
    return crlf(f"""
Content-Type: multipart/mixed; boundary="===============60{number}1834217790{number}=="
MIME-Version: 1.0
{words("Subject", f"Resguardo de depósito: orden {number}", encoding="B")}
From: Talleres Ribera <avisos@talleres-ribera.example>
To: {to}
Date: {day}
Message-ID: <1794{number}0055.3312.{number}@web.talleres-ribera.example>

--===============60{number}1834217790{number}==
Content-Type: text/plain; charset="utf-8"
MIME-Version: 1.0
Content-Transfer-Encoding: base64

{b64(f"Conserve este resguardo: lo necesitará para recoger su vehículo (orden {number}).".encode())}

--===============60{number}1834217790{number}==
Content-Type: application/pdf
MIME-Version: 1.0
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="resguardo-{number}.pdf"

{b64(receipt)}

--===============60{number}1834217790{number}==--
""")
