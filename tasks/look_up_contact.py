"""Look a contact up at the shipper's own system: the link, and the calls."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
import structlog

from app.contact.lookup import service
from app.contact.steps import look_up_contact
from tasks.app import celery, link

log = structlog.get_logger(__name__)

run = link("look_up_contact", look_up_contact)


@celery.task(name="ask_shipper", queue="send")
def ask(refs: Sequence[Sequence[int]]) -> None:
    """Make the calls that the hints `(lookup_id, attempt)` mean."""
    for lookup_id, attempt in refs:
        try:
            service.ask(lookup_id, attempt)
        except psycopg.OperationalError as error:
            # Its lease brings the question back when the database is there again.
            log.warning("database_away", lookup_id=lookup_id, error=str(error))
            return
