"""SQL that forgets what is found only by what stands in it: it belongs to no parcel yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from app.db.connection import Connection


class Sought(NamedTuple):
    """What is looked for: texts in lower case, and the last digits of numbers."""

    texts: Sequence[str]
    digits: Sequence[str]


_FOUND = """(lower(encode({bytes}, 'escape')) LIKE ANY(%(texts)s)
             OR regexp_replace(encode({bytes}, 'escape'), '\\D', '', 'g') LIKE ANY(%(digits)s))"""
_BODY = _FOUND.format(bytes="body")

_FORGET = {
    # what nobody could read is not read again
    "courier_events": f"""
        UPDATE courier_events SET body = '', headers = NULL, fault = NULL, outcome = 'ignored'
         WHERE outcome = 'quarantined' AND {_BODY}""",  # noqa: S608 - constants
    "idempotency_keys": f"DELETE FROM idempotency_keys WHERE {_BODY}",  # noqa: S608
    "unknown_codes": f"""
        UPDATE unknown_codes SET words = ''
         WHERE {_FOUND.format(bytes="convert_to(words, 'UTF8')")}""",  # noqa: S608
    # what is told to a shop of a return, of which there is no case
    "message_words": f"""
        UPDATE message_words w SET subject = '', text = '' FROM messages m
         WHERE m.id = w.message_id AND m.case_id = 0 AND m.topic = 'return'
           AND {_FOUND.format(bytes="convert_to(w.text, 'UTF8')")}""",  # noqa: S608
    "alerts": f"""
        UPDATE alerts SET facts = '{{}}'
         WHERE {_FOUND.format(bytes="convert_to(facts::text, 'UTF8')")}""",  # noqa: S608
}


def forget(conn: Connection, sought: Sought) -> dict[str, int]:
    """Forget what says one of these; how many rows of each table."""
    values = {
        "texts": [f"%{_pattern(text)}%" for text in sought.texts],
        "digits": [f"%{digits}%" for digits in sought.digits],
    }
    return {name: conn.execute(sql.encode(), values).rowcount for name, sql in _FORGET.items()}


def _pattern(text: str) -> str:
    """A text for LIKE; of bytes beyond ASCII, which `encode` writes as four signs, any will do."""
    signs = ("_" * 4 * len(c.encode()) if ord(c) > 127 else c for c in text)
    return "".join(signs).replace("%", r"\%")


def forget_acts(conn: Connection, case_ids: Sequence[int]) -> int:
    """Forget how the tasks of these cases were before something was done to them."""
    return conn.execute(
        """DELETE FROM console_acts WHERE id IN (
               SELECT a.id FROM console_acts a, jsonb_array_elements(a.before -> 'tasks') was
                 JOIN dispatch_tasks t ON t.id = (was ->> 'id')::bigint
                WHERE t.case_id = ANY(%s))""",
        [list(case_ids)],
    ).rowcount


class Without(Protocol):
    """Gives a batch without some orders, and how many they were."""

    def __call__(self, body: bytes, *, lines: bool) -> tuple[bytes, int]:
        """`lines`: it is NDJSON."""
        ...


def held_batches(conn: Connection, shipper_id: int | None, without: Without) -> int:
    """Take orders out of batches that wait for a person; how many batches that were."""
    rows = conn.execute(
        """SELECT id, body, lines FROM held_batches
            WHERE state = 'held' AND (%s::bigint IS NULL OR shipper_id = %s) FOR UPDATE""",
        [shipper_id, shipper_id],
    ).fetchall()
    changed = 0
    for row in rows:
        body, orders = without(bytes(row["body"]), lines=row["lines"])
        if orders:
            conn.execute(
                """UPDATE held_batches SET body = %s, orders = greatest(orders - %s, 0)
                    WHERE id = %s""",
                [body, orders, row["id"]],
            )
            changed += 1
    return changed
