"""What becomes of a message that did not arrive: again, another way, or nobody can be reached.

The one place that decides it, whether the news come from the call itself, from a receipt
much later, or from the silence of a process that was killed. Settling twice is settling
once. The case is locked before the message, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.cases import service as cases
from app.cases.store import Case
from app.chain import service as chain
from app.chain import wake
from app.channels import rules, service, store
from app.channels.providers import provider_for
from app.channels.providers.base import OPTED_OUT
from app.db.connection import Connection, after_commit

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is heard of a message.

    `state` is the state it should move to: sent, delivered, failed, unknown or suppressed.
    `attempt` or `tries`, where given, must still be the message's own: else the news are old.
    """

    state: str
    why: str | None = None
    provider_id: str | None = None
    temporary: bool = False
    attempt: int | None = None
    tries: int | None = None


def settle(conn: Connection, message_id: int, news: News, now: datetime) -> str:
    """Write the news down and see to what follows; what was done, in one word.

    `sent`, `delivered`, `failed`, `unknown`, `suppressed`: the message has come to that state
    (and goes another way, where there is one); `again`: it waits for another try; `stale`:
    the news changed nothing.
    """
    case_id = store.case_of(conn, message_id)
    case = cases.lock(conn, case_id) if case_id is not None else None
    message = store.lock(conn, message_id)
    if message is None or _is_old(message, news):
        return "stale"
    if news.why == OPTED_OUT and news.state == "failed":
        service.opt_out(conn, message.channel, message.recipient, "provider", now)
    if news.state in {"sent", "delivered"}:
        store.finish(conn, message.id, news.state, None, news.provider_id, now)
        later = rules.later_keys(message.once_key, message.route, len(message.then_by))
        store.suppress_keys(conn, later, "went_another_way", now)
        done = news.state
    else:
        done = _not_arrived(conn, message, case, news, now)
    log.info(
        "message",
        message_id=message.id,
        case_id=message.case_id,
        request_id=message.request_id,
        channel=message.channel,
        provider=message.provider,
        outcome=done,
        why=news.why,
    )
    return done


def _is_old(message: store.Message, news: News) -> bool:
    if news.attempt not in {None, message.attempt} or news.tries not in {None, message.tries}:
        return True
    if message.tries == 0 and news.attempt is None:  # a receipt for what was never sent
        return True
    other_try = (
        news.provider_id is not None
        and message.provider_id is not None
        and news.provider_id != message.provider_id
    )
    if other_try and news.state != "delivered":  # a word on an earlier try, not on this one
        return True
    return not rules.forward(message.state, news.state)


def _not_arrived(
    conn: Connection, message: store.Message, case: Case | None, news: News, now: datetime
) -> str:
    wait = None if message.withdrawn else _wait(message, news)
    if wait is not None:
        store.requeue(conn, message.id, now + wait, news.why)
        after_commit(wake.soon)
        return "again"
    if message.withdrawn and news.temporary:
        store.finish(conn, message.id, "suppressed", message.withdrawn, news.provider_id, now)
        return "suppressed"
    store.finish(conn, message.id, news.state, news.why, news.provider_id, now)
    if message.withdrawn or message.state == "unknown":  # of an unknown one this was done then
        return news.state
    if message.then_by:
        key = rules.next_key(message.once_key, message.route)
        store.insert_next(conn, message.id, key, now + _grace(message, news), now)
        after_commit(wake.soon)
    else:
        _nobody_reached(conn, message, case, news, now)
    return news.state


def _wait(message: store.Message, news: News) -> timedelta | None:
    if message.state != "sending":
        return None
    if news.state == "unknown":
        outcome = "unknown"
    else:
        outcome = "temporary" if news.temporary else "permanent"
    carrier = provider_for(message.channel)
    repeatable = carrier is not None and carrier.name == message.provider and carrier.repeatable
    return rules.retry_in(message.audience, outcome, message.tries, repeatable=repeatable)


def _grace(message: store.Message, news: News) -> timedelta:
    carrier = provider_for(message.channel)
    waits = news.state == "unknown" and carrier is not None and carrier.receipts
    return rules.UNKNOWN_GRACE if waits else timedelta()


def _nobody_reached(
    conn: Connection, message: store.Message, case: Case | None, news: News, now: datetime
) -> None:
    """The last way failed. For a customer the chain takes over; a ladder has its own clock."""
    log.warning(
        "message_undeliverable",
        message_id=message.id,
        case_id=message.case_id,
        request_id=message.request_id,
        audience=message.audience,
        channel=message.channel,
        why=news.why,
    )
    if message.audience != "customer" or case is None:
        return
    if case.state == "closed" or case.delivered_at is not None:
        return
    facts = {
        "message_id": message.id,
        "topic": message.topic,
        "channel": message.channel,
        "why": news.why,
    }
    entry = cases.Entry(case_id=case.id, kind="message_undeliverable", facts=facts)
    cases.note(conn, [entry], now)
    chain.follow(conn, [chain.Happened(case, "send", "undeliverable")], now)
