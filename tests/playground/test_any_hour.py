"""Whoever tries the demo is told what to do next, at any hour and on any day, until it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock, configure
from app.booking import service as booking
from app.cases import service as cases
from app.chain import standard
from app.channels import providers
from app.channels import service as channels
from app.customer import service as customer
from app.db.connection import connection, transaction
from app.dispatch import service as dispatch
from app.dispatch import store as tasks
from app.dispatch.states import TaskKind
from app.intake import accounts, samples
from app.intake import service as intake
from app.intake.event import Incoming
from app.playground import customers, demo, scene
from app.playground.guide import Guide
from app.settings import Settings
from tests.inline import settle

HERE = ZoneInfo(demo.ZONE)
HOURS = {
    "a Tuesday morning": datetime(2033, 5, 3, 9, 10, tzinfo=HERE),
    "late in the evening": datetime(2033, 5, 3, 23, 10, tzinfo=HERE),
    "just before the night": datetime(2033, 5, 3, 20, 50, tzinfo=HERE),
    "Thanksgiving, before dawn": datetime(2033, 11, 24, 4, 30, tzinfo=HERE),
    "a Sunday, as clocks change": datetime(2033, 11, 6, 1, 30, tzinfo=HERE),
    "Christmas": datetime(2033, 12, 25, 8, 5, tzinfo=HERE),
}


@pytest.fixture
def night(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(standard.STANDARD, "quiet_hours", standard.NIGHT)
    configure(settings)
    with clock.held():
        yield
    providers._chosen.clear()
    accounts.forget()


def begin(settings: Settings, at: datetime) -> int:
    """The demo is started at this hour, and its first delivery fails; the id of the case."""
    clock.hold(at.astimezone(UTC))
    demo.load(settings)
    account = accounts.get(demo.SAMPLE)
    raw, headers = samples.failure(account, clock.now(), event="first")
    customers.order(account, raw, headers)
    incoming = Incoming(headers=headers, query={}, raw=raw, received_at=clock.now())
    case_id = intake.receive(account, incoming, "demo").case_id
    settle()
    assert case_id is not None
    return case_id


def report(case_id: int) -> None:
    """The courier reports it delivered, in the middle of the window."""
    stands = booking.standing(connection(), case_id)
    assert stands is not None
    clock.hold(max(clock.now(), stands.starts_at + timedelta(hours=1)))
    account = accounts.get(demo.SAMPLE)
    raw, headers = samples.delivered(account, clock.now())
    incoming = Incoming(headers=headers, query={}, raw=raw, received_at=clock.now())
    intake.receive(account, incoming, "demo")


def follow(case_id: int, said: Guide) -> None:
    """Do what the guide says."""
    now, conn = clock.now(), connection()
    case = cases.by_ids(conn, [case_id])[case_id]
    match said.where:
        case "depot":
            task = next(t for t in tasks.of_case(conn, case_id) if t.state.live)
            outcome = "confirmed" if task.kind is TaskKind.HANDOVER else ""
            dispatch.resolve(task.id, "Ana Reyes", outcome, "", now)
        case "customer" if case.closed:
            customer.rate(case_id, 5, "", now)
        case "customer":
            with transaction() as held:
                locked = cases.lock(held, case_id)
                assert locked is not None
                slots = booking.options(held, locked, now).slots
            customer.choose(case_id, slots[0].choice, now)
        case "courier":
            report(case_id)
        case _:
            assert said.until, said
            clock.hold(said.until.at + timedelta(seconds=1))
    settle()


@pytest.mark.parametrize("when", HOURS)
def test_who_follows_the_guide_sees_the_whole_story_and_wakes_nobody(
    settings: Settings, night: None, when: str
):
    case_id = begin(settings, HOURS[when])
    told = []
    for _ in range(30):
        said = scene.of(connection(), case_id).guide
        if "The story is complete" in said.text:
            break
        told.append(said.text)
        follow(case_id, said)
    else:
        pytest.fail(f"it never ends: {told[-3:]}")
    messages = channels.for_case(connection(), case_id)
    arrived = [m for m in messages if m["audience"] == "customer" and m["state"] == "delivered"]
    assert {"failure", "booking", "survey"} <= {m["topic"] for m in arrived}
    unasked = [m["done_at"].astimezone(HERE) for m in arrived if m["topic"] != "booking"]
    assert [at for at in unasked if not 8 <= at.hour < 21] == []


def test_at_night_the_guide_says_what_time_it_is_there_and_when_they_are_texted(
    settings: Settings, night: None
):
    case_id = begin(settings, HOURS["late in the evening"])
    while scene.of(connection(), case_id).guide.where == "depot":
        follow(case_id, scene.of(connection(), case_id).guide)
    said = scene.of(connection(), case_id).guide
    assert "nobody is texted at night. We’ll text at 08:00" in said.text
    assert said.text.startswith("It is 23:1")
    assert said.until is not None
    follow(case_id, said)
    assert scene.of(connection(), case_id).guide.where == "customer"


@pytest.mark.parametrize(
    ("at", "begins"),
    [
        ("2033-05-03T09:00", "2033-05-03T09:00"),
        ("2033-05-03T17:59", "2033-05-03T17:59"),
        ("2033-05-03T18:00", "2033-05-04T09:00"),
        ("2033-05-03T23:10", "2033-05-04T09:00"),
        ("2033-05-03T06:47", "2033-05-03T09:00"),
        ("2033-11-06T00:30", "2033-11-06T09:00"),  # an hour comes twice
        ("2033-03-12T20:00", "2033-03-13T09:00"),  # and one does not come
    ],
)
def test_a_new_demo_begins_by_day_at_its_depot(at: str, begins: str) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=HERE).astimezone(UTC)
    then = (now + demo.until_morning(now)).astimezone(HERE)
    assert then.isoformat()[:16] == begins
