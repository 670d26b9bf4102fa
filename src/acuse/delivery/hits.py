"""Who made a request of what a tracked copy names: a person, a mail proxy, a scanner, or nobody can tell. Pure.

It is a judgement and no proof: whoever makes a request chooses what it says of itself. So a machine is taken for a
person less gladly than the reverse, and each judgement comes with its reasons. What programs call themselves is public:
Google's "(via ggpht.com GoogleImageProxy)", Yahoo's "YahooMailProxy", Apple's bare "Mozilla/5.0". Gateways that examine
links (Safe Links, Barracuda, Proofpoint, Mimecast) mostly call themselves browsers: they are known by when they come,
which is as the message arrives, and by following every link at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

SOON = timedelta(seconds=10)
"""Nobody is told of a message, opens it and loads its images, or reads it and chooses a link, within this time."""

_MOST = 1024
_APPLE = ip_network("17.0.0.0/8")
_APPLE_PRIVACY = "mozilla/5.0"
_Rules = Sequence[tuple[str, "re.Pattern[str]"]]
_PROXIES: _Rules = (
    ("google_proxy", re.compile(r"googleimageproxy|ggpht\.com")),
    ("yahoo_proxy", re.compile(r"yahoomailproxy")),
    ("other_proxy", re.compile(r"(?:image|mail|imgs?)[ _-]?proxy|\bproxy\b")),
)
_SCANNERS: _Rules = (
    (
        "known_scanner",
        re.compile(
            r"barracuda|proofpoint|mimecast|trend ?micro|\btmes\b|safe ?links|bingpreview|gmail-content-sampling|"
            r"ironport|cisco ?secure ?email|symantec|messagelabs|sophos|forcepoint|fortinet|fortiguard|fortimail|"
            r"fireeye|trellix|mcafee|check ?point|avanan|hornetsecurity|vade ?secure|spamtitan|mailguard|kaspersky|"
            r"bitdefender|\beset\b|zscaler|cloudmark|urlscan|virustotal|rspamd|clamav|mailscanner|libra ?esva|f-secure"
        ),
    ),
    (
        "bot",
        re.compile(
            r"(?<!cu)bot\b|crawl|spider|slurp|scanner|archiver|linkcheck|preview|monitor(?:ing)?\b|"
            r"facebookexternalhit|whatsapp|link ?expanding"
        ),
    ),
    (
        "program",
        re.compile(
            r"\bcurl\b|libcurl|wget|python|aiohttp|httpx|scrapy|go-http-client|\bjava/|okhttp|httpclient|axios|undici|"
            r"node-fetch|^node\b|libwww|\bperl\b|\bruby\b|faraday|guzzle|\bphp\b|powershell|winhttp|postman|httpie|"
            r"\blua\b|jetty|dart[ :/]"
        ),
    ),
    ("headless", re.compile(r"headless|phantomjs|slimerjs|puppeteer|playwright|selenium|webdriver")),
)
_OFFICE = re.compile(r"existence discovery|protocol discovery|webdav-miniredir|data access internet publishing")
_MAIL_PROGRAM = re.compile(
    r"thunderbird/|ms-?office|microsoft office|outlook|evolution/|kmail/|emclient|postbox/|betterbird/|airmail|k-9"
)
_BROWSER = re.compile(r"mozilla/5\.0 \(.{1,500}(?:firefox|chrome|crios|fxios|edg[ai]?|edgios|opr|safari|version)/")
_WEBKIT = re.compile(r"mozilla/5\.0 \([^()]{1,200}\) applewebkit/")
#: What requests are made for that nobody has asked for yet: Sec-Purpose (Fetch), and its forerunners.
_AHEAD = re.compile(r"prefetch|prerender|preview|instant")


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One request of what a tracked copy names.

    Attributes:
        image: the image that was added to the copy; otherwise a link.
        method: of HTTP.
        agent: User-Agent. language: Accept-Language. purpose: Sec-Purpose, Purpose, X-Purpose or X-Moz.
        ip: address that it comes from.
        since_relay: time since a server took, or may have taken, the message; None where none had.
        together: another link was requested within seconds.
    """

    image: bool
    method: str
    agent: str
    language: str
    purpose: str
    ip: str
    since_relay: timedelta | None
    together: bool = False


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Who seems to have made a request (`acuse.proof.facts.tracking.REQUESTERS`) and why (codes of `REASONS`)."""

    by: str
    reasons: tuple[str, ...]


def judge(hit: Hit) -> Judgement:
    """Return who seems to have made a request; never raises, whatever the request says of itself."""
    agent = hit.agent[:_MOST].strip().lower()
    for by, reasons in (
        ("mail_proxy", _proxy(hit, agent)),
        ("scanner", _scanner(hit, agent)),
        ("mail_proxy", ["apple_network"] if _from_apple(hit.ip) else []),
        ("unknown", _untold(hit, agent)),
    ):
        if reasons:
            return Judgement(by=by, reasons=tuple(reasons))
    return Judgement(by="person", reasons=("mail_program" if _MAIL_PROGRAM.search(agent) else "browser",))


def _proxy(hit: Hit, agent: str) -> list[str]:
    if hit.image and agent == _APPLE_PRIVACY:
        return ["apple_privacy"]
    return _named(agent, _PROXIES)[:1]


def _scanner(hit: Hit, agent: str) -> list[str]:
    reasons = _named(agent, _SCANNERS)
    if hit.method == "HEAD" and not _OFFICE.search(agent):
        reasons.append("head")
    if hit.since_relay is None or hit.since_relay < SOON:
        reasons.append("soon")
    if hit.together:
        reasons.append("links_together")
    return reasons


def _untold(hit: Hit, agent: str) -> list[str]:
    """Return why nobody can tell who made a request that no rule knows as a machine's."""
    reasons = ["prefetch"] if _AHEAD.search(hit.purpose.lower()) else []
    if not agent:
        return [*reasons, "no_agent"]
    if _OFFICE.search(agent):
        return [*reasons, "office_discovery"]
    if _MAIL_PROGRAM.search(agent):
        return reasons
    if hit.image and _WEBKIT.match(agent) and not _BROWSER.match(agent):
        return [*reasons, "apple_mail"]
    if not (_BROWSER.match(agent) or _WEBKIT.match(agent)):
        return [*reasons, "not_browser"]
    return reasons if hit.language.strip() else [*reasons, "no_language"]


def _named(agent: str, rules: _Rules) -> list[str]:
    return [code for code, pattern in rules if pattern.search(agent)]


def _from_apple(ip: str) -> bool:
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address) in _APPLE
