"""Sending one message to one recipient, and saying exactly what came of it.

Stages and what a failure at each means:

connect, tls, ehlo, auth   nothing was named yet: the next address is tried; in the end deferred, whatever the code
mail, rcpt, data (command) 4xx deferred, 5xx refused
content                    broken before the final dot: deferred; a reply: as its code says
after the final dot        a reply decides; no reply: unknown, because the server may have the message
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TypedDict

from acuse.channels.base import EmailDispatch, Json, Outcome, Reply, Result
from acuse.channels.dns import DnsUnavailable, DomainNotFound, NoMailDomain, Resolver, Route
from acuse.channels.email.demands import Demands, MtaSts
from acuse.channels.email.exchangers import Smarthost, peers_of, route_of, smarthost_peers, target_of
from acuse.channels.email.mta_sts import MemoryStore, PolicyStore
from acuse.channels.email.policies import Tls, Trust, applied
from acuse.channels.email.pool import Gate, Pool, Reuse
from acuse.channels.email.session import (
    Peer,
    PolicyUnmet,
    Rejected,
    Session,
    TlsFailed,
    Transaction,
    check_dispatch,
    check_message,
)
from acuse.channels.email.transcript import Transcript
from acuse.channels.email.wire import Broken, Timeouts
from acuse.errors import InputError, PermanentError
from acuse.mail import failures

_MAX_DIALOGUES = 2  # servers that answered "not now" before we leave it for the next attempt
_TAKEN = "The server took responsibility for the message."


class _Options(TypedDict):
    """What every connection of one send shares."""

    transcript: Transcript
    timeouts: Timeouts
    trust: Trust
    ends_at: float


class EmailChannel:
    """Sends mail to the recipient's exchangers, or through a smarthost. Thread-safe.

    Args:
        resolver: where mail goes. helo: our name in EHLO, ASCII. port: of the exchangers.
        policies: where the MTA-STS policies of domains are kept; this process alone unless given.
        policies_port: where domains serve them.
        smarthost: where set, everything goes there and the recipient's domain is not looked up.
        trust: roots for judging peers' certificates; the system's unless given.
        per_domain: messages in flight to one domain at once; wait: seconds a message waits for its turn.
        reuse: how connections are kept between messages.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        helo: str,
        port: int = 25,
        policies: PolicyStore | None = None,
        policies_port: int = 443,
        smarthost: Smarthost | None = None,
        timeouts: Timeouts | None = None,
        trust: Trust | None = None,
        per_domain: int = 10,
        wait: float = 60,
        reuse: Reuse | None = None,
    ) -> None:
        self._resolver = resolver
        self._helo = helo
        self._port = port
        self._smarthost = smarthost
        self._timeouts = timeouts or Timeouts()
        self._trust = trust if trust is not None else Trust.of_system()
        self._wait = wait
        self._demands = Demands(
            resolver, MtaSts(resolver, self._trust, policies or MemoryStore(), port=policies_port), port=port
        )
        self._gate = Gate(per_domain)
        self._pool = Pool(reuse or Reuse())

    def send(self, dispatch: EmailDispatch) -> Outcome:
        """Try once: every address in order until one decides.

        Raises:
            InputError: the envelope itself is impossible (see session.check_dispatch); nothing was sent.
        """
        check_dispatch(dispatch)
        ends_at = time.monotonic() + self._timeouts.total
        wait = min(self._wait, self._timeouts.total)
        with self._gate.enter(target_of(dispatch.recipient, self._smarthost), wait) as entered:
            if not entered:
                return _local(Result.DEFERRED, failures.THROTTLED, "Too many messages to this domain were in flight.")
            return replace(self._send(dispatch, ends_at), via="smarthost" if self._smarthost else None)

    def close(self) -> None:
        """Close every kept connection. Messages in flight end by themselves."""
        self._pool.sweep(everything=True)

    def sweep(self) -> None:
        """Close connections that have been idle too long; `send` does it too."""
        self._pool.sweep()

    def _send(self, dispatch: EmailDispatch, ends_at: float) -> Outcome:
        transcript = Transcript()
        try:
            check_message(dispatch.message)
            route = route_of(self._resolver, dispatch.recipient, self._smarthost)
        except InputError as error:
            return _local(Result.REFUSED, failures.OTHER, str(error), final=True)
        except (DnsUnavailable, PermanentError) as error:
            return self._without_route(error, transcript)
        answers = route.to_json()
        transcript.add("dns", answers=answers)
        deferred: Outcome | None = None
        dialogues = 0
        for peer in self._peers(route, dispatch):
            outcome = replace(self._try(peer, dispatch, transcript, ends_at), dns=answers)
            if outcome.result is not Result.DEFERRED:
                return replace(outcome, transcript=transcript.to_bytes())
            if deferred is None or outcome.reply is not None:
                deferred = outcome
            dialogues += outcome.reply is not None
            if dialogues >= _MAX_DIALOGUES or time.monotonic() >= ends_at:
                break
        if deferred is None:  # a route always has an address; said here so that no caller has to trust it
            deferred = _local(Result.DEFERRED, failures.SERVER_UNAVAILABLE, "The domain's servers have no address.")
        return replace(deferred, dns=answers, transcript=transcript.to_bytes())

    def _peers(self, route: Route, dispatch: EmailDispatch) -> Iterator[Peer]:
        if self._smarthost is not None:
            return smarthost_peers(route, self._smarthost, self._helo)
        domain = target_of(dispatch.recipient, None)
        policy_of = partial(self._demands.of, domain)
        return peers_of(route, port=self._port, helo=self._helo, policy_of=policy_of)

    def _without_route(self, error: DnsUnavailable | PermanentError, transcript: Transcript) -> Outcome:
        transcript.add("dns", text=str(error))
        # a smarthost that cannot be found is a fault of the installation and says nothing about the recipient
        final = isinstance(error, PermanentError) and self._smarthost is None
        outcome = _local(
            Result.REFUSED if final else Result.DEFERRED,
            _class_for_good(error) if final else failures.SERVER_UNAVAILABLE,
            str(error),
            final=final,
        )
        return replace(outcome, transcript=transcript.to_bytes(), stage="dns")

    def _try(self, peer: Peer, dispatch: EmailDispatch, transcript: Transcript, ends_at: float) -> Outcome:
        session: Session | None = None
        if peer.policy and peer.policy.binding and peer.policy.barred:
            return _unmet(peer, PolicyUnmet(peer.policy.barred, None), transcript, stage="dns")
        try:
            session = self._session(peer, transcript, ends_at)
            impossible = _impossible(session, dispatch)
            outcome = impossible or _outcome(session, session.transact(dispatch))
        except Rejected as error:
            failure_class = _classified(error.reply, peer.host).failure_class
            outcome = _at(peer, None, result=Result.DEFERRED, failure_class=failure_class, reason=str(error))
            return replace(outcome, reply=error.reply, stage=error.reply.stage)
        except Broken as error:
            if peer.policy and isinstance(error, PolicyUnmet | TlsFailed):
                return _unmet(peer, error, transcript, stage="tls")
            transcript.add("connect", text=str(error))
            lost = failures.SERVER_UNAVAILABLE
            outcome = _at(peer, session, result=Result.DEFERRED, failure_class=lost, reason=str(error))
            return replace(outcome, stage=session.wire.stage if session else "connect")
        finally:
            if session is not None:
                self._pool.give_back(session)
        return outcome

    def _session(self, peer: Peer, transcript: Transcript, ends_at: float) -> Session:
        kept = self._pool.take(peer)
        while kept is not None:
            probe = Transcript(kept.opening)
            probe.add("connect", text="kept connection used again")
            if kept.begin(probe, ends_at):
                transcript.extend(probe.events())
                kept.wire.transcript = transcript
                return kept
            kept.quit()
            kept = self._pool.take(peer)
        options = _Options(transcript=transcript, timeouts=self._timeouts, trust=self._trust, ends_at=ends_at)
        try:
            return Session.connect(peer, **options)
        except TlsFailed:
            if peer.tls is not Tls.OPPORTUNISTIC:
                raise
        # RFC 7435: in plain, over a new connection, rather than not at all; the transcript shows both
        return Session.connect(peer, **options, use_tls=False)


