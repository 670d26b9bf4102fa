"""The SMTP connector: how programs hand messages to Acuse (RFC 6409 submission)."""
