"""The one error tree.

AcuseError                    everything we raise on purpose
├── ConfigurationError        a setting, a key or a directory is wrong: says what to change
├── InputError                what somebody gave us is wrong: says how to mend it
│   └── AccessDenied          the caller may not see or do this (and is not told whether it exists)
├── ConflictError             right, but not in the present state
├── TemporaryError            the world failed; the same again, later, may work
├── PermanentError            the world failed; the same again cannot work
└── VerificationError         a proof was examined
    ├── Invalid               and is wrong
    └── CannotTell            and lacks something needed for an answer
"""


class AcuseError(Exception):
    """Base of every error raised on purpose. The message is one sentence for a person.

    Args:
        sentence: in English, with ``%(name)s`` where a particular stands. It is never put together from parts, so that
            a page can look it up and say it in the reader's language.
        particulars: by name. One that is itself an error of ours is said in the reader's language too.
    """

    def __init__(self, sentence: str = "", /, **particulars: object) -> None:
        super().__init__(sentence % particulars if particulars else sentence)
        self.sentence = sentence
        self.particulars = particulars


class ConfigurationError(AcuseError):
    """A setting, key or directory is wrong."""


class InputError(AcuseError):
    """Something handed to us is wrong."""


class AccessDenied(InputError):
    """The caller may not see or do this."""


class ConflictError(AcuseError):
    """The request is right, but not in the present state."""


class TemporaryError(AcuseError):
    """The outside world failed and may recover."""


class PermanentError(AcuseError):
    """The outside world refused for good."""


class VerificationError(AcuseError):
    """A proof was examined and did not hold.

    Args:
        step: number of the verification step (evidence.md section 7), 1 to 8.
        sentence: see `AcuseError`.
        particulars: see `AcuseError`.
    """

    def __init__(self, step: int, sentence: str, /, **particulars: object) -> None:
        super().__init__(sentence, **particulars)
        self.step = step


class Invalid(VerificationError):
    """The proof is wrong: something was altered or does not belong together."""


class CannotTell(VerificationError):
    """The proof lacks something needed for an answer, such as a trust anchor."""
