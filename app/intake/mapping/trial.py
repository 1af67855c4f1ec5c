"""Tries a body without keeping anything: what each field would become, and what of the whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Mapping as Headers
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple, cast

from werkzeug.datastructures import Headers as RequestHeaders

from app.errors import Problem
from app.intake import bodies, service
from app.intake.event import OPENING, Account, Event, Incoming, SignatureRefused, Unreadable
from app.intake.mapping import reading
from app.intake.mapping.model import FIELDS, Mapping, Signature
from app.intake.mapping.schema import of

_LONGEST_SHOWN = 120
_LONGEST_KEY_SHOWN = 40  # longer ones are digests


class Line(NamedTuple):
    """What one field became, in words."""

    field: str
    became: str
    """Empty if it stays empty."""
    where: str
    """The path that gave it."""
    stood: str
    """What stood there, if that looks different."""
    note: str
    """The row of the table, the default, or what is missing."""


@dataclass(slots=True)
class Tried:
    """One event of the body."""

    lines: list[Line]
    faults: list[str] = field(default_factory=list)
    event: Event | None = None


@dataclass(slots=True)
class Trial:
    """What would become of a webhook with this body."""

    verdict: str
    """`accepted`, `ignored`, `quarantined` or `refused`."""
    why: str
    signature: str
    """What is known of the signature: genuine, wrong, or not checked."""
    events: list[Tried] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    """Fields that the mapping does not fill."""


def run(
    account: Account,
    raw: bytes,
    headers: Headers[str, str],
    received_at: datetime,
    *,
    believe: bool,
) -> Trial:
    """Try a body as it would come to this account; with `believe`, whoever sent it.

    Raises:
        Problem: 422, the account's mapping cannot be used.
    """
    incoming = Incoming(
        headers=cast("Headers[str, str]", RequestHeaders(dict(headers))),
        query={},
        raw=raw,
        received_at=received_at,
    )
    mapping = of(account.config) if account.courier == "custom" else None
    trial = Trial("refused", "", "not checked")
    if mapping is not None:
        trial.unmapped = [
            name for name in FIELDS if name not in mapping.fields and name not in mapping.defaults
        ]
    if not believe:
        try:
            service.verify(account, incoming)
        except SignatureRefused as refused:
            trial.why = trial.signature = f"{refused.detail} [{refused.code}]"
            return trial
        trial.signature = "genuine"
    try:
        incoming, body = bodies.opened(incoming)
    except Problem as problem:
        trial.why = problem.detail
        return trial
    except Unreadable as error:
        trial.verdict, trial.why = _verdict([], [error.reason])
        return trial
    try:
        trial.events = _events(account, mapping, body, incoming)
        faults = [fault for tried in trial.events for fault in tried.faults]
    except Unreadable as error:
        faults = [error.reason]
    except Exception as error:  # noqa: BLE001 - as of a webhook: an adapter's mistake loses nothing
        faults = [f"adapter failed: {error!r}"]
    trial.verdict, trial.why = _verdict(trial.events, faults)
    return trial


def shared_key(trials: Iterable[Trial]) -> str | None:
    """A key that two of these bodies have although they say different things, if there is one.

    The second of them would not be taken: a key that came before is a repetition.
    """
    known: dict[str, Event] = {}
    for trial in trials:
        for event in [tried.event for tried in trial.events if tried.event]:
            before = known.setdefault(event.key, event)
            if before != event:
                return event.key
    return None


def describe(rule: Signature) -> str:
    """How a sender shows who it is, in one line."""
    after = f" after {rule.prefix!r}" if rule.prefix else ""
    if rule.scheme == "token":
        return f"the secret itself in {rule.header}{after}"
    if rule.scheme == "basic":
        return f"basic auth as {rule.user}, the secret is the password"
    signed = "the body" if rule.signed == ("{body}",) else json.dumps("".join(rule.signed))
    key = "" if rule.key == "text" else f", the secret is {rule.key}"
    return (
        f"HMAC-{rule.algorithm.upper()} of {signed} as {rule.encoding} in {rule.header}{after}{key}"
    )


def _events(
    account: Account, mapping: Mapping | None, body: Any, incoming: Incoming
) -> list[Tried]:
    if mapping is None:
        events = bodies.read(body, account, incoming)
        return [Tried(_lines(event), event=event) for event in events]
    return [
        Tried([_line(cell) for cell in read.cells], read.faults, read.event)
        for read in reading.read(mapping, body, account, incoming)
    ]


def _verdict(events: list[Tried], faults: list[str]) -> tuple[str, str]:
    if faults:
        return "quarantined", f"It is kept and can be replayed, but not read: {'; '.join(faults)}."
    kinds = [tried.event.kind for tried in events if tried.event]
    opening = [kind for kind in kinds if kind in OPENING]
    if opening:
        return "accepted", f"It opens a case ({opening[0]}), or joins the one that is open."
    if "delivered" in kinds:
        return "accepted", "The parcel was delivered: it closes the case, if there is one."
    if kinds:
        return "ignored", f"It is understood and no failure ({kinds[0]}): the parcel is updated."
    return "ignored", "It is about no parcel."


def _line(cell: reading.Cell) -> Line:
    became, stood = _text(cell.value), _text(cell.raw)
    if cell.field == "key" and len(became) > _LONGEST_KEY_SHOWN:
        became = became[:_LONGEST_KEY_SHOWN] + "…"
    return Line(cell.field, became, cell.where, stood if stood != became else "", cell.note)


def _lines(event: Event) -> list[Line]:
    values = [(one.name, getattr(event, one.name)) for one in fields(event)]
    flat = [pair for name, value in values for pair in _parts(name, value)]
    return [Line(name, _text(value), "", "", "") for name, value in flat]


def _parts(name: str, value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else [(name, value)]


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
