"""Whatever people, couriers and time do, in whatever order: what must hold, holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.contact import service as contact
from app.db.connection import connection
from app.dispatch import service as dispatch
from app.dispatch.snoozed import service as snoozed
from app.errors import Problem
from app.intake.event import KINDS
from tests import courier
from tests.inline import advance, lose_task_messages, settle
from tests.play import Play

RANK = {"open": 0, "informed": 1, "booked": 2, "closed": 3}
AFTER_CARE = {"survey", "thanks", "recovery", "handed_over"}
OTHER = "+17145554242"
MOVES = (1, 6, 17, 45, 180, 720, 1440, 4320)  # minutes

_numbers = count(1)


@dataclass
class Parcel:
    """One parcel, and what its people may do to it."""

    play: Play
    phone: str | None
    email: str | None
    number: str = field(default_factory=lambda: f"walk-{next(_numbers)}")
    last: bytes = b""

    @property
    def case_id(self) -> int:
        """Its newest case, 0 if there is none."""
        row = read(
            """SELECT max(c.id) AS id FROM cases c JOIN shipments s ON s.id = c.shipment_id
                WHERE s.tracking_number = %s""",
            self.number,
        )
        return int(row[0]["id"] or 0)

    def courier(self, kind: str, minutes_ago: int) -> None:
        at = clock.now() - timedelta(minutes=minutes_ago)
        phone, email = self.phone, self.email
        self.last = courier.said(kind, self.number, at=at, phone=phone, email=email)
        self.play.hear(self.last)

    def again(self, *_: object) -> None:
        if self.last:
            assert self.play.hear(self.last).outcome == "duplicate"

    def task(self, act: str, by: str) -> None:
        tasks = read("SELECT id FROM dispatch_tasks WHERE case_id = %s ORDER BY id", self.case_id)
        verbs: dict[str, Callable[[int], Any]] = {
            "acknowledge": lambda task: dispatch.acknowledge(task, by, "", "", clock.now()),
            "pass_on": lambda task: dispatch.pass_on(task, by, clock.now()),
            "resolve": lambda task: dispatch.resolve(task, by, "", "", clock.now()),
            "confirm": lambda task: dispatch.resolve(task, by, "confirmed", "", clock.now()),
            "refuse": lambda task: dispatch.resolve(task, by, "refused", "", clock.now()),
            "first": lambda _: dispatch.acknowledge(tasks[0]["id"], by, "", "", clock.now()),
            "snooze": lambda _: snoozed.snooze(
                self.case_id, by, clock.now() + timedelta(minutes=30), clock.now()
            ),
        }
        if tasks:
            verbs[act](tasks[-1]["id"])

    def choose(self, which: int) -> None:
        if self.case_id:
            options = self.play.options(self.case_id)
            offered = [slot.choice for slot in options.slots]
            offered += [point.choice for point in options.pickup_points]
            if offered:
                self.play.choose(self.case_id, offered[which % len(offered)], confirmed=False)

    def supply(self, phone: str, email: str) -> None:
        contact.supply_parcel(None, self.number, phone, email, "shipper", clock.now())

    def rate(self, score: int) -> None:
        self.play.rate(self.case_id, score)

    def close(self, *_: object) -> None:
        if self.case_id and self.play.case(self.case_id).state != "closed":
            self.play.close(self.case_id, "mistake")


def read(query: str, *values: Any) -> list[dict[str, Any]]:
    return connection().execute(query.encode(), list(values)).fetchall()


def _act(name: str, *words: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.integers(0, 1), st.just(name), st.tuples(*words))


acts = st.one_of(
    _act("courier", st.sampled_from(sorted(KINDS)), st.sampled_from([0, 0, 5, 600])),
    _act("courier", st.just("failed"), st.just(0)),
    _act("again"),
    _act(
        "task",
        st.sampled_from(["acknowledge", "pass_on", "resolve", "first", "snooze"]),
        st.sampled_from(["Ana", "Ben"]),
    ),
    _act("choose", st.integers(0, 20)),
    _act("supply", st.sampled_from(["", OTHER, courier.PHONE]), st.sampled_from(["", "k@e.org"])),
    _act("rate", st.integers(0, 6)),
    _act("close"),
    st.tuples(st.just(0), st.just("advance"), st.tuples(st.sampled_from(MOVES))),
    st.tuples(st.just(0), st.just("lose_task_messages"), st.just(())),
)
people = st.tuples(
    st.sampled_from([courier.PHONE, courier.LANDLINE, None]), st.sampled_from([None, "kim@e.org"])
)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(
    max_examples=15,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(who=st.tuples(people, people), walk=st.lists(acts, min_size=8, max_size=30))
def test_a_random_walk(play: Play, who: Any, walk: list[tuple[int, str, tuple[Any, ...]]]):
    parcels = [Parcel(play, *someone) for someone in who]
    first = read("SELECT coalesce(max(id), 0) + 1 AS id FROM cases")[0]["id"]
    parcels[0].courier("failed", 0)
    seen: dict[int, tuple[int, int]] = {}
    for which, act, words in walk:
        if act == "advance":
            advance(minutes=words[0])
        elif act == "lose_task_messages":
            lose_task_messages()
        else:
            with suppress(Problem):  # a refusal is an answer; what must hold still must
                getattr(parcels[which], act)(*words)
        now = clock.now()  # what becomes due while we look is not late
        settle()
        check(play, seen, first, now)
    for parcel in parcels:
        parcel.close()
    settle()


def check(play: Play, seen: dict[int, tuple[int, int]], first: int, now: datetime) -> None:
    """What must hold at any moment at which nothing is due."""
    assert play.orphans() == []
    cases = read("SELECT * FROM cases WHERE id >= %s ORDER BY id", first)
    for case in cases:
        where = case["round"], RANK[case["state"]]
        assert where >= seen.get(case["id"], (0, 0)), (case["id"], seen[case["id"]], where)
        seen[case["id"]] = where
        if case["state"] == "informed":
            assert case["news_by"] >= now
        check_case(case)
    assert nothing("SELECT * FROM step_runs WHERE last_error IS NOT NULL OR due_at <= %s", now)
    assert nothing("""SELECT shipment_id FROM cases WHERE state <> 'closed'
                       GROUP BY 1 HAVING count(*) > 1""")
    assert nothing("""SELECT * FROM messages WHERE why IS NULL AND state NOT IN
                      ('queued', 'sent', 'delivered')""")
    twice = """SELECT * FROM (
                   SELECT said, lag(said) OVER (PARTITION BY case_id, recipient ORDER BY id) AS last
                     FROM messages JOIN (SELECT message_id, concat(text, packed) AS said
                                           FROM message_words) w ON message_id = id
                    WHERE audience = 'customer' AND case_id >= %s AND state = 'delivered') m
                WHERE said = last"""
    assert nothing(twice, first)
    assert nothing("""SELECT s.id FROM slots s WHERE s.taken <> (SELECT count(*) FROM bookings b
                       WHERE b.slot_id = s.id AND b.state IN ('standing', 'kept', 'broken'))""")
    assert nothing("""SELECT p.id FROM pickup_points p WHERE p.taken <>
                      (SELECT count(*) FROM bookings b
                        WHERE b.pickup_point_id = p.id AND b.state = 'standing')""")
    assert nothing("""SELECT case_id FROM dispatch_tasks WHERE kind IN ('failure', 'promise')
                         AND state IN ('open', 'acknowledged') GROUP BY 1 HAVING count(*) > 1""")
    assert nothing("""SELECT s.id FROM shipments s JOIN cases c ON c.shipment_id = s.id
                       WHERE s.delivered_at IS NOT NULL
                         AND (s.status <> 'delivered' OR c.state <> 'closed')""")


def check_case(case: dict[str, Any]) -> None:
    standing = read("SELECT 1 FROM bookings WHERE case_id = %s AND state = 'standing'", case["id"])
    assert bool(standing) == (case["state"] == "booked")
    names = {row["name"] for row in read("SELECT name FROM steps WHERE case_id = %s", case["id"])}
    if case["state"] == "booked":
        assert "keep_promise" in names
    if case["state"] == "informed":
        assert "give_news" in names
    tasks = read(
        """SELECT 1 FROM dispatch_tasks WHERE case_id = %s AND state = 'open'
              AND kind IN ('failure', 'promise')""",
        case["id"],
    )
    if tasks and "call_dispatcher" not in names:
        assert read(
            "SELECT 1 FROM timeline WHERE case_id = %s AND kind = 'ladder_exhausted'", case["id"]
        )
    if case["state"] == "closed":
        assert names <= {"follow_up", "recover"}
        late = read(
            """SELECT m.topic FROM messages m JOIN timeline t ON t.case_id = m.case_id
                WHERE m.case_id = %s AND t.kind = 'closed' AND m.done_at > t.at
                  AND m.audience = 'customer' AND m.state = 'delivered'""",
            case["id"],
        )
        assert {row["topic"] for row in late} <= AFTER_CARE


def nothing(query: str, *values: Any) -> bool:
    assert read(query, *values) == []
    return True
