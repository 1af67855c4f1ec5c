"""(h') The dashboard and exports at a million cases of twenty depots, ten accounts, five shippers.

Through the whole app in this process, with nothing left to count: what the clock does all the time.
With `--quick` there are fewer cases.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from flask.testing import FlaskClient

from app import create_app
from tests.bench.crowd import Size, seed
from tests.bench.growth import fold
from tests.bench.report import Figure, Sample, repeated, say
from tests.bench.stage import Servers, Stage, stage
from tests.pages.staff import make_key, sign_in

SIZE = Size(open=0, closed=1_000_000)
QUICK = Size(open=0, closed=20_000)
ROWS = 50_000
TURNS = 5

_GOAL = 100  # milliseconds
_LOOKS = {
    "7 days": "/dashboard?days=7",
    "30 days": "/dashboard?days=30",
    "90 days": "/dashboard?days=90",
    "90 days by courier": "/dashboard?days=90&by=courier",
    "90 days of a depot, by shipper": "/dashboard?days=90&of=depot:bench-3&by=shipper",
    "all figures of 90 days as CSV": "/dashboard.csv?days=90",
}


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as here:
        client, key = _fill(here)
        got = repeated("dashboard", lambda: _all(client, key), by=lambda sample: sample["30 days"])
    size = f"{SIZE.closed:,} cases"
    for name in _LOOKS:
        note = f"at most {_GOAL} ms wanted"
        yield Figure(f"the dashboard, {name}: {size}", "ms", got[name], note=note)
    yield Figure(f"cases exported as NDJSON: {size}", "rows/s", got["export"])


def _all(client: FlaskClient, key: str) -> Sample:
    looks = {name: _milliseconds(partial(_look, client, a)) for name, a in _LOOKS.items()}
    return looks | {"export": _export(client, key)}


def _look(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def _milliseconds(look: Callable[[], None]) -> float:
    look()
    took = []
    for _ in range(TURNS):
        since = time.perf_counter()
        look()
        took.append(time.perf_counter() - since)
    return 1000 * median(took)


def _export(client: FlaskClient, key: str) -> float:
    """Rows in a second, of the first that come."""
    headers = {"Authorization": f"Bearer {key}"}
    since, rows = time.perf_counter(), 0
    answer = client.get("/api/v1/exports/cases.ndjson", headers=headers, buffered=False)
    for part in answer.iter_encoded():
        rows += part.count(b"\n")
        if rows >= ROWS:
            break
    answer.close()
    return rows / (time.perf_counter() - since)


def _fill(here: Stage) -> tuple[FlaskClient, str]:
    since = time.monotonic()
    seed(here, here.world(), SIZE)
    with here.connect() as conn:
        for statement in _SPREAD:
            conn.execute(statement.encode())
    say(f"dashboard: {SIZE.closed:,} cases in {time.monotonic() - since:.0f} s")
    since = time.monotonic()
    fold()
    say(f"dashboard: figures of them in {time.monotonic() - since:.0f} s")
    client = create_app(here.settings).test_client()
    key = make_key("admin")
    sign_in(client, key)
    return client, key


_SPREAD = (
    """INSERT INTO depots (slug, name, timezone, country, address, catch_all_id, created_at)
       SELECT 'bench-' || n, 'Depot ' || n, d.timezone, d.country, d.address, d.catch_all_id, now()
         FROM generate_series(1, 20) n CROSS JOIN (SELECT * FROM depots LIMIT 1) d""",
    """INSERT INTO shippers (slug, name, country, policy_id, created_at, return_cost,
                             return_currency)
       SELECT 'bench-' || n, 'Shipper ' || n, s.country, s.policy_id, now(), 4.50, 'EUR'
         FROM generate_series(1, 5) n CROSS JOIN (SELECT * FROM shippers LIMIT 1) s""",
    """UPDATE cases SET
           depot_id = (SELECT min(id) FROM depots WHERE slug LIKE 'bench%') + id % 20,
           shipper_id = (SELECT min(id) FROM shippers WHERE slug LIKE 'bench%') + id % 5,
           account_id = (SELECT min(id) FROM courier_accounts) + id / 7
                        % (SELECT count(*) FROM courier_accounts)""",
    """INSERT INTO promises (case_id, kind, due_at, wait_until, made_at, state, settled_at)
       SELECT id, 'news', opened_at, opened_at, opened_at,
              CASE WHEN id % 9 = 0 THEN 'broken' ELSE 'kept' END, opened_at FROM cases""",
    "TRUNCATE figure_changes",
    "INSERT INTO figure_changes SELECT id FROM cases",
    "VACUUM ANALYZE",
)
