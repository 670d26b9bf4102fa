"""Sample mail as desktop programs write it: mutt, Thunderbird, Outlook, Apple Mail."""

# ruff: noqa: E501, W291  (mail keeps its own lines and its trailing spaces)
from examples.parts import archive, b64, crlf, pdf, picture, qp, word, words

LOGO = picture(120, 40, seed=4)


def mutt_plain() -> bytes:
    """Return plain text, 8bit, from mutt."""
    return crlf(f"""
Date: Mon, 2 Nov 2026 09:14:07 +0100
From: Talleres Ribera <avisos@talleres-ribera.example>
To: {word("Lucía Domínguez", encoding="B")} <lucia.dominguez@acepta.example>
{words("Subject", "Su vehículo está listo para recoger", encoding="B")}
Message-ID: <ZyXc3w7mJ0rVq1Lf@taller.talleres-ribera.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Disposition: inline
Content-Transfer-Encoding: 8bit
User-Agent: Mutt/2.2.9 (2022-11-12)

Buenos días, Lucía:

Le comunicamos que la reparación de su vehículo, matrícula 4821 KLM, ha
terminado. Puede recogerlo de lunes a viernes de 8:30 a 13:30 y de 15:30 a
19:00 h en nuestro taller.

El importe asciende a 214,60 € (IVA incluido), según el presupuesto que
usted aceptó el 28 de octubre. Las piezas sustituidas quedan a su
disposición durante diez días.

Un cordial saludo,

-- 
Talleres Ribera, S. L.
C/ del Molino, 12 · 45600 Talavera de la Reina
""")


def thunderbird_inline_images() -> bytes:
    """Return HTML with two inline images and a text alternative, from Thunderbird."""
    photo = picture(320, 200, seed=9)
    return crlf(f"""
Message-ID: <6d0c2f0e-4f0c-4c55-9f0b-3a5d7f3a1c2e@talleres-ribera.example>
Date: Tue, 3 Nov 2026 11:02:45 +0100
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Language: es-ES
To: carmen.ibanez@acepta.example
From: Marta Soler <marta.soler@talleres-ribera.example>
{words("Subject", "Estado de la revisión: pastillas de freno desgastadas")}
Organization: Talleres Ribera, S. L.
Content-Type: multipart/alternative;
 boundary="------------vGJ0k1yLxHn3QeWb6YtUoR4s"

This is a multi-part message in MIME format.
--------------vGJ0k1yLxHn3QeWb6YtUoR4s
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Hola, Carmen:

Durante la revisión de los 60 000 km hemos visto que las pastillas de freno 
delanteras están por debajo del mínimo (2 mm). En la fotografía se aprecia 
el desgaste.

¿Nos autoriza a sustituirlas? El coste sería de *96,80 €*.

Marta Soler
Jefa de taller

--------------vGJ0k1yLxHn3QeWb6YtUoR4s
Content-Type: multipart/related;
 boundary="------------0aVtT7m5HqYcXz8pLd2NfK1j"

--------------0aVtT7m5HqYcXz8pLd2NfK1j
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: 8bit

<!DOCTYPE html>
<html>
  <head>

    <meta http-equiv="content-type" content="text/html; charset=UTF-8">
  </head>
  <body>
    <p>Hola, Carmen:</p>
    <p>Durante la revisión de los 60 000 km hemos visto que las pastillas
      de freno delanteras están por debajo del mínimo (2 mm). En la
      fotografía se aprecia el desgaste.</p>
    <p><img src="cid:part1.Zk3oQ0Vd.9sNw7TbE@talleres-ribera.example"
        alt="Fotografía de las pastillas" width="320" height="200"></p>
    <p>¿Nos autoriza a sustituirlas? El coste sería de <b>96,80 €</b>.</p>
    <div class="moz-signature">Marta Soler<br>
      Jefa de taller<br>
      <img src="cid:part2.h4GmXc1A.Lr5uJfWq@talleres-ribera.example"
        alt="Talleres Ribera" width="120" height="40"></div>
  </body>
</html>

--------------0aVtT7m5HqYcXz8pLd2NfK1j
Content-Type: image/png; name="pastillas.png"
Content-Disposition: inline; filename="pastillas.png"
Content-Id: <part1.Zk3oQ0Vd.9sNw7TbE@talleres-ribera.example>
Content-Transfer-Encoding: base64

{b64(photo, 72)}

--------------0aVtT7m5HqYcXz8pLd2NfK1j
Content-Type: image/png; name="logotipo.png"
Content-Disposition: inline; filename="logotipo.png"
Content-Id: <part2.h4GmXc1A.Lr5uJfWq@talleres-ribera.example>
Content-Transfer-Encoding: base64

{b64(LOGO, 72)}

--------------0aVtT7m5HqYcXz8pLd2NfK1j--

--------------vGJ0k1yLxHn3QeWb6YtUoR4s--
""")


