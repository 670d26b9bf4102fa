"""The MTA-STS policies of recipients' domains, kept for every worker and over restarts (RFC 8461 3.3 and 10.2)."""

from django.db import InterfaceError, OperationalError

from acuse import clock
from acuse.channels.email.mta_sts import KeptPolicy
from acuse.delivery.models import TransportPolicy
from acuse.errors import TemporaryError


class PolicyTable:
    """The table of policies, as the e-mail channel uses it."""

    def load(self, domain: str) -> KeptPolicy | None:
        """Return what is kept of a domain, whether it still holds or not.

        Raises:
            TemporaryError: the database is away.
        """
        try:
            row = TransportPolicy.objects.filter(domain=domain).first()
        except (OperationalError, InterfaceError) as error:
            raise TemporaryError("The policies that are kept cannot be read.") from error
        if row is None:
            return None
        return KeptPolicy(
            domain=row.domain,
            identifier=row.identifier,
            text=row.text,
            fetched_at=row.fetched_at,
            expires_at=row.expires_at,
        )

    def save(self, kept: KeptPolicy) -> None:
        """Keep a policy in the place of what was kept of its domain.

        Raises:
            TemporaryError: the database is away.
        """
        row = TransportPolicy(
            domain=kept.domain,
            identifier=kept.identifier,
            text=kept.text,
            fetched_at=kept.fetched_at,
            expires_at=kept.expires_at,
        )
        try:
            TransportPolicy.objects.bulk_create(
                [row],
                update_conflicts=True,
                unique_fields=["domain"],
                update_fields=["identifier", "text", "fetched_at", "expires_at"],
            )
        except (OperationalError, InterfaceError) as error:
            raise TemporaryError("A policy could not be kept.") from error


def forget_policies() -> None:
    """Remove the policies that no longer hold."""
    TransportPolicy.objects.filter(expires_at__lt=clock.now()).delete()
