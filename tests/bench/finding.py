"""(p) Who calls is found among a million cases: the whole page, by all that a caller can say."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

from flask.testing import FlaskClient

from app import create_app
from app.cases.search import service as search
from app.db.connection import connection
from tests.bench.report import Figure, Sample, repeated, say
from tests.bench.stage import Servers, Stage, stage
from tests.pages.staff import make_key, sign_in
from tests.seed import World

CASES = 1_000_000
QUICK = 50_000
TURNS = 3

_SAID = {
    "one of many namesakes": "kim",
    "a beginning": "ki",
    "name and surname": "sam surname1234",
    "a surname": "surname77",
    "a phone number": "(0714) 500 12 34",
    "another spelling": "+1 714-500-1234",
    "a tracking number": "1ZG0001234",
    "its end": "0001234",
    "an order number": "ORD-1234",
    "street and number": "237 street 34",
    "a street": "street 7",
    "a postcode": "90234",
    "name and postcode": "sam 90234",
    "two words that never meet": "kim lee",
    "nobody": "nobody",
}
_NOBODY = ("kim lee", "nobody")


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as here:
        client = _fill(here)
        written = _write_words()

        def once() -> Sample:
            here.attach()
            return {said: _milliseconds(client, text) for said, text in _SAID.items()}

        got = repeated("finding", once, by=lambda sample: max(sample.values()))
    slowest = max(got, key=lambda said: max(got[said]))
    what = f"a search among {CASES:,} cases, the slowest of {len(_SAID)}"
    yield Figure(what, "ms", got[slowest], at_most=100, note=slowest)
    yield Figure("the same by a phone number", "ms", got["a phone number"], at_most=100)
    yield Figure("a parcel's words, written by the clock", "µs", [written])


def _fill(here: Stage) -> FlaskClient:
    since = time.monotonic()
    world = here.world()
    _seed(here, world)
    client = create_app(here.settings).test_client()
    sign_in(client, make_key("admin"))
    say(f"finding: {CASES:,} cases in {time.monotonic() - since:.0f} s")
    return client


def _write_words() -> float:
    """Microseconds for each parcel."""
    since = time.monotonic()
    while search.catch_up():
        pass
    took = time.monotonic() - since
    say(f"finding: their words in {took:.0f} s")
    connection().execute("VACUUM ANALYZE parcel_words")
    connection().execute("VACUUM parcel_word_changes")
    return 1e6 * took / CASES


def _milliseconds(client: FlaskClient, text: str) -> float:
    marks = [time.perf_counter()]
    for _ in range(TURNS):
        answer = client.get("/console", query_string={"q": text})
        marks.append(time.perf_counter())
        assert answer.status_code == 200
        assert ('class="task"' in answer.text) is (text not in _NOBODY), text
    return 1000 * min(after - before for before, after in pairwise(marks))


def _seed(here: Stage, world: World) -> None:
    values = {
        "shipper": world.shipper_id,
        "depot": world.depot_id,
        "account": world.accounts["onfleet"].id,
        "all": CASES,
    }
    with here.connect() as conn:
        for statement in _STATEMENTS:
            conn.execute(statement.encode(), values)


_STATEMENTS = (
    """INSERT INTO shipments (shipper_id, account_id, depot_id, courier_ref, tracking_number,
           order_ref, name, phone, address, created_at, updated_at)
       SELECT %(shipper)s, %(account)s, %(depot)s, n, '1ZG' || lpad(n::text, 7, '0'), 'ORD-' || n,
              (ARRAY['Kim', 'Lee', 'Alex', 'Jo', 'Sam', 'Ana', 'Max', 'Eva', 'Ida', 'Tom']
                  )[1 + n %% 10] || ' Surname' || n %% 20000,
              '+1714500' || lpad((n %% 10000)::text, 4, '0'),
              jsonb_build_object('line1', n %% 997 || ' Street ' || n %% 200, 'city', 'Anaheim',
                                 'postcode', 90000 + n %% 1000), now(), now()
         FROM generate_series(1, %(all)s::int) n""",
    """INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind, state,
           reason, fault, words, opened_at, updated_at, return_by, request_id)
       SELECT s.id, s.shipper_id, s.account_id, s.depot_id, h.policy_id, 'failed',
              CASE WHEN s.id %% 10 = 0 THEN 'open' ELSE 'closed' END, 'refused', 'recipient', '',
              now(), now(), now() + interval '10 days', 'bench'
         FROM shipments s JOIN shippers h ON h.id = s.shipper_id ORDER BY s.id""",
    """INSERT INTO dispatch_tasks (case_id, depot_id, account_id, kind, round, state, deadline,
           resolved_at, created_at)
       SELECT id, depot_id, account_id, 'failure', 1,
              CASE state WHEN 'open' THEN 'open' ELSE 'withdrawn' END, return_by,
              CASE state WHEN 'closed' THEN now() END, opened_at FROM cases ORDER BY id""",
    "VACUUM ANALYZE",
)
