"""What becomes of a message that did not arrive: again, another way, or nobody can be reached.

The one place that decides it, whether the update comes from the call itself, from a receipt
much later, or from the silence of a process that was killed. Settling twice is settling
once. The case is locked before the message, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app import languages
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import CallEnded, MessageUndeliverable
from app.chain import service as chain
from app.chain import wake
from app.chain.step import TELL_UNTOLD
from app.channels import (
    endpoints,
    finding_store,
    landlines,
    leaving,
    looking_store,
    refusals,
    rules,
    store,
)
from app.channels.providers import named
from app.channels.providers.base import ENDED, OPTED_OUT
from app.channels.sources import SEND, Sent
from app.channels.states import NotSent
from app.counted import families
from app.db.connection import Connection, after_commit
from app.directory import store as directory
from app.languages.language import mark
from app.locality import quiet

log = structlog.get_logger(__name__)

_WISHED = frozenset({OPTED_OUT, NotSent.ASKED_WHETHER, NotSent.EXEMPTION_USED})
"""Nobody is looked for elsewhere who wants no messages, or may not get any."""

_NO_NUMBER = frozenset({NotSent.INVALID_NUMBER, NotSent.NOT_A_MOBILE})
"""What is no better the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryUpdate:
    """What is known about the delivery of a message.

    `state` is the state it should move to: sent, delivered, failed, unknown or suppressed.
    `attempt`, `tries` or `provider`, where given, must still be the message's own: else it is old.
    """

    state: str
    why: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    temporary: bool = False
    attempt: int | None = None
    tries: int | None = None


def settle(conn: Connection, message_id: int, update: DeliveryUpdate, now: datetime) -> str:
    """Record a delivery update and start what follows from it; returns what was done, in one word.

    `sent`, `delivered`, `failed`, `unknown`, `suppressed`: the message has come to that state
    (and goes another way, where there is one); `again`: it waits for another try; `stale`:
    the update changed nothing.
    """
    case_id = finding_store.case_of(conn, message_id)
    case = cases.lock(conn, case_id) if case_id is not None else None
    message = store.lock(conn, message_id)
    if message is None or _is_old(message, update):
        return "stale"
    if update.why == OPTED_OUT and update.state == "failed":
        _refused(conn, message, case, now)
    if update.why == ENDED and update.state == "failed":
        endpoints.take_away(conn, message.recipient, now)
    if update.state in {"sent", "delivered"}:
        store.finish(conn, message.id, update.state, None, update.provider_id, now)
        later = rules.later_keys(
            message.idempotency_key, message.route, len(message.fallback_routes)
        )
        store.suppress_keys(conn, later, NotSent.WENT_ANOTHER_WAY, now)
        done = update.state
    else:
        done = _not_arrived(conn, message, case, update, now)
    families.MESSAGES.add(message.provider or "", message.channel, done)
    log.info(
        "message",
        message_id=message.id,
        case_id=message.case_id,
        request_id=message.request_id,
        channel=message.channel,
        provider=message.provider,
        outcome=done,
        why=update.why,
    )
    return done


def held_up(conn: Connection, message_id: int, now: datetime) -> None:
    """The provider of a message without another way has long been away: others hear of it, once."""
    case_id = finding_store.case_of(conn, message_id)
    case = cases.lock(conn, case_id) if case_id is not None else None
    message = store.lock(conn, message_id)
    if message is None or case is None or message.state != "queued":
        return
    if message.why != NotSent.PROVIDER_AWAY:  # it was told already, or is under way again
        return
    store.say_why(conn, message.id, NotSent.STILL_AWAY)
    if case.closed:
        _end_untold(conn, message, case, now)
    elif not case.arrived:
        chain.follow(conn, [chain.Happened(case, SEND, Sent.UNDELIVERABLE)], now)


def pass_on(conn: Connection, message_id: int, state: str, why: str, now: datetime) -> bool:
    """Use the next channel too, while the message is in this `state`; whether that was done."""
    case_id = finding_store.case_of(conn, message_id)
    if case_id is not None:
        cases.lock(conn, case_id)
    message = store.lock(conn, message_id)
    if message is None or message.state != state or message.withdrawn:
        return False
    looking_store.passed(conn, message.id, why, now)
    return bool(message.fallback_routes) and _another_way(conn, message, now, now, in_doubt=True)


