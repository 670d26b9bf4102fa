"""Seals on PDFs: the only package that writes through pyHanko."""

from acuse.pdf.sign.seal import Level, RequestToken, RevocationLists, Seal, SealedPdf

__all__ = ["Level", "RequestToken", "RevocationLists", "Seal", "SealedPdf"]
