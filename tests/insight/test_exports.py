"""Exports: whole, in pages that stay small, of nobody else, and with no formula in them."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.access import keys
from app.cli import export as cli
from app.customer.attempts import service as attempts
from app.db.connection import connection, transaction
from app.insight import rollups
from app.insight.exports import rules, store
from tests import courier
from tests.inline import settle
from tests.web import Web, rows, web

__all__ = ["web"]

MANY = 10_000
FORMULA = '=HYPERLINK("http://evil.example","Click")'


@pytest.fixture(scope="module")
def case_id(web: Web) -> int:
    """A case with everything that can be exported, whose customer writes a formula."""
    raw = courier.said(parcel="OUT-1", recipient={"name": FORMULA, "phone": courier.PHONE})
    case_id: int = web.post(raw).get_json()["case_id"]
    settle()
    web.play.acknowledge(case_id)
    attempts.answer(case_id, "@SUM(1+1)", [], clock.now(), came=False)
    settle()
    while rollups.count_some():
        pass
    return case_id


def read(web: Web, kind: str, form: str, by: str = "shipper", **query: str) -> list[dict[str, Any]]:
    answer = web.api("GET", f"/exports/{kind}.{form}", by, query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.{form}"'
    if form == "csv":
        return list(csv.DictReader(io.StringIO(answer.text, newline="")))
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize("kind", store.KINDS)
def test_both_forms_say_the_same_under_the_same_names(web: Web, case_id: int, kind: str) -> None:
    plain, sheet = read(web, kind, "ndjson"), read(web, kind, "csv")
    assert len(plain) == len(sheet) > 0
    for one, other in zip(plain, sheet, strict=True):
        assert list(one) == list(other) == list(store.KINDS[kind].columns)
    if "case_id" in plain[0]:
        assert {one["case_id"] for one in plain} == {case_id}


def test_a_spreadsheet_runs_nothing_and_a_program_reads_it_as_it_is(web: Web, case_id: int) -> None:
    (plain,), (sheet,) = read(web, "cases", "ndjson"), read(web, "cases", "csv")
    assert (plain["recipient"], plain["phone"]) == (FORMULA, courier.PHONE)
    assert (sheet["recipient"], sheet["phone"]) == (f"'{FORMULA}", f"'{courier.PHONE}")
    (said,) = read(web, "disputes", "csv")
    assert said["customer_words"] == "'@SUM(1+1)"


@given(st.text(max_size=20))
def test_no_cell_begins_with_what_a_spreadsheet_runs(text: str) -> None:
    cell = rules.cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text


def test_nobody_gets_what_is_others(web: Web, case_id: int) -> None:
    with transaction() as conn:
        (row,) = conn.execute(
            """INSERT INTO shippers (slug, name, country, policy_id, created_at)
               SELECT 'elm', 'Elm', 'US', policy_id, created_at FROM shippers LIMIT 1
               RETURNING id"""
        ).fetchall()
        web.keys["elm"] = web.key("shipper", shipper_id=row["id"])
        web.keys["nowhere"] = keys.create(
            conn, "dispatcher", "nowhere", None, None, clock.now(), None, []
        )
    for kind in store.KINDS:
        assert read(web, kind, "ndjson", "elm") == []
        assert read(web, kind, "ndjson", "nowhere") == []
        assert read(web, kind, "ndjson", "admin") != []
    ours = read(web, "messages", "ndjson")
    assert {one["audience"] for one in ours} == {"customer"}
    assert {one["audience"] for one in read(web, "messages", "ndjson", "admin")} > {"customer"}
    assert web.api("GET", "/exports/cases.csv", "").status_code == 401


def test_of_a_time(web: Web, case_id: int) -> None:
    now = clock.now()
    before, after = (now + timedelta(days=days) for days in (-1, 1))
    assert read(web, "cases", "ndjson", since=before.isoformat(), until=after.isoformat())
    assert read(web, "cases", "ndjson", since=after.isoformat()) == []
    assert read(web, "cases", "ndjson", until=before.isoformat()) == []
    assert web.api("GET", "/exports/cases.csv?since=soon").status_code == 422


def test_ten_thousand_rows_take_no_more_room_than_a_page(web: Web, case_id: int) -> None:
    """What is held at a time is measured while it is read to the end, in pages of a thousand."""
    connection().execute(
        """INSERT INTO promises (case_id, kind, about, due_at, wait_until, made_at, state,
                                 settled_at)
           SELECT id, 'news', n, opened_at, opened_at, opened_at, 'kept', opened_at
             FROM cases, generate_series(1, %s) n WHERE id = %s""",
        [MANY, case_id],
    )
    answer = web.api("GET", "/exports/promises.ndjson", "admin", buffered=False)
    tracemalloc.start()
    try:
        lines = 0
        for part in answer.iter_encoded():
            lines += part.count(b"\n")
            peak = tracemalloc.get_traced_memory()[1]
            assert peak < 6_000_000, f"{peak} bytes after {lines} lines"
    finally:
        tracemalloc.stop()
        answer.close()
    assert lines >= MANY
    (open_now,) = rows("SELECT count(*) AS n FROM pg_stat_activity WHERE state LIKE 'idle in%%'")
    assert open_now["n"] == 0


def test_the_command_writes_the_same(
    web: Web, case_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.environment.attach", lambda: None)
    run = CliRunner()
    done = run.invoke(cli.command, ["cases", "--format", "ndjson", "--shipper", "oak"])
    assert [json.loads(line) for line in done.output.splitlines()] == read(web, "cases", "ndjson")
    assert run.invoke(cli.command, ["cases", "--shipper", "nobody"]).exit_code == 1