def outlook_pdf() -> bytes:
    """Return an estimate as a PDF, from Outlook, headers in ISO-8859-1 as it writes them."""
    estimate = pdf(
        "Presupuesto 2026/1147",
        ["Talleres Ribera, S. L. · CIF de muestra", "Cliente: Andrés Peña", "Vehículo: furgoneta, matrícula 7710 JBX", "",
         "Sustitución del embrague ............ 412,00 €", "Mano de obra (5 h) .................. 210,00 €",
         "IVA 21 % ........................... 130,62 €", "Total .............................. 752,62 €", "",
         "Validez del presupuesto: doce días hábiles."],
    )  # fmt: skip
    html = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">
<meta name="Generator" content="Microsoft Word 15 (filtered medium)">
<style><!--
p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;}
--></style>
</head>
<body lang="ES" link="#0563C1" vlink="#954F72">
<div class="WordSection1">
<p class="MsoNormal">Estimado Andrés:<o:p></o:p></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal">Adjunto le remitimos el presupuesto que nos solicitó. Quedamos a la espera de su confirmación.<o:p></o:p></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal">Atentamente,<br>Administración<o:p></o:p></p>
</div>
</body>
</html>
"""
    text = "Estimado Andrés:\n\nAdjunto le remitimos el presupuesto que nos solicitó. Quedamos a la espera de su confirmación.\n\nAtentamente,\nAdministración\n"
    return crlf(f"""
From: {word("Administración - Talleres Ribera", charset="iso-8859-1")}
	<administracion@talleres-ribera.example>
To: "andres.pena@acepta.example" <andres.pena@acepta.example>
{words("Subject", "Presupuesto nº 2026/1147 (sustitución de embrague)", charset="iso-8859-1")}
{words("Thread-Topic", "Presupuesto nº 2026/1147 (sustitución de embrague)", charset="iso-8859-1")}
Thread-Index: AQHcS9m2V0uXk3pQdE6yR1aB8cZfJg==
Date: Tue, 3 Nov 2026 16:40:19 +0000
Message-ID:
 <AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6@AM0PR01MB4567.talleres-ribera.example>
Accept-Language: es-ES, en-US
Content-Language: es-ES
X-MS-Has-Attach: yes
X-MS-TNEF-Correlator:
Content-Type: multipart/mixed;
	boundary="_004_AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6AM0PR01MB4567tall_"
MIME-Version: 1.0

--_004_AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6AM0PR01MB4567tall_
Content-Type: multipart/alternative;
	boundary="_000_AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6AM0PR01MB4567tall_"

--_000_AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6AM0PR01MB4567tall_
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

{qp(text, "iso-8859-1")}
--_000_AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6AM0PR01MB4567tall_
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

{qp(html, "iso-8859-1")}
--_000_AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6AM0PR01MB4567tall_--

