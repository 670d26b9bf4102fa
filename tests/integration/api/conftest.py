"""Programs that read the world of the web tests with a key."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from acuse.accounts import api_keys
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.accounts.rules import SCOPES
from tests.browser.world import World

BASE = "/api/v1"


@dataclass(frozen=True)
class Program:
    """A client with an API key, or with none."""

    key: str

    def get(self, path: str, query: object = None, **headers: str) -> HttpResponse:
        return self.send("GET", path, query=query, **headers)

    def send(self, method: str, path: str, body: bytes = b"", *, query: object = None, **headers: str) -> HttpResponse:
        """Send a request; the names of headers are written with underscores."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            given["Authorization"] = f"Bearer {self.key}"
        kind = given.pop("Content-Type", "application/octet-stream")
        options: dict[str, Any] = {"headers": given, "QUERY_STRING": ""} if query is None else {"headers": given}
        if query is not None:
            options["query_params"] = query
        if query is None and "?" in path:
            options.pop("QUERY_STRING")
        client = Client(raise_request_exception=False)
        return client.generic(method, f"{BASE}{path}", body, content_type=kind, **options)  # type: ignore[return-value]


def new_key(email: str, slug: str, *scopes: str, name: str = "prueba") -> str:
    """A key of an organisation, with every scope unless some are named."""
    access = access_organisation(user=User.objects.get(email=email), slug=slug)
    return api_keys.create_api_key(access=access, name=name, scopes=list(scopes or SCOPES))[1]


def limited(*scopes: str) -> Program:
    """A program of Talleres Ribera whose key has only these scopes."""
    return Program(new_key("m.ribera@ribera.example", "talleres-ribera", *scopes, name="poco"))


@pytest.fixture
def program(world: World) -> Program:
    """A program of Talleres Ribera that may read everything."""
    return Program(new_key("m.ribera@ribera.example", "talleres-ribera"))


@pytest.fixture
def stranger(world: World) -> Program:
    """A program of the other organisation."""
    return Program(new_key("otra@norte.example", "flota-norte"))


def members(answer: HttpResponse) -> dict[str, Any]:
    """The JSON of an answer."""
    found: dict[str, Any] = json.loads(answer.content)
    return found


def problem(answer: HttpResponse, status: int, kind: str) -> dict[str, Any]:
    """The members of a problem, which is one as RFC 9457 and our reference say."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    found = members(answer)
    assert found["type"] == f"http://127.0.0.1:8080/api/v1/#{kind}"
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    assert found["instance"].startswith("urn:uuid:")
    return found