def _another_way(
    conn: Connection, message: store.Message, at: datetime, now: datetime, *, in_doubt: bool
) -> bool:
    """Let it leave by its next way, unless it may have come and is not worth a second time."""
    left = at + _LEAVES_WITHIN
    if in_doubt and message.topic in _SPARE and leaving.could_leave(message, left) > left:
        return False
    key = rules.next_key(message.idempotency_key, message.route)
    store.insert_next(conn, message.id, key, at, now)
    after_commit(wake.soon)
    return True


def _refused(conn: Connection, message: store.Message, case: Case | None, now: datetime) -> None:
    """The provider lets nothing of this shipper through to them any more."""
    said = refusals.Said(
        channel=message.channel,
        recipient=message.recipient,
        why="provider",
        shippers=[case.shipper_id if case and message.audience == "customer" else 0],
        provider=message.provider or "",
        provider_id=message.provider_id or "",
        answered=True,
    )
    refusals.refuse(conn, said, now)


def _is_old(message: store.Message, update: DeliveryUpdate) -> bool:
    if update.attempt not in {None, message.attempt} or update.tries not in {None, message.tries}:
        return True
    arrived = update.state in {"sent", "delivered"}
    if update.tries is not None and message.state == "queued" and not arrived:
        return True  # this call was settled before: its message waits for the next one
    if update.provider not in {None, message.provider}:  # another provider's word
        return True
    if message.tries == 0 and update.attempt is None:  # a receipt for a message that was never sent
        return True
    other_try = (
        update.provider_id is not None
        and message.provider_id is not None
        and update.provider_id != message.provider_id
    )
    if other_try and update.state != "delivered":  # it is about an earlier try, not this one
        return True
    return not rules.forward(message.state, update.state)


def _not_arrived(
    conn: Connection,
    message: store.Message,
    case: Case | None,
    update: DeliveryUpdate,
    now: datetime,
) -> str:
    wait = None if message.withdrawn else _wait(message, case, update, now)
    if wait is not None:
        beyond_usual = _usual_wait(message, update) is None
        if beyond_usual and update.state == "unknown":
            store.say(conn, message.id, f"{_once_more(message)} {message.text}")
        if beyond_usual and case is not None:
            _end_untold(conn, message, case, now)
        store.requeue(conn, message.id, now + wait, update.why)
        after_commit(wake.soon)
        return "again"
    if message.withdrawn and update.temporary:
        store.finish(conn, message.id, "suppressed", message.withdrawn, update.provider_id, now)
        return "suppressed"
    store.finish(conn, message.id, update.state, update.why, update.provider_id, now)
    if update.why == NotSent.NOT_A_MOBILE and case is not None:
        message = landlines.met(conn, message, case, now)
    if case is not None and (last := _came_last(conn, message, update)):
        _end_untold(conn, message, case, now, last)
    if message.channel == "voice" and message.person_id and case is not None:
        _tell_of_call(conn, message.person_id, case, update, now)
    if message.withdrawn or message.state == "unknown":  # of an unknown one this was done then
        return update.state
    if message.fallback_routes:
        at = now + _grace(message, update)
        _another_way(conn, message, at, now, in_doubt=update.state == "unknown")
    else:
        _nobody_reached(conn, message, case, update, now)
    return update.state


def _tell_of_call(
    conn: Connection, person_id: int, case: Case, update: DeliveryUpdate, now: datetime
) -> None:
    """Write into the case's story what came of a call that nobody took anything on in."""
    person = directory.person(conn, person_id)
    facts = CallEnded(person=person.name if person else "Somebody", why=update.why or "")
    cases.note(conn, [cases.Entry(case.id, facts)], now)


_ANSWERS = frozenset({"reply", "no_case", "help"})
"""What says back at once what became of somebody's words."""
_NO_LAST_WORD = _ANSWERS | {"survey", "thanks", "question", "question_late"}
"""What is said after the end and is over as soon as it is said, or has an answer coming."""
_AT_ANY_HOUR = frozenset({"answer", "refusal", "mine", "link"})
"""What leaves at once for somebody who has just done something, also at night."""
_SPARE = frozenset({"reminder", "survey"})
"""What need not be known: in the morning it is not said once more to whoever may have read it."""
_LEAVES_WITHIN = timedelta(minutes=10)
"""So long it may take until a message is on its way; what the night overtakes waits for its end."""
_ENDS = frozenset({"handed_over", "decision", "back_at_sender"})
"""What says how a case ended."""
_ACKNOWLEDGES = _ANSWERS | {"question", "question_late", "booking"}
"""What says that we heard them, what they chose, or by when there is an answer."""
_ONCE_MORE = mark("You may have read this already:")
"""What a message begins with that is said again because nobody knows whether it came."""


def _once_more(message: store.Message) -> str:
    return languages.get(message.language).say(_ONCE_MORE)


