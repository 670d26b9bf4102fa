"""The API over HTTP, of a whole installation: what a program reads, and everything that schemathesis makes up."""

import hashlib
import html
import http.client
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import SLUG, Installation, installation, message, until
from tests.flows.web import Page, Visitor, visitor

SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")
EMAIL, PASSWORD = "direccion@talleres-ribera.example", "una-clave-larga-y-rara-7"
RECIPIENT, NOBODY = "ana@acepta.example", "nadie@rechaza.example"
RAW = message("api", subject="Presupuesto de la caldera")
SCOPES = ["communications:read", "content:read", "evidence:read", "cases:read", "cases:write", "verify"]
KEYS = f"/console/{SLUG}/settings/keys/"


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """An installation with two web processes and a limit that schemathesis does not reach."""
    with installation(ACUSE_API_RATE_LIMIT="1000000", ACUSE_WEB_PROCESSES="2") as started:
        yield started


@pytest.fixture(scope="module")
def member(running: Installation) -> Visitor:
    """The owner, logged in."""
    running.add_member(EMAIL, PASSWORD)
    someone = visitor(running)
    someone.log_in(EMAIL, PASSWORD)
    return someone


def new_key(member: Visitor, name: str) -> str:
    """Make a key in the console, as the owner does."""
    page = member.post(f"{KEYS}create/", form=KEYS, name=name, days="90", scopes=SCOPES)
    shown = re.search(r"acuse_[a-z2-7]{8}_[a-z2-7]{32}", html.unescape(page.text))
    assert shown, page.text
    assert shown[0] not in member.get(KEYS).text, "it is shown once"
    assert shown[0][:14] in member.get(KEYS).text
    return shown[0]


@pytest.fixture(scope="module")
def key(member: Visitor) -> str:
    return new_key(member, "crm")


@pytest.fixture(scope="module")
def reference(running: Installation) -> str:
    """A certified communication; there is one that failed too."""
    reply = running.submit(RAW, RECIPIENT)
    running.documents(reply)
    running.documents(running.submit(message("otro"), NOBODY))
    return reply.split()[-1]


def ask(running: Installation, key: str, path: str, body: bytes | None = None, **headers: str) -> Page:
    """Send a request as a program does."""
    request = urllib.request.Request(f"{running.environment['ACUSE_PUBLIC_URL']}/api/v1{path}", data=body)
    request.add_header("Authorization", f"Bearer {key}")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        reply = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        reply = error
    with reply:
        return Page(status=reply.status, path=path, headers=reply.headers, content=reply.read())


def members(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.content)
    return found


def test_a_program_reads_what_became_of_a_message(running: Installation, key: str, reference: str) -> None:
    (listed,) = members(ask(running, key, f"/communications?recipient={RECIPIENT}&status=concluded"))["items"]
    assert (listed["id"], listed["outcome"], listed["grade"]) == (reference, "relayed", 1)
    (failed,) = members(ask(running, key, "/communications?status=failed"))["items"]
    assert (failed["recipient"], failed["grade"]) == (NOBODY, 0)
    one = members(ask(running, key, f"/communications/{reference}"))
    assert ask(running, key, f"/communications/{reference}/content").content == RAW
    assert one["message"]["sha256"] == hashlib.sha256(RAW).hexdigest()
    facts = members(ask(running, key, f"/communications/{reference}/facts"))["facts"]
    assert facts[0]["fact"]["type"] == "communication.accepted"
    assert {each["state"] for each in facts} <= {"pending", "published", "anchored"}
    assert facts[0]["state"] == "anchored"


