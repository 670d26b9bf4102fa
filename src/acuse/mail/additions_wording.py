"""What is written at the end of a copy, by language. Keys are equal in all of them."""

from collections.abc import Mapping

WORDINGS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "receipt": "Este mensaje está certificado. Su acuse, gratis, y cómo se comprueba:",
        "withdraw": "Quien lo envía puede saber si se cargan sus imágenes y se siguen sus enlaces. Para evitarlo:",
    },
    "en": {
        "receipt": "This message is certified. Its receipt, free of charge, and how it is checked:",
        "withdraw": "Its sender may learn that its images are loaded and its links followed. To stop that:",
    },
}
