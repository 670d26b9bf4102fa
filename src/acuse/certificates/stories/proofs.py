"""Sections 6 and 7: digests, checkpoint, time stamps, seal; and the steps that need nothing of ours.

The steps are data: every command in them runs against the very document that prints it, and a test takes them from
here and does so.
"""

from collections.abc import Sequence
from typing import Any

from acuse.certificates.stories.context import EmbeddedFile, TimeStampShown
from acuse.certificates.stories.moments import number, utc_date, utc_stamp
from acuse.certificates.stories.runs import Run, Runs, foreign, mono, own, wrapped
from acuse.certificates.stories.told import Told
from acuse.proof.report import DEVELOPMENT_WORDS

TIME_STAMP_ANCHOR = "tsa.pem"
SEAL_ANCHOR = "seal.pem"
LOG_KEY = "log.vkey"

_NOTE_COLUMNS = 72
_COMMAND_COLUMNS = 89


def integrity(case: Told, *, receipt: bool = False) -> dict[str, Any]:
    """Return section 6.

    Args:
        case: what is told.
        receipt: the document is a receipt, which waits for no time stamp and has no later revision.
    """
    context = case.context
    last = case.facts[-1]
    rows = [{"name": [mono(file.name)], "sha256": file.sha256} for file in (*context.files, *context.elsewhere)]
    sequence = number(last.fact.subject_sequence)
    if last.position is None:
        name = case.say("integrity.fact.unpublished", number=sequence)
    else:
        name = case.say("integrity.fact", number=sequence, position=number(last.position))
    rows.append({"name": name, "sha256": last.fact.entry().hex()})
    if context.checkpoint is not None:
        size = number(context.checkpoint.size)
        rows.append({"name": case.say("integrity.root", size=size), "sha256": context.checkpoint.root})
    return {
        "number": "6",
        "title": case.word("integrity.title"),
        "introduction": case.say("integrity.introduction"),
        "header": [case.word("integrity.file"), case.word("integrity.digest")],
        "digests": rows,
        "rows": [
            {"label": case.word("integrity.checkpoint"), "parts": [_checkpoint(case)]},
            *({"label": case.word("integrity.stamp"), "parts": [_line(runs)]} for runs in _stamps(case, receipt)),
            {"label": case.word("integrity.seal"), "parts": [_line(_seal(case))]},
        ],
    }


def _line(runs: Runs) -> dict[str, Any]:
    return {"kind": "line", "runs": runs}


def _checkpoint(case: Told) -> dict[str, Any]:
    checkpoint = case.context.checkpoint
    if checkpoint is None:
        return _line(case.say("integrity.checkpoint.none"))
    return {"kind": "verbatim", "lines": wrapped(checkpoint.note, _NOTE_COLUMNS)}


def _stamps(case: Told, receipt: bool) -> list[Runs]:
    stamps = case.context.time_stamps
    if stamps:
        return [_stamp(case, stamp) for stamp in stamps]
    if receipt:
        return [case.say("integrity.stamp.none.receipt" if case.context.lowered else "integrity.stamp.later.receipt")]
    return [case.say("integrity.stamp.none" if case.context.lowered else "integrity.stamp.later")]


def _stamp(case: Told, stamp: TimeStampShown) -> Runs:
    accuracy = f" ± {stamp.accuracy:g} s" if stamp.accuracy is not None else ""
    said = case.say(
        "integrity.stamp.is",
        time=utc_stamp(stamp.time, case.context.language),
        accuracy=accuracy,
        authority=foreign(stamp.authority, limit=120),
    )
    marked = [own(f" · {case.word('development')}")] if case.context.development else []
    return [*said, mono(stamp.serial), *marked]


def _seal(case: Told) -> Runs:
    seal = case.context.seal
    subject: Runs = [foreign(seal.subject.name, limit=120)]
    if seal.subject.tax_id:
        subject += [own(" ("), *case.say("parties.tax_id", tax_id=foreign(seal.subject.tax_id)), own(")")]
    said = case.say("integrity.seal.is", subject=subject, issuer=foreign(seal.issuer, limit=120))
    until = utc_date(seal.valid_until, case.context.language)
    return [*said, mono(seal.serial), *case.say("integrity.seal.until", until=until, level=case.context.level)]


