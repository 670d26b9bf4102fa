"""The desk: tickets, the terms that run in them, mailboxes, telephone and frequent questions."""
