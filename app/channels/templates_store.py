"""SQL on the texts that providers know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.db.connection import Connection
from app.languages.said import Kept


@dataclass(frozen=True, slots=True)
class Text:
    """Which text of a shipper's, by which channel, in which language, at which provider."""

    shipper_id: int
    channel: str
    text: str
    """The name of a template, or a topic: whatever is said about that."""
    language: str
    provider: str


@dataclass(frozen=True, slots=True)
class Known:
    """A text as a provider knows it."""

    channel: str
    text: str
    language: str
    provider: str
    template_id: str
    entity_id: str | None
    variables: list[str] | None
    """The names of the values it takes, in order; None: all of them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A text that customers were sent."""

    template: str
    language: str
    times: int
    made_of: Kept
    """Without values."""


_KNOWN = "channel, text, language, provider, template_id, entity_id, variables"
_ONE = """shipper_id = %s AND channel = %s AND text = %s AND language = %s AND provider = %s"""


def of_shipper(conn: Connection, shipper_id: int) -> list[Known]:
    """All texts of a shipper's that some provider knows."""
    with conn.cursor(row_factory=class_row(Known)) as cursor:
        cursor.execute(
            f"""SELECT {_KNOWN} FROM provider_templates WHERE shipper_id = %s
                ORDER BY channel, text, language, provider""",  # noqa: S608 - a constant
            [shipper_id],
        )
        return cursor.fetchall()


def find(conn: Connection, text: Text) -> Known | None:
    """How the provider knows this text; None when it does not."""
    with conn.cursor(row_factory=class_row(Known)) as cursor:
        cursor.execute(
            f"SELECT {_KNOWN} FROM provider_templates WHERE {_ONE}",  # noqa: S608 - constants
            astuple(text),
        )
        return cursor.fetchone()


def put(
    conn: Connection,
    text: Text,
    template_id: str,
    entity_id: str | None,
    variables: Sequence[str] | None,
) -> None:
    """The provider knows this text so from now on."""
    conn.execute(
        """INSERT INTO provider_templates (shipper_id, channel, text, language, provider,
               template_id, entity_id, variables)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (shipper_id, channel, text, language, provider) DO UPDATE
              SET template_id = excluded.template_id, entity_id = excluded.entity_id,
                  variables = excluded.variables""",
        [*astuple(text), template_id, entity_id, list(variables) if variables else None],
    )


def remove(conn: Connection, text: Text) -> None:
    """The provider does not know this text any more."""
    conn.execute(f"DELETE FROM provider_templates WHERE {_ONE}", astuple(text))  # noqa: S608


def sent(conn: Connection, shipper_id: int, since: datetime) -> list[Sent]:
    """The texts that this shipper's customers were sent since then, the most frequent first."""
    with conn.cursor(row_factory=class_row(Sent)) as cursor:
        cursor.execute(
            """SELECT template, m.language, count(*) AS times, f.made_of
                 FROM messages m JOIN message_words w ON w.message_id = m.id
                 JOIN text_forms f USING (template) JOIN cases c ON c.id = m.case_id
                WHERE c.shipper_id = %s AND m.created_at >= %s AND m.audience = 'customer'
                GROUP BY template, m.language, f.made_of
                ORDER BY times DESC, template LIMIT 200""",
            [shipper_id, since],
        )
        return cursor.fetchall()