def verification(case: Told, *, document: str, headline: str, meaning: Sequence[Run] = ()) -> dict[str, Any]:
    """Return section 7.

    Args:
        case: what is told.
        document: file name of this document in the commands.
        headline: what the verifier says, as the last step expects it.
        meaning: what that means in the document's language, where it is another.
    """
    context = case.context
    anchors = case.say(
        "verify.anchors" if _needs_stamps(case) else "verify.anchors.seal",
        anchor=mono(TIME_STAMP_ANCHOR),
        seal_anchor=mono(SEAL_ANCHOR),
    )
    return {
        "number": "7",
        "title": case.word("verify.title"),
        "introduction": case.say(
            "verify.introduction.elsewhere" if context.elsewhere else "verify.introduction",
            code=mono(context.code),
            address=own(context.verification_address),
        ),
        "files_title": case.word("verify.files"),
        "files_header": [case.word("verify.file"), case.word("verify.what"), case.word("verify.size")],
        "files": [_file(case, file) for file in context.files],
        "files_note": case.say("verify.elsewhere", names=_names(context.elsewhere)) if context.elsewhere else None,
        "steps_title": case.word("verify.steps"),
        "expected": case.word("verify.expected"),
        "steps": _steps(case, document, headline, meaning),
        "anchors": anchors,
    }


def _names(files: Sequence[EmbeddedFile]) -> Runs:
    runs: Runs = []
    for file in files:
        runs += [*([own(", ")] if runs else []), mono(file.name)]
    return runs


def _file(case: Told, file: EmbeddedFile) -> dict[str, str]:
    key = f"file.{file.role}"
    what = case.say(key if case.has(key) else "file.other", number=number(file.number or 0))
    size = case.say("bytes", count=number(file.size))
    return {"name": file.name, "what": _words(what), "size": _words(size)}


def _words(runs: Runs) -> str:
    return "".join(str(run["t"]) for run in runs)


def _steps(case: Told, document: str, headline: str, meaning: Sequence[Run]) -> list[dict[str, Any]]:
    names = {file.role: file.name for file in case.context.files}
    first = case.context.files[0].name if case.context.files else document
    windows = mono(f"certutil -hashfile {first} SHA256")
    steps = [
        _step(case, "seal", [f"pdfsig {document}"], seal=foreign(case.context.seal.subject.name, limit=60)),
        _step(case, "files", [f"pdfdetach -saveall {document}", *_digest_commands(case)], windows=windows),
    ]
    if "token" in names and "checkpoint" in names:
        command = (
            f"openssl ts -verify -token_in -in {names['token']} -data {names['checkpoint']} -CAfile {TIME_STAMP_ANCHOR}"
        )
        steps.append(_step(case, "stamp", [command], anchor=mono(TIME_STAMP_ANCHOR)))
    if "proof" in names:
        anchors = (TIME_STAMP_ANCHOR,) if _needs_stamps(case) else ()
        trust = " ".join(f"--trust {name}" for name in (*anchors, SEAL_ANCHOR, LOG_KEY))
        found = f"{document}: valid" + (f" – {DEVELOPMENT_WORDS}" if case.context.development else "")
        step = _step(case, "verdict", [f"acuse verify {document} {trust}"], found=found, headline=headline)
        if "token" not in names:
            step["expected"] = case.say("step.verdict.expected.unstamped", found=found, headline=headline)
        warned = case.say("step.verdict.development") if case.context.development else []
        steps.append({**step, "expected": [*step["expected"], *warned, *meaning]})
    return steps


def _needs_stamps(case: Told) -> bool:
    """Return whether a time stamp is to be checked: over the checkpoint inside, or of the seal from level B-T on."""
    return case.context.level != "B-B" or any(file.role == "token" for file in case.context.files)


def _step(case: Told, name: str, commands: list[str], **slots: Any) -> dict[str, Any]:
    return {
        "title": case.word(f"step.{name}.title"),
        "line": case.say(f"step.{name}.line", **slots),
        "commands": commands,
        "expected": case.say(f"step.{name}.expected", **slots),
    }


def _digest_commands(case: Told) -> list[str]:
    """Name every file, in as many commands as lines are needed: none is ever broken."""
    commands: list[str] = []
    for file in case.context.files:
        if commands and len(commands[-1]) + len(file.name) < _COMMAND_COLUMNS:
            commands[-1] += f" {file.name}"
        else:
            commands.append(f"sha256sum {file.name}")
    return commands
