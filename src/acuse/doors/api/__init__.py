"""The API for programs: what happened to communications, read with a key. See docs/api.md."""
