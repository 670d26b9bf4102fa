"""Mailboxes at other servers, fetched by IMAP: how they are set up, read, and what is wrong with one."""
