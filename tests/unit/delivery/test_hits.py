"""Who made a request of what a tracked copy names: the rules on what real programs say of themselves."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.delivery.hits import SOON, Hit, Judgement, judge
from acuse.proof.facts.tracking import REASONS, REQUESTERS

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
EDGE = f"{CHROME} Edg/126.0.2592.87"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Safari/605.1.15"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1"
)
ANDROID_VIEW = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/126.0.6478.71 Mobile Safari/537.36"
)
CUBOT = (
    "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.99 Mobile "
    "Safari/537.36"
)
APPLE_MAIL = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE_MAIL = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
)
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
SAMPLING = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 "
    "Safari/537.36 Edge/12.246 Gmail-content-sampling"
)
PREVIEW = "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b"
HEADLESS = CHROME.replace("Chrome/", "HeadlessChrome/")
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.12.0"
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17628; Pro)"
OUTLOOK_7 = (
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; Microsoft Outlook 16.0.17628; "
    "ms-office; MSOffice 16)"
)
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"

IMAGES = (
    (GMAIL, "mail_proxy", "google_proxy"),
    (YAHOO, "mail_proxy", "yahoo_proxy"),
    (f"Mozilla/5.0 (compatible; {YAHOO})", "mail_proxy", "yahoo_proxy"),
    ("Mozilla/5.0 (compatible; Ejemplo Image Proxy/2.0)", "mail_proxy", "other_proxy"),
    ("Mozilla/5.0", "mail_proxy", "apple_privacy"),
    (APPLE_MAIL, "unknown", "apple_mail"),
    (IPHONE_MAIL, "unknown", "apple_mail"),
    (THUNDERBIRD, "person", "mail_program"),
    (OUTLOOK, "person", "mail_program"),
    (OUTLOOK_7, "person", "mail_program"),
    (ANDROID_VIEW, "person", "browser"),
    (FIREFOX, "person", "browser"),
    ("", "unknown", "no_agent"),
    ("Correo/3.1", "unknown", "not_browser"),
)
LINKS = (
    (CHROME, "person", "browser"),
    (EDGE, "person", "browser"),
    (FIREFOX, "person", "browser"),
    (SAFARI, "person", "browser"),
    (IPHONE, "person", "browser"),
    (IPHONE_MAIL, "person", "browser"),
    (CUBOT, "person", "browser"),
    ("Mozilla/5.0", "unknown", "not_browser"),
    ("Microsoft Office Existence Discovery", "unknown", "office_discovery"),
    ("Microsoft Office Protocol Discovery", "unknown", "office_discovery"),
    (SAMPLING, "scanner", "known_scanner"),
    ("Mozilla/5.0 (compatible; Proofpoint/2.0)", "scanner", "known_scanner"),
    ("Mimecast-URL-Protect/1.0", "scanner", "known_scanner"),
    ("Barracuda Sentinel (EE)", "scanner", "known_scanner"),
    ("TMES/3.0 Trend Micro Email Security", "scanner", "known_scanner"),
    ("Mozilla/5.0 (compatible; SafeLinks)", "scanner", "known_scanner"),
    (PREVIEW, "scanner", "known_scanner"),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "scanner", "bot"),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "scanner", "bot"),
    ("WhatsApp/2.23.20.0", "scanner", "bot"),
    ("curl/8.4.0", "scanner", "program"),
    ("python-requests/2.31.0", "scanner", "program"),
    ("Go-http-client/1.1", "scanner", "program"),
    ("Java/17.0.9", "scanner", "program"),
    ("Apache-HttpClient/4.5.14 (Java/17)", "scanner", "program"),
    ("okhttp/4.12.0", "scanner", "program"),
    (HEADLESS, "scanner", "headless"),
    (
        "Mozilla/5.0 (Unknown; Linux) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
        "scanner",
        "headless",
    ),
)


def hit(agent: str = CHROME, **changes: object) -> Hit:
    """A request for a link, an hour after the message was taken, unless said otherwise."""
    made: dict[str, object] = {
        "image": False,
        "method": "GET",
        "agent": agent,
        "language": "es-ES,es;q=0.9",
        "purpose": "",
        "ip": "198.51.100.7",
        "since_relay": timedelta(hours=1),
    }
    return Hit(**{**made, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("agent", "by", "reason"), IMAGES)
def test_requests_of_the_image(agent: str, by: str, reason: str) -> None:
    judged = judge(hit(agent, image=True))
    assert judged.by == by
    assert reason in judged.reasons


@pytest.mark.parametrize(("agent", "by", "reason"), LINKS)
def test_requests_of_a_link(agent: str, by: str, reason: str) -> None:
    judged = judge(hit(agent))
    assert judged.by == by
    assert reason in judged.reasons


@pytest.mark.parametrize("agent", [CHROME, FIREFOX, OUTLOOK, ""])
def test_asking_for_the_headers_is_no_person(agent: str) -> None:
    assert judge(hit(agent, method="HEAD")) == Judgement(by="scanner", reasons=("head",))


def test_office_looks_at_an_address_with_head_by_itself() -> None:
    assert judge(hit("Microsoft Office Existence Discovery", method="HEAD")).by == "unknown"


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "Prefetch", "preview", "instant"])
def test_what_is_fetched_ahead_is_no_person(purpose: str) -> None:
    assert judge(hit(purpose=purpose)) == Judgement(by="unknown", reasons=("prefetch",))


def test_a_browser_that_comes_with_the_message_is_a_scanner() -> None:
    for early in (None, timedelta(seconds=-1), timedelta(), SOON - timedelta(milliseconds=1)):
        assert judge(hit(since_relay=early)) == Judgement(by="scanner", reasons=("soon",))
    assert judge(hit(since_relay=SOON)).by == "person"


def test_a_proxy_that_comes_with_the_message_is_a_proxy() -> None:
    assert judge(hit(GMAIL, image=True, since_relay=None)).by == "mail_proxy"


def test_links_followed_together_are_a_scanner() -> None:
    assert judge(hit(together=True)) == Judgement(by="scanner", reasons=("links_together",))


def test_a_browser_without_language_is_not_known() -> None:
    assert judge(hit(language=" ")) == Judgement(by="unknown", reasons=("no_language",))
    assert judge(hit(OUTLOOK, image=True, language="")).by == "person", "mail programs say none"


def test_the_network_of_apple() -> None:
    for ip in ("17.58.63.9", "::ffff:17.58.63.9"):
        assert judge(hit(APPLE_MAIL, image=True, ip=ip)) == Judgement(by="mail_proxy", reasons=("apple_network",))
    assert judge(hit(ip="18.0.0.1")).by == "person"


def test_several_reasons_stand_together() -> None:
    assert judge(hit("curl/8.4.0", method="HEAD", since_relay=None, together=True)).reasons == (
        "program",
        "head",
        "soon",
        "links_together",
    )


@given(
    agent=st.text(max_size=1200),
    language=st.text(max_size=20),
    purpose=st.text(max_size=20),
    ip=st.text(max_size=40) | st.ip_addresses().map(str),
    method=st.sampled_from(["GET", "HEAD"]),
    image=st.booleans(),
    together=st.booleans(),
    seconds=st.none() | st.integers(-10, 10**6),
)
def test_whatever_a_request_says_it_is_judged(
    agent: str, language: str, purpose: str, ip: str, method: str, image: bool, together: bool, seconds: int | None
) -> None:
    judged = judge(
        hit(
            agent,
            language=language,
            purpose=purpose,
            ip=ip,
            method=method,
            image=image,
            together=together,
            since_relay=None if seconds is None else timedelta(seconds=seconds),
        )
    )
    assert judged.by in REQUESTERS
    assert judged.reasons
    assert set(judged.reasons) <= set(REASONS)
    machine = method == "HEAD" or together or seconds is None or seconds < 10 or "prefetch" in purpose.lower()
    assert not (machine and judged.by == "person")
