"""The one error tree.

AcuseError                    everything we raise on purpose
├── ConfigurationError        a setting, a key or a directory is wrong: says what to change
├── InputError                what somebody gave us is wrong: says how to mend it
│   ├── AccessDenied          the caller may not see or do this (and is not told whether it exists)
│   └── OutsideCalendar       a calendar says nothing about the time asked for
├── ConflictError             right, but not in the present state
├── TemporaryError            the world failed; the same again, later, may work
├── PermanentError            the world failed; the same again cannot work
└── VerificationError         a proof was examined
    ├── Invalid               and is wrong
    └── CannotTell            and lacks something needed for an answer
"""

from collections.abc import Mapping


class AcuseError(Exception):
    """Base of every error raised on purpose. The message is one sentence for a person.

    Args:
        sentence: in English, with ``%(name)s`` where a particular stands. It is never put together from parts, so that
            a page can look it up and say it in the reader's language.
        particulars: by name. An error of ours among them, or a tuple of such, is said in the reader's language too.
    """

    def __init__(self, sentence: str = "", /, **particulars: object) -> None:
        super().__init__(self.said(sentence, particulars))
        self.sentence = sentence
        self.particulars = {name: _without_frames(value) for name, value in particulars.items()}

    @staticmethod
    def said(sentence: str, particulars: Mapping[str, object]) -> str:
        """Put particulars into a sentence, this one or its translation."""
        shown = {
            name: " ".join(map(str, value)) if isinstance(value, tuple) else value
            for name, value in particulars.items()
        }
        return sentence % shown if shown else sentence


def _without_frames(value: object) -> object:
    """Return a particular without traceback: one would keep alive, in a cycle, whatever its frames hold."""
    if isinstance(value, tuple):
        return tuple(_without_frames(one) for one in value)
    if isinstance(value, AcuseError):
        return AcuseError(value.sentence, **value.particulars)
    return str(value) if isinstance(value, BaseException) else value


class ConfigurationError(AcuseError):
    """A setting, key or directory is wrong."""


class InputError(AcuseError):
    """Something handed to us is wrong."""


class AccessDenied(InputError):
    """The caller may not see or do this."""


class OutsideCalendar(InputError):
    """A version of a calendar says nothing about the time asked for; one that reaches further may."""


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