def _is_last_word(message: store.Message, case: Case) -> bool:
    """Whether it says to a customer, by the only way there is, what no later word will say."""
    if not case.closed or case.arrived or message.topic in _NO_LAST_WORD:
        return False
    alone = not message.fallback_routes
    return alone and message.audience == "customer" and message.needs_case in {"any", "closed"}


def _end_untold(
    conn: Connection,
    message: store.Message,
    case: Case,
    now: datetime,
    last: int | None = None,
) -> None:
    """Let the shipper hear of it, if nothing has told their customer soon how the case ended.

    `last` is the message that may still turn out to have come; this one, if none is given.
    """
    if message.withdrawn or case.closed_at is None or message.topic not in _ENDS:
        return
    if not _is_last_word(message, case):
        return
    at = max(leaving.could_leave(message, case.closed_at) + rules.HELD_UP_AFTER, now)
    data = {"message": last or message.id}
    chain.arm(conn, [chain.NewStep(case.id, TELL_UNTOLD, at, data, case.request_id)])


def _wait(
    message: store.Message, case: Case | None, update: DeliveryUpdate, now: datetime
) -> timedelta | None:
    wait = _usual_wait(message, update)
    sent = message.state in {"sending", "sent"} and update.state in {"failed", "unknown"}
    if wait or not sent or update.why in _WISHED | _NO_NUMBER:
        return wait
    in_doubt = update.state == "unknown"
    if in_doubt and message.text.startswith(_once_more(message)):
        return None  # it may be there twice by now, and is not said a third time
    called = message.channel == "voice"
    ended = case.closed_at if case is not None and _is_last_word(message, case) else None
    if ended is not None and not called:
        left = leaving.could_leave(message, ended)
        again = rules.last_word_again_in(left, now, in_doubt=in_doubt)
        sleeps = again and now + again - message.created_at >= quiet.AWAKE
        return None if sleeps and message.topic in _AT_ANY_HOUR else again
    heard = _ACKNOWLEDGES if in_doubt else _ANSWERS if message.tries == 1 else ()
    alone = not message.fallback_routes and not called
    own = message.audience == "customer" and alone and message.topic in heard
    return rules.ANSWER_AGAIN_AFTER if own else None


def _usual_wait(message: store.Message, update: DeliveryUpdate) -> timedelta | None:
    if message.channel == "voice" and not message.fallback_routes:
        # that it rang in vain may be heard before it is written down that it was called
        again = rules.ring_again_in(message.audience, update.why, message.tries)
        if again and message.state in {"sending", "sent"}:
            return again
    if message.state != "sending":
        return None
    if update.state == "unknown":
        outcome = "unknown"
    else:
        outcome = "temporary" if update.temporary else "permanent"
    by = named(message.channel, message.recipient, message.provider)
    repeatable = bool(by and by.provider.repeatable)
    return rules.retry_in(message.audience, outcome, message.tries, repeatable=repeatable)


def _grace(message: store.Message, update: DeliveryUpdate) -> timedelta:
    chosen = named(message.channel, message.recipient, message.provider)
    waits = update.state == "unknown" and chosen is not None and chosen.provider.receipts
    return rules.UNKNOWN_GRACE if waits else timedelta()


def _came_last(conn: Connection, message: store.Message, update: DeliveryUpdate) -> int | None:
    """The message that did not arrive by the last way they do not mind; None where they mind all.

    It is this one, or the one by the way before, where nothing may go by this way.
    """
    if update.why not in _WISHED:
        return message.id
    keys = rules.former_keys(message.idempotency_key, message.route)
    return finding_store.failed(conn, keys) if keys else None


def _nobody_reached(
    conn: Connection,
    message: store.Message,
    case: Case | None,
    update: DeliveryUpdate,
    now: datetime,
) -> None:
    """The last way failed. For a customer the chain takes over; a ladder has its own clock."""
    log.warning(
        "message_undeliverable",
        message_id=message.id,
        case_id=message.case_id,
        request_id=message.request_id,
        audience=message.audience,
        channel=message.channel,
        why=update.why,
    )
    if message.audience != "customer" or case is None:
        return
    if case.closed or case.arrived:
        return
    if not _came_last(conn, message, update):
        return
    facts = MessageUndeliverable(
        message_id=message.id,
        topic=message.topic,
        channel=message.channel,
        why=update.why,
    )
    cases.note(conn, [cases.Entry(case.id, facts)], now)
    chain.follow(conn, [chain.Happened(case, SEND, Sent.UNDELIVERABLE)], now)
