"""PDF: typesetting, attachments and seals. Pure: bytes in, bytes out."""
