"""The page of failures: by class with what servers said, and by domain."""

import re
from datetime import timedelta
from html import unescape

from django.test import Client

from acuse import clock
from acuse.accounts.models import User
from acuse.channels.base import Result
from acuse.delivery.models import Communication
from tests.browser import samples
from tests.browser.world import World

PAGE = "/console/talleres-ribera/failures/"
LIST = "/console/talleres-ribera/communications/"


def refused(world: World, recipient: str, text: str, failure_class: str) -> None:
    """Have a server refuse a new communication."""
    value = samples.credential_again(world.organisation)
    answer = samples.outcome(Result.REFUSED, text=text, failure_class=failure_class)
    samples.send(value, samples.message(recipient, "Aviso"), recipient=recipient, outcomes=(answer,))


def groups(page: str) -> list[tuple[str, int]]:
    """Title and count of each class, in order."""
    found = re.findall(r"<li><h3>(.*?)</h3><a[^>]*>(\d+) communications?<", page)
    return [(unescape(title), int(count)) for title, count in found]


def read(client: Client, query: str = "") -> str:
    """The page in English."""
    User.objects.update(language="en")
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_classes_are_counted_the_most_frequent_first_with_late_ones(member: Client, world: World) -> None:
    before = [("The domain does not exist", 1), ("The mailbox is full", 1), ("The mailbox does not exist", 1)]
    assert groups(read(member)) == before
    taken = world.communications["cliente0877@correo.example"]
    samples.come_back(world.organisation, taken, "bounce.received", samples.BOUNCE)
    page = read(member)
    assert groups(page)[0] == ("The mailbox is full", 2)
    assert "4 not delivered in the last 30 days" in page
    assert "Quota exceeded (mailbox for user is full)" in page


def test_replies_that_differ_in_addresses_and_numbers_are_counted_together(member: Client, world: World) -> None:
    for number in range(4):
        text = f"550 5.1.1 <n{number}@buzon.example>: User unknown"
        refused(world, f"n{number}@buzon.example", text, "mailbox_not_found")
    refused(world, "z@buzon.example", "550 5.1.0 <script>alert(1)</script> " + "x" * 400, "mailbox_not_found")
    page = read(member)
    said = re.findall(r'<q class="verbatim" dir="auto">(.*?)</q><span class="soft">(\d+) times?', page)
    counted = [(unescape(text), int(count)) for text, count in said if "5.1" in text]
    assert counted[0] == ("550 5.1.1 <n3@buzon.example>: User unknown", 5)
    assert counted[1][1] == 1
    assert counted[1][0].startswith("550 5.1.0 <script>")
    assert len(counted[1][0]) == 301
    assert "<script>alert" not in page


def test_only_what_the_server_said_is_cited(member: Client, world: World) -> None:
    page = read(member)
    domain = page[page.index("<h3>The domain does not exist") :]
    assert "What their servers said" not in domain[: domain.index("</li>")]
    assert "Greylisting" not in page


def test_domains_say_what_became_of_all_sent(member: Client, world: World) -> None:
    page = read(member)
    rows = re.findall(r'<tr><th scope="row"><a[^>]*>(.*?)</a></th>((?:<td>.*?</td>)+)</tr>', page)
    found = {name: re.findall(r"<td>(.*?)</td>", cells) for name, cells in rows}
    mine = Communication.objects.filter(organisation_id=world.organisation, domain="correo.example")
    assert set(found) == {"buzon.example", "correo.example", "noexiste.example"}
    accepted = mine.filter(outcome="relayed").count()
    waiting = mine.filter(status="in_progress").count()
    assert found["correo.example"][0] == "1"
    assert found["correo.example"][2:] == [str(accepted), str(waiting), str(mine.count())]
    assert found["correo.example"][1] == f"{round(100 / mine.count())} %"
    assert found["buzon.example"] == ["1", "100 %", "0", "0", "1"]


def test_the_links_open_the_list_of_just_those(member: Client, world: World) -> None:
    page = read(member, "?days=7")
    assert 'href="?days=7" aria-current="true"' in page
    links = [unescape(one) for one in re.findall(rf'href="({LIST}\?[^"]+)"', page)]
    assert f"{LIST}?class=mailbox_full&days=7" in links
    assert f"{LIST}?q=buzon.example&days=7" in links
    shown = member.get(f"{LIST}?class=mailbox_full&days=7").content.decode()
    assert "cliente1188@correo.example" in shown
    assert "c0951@buzon.example" not in shown
    shown = member.get(f"{LIST}?q=buzon.example&days=7").content.decode()
    assert "c0951@buzon.example" in shown
    assert "cliente1188@correo.example" not in shown


def test_the_term_is_kept_and_nothing_else_is_counted(member: Client, world: World) -> None:
    Communication.objects.update(created_at=clock.now() - timedelta(days=20))
    assert "Nothing failed in this term." in read(member, "?days=7")
    assert len(groups(read(member, "?days=30"))) == 3
    assert read(member, "?days=12").count('href="?days=30" aria-current="true"') == 1


def test_another_organisation_sees_its_own_alone(world: World) -> None:
    guest = Client()
    guest.force_login(User.objects.get(email="otra@norte.example"))
    assert guest.get(PAGE).status_code == 404
    User.objects.update(language="es")
    page = guest.get("/console/flota-norte/failures/").content.decode()
    assert "Nada ha fallado en este plazo." in page
    assert "buzon.example" not in page