def test_a_certificate_from_the_api_is_verified_anywhere(running: Installation, key: str, reference: str) -> None:
    page = ask(running, key, f"/communications/{reference}/certificate")
    trust = Trust.parse((running.data / "trust.pem").read_text("utf-8"))
    assert verify_bytes(page.content, filename="x.pdf", trust=trust).exit_status == 0
    assert page.headers["ETag"] == f'"{hashlib.sha256(page.content).hexdigest()}"'
    again = ask(running, key, f"/communications/{reference}/certificate", If_None_Match=page.headers["ETag"])
    assert (again.status, again.content) == (304, b"")
    proof = ask(running, key, f"/communications/{reference}/proof")
    assert verify_bytes(proof.content, filename="proof.json", trust=trust).exit_status == 0
    told = members(ask(running, key, "/verify", page.content, Content_Type="application/pdf"))
    assert told["title"] == "It is authentic and has not changed since it was issued."
    assert told["report"]["state"] == "valid"
    documents = members(ask(running, key, f"/communications/{reference}"))["documents"]
    assert told["issued"]["code"] in {each["code"] for each in documents}
    altered = page.content[:5000] + bytes([page.content[5000] ^ 1]) + page.content[5001:]
    assert (
        members(ask(running, key, "/verify", altered, Content_Type="application/pdf"))["report"]["state"] == "invalid"
    )


def test_the_proof_of_a_case_is_verified_anywhere(running: Installation, key: str) -> None:
    case = {"address": "ana@acepta.example", "subject": "Caldera", "text": "No enciende.", "reference": "crm-1"}
    sent = json.dumps(case).encode()
    opened = ask(running, key, "/cases", sent, Content_Type="application/json")
    assert opened.status == 201, opened.text
    again = ask(running, key, "/cases", sent, Content_Type="application/json")
    path = f"/cases/{members(opened)['id']}"
    assert (again.status, members(again)["id"]) == (200, members(opened)["id"])
    until(lambda: ask(running, key, f"{path}/proof").status == 200, "its facts have a time stamp")
    proof = ask(running, key, f"{path}/proof")
    trust = Trust.parse((running.data / "trust.pem").read_text("utf-8"))
    name = "proof.zip" if proof.headers["Content-Type"] == "application/zip" else "proof.json"
    assert verify_bytes(proof.content, filename=name, trust=trust).exit_status == 0
    told = [each["fact"]["type"] for each in members(ask(running, key, f"{path}/facts"))["facts"]]
    assert told[:2] == ["ticket.opened", "ticket.assigned"]


def test_head_has_no_body_on_the_wire(running: Installation, key: str, reference: str) -> None:
    address = running.environment["ACUSE_PUBLIC_URL"].removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=120)
    connection.request(
        "HEAD", f"/api/v1/communications/{reference}/content", headers={"Authorization": f"Bearer {key}"}
    )
    reply = connection.getresponse()
    assert (reply.status, reply.read(), reply.headers["Content-Length"]) == (200, b"", str(len(RAW)))
    connection.close()


def test_a_revoked_key_reads_nothing_more(running: Installation, member: Visitor) -> None:
    key = new_key(member, "pasajera")
    assert ask(running, key, "/communications").status == 200
    identity = running.value("SELECT id FROM accounts_api_keys WHERE name = 'pasajera'")
    member.post(f"{KEYS}{identity}/revoke/", form=KEYS)
    for _ in range(8):  # of either web process
        page = ask(running, key, "/communications")
        assert page.status == 401
        assert page.headers["Content-Type"] == "application/problem+json"
    instance = members(page)["instance"]
    until(lambda: running.says(instance), "the log names the problem")


def test_everything_that_schemathesis_makes_up_is_answered_as_documented(
    running: Installation, key: str, reference: str, tmp_path: Path
) -> None:
    address = f"{running.environment['ACUSE_PUBLIC_URL']}/api/v1/openapi.json"
    command = [
        *(SCHEMATHESIS, "run", address, "--header", f"Authorization: Bearer {key}", "--checks", "all"),
        *("--phases", "examples,coverage,fuzzing,stateful", "--mode", "all", "--max-examples", "25"),
        *("--generation-deterministic", "--continue-on-failure"),
        *("--request-timeout", "60", "--no-color"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    tried = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert tried, done.stdout
    assert int(tried[1]) > 300
    assert "Operations:       14 selected / 14 total" in done.stdout
