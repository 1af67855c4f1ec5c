"""A test's database is used again by a later test, which must not notice."""

from __future__ import annotations

import psycopg

from tests.servers import TestServers

_TAKE = """
INSERT INTO shippers (slug, name, country, policy_id, created_at)
SELECT 'a', 'A', 'US', 1, to_timestamp(0) RETURNING id
"""


def name(url: str) -> str:
    return url.partition("?")[0]


def test_what_was_used_is_empty_again_numbers_from_one_and_has_another_address(
    servers: TestServers,
):
    seen = []
    for _ in range(2):
        with servers.database() as url, psycopg.connect(url) as conn:
            conn.execute("SET session_replication_role = replica")  # a row like any other
            seen.append((url, conn.execute(_TAKE).fetchone()))
    (first, one), (second, other) = seen
    assert (name(first), one) == (name(second), other)
    assert first != second


def test_a_changed_schema_is_never_used_again(servers: TestServers):
    with servers.database() as url, psycopg.connect(url) as conn:
        conn.execute("ALTER TABLE steps DISABLE TRIGGER ALL")
    with servers.database() as later:
        assert name(later) != name(url)
