"""(o) The list of a depot's day with 1,000 bookings, beside many closed cases and beside none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

from flask.testing import FlaskClient

from app import clock, create_app
from tests.bench.crowd import Size, seed
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, Stage, stage
from tests.pages.staff import make_key, sign_in

BOOKINGS = 1_000
CLOSED = 300_000
QUICK = 20_000
TURNS = 7
_ZONE = "America/Los_Angeles"


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as one, stage(servers) as other:
        few, many = _fill(one, 0), _fill(other, CLOSED)

        def once() -> Sample:
            return {"small": _look(one, few), "large": _look(other, many)}

        got = repeated("days", once, by=lambda sample: sample["large"])
    what = f"the list of a depot's day with {BOOKINGS:,} bookings"
    yield Figure(what, "ms", got["large"], at_most=200)
    yield Figure(
        f"the same list beside {CLOSED:,} closed cases, beside none",
        "ms",
        got["large"],
        got["small"],
        at_most=1.3,
    )


def _day() -> datetime:
    """Noon of the day after tomorrow at the depot."""
    noon = clock.local(datetime.now(UTC) + timedelta(days=2), _ZONE)
    return noon.replace(hour=12, minute=0, second=0, microsecond=0)


def _fill(here: Stage, closed: int) -> FlaskClient:
    world = here.world()
    seed(here, world, Size(open=BOOKINGS, closed=closed))
    with here.connect() as conn:
        conn.execute(
            """INSERT INTO slots (depot_id, starts_at, ends_at, cutoff_at, capacity, taken)
               SELECT %(depot)s, at, at + interval '1 hour', at, %(each)s, %(each)s
                 FROM generate_series(0, 3) n,
                      LATERAL (SELECT %(noon)s + n * interval '2 hours' AS at) t""",
            {"depot": world.depot_id, "each": BOOKINGS // 4, "noon": _day()},
        )
        conn.execute(
            """INSERT INTO bookings (case_id, round, kind, slot_id, starts_at, ends_at, cutoff_at,
                                     chosen_by, sequence, created_at)
               SELECT c.id, 1, 'redelivery', s.id, s.starts_at, s.ends_at, s.cutoff_at, 'customer',
                      0, now()
                 FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM cases
                        WHERE state <> 'closed') c
                 JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS n FROM slots
                        WHERE capacity = %s) s ON s.n = c.n %% 4""",
            [BOOKINGS // 4],
        )
        conn.execute("VACUUM ANALYZE bookings")
        conn.execute("ANALYZE slots")
    client = create_app(here.settings).test_client()
    sign_in(client, make_key("admin"))
    return client


def _look(here: Stage, client: FlaskClient) -> float:
    """Milliseconds of one look."""
    here.attach()
    took = []
    for _ in range(TURNS):
        since = time.perf_counter()
        answer = client.get(f"/console/days/anaheim/{_day():%Y-%m-%d}")
        took.append(time.perf_counter() - since)
        assert answer.status_code == 200
        assert answer.text.count('<td class="parcel">') == BOOKINGS
    return 1000 * median(took[1:])
