"""Secrets in addresses stay out of the log."""

import hashlib
import json
import logging

import pytest

from acuse.config.logs import LOGGING, without_links

TOKEN = "k7" * 21


@pytest.mark.parametrize(
    "address",
    [
        "/a/{}/",
        "/a/{}",
        "/a/{}/content?l=es",
        "https://acuse.example/a/{}/open",
        "%2Fa%2F{}%2F",
        "/r/{}/certificate",
        "/t/{}/12",
        "/verify/?next=%2fa%2f{}%2Fopen&x=1",
        "%252Fa%252F{}%252F",
        "/accounts/invitation/{}/",
        "%2Faccounts%2Finvitation%2F{}%2F",
        "%252Faccounts%252Finvitation%252F{}",
    ],
)
def test_the_secret_of_an_address_is_masked_and_no_more(address: str) -> None:
    assert without_links(None, "", f"Gone: {address.format(TOKEN)} (410)") == f"Gone: {address.format('***')} (410)"


@pytest.mark.parametrize("address", ["//t//{}/9", "/x/./{}/9", r"\/t\/{}", "bounce+{}@acuse.example"])
def test_a_secret_in_whatever_path_is_masked(address: str) -> None:
    assert without_links(None, "", address.format(TOKEN)) == address.format("***")


def test_a_digest_is_no_secret() -> None:
    digest = hashlib.sha256(b"").hexdigest()
    assert without_links(None, "", digest) == digest


def test_a_secret_with_encoded_letters_is_masked_too() -> None:
    assert without_links(None, "", f"/a/%6b{TOKEN}/x") == "/a/***/x"


@pytest.mark.parametrize("line", ["/console/a1/b/", "/data/area/b", "a/b", "%2Fab%2Fc"])
def test_other_paths_are_left_as_they_are(line: str) -> None:
    assert without_links(None, "", line) == line


def test_a_line_stays_json_whatever_stands_around_the_address() -> None:
    given = dict(LOGGING["formatters"]["json"])
    formatter = given.pop("()")(**given)
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, 'of "/a/%s" now', (TOKEN,), None)
    assert json.loads(formatter.format(record))["event"] == 'of "/a/***" now'
