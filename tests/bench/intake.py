"""(a) Signed Onfleet webhooks through the real app, beside a no-op and beside the ORM."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

from app.intake import samples
from app.intake.event import Account
from tests.bench.load import per_second, request
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, Stage, stage

OURS, NOOP, ORM = 5000, 20000, 1500  # requests of a repeat: a second or two each
WARM = 400

_numbers = itertools.count(1)


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as mine, stage(servers) as theirs:
        orm = theirs.web("tests.bench.orm:whole")
        theirs_account = theirs.world().accounts["onfleet"]
        ours, noop = mine.web(), mine.web("tests.bench.noop:whole")
        account = mine.world().accounts["onfleet"]

        def once() -> Sample:
            plain = _requests(account, OURS)
            endless = list(itertools.islice(itertools.cycle(plain), NOOP))
            return {
                "noop": per_second(mine, noop, endless, ""),
                "ours": per_second(mine, ours, plain, '"accepted"'),
                "orm": per_second(theirs, orm, _requests(theirs_account, ORM), '"accepted"'),
            }

        per_second(mine, noop, _requests(account, WARM), "")
        per_second(mine, ours, _requests(account, WARM), '"accepted"')
        per_second(theirs, orm, _requests(theirs_account, WARM), '"accepted"')
        got = repeated("intake", once, by=lambda s: s["ours"] / s["orm"])
        repeats = len(got["ours"])
        _check(mine, WARM + OURS * repeats)
        _check(theirs, WARM + ORM * repeats)
    what = "signed webhooks to committed cases"
    yield Figure(
        f"{what}, beside a no-op Flask POST", "/s", got["ours"], got["noop"], at_least=0.25
    )
    yield Figure(f"{what}, beside SQLAlchemy's ORM", "/s", got["ours"], got["orm"], at_least=4)


def _requests(account: Account, number: int) -> list[bytes]:
    now = datetime.now(UTC)
    return [
        request(account.slug, *samples.failure(account, now, shipment=f"B{next(_numbers)}"))
        for _ in range(number)
    ]


def _check(stage: Stage, webhooks: int) -> None:
    """Every one of them is there as a whole."""
    with stage.connect() as conn:
        for table in ("courier_events", "shipments", "cases", "timeline", "steps"):
            row = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert row == (webhooks,), (table, row, webhooks)
