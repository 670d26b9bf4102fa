"""SMTP: how programs hand in messages to be certified (RFC 6409), and how other servers bring mail (RFC 5321)."""
