"""E-mail over SMTP: from the DNS answer to the final reply, with the whole dialogue kept."""
