"""Types of fact about organisations, their members, and the installation itself."""

from acuse.proof.facts.schema import (
    Digest,
    FactType,
    Flag,
    Foreign,
    Integer,
    Listing,
    Moment,
    Nullable,
    Record,
    Text,
)

ORGANISATION = "organisation"
MEMBER = "member"
INSTALLATION = "installation"

_SIGNING_KEY = {"key": Text(40), "domain": Text(253), "selector": Text(63)}
_SETTING = Record({"name": Text(80), "before": Nullable(Text(2048)), "after": Nullable(Text(2048))})

#: Patterns, with `*` for anything; an empty one asks for nothing. The first rule that applies to a message decides.
_RULE = Record(
    {
        "rule": Text(40),
        "position": Integer(1, 1000),
        "enabled": Flag(),
        "sender": Text(320),
        "domain": Text(255),
        "subject": Text(300),
        "header": Text(76),
        "value": Text(300),
        "certify": Flag(),
        "mode": Text(8),
        "access": Text(8),
        "language": Text(8),
    }
)

TYPES = (
    FactType(
        name="organisation.created",
        kinds=(ORGANISATION,),
        meaning="An organisation was set up.",
        details=Record(
            {"name": Text(200)},
            {"slug": Text(80), "language": Text(8), "time_zone": Text(64), "tax_id": Nullable(Text(64))},
        ),
    ),
    FactType(
        name="member.added",
        kinds=(ORGANISATION, MEMBER),
        meaning="Somebody became a member of an organisation.",
        details=Record({"role": Text(40)}, {"member": Text(40), "invitation": Text(40)}),
    ),
    FactType(
        name="member.invited",
        kinds=(ORGANISATION,),
        meaning="Somebody was invited to become a member of an organisation.",
        details=Record({"invitation": Text(40), "role": Text(40)}),
    ),
    FactType(
        name="member.invitation_withdrawn",
        kinds=(ORGANISATION,),
        meaning="An invitation was withdrawn before it was taken up.",
        details=Record({"invitation": Text(40)}),
    ),
    FactType(
        name="member.role_changed",
        kinds=(ORGANISATION,),
        meaning="A member got another role.",
        details=Record({"member": Text(40), "before": Text(40), "after": Text(40)}),
    ),
    *(
        FactType(
            name=name, kinds=(ORGANISATION,), meaning=meaning, details=Record({"member": Text(40), "role": Text(40)})
        )
        for name, meaning in (
            ("member.deactivated", "A member lost access to the organisation."),
            ("member.reactivated", "A member got access to the organisation back."),
        )
    ),
    FactType(
        name="member.logged_in",
        kinds=(MEMBER,),
        meaning="A member signed in.",
        details=Record({}, {"method": Text(40), "ip": Nullable(Text(64)), "user_agent": Nullable(Foreign(1024))}),
    ),
    FactType(
        name="member.second_step_removed",
        kinds=(MEMBER,),
        meaning="The operator removed the second step of a member's signing in, who had lost it.",
        details=Record({}),
    ),
    FactType(
        name="credential.created",
        kinds=(ORGANISATION,),
        meaning=(
            "A credential was created for a program: to submit with or, of the kind `api_key`, to read with, within "
            "`scopes`."
        ),
        details=Record(
            {"name": Text(200)},
            {
                "kind": Text(40),
                "credential": Text(40),
                "scopes": Listing(Text(40)),
                "expires_at": Nullable(Moment()),
            },
        ),
    ),
    FactType(
        name="credential.revoked",
        kinds=(ORGANISATION,),
        meaning="A credential was revoked.",
        details=Record({"name": Text(200)}, {"kind": Text(40), "credential": Text(40), "reason": Text(1024)}),
    ),
    *(
        FactType(
            name=name,
            kinds=(ORGANISATION,),
            meaning=meaning,
            details=Record({"identity": Text(512)}, {"kind": Text(40)}),
        )
        for name, meaning in (
            ("sender_identity.added", "An address or domain was added to those the organisation may send as."),
            ("sender_identity.removed", "An address or domain was removed from those the organisation may send as."),
        )
    ),
    FactType(
        name="signing_key.created",
        kinds=(ORGANISATION, INSTALLATION),
        meaning="A key was made that signs mail of a domain by DKIM; the record is what the DNS must say of it.",
        details=Record({**_SIGNING_KEY, "algorithm": Text(40), "record": Text(4096)}),
    ),
    FactType(
        name="signing_key.activated",
        kinds=(ORGANISATION, INSTALLATION),
        meaning="A key began to sign mail of its domain; the record is what the DNS said of it then.",
        details=Record({**_SIGNING_KEY, "record": Foreign(8192)}),
    ),
    FactType(
        name="signing_key.retiring",
        kinds=(ORGANISATION, INSTALLATION),
        meaning="A key no longer signs and its private part was erased; its record stays for mail that is under way.",
        details=Record(_SIGNING_KEY, {"replaced_by": Text(40)}),
    ),
    FactType(
        name="signing_key.retired",
        kinds=(ORGANISATION, INSTALLATION),
        meaning="A key is out of use, or was given up before it signed; its record may leave the DNS.",
        details=Record(_SIGNING_KEY),
    ),
    FactType(
        name="settings.changed",
        kinds=(ORGANISATION, INSTALLATION),
        meaning="Settings were changed: of the organisation or, with `credential`, of one program's credential.",
        details=Record({"changes": Listing(_SETTING, 200)}, {"credential": Text(40)}),
    ),
    *(
        FactType(name=name, kinds=(ORGANISATION,), meaning=meaning, details=_RULE)
        for name, meaning in (
            ("certification_rule.added", "A rule that says which messages are certified, and how, was added."),
            ("certification_rule.changed", "A rule of certification was changed; as it is now."),
            ("certification_rule.moved", "A rule of certification got another place among the rules."),
            ("certification_rule.removed", "A rule of certification was removed; as it was."),
        )
    ),
    FactType(
        name="clock.checked",
        kinds=(INSTALLATION,),
        meaning="The state of the clock's synchronisation was read.",
        details=Record(
            {"synchronised": Nullable(Flag()), "source": Text(200)},
            {"offset_microseconds": Nullable(Integer(-(2**53) + 1)), "reason": Text(2048)},
        ),
    ),
    FactType(
        name="clock.disagreed",
        kinds=(INSTALLATION,),
        meaning="The clock and a time stamp disagreed by more than a second.",
        details=Record(
            {"authority": Text(512), "token_time": Moment(), "local_time": Moment()},
            {"difference_microseconds": Integer(-(2**53) + 1)},
        ),
    ),
    FactType(
        name="log.opened",
        kinds=(INSTALLATION,),
        meaning="The ledger began to sign its checkpoints with a key.",
        details=Record({"origin": Text(200), "verifier_key": Text(512)}),
    ),
    FactType(
        name="seal.bound",
        kinds=(INSTALLATION,),
        meaning="The electronic seal signed the key of the ledger's checkpoints.",
        details=Record(
            {"verifier_key": Text(512), "certificate_sha256": Digest()},
            {"subject": Text(2048), "issuer": Text(2048), "not_after": Moment(), "reason": Text(1024)},
        ),
        roles={"seal-binding": "the detached CMS signature over the verifier key"},
    ),
    FactType(
        name="content.erased",
        kinds=(ORGANISATION, INSTALLATION),
        meaning="Content was erased after its retention; the ledger keeps only its salted digests.",
        details=Record(
            {"objects": Listing(Digest(), 1000), "facts": Listing(Digest(), 1000), "reason": Text(2048)},
        ),
    ),
)
