"""What a page says, as its reader sees it; and what the database holds, as a fingerprint."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser

from flask.testing import FlaskClient
from psycopg import sql
from werkzeug.test import TestResponse

from app.db.connection import connection

_TRANSPARENT = frozenset({"b", "a", "span", "small", "time"})
_MADE_BY_LOOKING = frozenset({"slots", "heartbeats"})
"""A depot's slots become rows when they are first looked at; that is no news to anybody."""


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag, _attrs):
        if tag not in _TRANSPARENT:
            self.parts.append(" ")

    def handle_data(self, data):
        self.parts.append(data)


def text(html: str) -> str:
    """The words of a page in one line."""
    parser = _Text()
    parser.feed(html)
    return " ".join("".join(parser.parts).split())


def poll(client: FlaskClient, html: str) -> TestResponse:
    """Ask for news as htmx would for the page `html`."""
    address = re.search(r'hx-get="([^"]+)"', html)
    assert address
    return client.get(address[1].replace("&amp;", "&"))


def fingerprint() -> str:
    """A digest of all rows that mean something."""
    conn = connection()
    tables = conn.execute(
        """SELECT table_name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"""
    ).fetchall()
    digest = hashlib.sha256()
    for row in tables:
        name = row["table_name"]
        if name not in _MADE_BY_LOOKING:
            query = sql.SQL(
                "SELECT coalesce(string_agg(t::text, ';' ORDER BY t::text), '') AS all FROM {} t"
            ).format(sql.Identifier(name))
            found = conn.execute(query).fetchone()
            digest.update(f"{name}={found and found['all']}".encode())
    return digest.hexdigest()
