"""Who asks: an API key in the Authorization header (RFC 6750), and what its scopes allow."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from acuse.accounts.api_keys import KeyAccess, TooManyCalls, access_with_key
from acuse.accounts.queries import Access
from acuse.doors.api.middleware import limit_headers
from acuse.doors.api.problems import NO_KEY, NO_SCOPE, TOO_MANY, Problem
from acuse.doors.portal.verify import network_of
from acuse.errors import AccessDenied

REALM = 'Bearer realm="acuse"'


class ApiKey(HttpBearer):
    """Opens an operation to keys with one scope.

    Args:
        scope: that the key must have.
        cost: requests that one of this operation counts for.
    """

    def __init__(self, scope: str, *, cost: int = 1) -> None:
        super().__init__()
        self.scope = scope
        self.cost = cost

    def authenticate(self, request: HttpRequest, token: str) -> KeyAccess:
        """Return what the key opens.

        Raises:
            Problem: it opens nothing, not this, or nothing more this minute.
        """
        address = network_of(request.META.get("REMOTE_ADDR", ""))
        try:
            opened = access_with_key(key=token, address=address, cost=self.cost)
        except TooManyCalls as error:
            headers = {"Retry-After": str(error.retry_after)}
            if error.limit is not None:
                headers |= limit_headers(limit=error.limit, remaining=0, reset=error.retry_after)
            raise Problem(TOO_MANY, str(error), headers=headers) from error
        except AccessDenied as error:
            challenge = {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}
            raise Problem(NO_KEY, str(error), headers=challenge) from error
        setattr(request, "auth", opened)  # noqa: B010 - where django-ninja puts it too, after this
        if self.scope not in opened.scopes:
            challenge = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{self.scope}"'}
            detail = f"This needs a key with the scope {self.scope}."
            raise Problem(NO_SCOPE, detail, {"scope": self.scope}, challenge)
        return opened


def access_of(request: HttpRequest) -> Access:
    """The access that the key of an authenticated request opened."""
    opened = getattr(request, "auth", None)
    assert isinstance(opened, KeyAccess)
    return opened.access