def _class_for_good(error: Exception) -> str:
    if isinstance(error, DomainNotFound):
        return failures.DOMAIN_NOT_FOUND
    return failures.NO_MAIL_DOMAIN if isinstance(error, NoMailDomain) else failures.OTHER


def _impossible(session: Session, dispatch: EmailDispatch) -> Outcome | None:
    """Refuse what this server cannot carry unaltered: a converted message would lose its signatures and its digest."""
    limit = session.size_limit()
    size = len(dispatch.message)
    if limit is not None and size > limit:
        failure_class, reason = failures.TOO_BIG, f"5.3.4 The server takes {limit} bytes and the message has {size}."
    elif dispatch.smtputf8 and "SMTPUTF8" not in session.extensions:
        failure_class = failures.OTHER
        reason = "5.6.7 The message or an address needs SMTPUTF8, which the server does not offer."
    elif dispatch.eight_bit and "8BITMIME" not in session.extensions:
        failure_class = failures.OTHER
        reason = "5.6.3 The message has 8-bit content, which the server does not take."
    else:
        return None
    outcome = _at(session.peer, session, result=Result.REFUSED, failure_class=failure_class, reason=reason)
    return replace(outcome, final_locally=True, stage="ehlo")


def _unmet(peer: Peer, error: PolicyUnmet | TlsFailed, transcript: Transcript, *, stage: str) -> Outcome:
    """Put off what may not be sent over such a connection, nor to such a host; nothing of the message has left."""
    finding = str(error)
    said = applied(peer.tls, peer.policy, finding)
    transcript.add("policy", host=peer.host, applied=said)
    name = "DANE" if said["kind"] == "dane" else "MTA-STS"
    reason = f"Nothing was sent, because the connection is not as the recipient's domain asks by {name}: {finding}"
    lost = failures.SERVER_UNAVAILABLE
    outcome = _at(peer, None, result=Result.DEFERRED, failure_class=lost, reason=reason)
    return replace(outcome, stage=stage, policy=said, tls=error.tls if isinstance(error, PolicyUnmet) else None)


