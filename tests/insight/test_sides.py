"""Figures told apart are found without reading those of all the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.db.connection import connection
from app.insight import figures_store as store
from app.insight import rules
from app.insight.figures_facts_store import VALUES
from app.insight.figures_store import By, Whose
from app.insight.rules import Piece

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)

_FILL = f"""
INSERT INTO figure_blocks (shipper_id, depot_id, account_id, hours, starts_at, keys, counts)
SELECT DISTINCT s.shipper_id, s.depot_id, s.account_id, 24, day, ARRAY['end:rescued'], ARRAY[1]
  FROM generate_series(timestamptz '2030-04-20', '2030-06-01', '1 day') day,
       (SELECT x % 5 + 1 AS shipper_id, x % 20 + 1 AS depot_id, x / 7 % 10 + 1 AS account_id
          FROM generate_series(1, 1000) x) c
 CROSS JOIN LATERAL {store.SUMS.format("c")}
    ON CONFLICT DO NOTHING
"""


@pytest.mark.parametrize(
    ("whose", "by", "blocks"),
    [
        (Whose(), By.ACCOUNT, 10 * 30),
        (Whose(), By.DEPOT, 20 * 30),
        (Whose(), By.SHIPPER, 5 * 30),
        (Whose(depots=[3]), By.SHIPPER, 30),
        (Whose(shipper_id=2), By.ACCOUNT, 10 * 30),
    ],
)
def test_only_the_blocks_that_are_asked_for_are_read(
    play: Any, whose: Whose, by: By, blocks: int
) -> None:
    conn = connection()
    conn.execute(_FILL.encode())
    conn.execute("ANALYZE figure_blocks")
    pieces = rules.pieces(*rules.days(30, NOW))
    values = {
        "shipper": whose.shipper_id,
        "depots": whose.depots,
        "accounts": whose.accounts,
        "only": None,
        "turns": [0 for _ in pieces],
        **{name: [getattr(piece, name) for piece in pieces] for name in Piece._fields},
        **VALUES,
    }
    said = conn.execute(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {store._read(whose, by)}".encode(), values
    ).fetchone()
    assert said is not None
    (read,) = [node for node in _nodes(said["QUERY PLAN"][0]["Plan"]) if _of_blocks(node)]
    assert read["Actual Rows"] == blocks
    assert read.get("Rows Removed by Filter", 0) == 0


def _of_blocks(node: dict[str, Any]) -> bool:
    return node.get("Relation Name") == "figure_blocks"


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    below = [node for one in plan.get("Plans", ()) for node in _nodes(one)]
    return [plan, *below]
