"""Whether an address that somebody typed can be answered: its form, and whether its domain takes mail at all.

Asked while somebody waits for the page, outside any transaction.
"""

from functools import lru_cache

from django.conf import settings

from acuse.channels.dns import DnsUnavailable, Resolver
from acuse.errors import InputError, PermanentError
from acuse.helpdesk.rules import check_address

_SECONDS = 4.0


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
    try:
        if domain:
            resolver().route(domain)
    except DnsUnavailable:
        return address
    except PermanentError as error:
        raise InputError(
            "No mail can be sent to %(domain)s: perhaps a letter is wrong. Check the address.", domain=domain
        ) from error
    return address
