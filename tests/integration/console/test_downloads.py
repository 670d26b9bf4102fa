"""Members download what was kept, byte for byte, under a name that fits."""

import hashlib

import pytest
from django.test import Client

from acuse.proof.archive import Archive
from tests.browser.world import World


def test_a_member_downloads_the_bundle_under_the_name_of_its_form(
    member: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(proof=b"{}", objects={hashlib.sha256(b"x").hexdigest(): b"x"}).to_zip()
    code = "0000-0000-0000-0000"
    for content, form in ((b"{}", "json"), (archive, "zip")):
        monkeypatch.setattr(
            "acuse.certificates.queries.proof_bundle", lambda *_, said=(content, f"application/{form}"), **__: said
        )
        answer = member.get(f"/console/talleres-ribera/certificates/{code}/proof/")
        assert answer.content == content
        assert answer["Content-Type"] == f"application/{form}"
        assert f"proof-{code}.{form}" in answer["Content-Disposition"]
