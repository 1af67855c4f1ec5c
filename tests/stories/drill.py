"""What crash drills share: a courier who tries again, and the one end that all cases reach."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import requests

from tests import courier
from tests.stories.house import House

_AT_ONCE = 8
_PATIENCE = 60  # seconds for which a courier tries again; real ones do it for hours


class Burst:
    """Webhooks under way, each of another parcel; `cases` when all of them were answered."""

    def __init__(self, house: House, name: str, number: int) -> None:
        self.house = house
        self.number = number
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._answers = [
            self._pool.submit(self._deliver, courier.said(parcel=f"{name}-{n}", at=house.now()))
            for n in range(number)
        ]

    def answered(self) -> int:
        """How many were answered so far."""
        return sum(answer.done() for answer in self._answers)

    def middle(self) -> None:
        """Wait for the middle of it."""
        self.house.eventually(lambda: self.answered() >= self.number // 3)
        assert self.answered() < self.number

    def cases(self) -> list[int]:
        """The cases that the answers named, one for each webhook."""
        with self._pool:
            cases = [answer.result() for answer in self._answers]
        assert len(set(cases)) == self.number
        return cases

    def _deliver(self, raw: bytes) -> int:
        """Post it again and again until it is taken, as couriers do."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                answer = self.house.post(raw, courier.signed(self.house.account, raw))
                if answer.status_code == 200:
                    return int(answer.json()["case_id"])
                assert answer.status_code >= 500, answer.text
                assert answer.headers.get("Retry-After") or answer.status_code != 503
            except requests.ConnectionError:
                pass
            assert time.monotonic() < deadline
            time.sleep(0.05)


def same_end(house: House, cases: list[int]) -> None:
    """Everybody was called and the customer told, once, and all cases wait for the same."""
    rows = house.facts(
        """SELECT c.id, c.state, c.informed_at IS NOT NULL AS informed,
                  EXISTS (SELECT 1 FROM messages m WHERE m.case_id = c.id
                             AND m.audience = 'dispatcher' AND m.state = 'delivered') AS called,
                  ARRAY(SELECT m.topic || ' ' || m.state FROM messages m
                         WHERE m.case_id = c.id AND m.audience = 'customer' ORDER BY 1) AS told,
                  ARRAY(SELECT s.name FROM steps s WHERE s.case_id = c.id
                           AND s.name <> 'call_dispatcher' ORDER BY 1) AS waits
             FROM cases c WHERE c.id = ANY(%s)""",
        cases,
    )
    assert len(rows) == len(cases)
    end = {
        "state": "informed",
        "informed": True,
        "called": True,
        "told": ["failure delivered"],
        "waits": ["choose_default", "give_news", "remind_customer"],
    }
    others = [row for row in rows if {name: row[name] for name in end} != end]
    assert others == []