--_004_AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6AM0PR01MB4567tall_
Content-Type: application/pdf; name="=?iso-8859-1?Q?Presupuesto_n=BA_2026-1147.pdf?="
Content-Description: =?iso-8859-1?Q?Presupuesto_n=BA_2026-1147.pdf?=
Content-Disposition: attachment;
	filename="=?iso-8859-1?Q?Presupuesto_n=BA_2026-1147.pdf?="; size={len(estimate)};
	creation-date="Tue, 03 Nov 2026 16:39:52 GMT";
	modification-date="Tue, 03 Nov 2026 16:40:18 GMT"
Content-Transfer-Encoding: base64

{b64(estimate)}

--_004_AM0PR01MB4567A1B2C3D4E5F60718293A4B5C6AM0PR01MB4567tall_--
""")


def outlook_flagged_zip() -> bytes:
    """Return a short Outlook message with a ZIP, which many companies refuse."""
    box = archive(
        {
            "lector.exe": b"MZ\x90\x00" + bytes(60) + b"muestra, no es un programa",
            "LEEME.txt": b"Lector de muestra.\r\n",
        }
    )
    body = b64(
        "Buenos días:\r\n\r\nLes enviamos el lector que nos pidieron por teléfono.\r\n\r\nUn saludo,\r\nTaller\r\n".encode()
    )
    return crlf(f"""
From: "Taller | Talleres Ribera" <taller@talleres-ribera.example>
To: "flota@sinadjuntos.example" <flota@sinadjuntos.example>
{words("Subject", "Lector de diagnóstico para su flota", charset="utf-8", encoding="B")}
Thread-Index: AdxL2cPq7o5wW0bQTxyJ4hK1nM2eVg==
Date: Wed, 4 Nov 2026 08:21:33 +0000
Message-ID: <DB7PR01MB1122334455667788990011AABBCC2@DB7PR01MB1122.talleres-ribera.example>
Accept-Language: es-ES
Content-Language: es-ES
X-MS-Has-Attach: yes
Content-Type: multipart/mixed;
	boundary="_002_DB7PR01MB1122334455667788990011AABBCC2DB7PR01MB1122tall_"
MIME-Version: 1.0

--_002_DB7PR01MB1122334455667788990011AABBCC2DB7PR01MB1122tall_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

{body}

--_002_DB7PR01MB1122334455667788990011AABBCC2DB7PR01MB1122tall_
Content-Type: application/x-zip-compressed; name="lector.zip"
Content-Description: lector.zip
Content-Disposition: attachment; filename="lector.zip"; size={len(box)};
	creation-date="Wed, 04 Nov 2026 08:20:11 GMT";
	modification-date="Wed, 04 Nov 2026 08:20:11 GMT"
Content-Transfer-Encoding: base64

{b64(box)}

--_002_DB7PR01MB1122334455667788990011AABBCC2DB7PR01MB1122tall_--
""")


def apple_photos() -> bytes:
    """Return text and a picture in line, from Apple Mail."""
    text = qp(
        "Ignacio:\n\nEsta es la aleta tal como llegó a nuestro taller. Conviene enviarla a su aseguradora antes del viernes.\n\nTalleres Ribera\n"
    )
    html = qp(
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">Ignacio:<div><br></div><div>Esta es la aleta tal como llegó a nuestro taller. Conviene enviarla a su aseguradora antes del viernes.</div><div><br></div><div><img src="cid:0D9E6A11-53B8-4C0F-A7E2-9F4B1C2D3E45" alt="aleta.png"></div><div>Talleres Ribera</div></body></html>'
    )
    return crlf(f"""
From: Talleres Ribera <taller@talleres-ribera.example>
Content-Type: multipart/alternative;
	boundary="Apple-Mail=_5F0A1C37-9D52-4E1B-8C6A-27B0E4D1F983"
Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3826.200.121\\))
{words("Subject", "Fotografía del golpe en la aleta")}
Message-Id: <B81C6E02-77D4-4A0E-9A5F-1C3E5D7F9B20@talleres-ribera.example>
Date: Wed, 4 Nov 2026 12:55:10 +0100
To: ignacio.vidal@sinbuzon.example
X-Mailer: Apple Mail (2.3826.200.121)


