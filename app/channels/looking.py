"""Messages of which nothing more is told: their provider is asked, then the next channel is used.

A receipt may stay away, in some countries always. When the policy's time is over, the provider is
asked where it can be; what did not arrive by then, or was not read, goes by the next channel too.
What a message cost is asked for the same way, where no receipt says so.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from app import clock
from app.channels import looking_store as store
from app.channels import providers, receivers, routing
from app.channels.heard import Receipt
from app.channels.providers.base import Polled
from app.channels.states import NotSent
from app.db.connection import connection, transaction

log = structlog.get_logger(__name__)

_AT_ONCE = 50
_HEARD_OF = timedelta(days=60)
"""What its provider tells of an older message is about nothing that still matters."""
PRICED_AFTER = timedelta(minutes=10)
"""Before that a provider does not know what a message costs."""
_PRICE_AGAIN, _PRICE_UNTIL = timedelta(hours=1), timedelta(days=2)


def look_after() -> int:
    """Ask after what is overdue, and pass on what did not arrive; how many messages it was about.

    Call it outside a transaction: providers are asked.
    """
    now, conn = clock.now(), connection()
    store.make_whole(conn, now - _HEARD_OF)
    store.forget_old(conn, now - _HEARD_OF, 20 * _AT_ONCE)
    late = store.unheard(conn, now, _AT_ONCE) + store.unread(conn, now, _AT_ONCE)
    for message in late:
        if not _told(message):
            _pass_on(message)
    unpriced = store.unpriced(
        conn, _asked(), now - PRICED_AFTER, now - _PRICE_AGAIN, now - _PRICE_UNTIL, _AT_ONCE
    )
    for message in unpriced:
        _told(message)
    return len(late) + len(unpriced)


def _asked() -> list[str]:
    """The providers that can be asked."""
    return [one.provider.name for one in providers.all_chosen() if isinstance(one.carrier, Polled)]


def _told(message: store.Sent) -> bool:
    """Ask its provider, and record what it says; whether it is known now how it ended."""
    chosen = providers.named(message.channel, message.recipient, message.provider)
    fact: Receipt | None = None
    if chosen and isinstance(chosen.carrier, Polled):
        try:
            fact = chosen.carrier.look(message.id, message.channel, message.provider_id)
        except Exception as error:  # noqa: BLE001 - asking is a courtesy; its text may hold a number
            log.warning("look_failed", message_id=message.id, error=type(error).__name__)
    with transaction() as conn:
        now = clock.now()
        store.asked(conn, message.id, now)
        if fact is not None:
            receivers.receipt(conn, fact, now)
    if fact is None:
        return False
    return fact.read or (fact.state != "sent" and message.state != "delivered")


def _pass_on(message: store.Sent) -> None:
    why = NotSent.NOT_READ if message.state == "delivered" else NotSent.NO_RECEIPT
    with transaction() as conn:
        if routing.pass_on(conn, message.id, message.state, why, clock.now()):
            log.info("message_passed_on", message_id=message.id, why=why)
