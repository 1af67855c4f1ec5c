"""What messages say, as a test reads it from the database."""

from __future__ import annotations

from typing import Any

from app.channels import packed_words
from app.db.connection import connection


def said(query: str, *values: Any) -> list[dict[str, Any]]:
    """The rows of a query that selects `packed` beside the words it asks for."""
    return [packed_words.read(row) for row in connection().execute(query.encode(), list(values))]
