"""Send messages of the outbox: one claim, one call, one record each."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
import structlog

from app.channels import outbox
from tasks.app import celery

log = structlog.get_logger(__name__)


@celery.task(name="send", queue="send")
def run(refs: Sequence[Sequence[int]]) -> None:
    """Send the messages that the hints `(message_id, attempt)` mean."""
    for message_id, attempt in refs:
        try:
            outbox.send(message_id, attempt)
        except psycopg.OperationalError as error:
            # Its lease brings the message back when the database is there again.
            log.warning("database_away", message_id=message_id, error=str(error))
            return
