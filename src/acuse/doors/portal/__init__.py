"""The public pages: anybody may verify a document here."""
