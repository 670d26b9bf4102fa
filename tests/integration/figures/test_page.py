"""The page of the figures of service through its door: numbers, lists behind them, files, comparisons, refusals."""

import csv
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.config.cli import figures as command
from acuse.config.cli.figures import derived, table
from acuse.embedded.roles import Addresses
from acuse.errors import InputError
from acuse.figures.behind import FIGURES
from acuse.figures.jobs import check_next
from acuse.figures.rules import rows
from acuse.figures.rules.exact import percent, written
from acuse.helpdesk.services.teams import make_team
from tests.integration.figures.month import MAILBOX, Month, make_month

PAGE = "/console/talleres-ribera/figures/service/"
OCTOBER = "?from=2026-10-01&to=2026-10-31"
#: What is chosen on the page -> how the command is asked the same.
NARROWED = {"by telephone": {"channel": "phone"}, MAILBOX: {"mailbox": MAILBOX}, "Taller": {"team": "Taller"}}


@pytest.fixture
def month(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    made = make_month(monkeypatch)
    made.follow()
    yield made
    made.sequencer.resign()


@pytest.fixture
def client(month: Month) -> Client:
    """The manager, signed in; the page is in English."""
    User.objects.update(language="en")
    made = Client()
    made.force_login(User.objects.get(email="jefa@ribera.example"))
    return made


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


def told(month: Month, **narrowed: str) -> dict[str, Any]:
    """What `acuse figures` says of October."""
    asked = {"first": "2026-10-01", "last": "2026-10-31", "channel": "", "mailbox": "", "team": "", **narrowed}
    return derived(month.desk.access.organisation, "Europe/Madrid", **asked)


def choose(client: Client, word: str) -> str:
    """The query that the form of October's page sends once an option is chosen by its word."""
    page = read(client, f"{PAGE}{OCTOBER}")
    form = page[page.index("service-choose") :].partition("</form>")[0]
    fields = dict(re.findall(r'<input [^>]*name="([^"]+)"[^>]* value="([^"]*)"', form))
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form):
        known = {told: value for value, told in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', options)}
        fields[name] = known.get(word, "")
    assert any(fields[name] for name in fields.keys() - {"from", "to"})
    return f"?{urlencode(fields)}"


def listed(client: Client, address: str) -> int:
    """How many lines a list has, over all its pages."""
    count, following = 0, address
    while following:
        page = read(client, following)
        count += page.count('<th scope="row">')
        older = re.search(r'href="([^"]+)" rel="next"', page)
        following = unescape(older[1]) if older else ""
    return count


def counted(client: Client, query: str) -> dict[str, int]:
    """The number of each figure on the page, the highest, each being that of the list which it opens."""
    page = read(client, f"{PAGE}{query}")
    body = page[page.index("<main") :]
    links = re.findall(r'<a[^>]*href="([^"]*figures/service/behind/[^"]*)"[^>]*>(?:All )?([\d,]+)(?![\d,.\xa0])', body)
    found: dict[str, int] = {}
    for address, number in {(unescape(address), int(number.replace(",", ""))) for address, number in links}:
        assert (address, listed(client, address)) == (address, number)
        figure = parse_qs(urlsplit(address).query)["figure"][0]
        found[figure] = max(number, found.get(figure, 0))
    return found


def printed(client: Client, query: str) -> str:
    """The words of the document of two pages."""
    document = client.get(f"{PAGE}figures.pdf{query}")
    assert document.headers["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-1.7")
    assert re.search(rb"/Count 2\b", document.content)
    reads = ["pdftotext", "-layout", "-", "-"]
    words = subprocess.run(reads, input=document.content, capture_output=True, check=True).stdout
    return " ".join(words.decode().split())


def leaves(told: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each value of JSON members with its path, both as a table writes them."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield from leaves(value, f"{path}.{name}".removeprefix("."))
    elif isinstance(told, list):
        for place, value in enumerate(told):
            yield from leaves(value, f"{path}[{place}]")
    else:
        yield path, "" if told is None else str(told)


def test_every_number_is_that_of_the_list_behind_it_and_of_the_ledger(month: Month, client: Client) -> None:
    assert counted(client, OCTOBER).keys() == {*FIGURES} - {rows.NOT_COUNTABLE}, "of no case here"
    assert json.loads(read(client, f"{PAGE}figures.json{OCTOBER}"))["figures"] == told(month)["figures"]


def test_what_is_chosen_narrows_page_lists_and_files_as_it_narrows_the_ledger(month: Month, client: Client) -> None:
    october = told(month)["figures"]
    for word, narrowed in NARROWED.items():
        query, figures = choose(client, word), told(month, **narrowed)["figures"]
        messages, cases, calls = (figures[name] for name in ("messages", "cases", "calls"))
        shown = counted(client, query)
        assert {name: shown.get(name, 0) for name in (rows.RECEIVED, rows.ANSWERED, "under_48", "opened", "calls")} == {
            rows.RECEIVED: messages["received"],
            rows.ANSWERED: messages["answered"],
            "under_48": messages["under_48_hours"],
            "opened": cases["opened"],
            "calls": calls["all"],
        }
        assert json.loads(read(client, f"{PAGE}figures.json{query}"))["figures"] == figures != october
        (_head, *lines) = csv.reader(StringIO(read(client, f"{PAGE}figures.csv{query}")))
        assert {path: value for path, value in lines if not path.startswith("source.")} == dict(leaves(figures))
        (told_command,) = re.findall(r"acuse figures [^<]*", read(client, f"{PAGE}{query}"))
        _acuse, _figures, *options = shlex.split(unescape(told_command))
        asked = dict(zip(options[::2], options[1::2], strict=False))
        period = {"--organisation": "talleres-ribera", "--from": "2026-10-01", "--to": "2026-10-31"}
        assert asked == {**period, **{f"--{name}": value for name, value in narrowed.items()}}


def test_report_and_lists_say_in_words_what_they_were_narrowed_to(month: Month, client: Client) -> None:
    behind = f"{PAGE}behind/{choose(client, 'Taller')}&channel=phone&figure=opened"
    assert " · by telephone, team Taller<" in read(client, behind)
    calls = told(month, channel="phone")["figures"]["calls"]["answered"]
    words = printed(client, choose(client, "by telephone"))
    assert "Talleres Ribera, 1 Oct – 31 Oct 2026 by telephone Messages" in words
    assert f"Received 0 Opened 0 Calls answered {calls['count']} {calls['percent']}%" in words
    assert f"mailbox {MAILBOX}" in printed(client, choose(client, MAILBOX))
    assert "team Taller" in printed(client, choose(client, "Taller"))


def test_no_figure_stands_without_the_list_behind_it(month: Month, client: Client) -> None:
    page = read(client, f"{PAGE}{OCTOBER}")
    body = page[page.index('class="figures') : page.index('id="ledger-title"')]
    marks = ("a", "svg", "th", "h2", "ol", "figure", 'p class="heat-key"')
    apart = "|".join(rf"<{mark}[ >].*?</{mark.split()[0]}>" for mark in marks)
    bare = re.sub(apart, "", body, flags=re.DOTALL)
    assert set(re.findall(r"(?<=>)\s*([\d.,]+%?)\s*(?=<)", bare)) <= {"0", "0.00%"}


def test_a_share_is_of_the_list_that_it_opens(month: Month, client: Client) -> None:
    body = read(client, f"{PAGE}{OCTOBER}")
    shares = re.findall(r'<a[^>]*href="([^"]*/behind/[^"]*)"[^>]*>(?:<b>)?([\d.]+)%(?:</b>)?</a>', body)
    shares += re.findall(r'href="([^"]*/behind/[^"]*)"[^>]*>[\d,]+(?:(?!</a>).)*<(?:b|small)>([\d.]+)%</', body)
    found = told(month)["figures"]
    wholes = {
        rows.ANSWERED: found["messages"]["received"],
        **dict.fromkeys(("under_24", "under_48", "later"), found["messages"]["answered"]),
        **dict.fromkeys(rows.CALLS, found["calls"]["all"]),
        **dict.fromkeys(("escalated", "pending", "other"), found["cases"]["opened"]),
        rows.AGREED: found["conformity"]["agreed"] + found["conformity"]["disagreed"],
        rows.FIRST: sum(one["count"] for one in found["first_response"]),
        rows.RESOLVED: sum(one["count"] for one in found["resolution"]),
    }
    ended = {one["met"]: one["met"] + one["missed"] for one in found["deadlines"]}
    seen = set()
    for address, share in shares:
        figure = parse_qs(urlsplit(unescape(address)).query)["figure"][0]
        count = listed(client, unescape(address))
        whole = ended[count] if figure == rows.MET else wholes[figure]
        assert (address, written(percent(count, whole))) == (address, share)
        seen.add(figure)
    assert seen == {*wholes, rows.MET}


def test_more_answers_than_messages_are_explained_where_they_stand(month: Month, client: Client) -> None:
    explained = set()
    for day in range(1, 32):
        asked = {"first": f"2026-10-{day:02}", "last": f"2026-10-{day:02}", "channel": "", "mailbox": "", "team": ""}
        figures = derived(month.desk.access.organisation, "Europe/Madrid", **asked)["figures"]["messages"]
        shown = read(client, f"{PAGE}?from=2026-10-{day:02}&to=2026-10-{day:02}")
        more = figures["answered"] > figures["received"]
        assert ("Includes answers to earlier messages, or several to one." in shown) is more
        explained.add(more)
    assert explained == {True, False}


def test_a_long_period_has_its_page_at_once_and_its_figures_after(month: Month, client: Client) -> None:
    year = "?from=2026-01-01&to=2026-12-31"
    frame = read(client, f"{PAGE}{year}")
    assert "/behind/" not in frame
    (asks,) = re.findall(r'data-later hx-get="([^"]+)"', frame)
    (leads,) = re.findall(r'<noscript><meta http-equiv="refresh" content="0;url=([^"]+)">', frame)
    assert asks == leads
    whole = read(client, f"{PAGE}{unescape(asks)}")
    figures = json.loads(read(client, f"{PAGE}figures.json{year}"))["figures"]
    assert f">{figures['messages']['received']}</a>" in whole
    assert "/behind/" in read(client, f"{PAGE}{OCTOBER}"), "a month is there at once"


def test_the_period_before_is_compared_by_its_own_figures(month: Month, client: Client) -> None:
    before, now = (
        json.loads(read(client, f"{PAGE}figures.json?from=2026-10-{first}&to=2026-10-{last}"))["figures"]["messages"]
        for first, last in (("01", "15"), ("16", "30"))
    )
    shown = read(client, f"{PAGE}?from=2026-10-16&to=2026-10-30")
    assert f"{before['received'] - now['received']} fewer, {before['received']} before" in shown
    for share in ("answered_percent", "under_24_hours_percent", "under_48_hours_percent", "later_percent"):
        points = Decimal(now[share]) - Decimal(before[share])
        assert f"{abs(points):.2f} points {'more' if points > 0 else 'less'}" in shown


def test_a_wait_leads_to_the_calls_that_waited(month: Month, client: Client) -> None:
    page, calls = read(client, f"{PAGE}{OCTOBER}"), told(month)["figures"]["calls"]
    mean, worst = re.findall(r'(?:Mean wait|On the worst day, [^:]+:) <a class="link" href="([^"]+)"', page)
    assert listed(client, unescape(mean)) == calls["answered"]["count"]
    day = calls["longest_mean_wait"]["day"]
    of_day = json.loads(read(client, f"{PAGE}figures.json?from={day}&to={day}"))["figures"]["calls"]
    assert listed(client, unescape(worst)) == of_day["answered"]["count"] > 0
    assert of_day["mean_wait_seconds"] == calls["longest_mean_wait"]["seconds"]


def test_its_files_say_the_same(month: Month, client: Client) -> None:
    found = json.loads(read(client, f"{PAGE}figures.json{OCTOBER}"))
    assert found["figures"] == told(month)["figures"]
    figures = {"source": found["source"], **found["figures"]}
    (_head, *lines) = csv.reader(StringIO(read(client, f"{PAGE}figures.csv{OCTOBER}")))
    assert {path: value for path, value in lines} == dict(leaves(figures))
    assert len(lines) > 300
    assert "Answered" in table(told(month))

    words = printed(client, OCTOBER)
    messages, cases, calls = (figures[name] for name in ("messages", "cases", "calls"))
    for line in (
        f"Answered {messages['answered']} {messages['answered_percent']}%",
        f"Escalated {cases['escalated']} {cases['escalated_percent']}%",
        f"Calls answered {calls['answered']['count']} {calls['answered']['percent']}%",
    ):
        assert line in words


def test_the_command_prints_what_the_page_hands_out(
    month: Month, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ready_database", lambda _settings: nullcontext())
    october = ("talleres-ribera", "2026-10-01", "2026-10-31")
    command.figures(*october, as_json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["figures"] == json.loads(read(client, f"{PAGE}figures.json{OCTOBER}"))["figures"]
    command.figures("", *october[1:], as_json=True)
    assert json.loads(capsys.readouterr().out) == printed
    command.figures(*october, team="Taller", channel="email")
    assert "Received" in capsys.readouterr().out
    command.figures("talleres-ribera", rebuild=True)
    assert "derived anew" in capsys.readouterr().out
    for wrong in ({"team": "Nadie"}, {"mailbox": "a@b.example"}, {"channel": "x"}, {"first": "ayer"}):
        with pytest.raises(InputError):
            command.figures("talleres-ribera", **wrong)  # type: ignore[arg-type]  # all of them are texts
    accounts.create_organisation(name="Flota Norte", slug="flota-norte")
    for name, said in (("nadie", "no organisation called"), ("", "several organisations")):
        with pytest.raises(InputError, match=said):
            command.figures(name)


def test_a_comparison_is_asked_for_and_told(month: Month, client: Client) -> None:
    sent = {"from": "2026-10-01", "to": "2026-10-31"}
    assert client.post(f"{PAGE}check/", sent).status_code == 302
    assert "being compared" in read(client, f"{PAGE}check/{OCTOBER}")
    assert check_next() == 1
    assert "of the ledger on" in read(client, f"{PAGE}{OCTOBER}")


@pytest.mark.parametrize(
    "query",
    ["?from=2026-13-01&to=2026-10-31", "?from=2026-10-31&to=2026-10-01", "?from=2030-01-01", "?channel=telepathy"],
)
def test_what_cannot_be_asked_is_said(client: Client, query: str) -> None:
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 400
    assert "Choose another period" in answer.content.decode()
    assert client.get(f"{PAGE}figures.csv{query}").status_code == 302


def test_nothing_is_said_of_nothing(client: Client) -> None:
    page = read(client, f"{PAGE}?from=2025-01-01&to=2025-01-31")
    assert "Nothing came in" in page


def test_what_is_another_organisations_is_not_found(month: Month, client: Client) -> None:
    made = accounts.create_organisation(name="Flota Norte", slug="flota-norte")
    accounts.create_user(email="otra@norte.example", password=None)
    accounts.add_member(organisation=made.id, email="otra@norte.example", role="owner")
    theirs = access_organisation(user=User.objects.get(email="otra@norte.example"), slug="flota-norte")
    team = make_team(access=theirs, name="Suyo", members=[])
    month.follow()
    for query in (f"team={team}", f"mailbox={uuid4()}", "team=x"):
        assert client.get(f"{PAGE}{OCTOBER}&{query}").status_code == 404
    assert client.get(f"/console/flota-norte/figures/service/{OCTOBER}").status_code == 404
    other = Client()
    other.force_login(User.objects.get(email="otra@norte.example"))
    page = read(other, f"/console/flota-norte/figures/service/{OCTOBER}")
    assert 'class="empty"' in page
    assert "/behind/" not in page


@pytest.mark.parametrize(
    "query",
    ["figure=none", "figure=load&hour=99", "figure=load&weekday=x", "figure=deadline_met&label=a|b|c|d", ""],
)
def test_lists_of_nothing_are_not_found(client: Client, query: str) -> None:
    answer = client.get(f"{PAGE}behind/{OCTOBER}&{query}")
    assert answer.status_code == 404
