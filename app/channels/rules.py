"""Pure decisions about messages: may it go now, what follows when it did not arrive.

`now` is an argument and nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.cases.model import CaseState
from app.channels.states import NotSent

RANK = {
    "queued": 0,
    "sending": 1,
    "unknown": 2,
    "sent": 3,
    "failed": 4,
    "delivered": 5,
    "suppressed": 6,
}
"""States only move to a higher rank. A delivery is the strongest word a provider has, so it
stands against a failure whichever comes first. Only a repeat goes back, to `queued`."""

RETRY_AFTER: Mapping[str, Sequence[timedelta]] = {
    # A dispatcher's next channel, and after it the next level, is nearer than a provider's
    # recovery: two quick repeats for a hiccup, then another way.
    "dispatcher": (timedelta(seconds=5), timedelta(seconds=20)),
    # A customer has one best channel and hours, not seconds: five seconds for a dropped
    # connection, thirty for a rate limit, then the length of a provider's restart and of a
    # short outage (and of somebody mending the account), before a lesser channel is used.
    "customer": (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
    ),
    "shipper": (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
    ),
}
"""How long to wait before each further try with the same provider; then the next way."""

UNKNOWN_GRACE = timedelta(seconds=20)
"""How long the next way waits after an unknown result, when the provider gives receipts: one
that comes within seconds settles the matter, and nobody is told twice."""

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
LOOKS_BACK = _WEEK + _DAY
"""Messages that were written no longer ago count against an `Allowance`: they may have waited."""

CALLS_AT_MOST: Sequence[tuple[timedelta, int]] = (
    (timedelta(minutes=15), 3),
    (timedelta(hours=1), 7),
    (timedelta(hours=3), 15),
)
"""How often one telephone may ring in so long: more drowns a person, and carriers block whoever
calls like that."""
CALLS_LOOK_BACK = max(span for span, _ in CALLS_AT_MOST)

STALE_AFTER = timedelta(seconds=60)
"""Machine time after which a message in `sending` counts as nobody's: by then the slowest call
is over (SMTP, 55 s at the very worst). A record that comes later still is heeded."""


def why_not(
    needs_case: str,
    case_state: str,
    *,
    delivered: bool,
    not_after: datetime | None,
    now: datetime,
) -> NotSent | None:
    """Why a message is not wanted any more at this moment; None when it still is."""
    if needs_case == "open" and delivered:
        return NotSent.DELIVERED
    if needs_case == "open" and case_state == CaseState.CLOSED:
        return NotSent.CASE_CLOSED
    if needs_case == "closed" and case_state != CaseState.CLOSED:
        return NotSent.CASE_OPEN
    if not_after is not None and now > not_after:
        return NotSent.TOO_LATE
    return None


def retry_in(
    audience: str, outcome: str, tries: int, *, repeatable: bool = False
) -> timedelta | None:
    """How long until the same way is tried again; None when it is not.

    `outcome` is `temporary` (refused for now, certainly not sent), `permanent` or `unknown`
    (it may have arrived); `tries` counts the calls so far. An unknown one is repeated only
    to a dispatcher, or when the provider lets nothing happen twice (`repeatable`).
    """
    if outcome == "unknown":
        again = audience == "dispatcher" or repeatable
    else:
        again = outcome == "temporary"
    waits = RETRY_AFTER[audience]
    return waits[tries - 1] if again and 1 <= tries <= len(waits) else None


RINGS_AGAIN_AFTER: Sequence[timedelta] = (timedelta(minutes=30), timedelta(minutes=45))
"""When a customer who has nothing but a telephone is called once more, after one that rang."""


def ring_again_in(audience: str, why: str | None, tries: int) -> timedelta | None:
    """How long until a customer who was not there is called again; None when they are not."""
    if audience != "customer" or why not in {NotSent.NO_ANSWER, NotSent.BUSY}:
        return None
    return RINGS_AGAIN_AFTER[tries - 1] if 1 <= tries <= len(RINGS_AGAIN_AFTER) else None


LAST_WORD_AGAIN: Sequence[timedelta] = (
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=14),
    timedelta(hours=26),
)
"""How long after the first try a customer who has no other way is told once more how their case
ended, after a word that did not arrive: no later word says it."""
IN_DOUBT_AGAIN = LAST_WORD_AGAIN[1:]
"""After one of which nobody knows whether it came it is said once more and no more than that, when
what was away is likely to be back: twice is better than never."""


def last_word_again_in(leaves: datetime, now: datetime, *, in_doubt: bool) -> timedelta | None:
    """How long until a last word that left then is said once more; None when it is not."""
    waits = IN_DOUBT_AGAIN if in_doubt else LAST_WORD_AGAIN
    left = (leaves + after - now for after in waits)
    return next((wait for wait in left if wait > timedelta()), None)


HELD_UP_AFTER = timedelta(hours=1)
"""So long after a customer's message could have left, if it has no other way and did not get
through, somebody else hears of it: no hour that was promised passes with nobody knowing."""


ANSWER_AGAIN_AFTER = timedelta(minutes=5)
"""When somebody who wrote or chose, and has no other way, is answered once more where it did not
arrive, or nobody knows: they have their telephone in their hands."""


LEFT_AT_ONCE = timedelta(minutes=10)
"""What left so soon after it was written left at once."""


def reminds_at(came: datetime | None, after: timedelta, now: datetime) -> datetime:
    """When somebody may be reminded, so long `after` it, of what came then; None: it never will.

    At the earliest now, where it is time by when it was written.
    """
    at = came + after if came else now
    return at if at > now + LEFT_AT_ONCE else now


class Allowance(NamedTuple):
    """How many messages about one parcel a customer may get without having asked for them."""

    a_day: int
    a_week: int


def has_room(sent: Sequence[datetime], allowance: Allowance, at: datetime) -> bool:
    """Whether one more message at this moment, after those `sent`, is within the allowance."""
    days = sum(timedelta() <= at - one < _DAY for one in sent)
    weeks = sum(timedelta() <= at - one < _WEEK for one in sent)
    return days < allowance.a_day and weeks < allowance.a_week


def room_at(sent: Sequence[datetime], allowance: Allowance, at: datetime) -> datetime:
    """The first moment from `at` on at which there is room, if nothing is sent until then."""
    later = sorted(at_least for one in sent for at_least in (one + _DAY, one + _WEEK))
    moments = [at, *(moment for moment in later if moment > at)]
    return next(moment for moment in moments if has_room(sent, allowance, moment))


def may_ring(rung: Sequence[datetime], now: datetime) -> bool:
    """Whether a telephone may ring now that rang at these moments."""
    return all(sum(at > now - span for at in rung) < most for span, most in CALLS_AT_MOST)


def forward(state: str, update: str) -> bool:
    """Whether a message in `state` moves on when its state is said to be `update`."""
    return RANK[update] > RANK[state]


def next_key(idempotency_key: str, route: int) -> str:
    """The idempotency key of the message by the next route, after the one by `route`.

    The first route's key is the caller's own; the second is that with `:2`, and so on.
    """
    first = idempotency_key if route == 1 else idempotency_key.removesuffix(f":{route}")
    return f"{first}:{route + 1}"


def former_keys(idempotency_key: str, route: int) -> list[str]:
    """The idempotency keys of all routes that came before this one."""
    first = idempotency_key.removesuffix(f":{route}") if route > 1 else idempotency_key
    return [first, *(f"{first}:{way}" for way in range(2, route))] if route > 1 else []


def later_keys(idempotency_key: str, route: int, ways_left: int) -> list[str]:
    """The idempotency keys of all routes that come after this one."""
    keys = []
    for way in range(route, route + ways_left):
        idempotency_key = next_key(idempotency_key, way)
        keys.append(idempotency_key)
    return keys


def normal(channel: str, recipient: str) -> str:
    """A recipient as opt-outs know it: two spellings of one mailbox are one."""
    return recipient.strip().lower() if channel == "email" else recipient.strip()
