"""Whether an address that somebody typed can be answered: its form, and whether its domain takes mail at all.

Asked while somebody waits for the page, outside any transaction. Whoever names a domain may run its name servers, and
they may be slow: a check ends soon, and few run at once, so that web threads are left for everybody else.
"""

from functools import lru_cache
from threading import BoundedSemaphore

from django.conf import settings

from acuse.channels.dns import DnsUnavailable, Resolver
from acuse.errors import InputError, PermanentError
from acuse.helpdesk.rules import check_address

_SECONDS = 3.0
"""Of the whole check of one address."""
MOST_AT_ONCE = 2
"""Checks of one process; an address that comes while so many run is taken without one."""
_FREE = BoundedSemaphore(MOST_AT_ONCE)


@lru_cache(maxsize=1)
def _resolver(nameservers: tuple[str, ...], allow_private: bool) -> Resolver:
    return Resolver(nameservers or None, allow_private=allow_private, lifetime=_SECONDS)


def resolver() -> Resolver:
    """Return what asks the configured name servers, or the sandbox' own."""
    environment = settings.ACUSE
    sandbox = (f"127.0.0.1:{environment.sandbox_dns_port}",)
    private = environment.email_private_targets or environment.sandbox
    return _resolver(sandbox if environment.sandbox else environment.dns_servers or (), private)


def check_reply_address(text: str) -> str:
    """Return an address to which an answer can go, as far as its domain is asked; a DNS that is silent forbids nothing.

    Raises:
        InputError: it is no address, or its domain takes no mail (RFC 7505) or does not exist.
    """
    address = check_address(text)
    domain = address.rpartition("@")[2]
    if domain and _FREE.acquire(blocking=False):
        try:
            _check_domain(domain)
        finally:
            _FREE.release()
    return address


def _check_domain(domain: str) -> None:
    try:
        resolver().check_takes_mail(domain, seconds=_SECONDS)
    except DnsUnavailable:
        return
    except PermanentError as error:
        raise InputError(
            "No mail can be sent to %(domain)s: perhaps a letter is wrong. Check the address.", domain=domain
        ) from error