def _outcome(session: Session, ended: Transaction) -> Outcome:
    """Turn the end of a transaction into what it means."""
    reply = ended.reply
    if reply is None:
        result, failure_class = Result.UNKNOWN, failures.UNDETERMINED
    elif ended.accepted:
        outcome = _at(session.peer, session, result=Result.RELAYED, failure_class=None, reason=_TAKEN)
        return replace(outcome, reply=reply, stage="data")
    else:
        failure = _classified(reply, session.peer.host)
        result = Result.REFUSED if failure.permanent else Result.DEFERRED
        failure_class = failure.failure_class
    outcome = _at(session.peer, session, result=result, failure_class=failure_class, reason=ended.reason)
    return replace(outcome, reply=reply, stage=reply.stage if reply else "data")


def _classified(reply: Reply, host: str) -> failures.Failure:
    text = reply.text.decode("utf-8", "replace")
    return failures.classify(stage=reply.stage, code=reply.code, enhanced=reply.enhanced, text=text, host=host)


def _at(peer: Peer, session: Session | None, *, result: Result, failure_class: str | None, reason: str) -> Outcome:
    return Outcome(
        result=result,
        failure_class=failure_class,
        reply=None,
        reason=reason,
        host=peer.host,
        address=peer.endpoint,
        tls=session.tls if session else None,
        policy=applied(peer.tls, peer.policy, session.finding if session else None),
        dns={},
        dsn_supported="DSN" in session.extensions if session else False,
        transcript=b"",
        stage="connect",
    )


def _local(result: Result, failure_class: str, reason: str, *, final: bool = False) -> Outcome:
    none: Json = {"mx": [], "secure": False}
    return Outcome(
        result=result,
        failure_class=failure_class,
        reply=None,
        reason=reason,
        host=None,
        address=None,
        tls=None,
        dns=none,
        dsn_supported=False,
        transcript=b"",
        final_locally=final,
        stage="local",
    )
