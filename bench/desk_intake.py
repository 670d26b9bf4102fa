"""How long a customer's mail takes to stand in the inbox: from the last octet at the inbound door to the page.

    python -m bench.desk_intake [--messages 100]

One message after the other comes in by SMTP at moments that chance chooses, so that no loop of ours is in step with
them. A member who is logged in asks for the inbox again and again, as an open page does; what is measured ends when the
page that shows the case has been read. The first ones count for nothing: processes fill their caches.
"""

import argparse
import random
import smtplib
import time

from tests.flows.installation import SLUG, Installation, installation
from tests.flows.web import Visitor, visitor

from bench.access import percentile
from bench.report import Row, table

AIM_MS = 2000.0
EMAIL, PASSWORD = "agente@talleres-ribera.example", "una-clave-larga-y-rara-7"
DESK = "atencion@talleres-ribera.example"
INBOX = f"/console/{SLUG}/tickets/?order=last"
WARM, PATIENCE_SECONDS, LOOK_SECONDS, PAUSE_SECONDS = 5, 60.0, 0.02, 0.5


def letter(number: int) -> tuple[str, bytes]:
    """Return the address of one of many customers and what they write."""
    sender = f"cliente{number}@acepta.example"
    text = "Desde la última revisión el coche hace ruido al frenar en frío y vibra el volante. " * 12
    return sender, (
        f"From: Cliente {number} <{sender}>\r\nTo: {DESK}\r\nSubject: Caso-{number}-final\r\n"
        f"Message-ID: <{number}@acepta.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    ).encode()


def logged_in(running: Installation) -> Visitor:
    """Set up a desk with hours, terms and a mailbox; return a member who sees its inbox."""
    running.add_member(EMAIL, PASSWORD)
    member = visitor(running)
    member.log_in(EMAIL, PASSWORD)
    start = f"/console/{SLUG}/settings/desk/start/"
    member.post(start, form=start, hours="always", region="ES-MD", terms="both", address=DESK)
    return member


def take(running: Installation, member: Visitor, number: int) -> float:
    """Send one message; return after how many milliseconds the inbox shows its case."""
    sender, raw = letter(number)
    with smtplib.SMTP("127.0.0.1", running.settings.smtp_inbound_port, "mx.acepta.example", 60) as client:
        client.sendmail(sender, [DESK], raw)
        begun = time.perf_counter()
    while f"Caso-{number}-final" not in member.get(INBOX).text:
        if time.perf_counter() - begun > PATIENCE_SECONDS:
            raise TimeoutError(f"Case {number} does not show.")
        time.sleep(LOOK_SECONDS)
    return (time.perf_counter() - begun) * 1000


def rows(*, messages: int) -> list[Row]:
    """Measure on an installation of its own."""
    chance = random.Random(1)
    with installation() as running:
        member = logged_in(running)
        times = []
        for number in range(WARM + messages):
            times.append(take(running, member, number))
            time.sleep(chance.uniform(0, PAUSE_SECONDS))
    times = times[WARM:]
    p50, p95 = percentile(times, 50), percentile(times, 95)
    return [
        Row(
            what="Inbound mail -> ticket visible in the inbox, p95", ours=p95, rival=AIM_MS, unit="ms",
            against="what is aimed for", ratio=p95 / AIM_MS, aim="<= 1",
            spread=(min(times) / AIM_MS, max(times) / AIM_MS),
            note=f"{len(times)} messages, one after the other. p50 {p50:.0f} ms; from {min(times):.0f} to "
            f"{max(times):.0f} ms. The receipt of each, certified, is made and delivered meanwhile.",
        )
    ]  # fmt: skip


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, default=100)
    print(table(rows(messages=options.parse_args().messages)))


if __name__ == "__main__":
    main()