--Apple-Mail=_5F0A1C37-9D52-4E1B-8C6A-27B0E4D1F983
Content-Transfer-Encoding: quoted-printable
Content-Type: text/plain;
	charset=utf-8

{text}
--Apple-Mail=_5F0A1C37-9D52-4E1B-8C6A-27B0E4D1F983
Content-Type: multipart/related;
	type="text/html";
	boundary="Apple-Mail=_E4B7C1D0-2A36-4F58-B9C1-60D7A8E35F14"


--Apple-Mail=_E4B7C1D0-2A36-4F58-B9C1-60D7A8E35F14
Content-Transfer-Encoding: quoted-printable
Content-Type: text/html;
	charset=utf-8

{html}
--Apple-Mail=_E4B7C1D0-2A36-4F58-B9C1-60D7A8E35F14
Content-Transfer-Encoding: base64
Content-Disposition: inline;
	filename=aleta.png
Content-Type: image/png;
	x-unix-mode=0644;
	name="aleta.png"
Content-Id: <0D9E6A11-53B8-4C0F-A7E2-9F4B1C2D3E45>

{b64(picture(200, 140, seed=17))}

--Apple-Mail=_E4B7C1D0-2A36-4F58-B9C1-60D7A8E35F14--

--Apple-Mail=_5F0A1C37-9D52-4E1B-8C6A-27B0E4D1F983--
""")


def thunderbird_forwarded() -> bytes:
    """Return a customer's message forwarded whole (message/rfc822) by Thunderbird."""
    return crlf(f"""
Message-ID: <0f8f6d6b-7a0e-4b3f-8c9d-52f8a9d1c7aa@talleres-ribera.example>
Date: Thu, 5 Nov 2026 10:30:00 +0100
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Language: es-ES
To: peritaciones@acepta.example
From: Marta Soler <marta.soler@talleres-ribera.example>
{words("Subject", "Fwd: Reclamación por el ruido de la dirección")}
Content-Type: multipart/mixed; boundary="------------Qm7cXs2VdKj0HtYr5LbWnE9u"

This is a multi-part message in MIME format.
--------------Qm7cXs2VdKj0HtYr5LbWnE9u
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Buenos días:

Reenviamos íntegra la reclamación del cliente, para su peritación.

-- 
Marta Soler
Talleres Ribera

--------------Qm7cXs2VdKj0HtYr5LbWnE9u
Content-Type: message/rfc822; charset=UTF-8;
 name="Reclamación por el ruido de la dirección.eml"
Content-Disposition: attachment;
 filename*0*=UTF-8''%52%65%63%6C%61%6D%61%63%69%C3%B3%6E%20%70%6F%72%20%65;
 filename*1*=%6C%20%72%75%69%64%6F%2E%65%6D%6C
Content-Transfer-Encoding: 8bit

Received: from movil.cliente.example (movil.cliente.example [192.0.2.44])
 by correo.talleres-ribera.example with ESMTPS id 4c7Tq2v
 for <taller@talleres-ribera.example>; Wed, 4 Nov 2026 22:11:08 +0100
From: "Jorge Nieto" <jorge.nieto@cliente.example>
To: taller@talleres-ribera.example
{words("Subject", "Reclamación por el ruido de la dirección")}
Date: Wed, 4 Nov 2026 22:10:54 +0100
Message-ID: <C0A8016400A1@movil.cliente.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

Recogí ayer el coche y la dirección sigue sonando al girar a la derecha.
Solicito que lo revisen sin coste, porque está en garantía.
.
Jorge Nieto

--------------Qm7cXs2VdKj0HtYr5LbWnE9u--
""").replace(
        'name="Reclamación por el ruido de la dirección.eml"'.encode(),
        b'name="=?UTF-8?Q?Reclamaci=C3=B3n_por_el_ruido=2Eeml?="',
    )
