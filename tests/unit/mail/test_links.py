"""Links with which their reader could act for somebody: what a text shows of them."""

import pytest

from acuse.mail.links import masked

TOKEN = "ab2" * 14


@pytest.mark.parametrize("written", ["/a/%s", "HTTPS://ACUSE.EXAMPLE/A/%s", "https://f.example/?u=x%%2Fa%%2F%s&v=1"])
def test_the_secret_of_a_notice_is_masked_for_everybody(written: str) -> None:
    for customers in (True, False):
        assert masked(f"Vea {written % TOKEN} hoy", customers=customers) == f"Vea {written % '…'} hoy"


def test_customers_links_are_masked_only_for_who_only_reads() -> None:
    text = f"https://acuse.example/c/{TOKEN}/ y https://acuse.example/f/{TOKEN}/"
    assert masked(text, customers=False) == text
    assert masked(text, customers=True) == "https://acuse.example/c/…/ y https://acuse.example/f/…/"
    assert masked(f"/b/{TOKEN} /a/corto/", customers=True) == f"/b/{TOKEN} /a/corto/"
