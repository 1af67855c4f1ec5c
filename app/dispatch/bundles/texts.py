"""What a dispatcher reads and hears when several parcels need somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import clock
from app.cases.model import Case
from app.channels.gathering import Words
from app.dispatch import rules, texts
from app.plain import counted
from app.theme import dates

_NAMED = {"email": 60}
_FEW = 3
"""How many parcels a text message names; a mail has room for more."""
MENU = "Press 1 to take all of them on, 2 to pass them on, or 3 to hear this again."


def hint(message_id: int) -> str:
    """How to answer it by a text message; `replies.read` reads what comes."""
    code = rules.code_of(message_id)
    return f"Or reply 1-B{code} to take all, 2-B{code} to pass all on."


def bundle(cases: Sequence[Case], url: str, channel: str, *, personal: bool) -> Words:
    """Say what waits, the oldest first, and by when the first of it is decided by the courier."""
    depots = {case.depot.name for case in cases}
    where = f" at {next(iter(depots))}" if len(depots) == 1 else ""
    much = counted(len(cases), "parcel")
    subject = f"{much}{where}: somebody is needed"
    named = cases[: _NAMED.get(channel, _FEW)]
    lines = [f"{case.parcel.label}: {texts.in_short(case, personal=personal)}" for case in named]
    more = len(cases) - len(named)
    if more:
        lines.append(f"and {more} more")
    listed = "\n" + "\n".join(lines) + "\n" if channel == "email" else f" {'; '.join(lines)}."
    return Words(
        subject,
        f"{subject}.{listed}{_deadline(cases)} Take them on: {url}",
        f"Reknock{where.replace(' at', ', for')}: {much} need somebody. The first: "
        f"{texts.reason(cases[0])}. {MENU}",
    )


def _deadline(cases: Sequence[Case]) -> str:
    due = [(case.act_by, case.depot.zone) for case in cases if case.act_by]
    if not due:
        return ""
    at, zone = min(due)
    return f" Act by {_moment(at, zone)}."


def _moment(at: datetime, zone: str) -> str:
    return dates.say(clock.local(at, zone), "short")
