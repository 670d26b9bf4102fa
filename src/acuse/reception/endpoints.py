"""Which name servers answer for this installation when the origin of a message is checked."""

from functools import lru_cache

from django.conf import settings

from acuse.channels.dns import DnsUnavailable, DomainNotFound, Resolver
from acuse.reception.origin.answers import LookUp, NoAnswer, Records

_SECONDS = 5.0


@lru_cache(maxsize=1)
def _resolver(nameservers: tuple[str, ...], validating: bool) -> Resolver:
    return Resolver(nameservers or None, lifetime=_SECONDS, validating=validating)


def look_up(*, anew: bool = False) -> LookUp:
    """Return what asks the configured name servers, or the sandbox' own.

    Args:
        anew: nothing is remembered from earlier questions: somebody waits to see what was just published.
    """
    environment = settings.ACUSE
    sandbox = (f"127.0.0.1:{environment.sandbox_dns_port}",)
    make = _resolver.__wrapped__ if anew else _resolver
    resolver = make(sandbox if environment.sandbox else environment.dns_servers, environment.dns_validating)

    def ask(name: str, kind: str) -> Records:
        try:
            values, secure = resolver.records(name, kind)
        except DomainNotFound:
            return Records()  # what is no name holds nothing
        except DnsUnavailable as error:
            raise NoAnswer(str(error)) from error
        return Records(values=values, secure=secure)

    return ask
