"""Pages of templates and snippets: what the organisation writes from."""
