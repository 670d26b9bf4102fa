"""Certificates: the story of a subject, told from facts and custody only, sealed, revised and superseded."""
