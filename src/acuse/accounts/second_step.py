"""The second step of signing in, when somebody has lost what they take it with."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from acuse.accounts.models import Membership, User
from acuse.accounts.rules import normalise_address
from acuse.accounts.services import OPERATOR
from acuse.errors import InputError
from acuse.evidence.ledger import FactDraft, record


def remove_second_step(*, email: str) -> int:
    """Forget the authenticators, keys and recovery codes of a user, who then signs in with the password alone.

    Whoever asks for it is the operator, who has made sure who asks: it is recorded with each organisation whose
    evidence that user reaches.

    Returns:
        How many were forgotten.

    Raises:
        InputError: there is no such user, or no second step.
    """
    user = User.objects.filter(email=normalise_address(email)).first()
    if user is None:
        raise InputError("There is no user %(email)s.", email=email)
    with transaction.atomic():
        forgotten, _ = Authenticator.objects.filter(user=user).delete()
        if not forgotten:
            raise InputError(
                "%(email)s signs in with a password alone; there is no second step to remove.", email=email
            )
        for membership in Membership.objects.filter(user=user).order_by("id"):
            record(
                FactDraft(
                    organisation=membership.organisation_id,
                    subject_kind="member",
                    subject_id=membership.id,
                    type="member.second_step_removed",
                    actor=OPERATOR,
                    details={},
                )
            )
    return forgotten
