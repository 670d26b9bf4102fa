"""What was requested of a tracked copy, in Spanish."""

WORDS: dict[str, str] = {
    "fact.image_requested": "Una petición de la imagen, por una persona o una máquina",
    "fact.link_requested": "Una petición del enlace {number}, por una persona o una máquina",
    "fact.tracking_withdrawn": "Del lado del destinatario se pide que no se registren más peticiones",
    "remark.leads": "Lleva a {link}.",
    "remark.hit.person": "Parece hecha desde el dispositivo de alguien: {reasons}.",
    "remark.hit.mail_proxy": "Parece hecha por un proveedor de correo, no por una persona: {reasons}.",
    "remark.hit.scanner": "Parece hecha por un programa, no por una persona: {reasons}.",
    "remark.hit.unknown": "No se puede saber si la hizo una persona o una máquina: {reasons}.",
    "remark.hit.weight": "No prueba quién la hizo, ni la lectura, y no pesa nada en el resultado.",
    "remark.withdrawn": "Quien tenía el enlace del mensaje pulsó el botón. Ya no se registra nada más.",
    "hit.google_proxy": "dice ser el intermediario de imágenes de Google, que las pide para Gmail",
    "hit.yahoo_proxy": "dice ser el intermediario de imágenes de Yahoo",
    "hit.other_proxy": "dice ser un intermediario",
    "hit.apple_privacy": (
        "se nombra como la protección de la privacidad de Apple Mail, que pide también lo que nadie abrió"
    ),
    "hit.apple_network": "viene de la red de Apple (17.0.0.0/8)",
    "hit.known_scanner": "nombra un servicio que examina correos o enlaces",
    "hit.bot": "dice ser un robot",
    "hit.program": "nombra un programa o una biblioteca que no es un navegador",
    "hit.headless": "nombra un navegador que no muestra nada a nadie",
    "hit.head": "pidió solo las cabeceras (HEAD)",
    "hit.soon": "llegó antes de que el servidor del destinatario tomara el mensaje, o segundos después",
    "hit.links_together": "otro enlace del mensaje se pidió con segundos de diferencia",
    "hit.prefetch": "dice que se hizo antes de que nadie lo pidiera",
    "hit.apple_mail": "parece de Apple Mail, que puede pedir las imágenes de mensajes que nadie abre",
    "hit.office_discovery": "Microsoft Office examinó la dirección por sí solo",
    "hit.no_agent": "no dice qué programa es",
    "hit.not_browser": "no se nombra como ningún navegador ni programa de correo conocido",
    "hit.no_language": "se nombra como un navegador y no dice ningún idioma, como hacen los navegadores",
    "hit.browser": "parece de un navegador",
    "hit.mail_program": "parece de un programa de correo",
    # files
    "file.tracked-links": "Adónde llevan los enlaces de lo enviado (hecho {number})",
    "name.tracked-links": "enlaces-{number}.json",
}
