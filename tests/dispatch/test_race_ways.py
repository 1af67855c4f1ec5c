"""Taking on and passing on at the same instant, by every way there is: never both, and it is said.

A thousand pairs by HTTP stand in `test_race`; here each way meets each other one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import product

import pytest

from app import clock
from app.channels import heard
from app.channels.providers.playground import answering
from app.db import connection as db
from app.db.connection import Connection, connection, transaction
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch import rules, service
from app.dispatch.bundles import acting
from app.dispatch.bundles import service as bundles
from app.errors import Problem
from tests.inline import advance, settle
from tests.play import Play

ANA, BEN = "+17145554101", "+17145554102"


class Ways:
    """What Ana and Ben can do about one parcel of a message about several."""

    def __init__(self, play: Play) -> None:
        first, *others = [play.courier(parcel=f"W{n}") for n in range(3)]
        play.acknowledge(first, "Cleo")
        advance(minutes=5)
        self.play, self.case_ids = play, others
        self.task_id = play.task(others[0]).id
        rows = (
            connection()
            .execute(
                """SELECT id, channel, person_id FROM messages WHERE topic = 'bundle'
                ORDER BY id DESC"""
            )
            .fetchall()
        )
        self.bundle = next(row["id"] for row in rows if row["person_id"] == self._id("Ana"))

    def _id(self, name: str) -> int:
        return self.play.world.people[name]

    def _person(self, conn: Connection, name: str) -> Person:
        found = directory.person(conn, self._id(name))
        assert found
        return found

    def reset(self) -> None:
        tasks = [self.play.task(case_id).id for case_id in self.case_ids]
        with transaction() as conn:
            conn.execute(
                """UPDATE dispatch_tasks SET state = 'open', level = 1, calls = 1,
                          acknowledged_at = NULL, acknowledged_by = NULL WHERE id = ANY(%s)""",
                [tasks],
            )
            conn.execute("DELETE FROM timeline WHERE kind IN ('acknowledged', 'passed_on')")

    def by_link(self) -> object:
        """The verb of the page, the console and the API."""
        return service.acknowledge(self.task_id, "Ana", "", "", clock.now())

    def by_text(self) -> object:
        words = f"1-B{rules.code_of(self.bundle)}"
        with transaction() as conn:
            fact = answering.reply("sms", ANA, words, clock.now())
            return heard.tell(conn, fact, clock.now())

    def by_list(self) -> object:
        with transaction() as conn:
            return bundles.take_all(conn, self.bundle, self._person(conn, "Ana"), clock.now())

    def by_code(self) -> object:
        with transaction() as conn:
            words = f"1-{rules.code_of(self.task_id)}"
            return heard.tell(conn, answering.reply("sms", ANA, words, clock.now()), clock.now())

    def pass_by_api(self) -> object:
        return service.pass_on(self.task_id, "Ben", clock.now())

    def pass_by_bundle(self) -> object:
        with transaction() as conn:
            return acting.pass_on(conn, self.bundle, self._person(conn, "Ben"), clock.now())


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of it in threads that begin at the same instant; what came of each."""
    gate = threading.Barrier(len(acts))
    came: list[object] = [None] * len(acts)

    def run(place: int) -> None:
        gate.wait(30)
        try:
            came[place] = acts[place]()
        except Problem as problem:
            came[place] = problem
        finally:
            db.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came


def told(case_id: int) -> list[str]:
    rows = connection().execute(
        """SELECT kind FROM timeline WHERE case_id = %s AND kind IN ('acknowledged', 'passed_on')
            ORDER BY id""",
        [case_id],
    )
    return [row["kind"] for row in rows]


@pytest.mark.timeout(600)
def test_whoever_takes_it_on_has_it_and_who_passes_it_on_hears_that(play: Play):
    ways = Ways(play)
    takes = [ways.by_link, ways.by_text, ways.by_list, ways.by_code]
    passes = [ways.pass_by_api, ways.pass_by_bundle]
    seen = set()
    for take, pass_on in list(product(takes, passes)) * 3:
        ways.reset()
        took, passed = at_once(take, pass_on)
        assert not isinstance(took, Problem), (take.__name__, took)
        case_id = ways.case_ids[0]
        task, story = play.task(case_id), told(case_id)
        assert (task.state, task.acknowledged_by) == ("acknowledged", "Ana")
        assert story in (["acknowledged"], ["passed_on", "acknowledged"]), take.__name__
        if pass_on == ways.pass_by_api:
            assert isinstance(passed, Problem) == (story == ["acknowledged"]), take.__name__
        if isinstance(passed, Problem):
            assert passed.code == "taken_meanwhile"
            assert "Ana took it on at " in passed.detail
        seen.add((take.__name__, len(story)))
    assert {count for _, count in seen} == {1, 2}, "both orders were seen"
    settle()
