"""The courier's own next act shortens everybody's patience and shows where people look."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.cases.model import CourierAct
from app.db.connection import connection, transaction
from app.dispatch import store as tasks
from app.shipments.returning import store
from tests.play import play

__all__ = ["play"]

DAY = timedelta(days=1)


@pytest.fixture
def slug(play):
    return play.world.accounts["standard_webhooks"].slug


def _rules(slug, **rules):
    with transaction() as conn:
        assert store.set_rules(conn, slug, rules)


def test_a_courier_that_tries_again_by_itself_hurries_everybody(play, slug):
    _rules(slug, attempts=3, tries_again_after_hours=24, no_change_hours=2)
    failed_at = clock.now()
    case = play.case(play.courier(at=failed_at, attempts=1))
    assert case.courier_act is CourierAct.TRIES_AGAIN
    assert abs(case.courier_acts_at - (failed_at + DAY)) < timedelta(seconds=2)
    assert case.choose_by < case.change_by == case.courier_acts_at - timedelta(hours=2)
    (task,) = tasks.of_case(connection(), case.id)
    (row,) = connection().execute("SELECT deadline FROM dispatch_tasks WHERE id = %s", [task.id])
    assert row["deadline"] == case.change_by


def test_every_attempt_winds_the_clock_anew_and_after_the_last_the_parcel_goes_back(play, slug):
    _rules(slug, attempts=2, tries_again_after_hours=24, held_days=4)
    first = play.case(play.courier(attempts=1))
    clock.advance(DAY)
    second = play.case(play.courier(attempts=2))
    assert second.id == first.id
    assert second.courier_act is CourierAct.RETURNS
    assert second.courier_acts_at == second.return_by
    assert timedelta(days=4) < second.return_by - clock.now() <= timedelta(days=5)


def test_without_rules_the_policy_says_when_it_goes_back(play):
    case = play.case(play.courier())
    assert case.courier_act is None
    assert case.change_by is None
    assert case.return_by is not None
