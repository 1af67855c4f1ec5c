"""What people wrote while we could not be reached is fetched from the providers that keep it.

A callback that found nobody here is repeated for some seconds only; afterwards a customer's
"STOP", or "blue door, after five", would be lost. Fetching twice is hearing once: each message is
remembered by its provider's id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import structlog

from app import clock
from app.channels import heard, inbound_store, providers
from app.channels.heard import Written
from app.channels.providers.base import Inbox, Provider
from app.db.connection import connection, transaction
from app.settings import Settings

log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(days=2)
"""Longer outages are for people; after two days a reply is no longer about the same plan."""
_MOST_PAGES = 50


def fetch_missed(settings: Settings) -> int:
    """Hear what no callback has told; how many messages that were.

    Raises:
        psycopg.OperationalError: the database is away; the next look finds the same.
    """
    found = 0
    for provider in providers.registered():
        inbox = providers.inbox(provider)
        if inbox is not None and provider.is_on(settings):
            for message in _missed(settings, provider, inbox):
                with transaction() as conn:
                    heard.tell(conn, message, clock.now())
                found += 1
    if found:
        log.warning("missed_messages_fetched", messages=found)
    return found


def _missed(settings: Settings, provider: Provider, inbox: Inbox) -> list[Written]:
    """The messages that are not remembered, the oldest first."""
    missed: list[Written] = []

    def known(ids: Sequence[str]) -> Collection[str]:
        return inbound_store.known_inbound(connection(), provider.name, ids)

    try:
        pages = inbox.pages(settings, clock.machine_now() - LOOK_BACK, known)
        for _, page in zip(range(_MOST_PAGES), pages, strict=False):
            missed += page
    except (OSError, ValueError) as error:
        # Its text may hold a number. What was found so far is heard; the rest comes next time.
        log.warning("inbox_away", provider=provider.name, error=type(error).__name__)
    return missed[::-1]
