"""Reads that share a statement, and what they are about where only the statement finds it."""

from __future__ import annotations

import pytest

from app.db.connection import connection
from app.db.together import Reads, Rows, together

pytestmark = pytest.mark.usefixtures("settings")

READS: Reads = {
    "numbers": Rows(("n",), "SELECT n FROM generate_series(1, %(most)s::int) n", lambda n: n),
    "pairs": Rows(
        ("name", "days"),
        """SELECT 'a%%' AS name,
                  ARRAY(SELECT ROW(d, %(most)s::int) FROM generate_series(1, 2) d) AS days""",
        lambda name, days: (name, days),
    ),
}


def test_all_is_read_in_one_statement() -> None:
    got = together(connection(), READS, most=3)
    assert got == {"numbers": [1, 2, 3], "pairs": [("a%", [(1, 3), (2, 3)])]}
    assert READS["pairs"].read(connection(), most=3) == got["pairs"]


def test_a_value_may_be_found_by_the_statement() -> None:
    of = "SELECT w.most FROM (VALUES (7, 2), (8, 1)) w(id, most) WHERE w.id = %(id)s::int"
    assert together(connection(), READS, of=of, id=7)["numbers"] == [1, 2]
    assert together(connection(), READS, of=of, id=8)["numbers"] == [1]
    assert together(connection(), READS, of=of, id=9) == {"numbers": [], "pairs": []}
