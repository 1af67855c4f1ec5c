"""The functions in SQL keep what their callers rely on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app import languages
from app.access import secret
from app.chain import changes_store, policy
from app.chain import store as steps
from app.chain.changes_store import Changes
from app.chain.store import NewStep
from app.contact.lookup import store as lookups
from app.db import connection as db
from app.db.connection import Connection, connection, transaction
from app.intake import store as intake
from app.intake.event import Event, Incoming, Message
from app.intake.store import Taken
from app.languages import said
from app.settings import Settings
from tests import seed
from tests.seed import World

NOW = datetime(2036, 5, 6, 16, tzinfo=UTC)
LEASE = timedelta(seconds=15)


@pytest.fixture
def world(settings: Settings) -> World:
    secret.configure(settings.secret_key)
    return seed.world(NOW)


def arm(conn: Connection, *dues: datetime) -> None:
    """A step of a case of its own for each due time."""
    new = [NewStep(n, "call_dispatcher", due, {}, "r") for n, due in enumerate(dues, 1)]
    changes_store.write(conn, Changes.arming(new), NOW)


def claimed_cases(conn: Connection, now: datetime, limit: int = 10) -> list[int]:
    """The cases whose steps a claim at this moment gets."""
    ids = [step.id for step in steps.claim(conn, now, limit, LEASE)]
    found = conn.execute("SELECT case_id FROM steps WHERE id = ANY(%s) ORDER BY 1", [ids])
    return [row["case_id"] for row in found]


@pytest.mark.usefixtures("settings")
class TestClaimSteps:
    def test_only_what_is_due_is_claimed_the_oldest_first(self):
        conn = connection()
        minute = timedelta(minutes=1)
        arm(conn, NOW, NOW - 2 * minute, NOW - minute, NOW + minute)
        assert claimed_cases(conn, NOW, limit=2) == [2, 3]
        assert claimed_cases(conn, NOW) == [1]

    def test_a_claim_that_nobody_takes_comes_back_as_lost_and_waits_longer_each_time(self):
        conn = connection()
        arm(conn, NOW)
        (first,) = steps.claim(conn, NOW, 10, LEASE)
        assert not steps.claim(conn, NOW + LEASE - timedelta(microseconds=1), 10, LEASE)
        (second,) = steps.claim(conn, NOW + LEASE, 10, LEASE)
        assert (first.lost, second.lost) == (False, True)
        assert (second.id, second.attempt) == (first.id, first.attempt + 1)
        assert not steps.claim(conn, NOW + 2 * LEASE, 10, LEASE)
        assert steps.claim(conn, NOW + 3 * LEASE, 10, LEASE)

    def test_what_failed_was_not_lost(self):
        conn = connection()
        arm(conn, NOW)
        (first,) = steps.claim(conn, NOW, 10, LEASE)
        steps.fail(conn, steps.Ref(first.id, first.attempt), "boom")
        (second,) = steps.claim(conn, NOW + LEASE, 10, LEASE)
        assert not second.lost

    def test_two_claims_at_once_share_and_never_wait(self):
        arm(connection(), NOW, NOW)
        with transaction() as conn:
            mine = steps.claim(conn, NOW, 1, LEASE)
            other = db.connect("-c lock_timeout=1000")
            theirs = steps.claim(other, NOW, 10, LEASE)
            other.close()
        assert len(mine) == len(theirs) == 1
        assert mine[0].id != theirs[0].id


@pytest.mark.usefixtures("settings")
class TestStepsAreFoundByTheirCase:
    def test_an_id_begins_with_the_case_also_of_a_step_that_is_run_before_it_is_written(self):
        """`step_of_case` and `case_of_step`; in the table `steps_begin_with_their_case`."""
        conn = connection()
        arm(conn, NOW, NOW)
        late = NewStep(3, "call_dispatcher", NOW, {}, "r")
        (run,) = changes_store.write(conn, Changes(runs=[late]), NOW, NOW + LEASE)
        changes_store.write(conn, Changes(waits=[(run["id"], late)]), NOW)
        found = conn.execute("SELECT id, case_id, case_of_step(id) AS of FROM steps").fetchall()
        assert [row["of"] for row in found] == [row["case_id"] for row in found]
        assert run["id"] in {row["id"] for row in found}
        again = conn.execute("SELECT step_of_case(case_id, id) AS id FROM steps").fetchall()
        assert [row["id"] for row in again] == [row["id"] for row in found]

    def test_what_is_armed_anew_keeps_its_id_and_what_waits_just_so_is_not_written(self):
        conn = connection()
        look = "SELECT id, due_at, data, xmin::text AS written FROM steps"
        arm(conn, NOW)
        first = conn.execute(look).fetchone()
        arm(conn, NOW)
        assert conn.execute(look).fetchone() == first
        arm(conn, NOW + LEASE)
        moved = conn.execute(look).fetchone()
        assert first
        assert moved
        assert (moved["id"], moved["due_at"]) == (first["id"], NOW + LEASE)
        (claim,) = steps.claim(conn, NOW + LEASE, 10, LEASE)
        arm(conn, NOW + LEASE)
        assert steps.claim(conn, NOW + LEASE, 10, LEASE) == [
            claim._replace(attempt=claim.attempt + 1)
        ], "a claim ends where the step is armed anew"


@pytest.mark.usefixtures("settings")
def test_sentences_are_kept_without_what_they_say_of_anybody():
    """`without_values`: the text is registered just so."""
    language = languages.get("en")
    inner = said.say(language, "Your {shipper} parcel {parcel}", shipper="Oak", parcel="O-1")
    words = said.joined(
        said.say(language, "{statement}.", statement=inner),
        said.say(language, "We're sorry."),
        "They wrote this.",
    )
    row = connection().execute("SELECT without_values(%s) AS kept", [Jsonb(words.made_of)])
    kept = row.fetchall()[0]["kept"]
    assert said.form(kept, language) == said.form(words.made_of, language)
    assert {variable.value for variable in said.variables(kept)} == {""}
    assert said.key("failure", kept) == said.key("failure", words.made_of)


class TestClaimLookups:
    @pytest.fixture(autouse=True)
    def questions(self, world: World) -> None:
        """Three questions to a shipper whose system can be asked."""
        conn = connection()
        conn.execute("UPDATE shippers SET lookup_url = 'https://shop.example/{order_ref}'")
        for case_id in (1, 2, 3):
            conn.execute(
                """INSERT INTO lookups (case_id, shipper_id, due_at, give_up_at, created_at,
                          request_id) VALUES (%s, %s, %s, %s, %s, 'r')""",
                [case_id, world.shipper_id, NOW, NOW + timedelta(hours=1), NOW],
            )

    def claim(self, now: datetime, each: int = 2, limit: int = 10) -> int:
        found = connection().execute(
            "SELECT * FROM claim_lookups(%s, %s, %s, %s)", [now, each, limit, LEASE]
        )
        return len(found.fetchall())

    def test_one_shipper_gets_only_so_many_calls_at_once(self):
        assert [self.claim(NOW), self.claim(NOW)] == [2, 0]
        assert self.claim(NOW + LEASE) == 2

    def test_a_limit_and_a_due_time_are_kept(self):
        assert self.claim(NOW - timedelta(seconds=1)) == 0
        assert self.claim(NOW, each=9, limit=1) == 1

    def test_a_shipper_without_an_address_is_not_asked(self):
        connection().execute("UPDATE shippers SET lookup_url = NULL")
        assert self.claim(NOW) == 0

    def test_what_is_over_is_not_claimed(self):
        lookups.give_up(connection(), [1, 2, 3], NOW)
        assert self.claim(NOW) == 0


@pytest.mark.parametrize("change", ["UPDATE policies SET name = 'x'", "DELETE FROM policies"])
def test_a_policy_row_never_changes(settings, change):
    """`refuse_change`."""
    policy.create(connection(), "standard", policy.STANDARD, NOW)
    with pytest.raises(psycopg.errors.RaiseException, match="policies row never changes"):
        connection().execute(change)


def test_a_number_is_used_again_after_what_the_policy_says_or_two_weeks(world: World):
    """`recycled_after`."""

    def told() -> timedelta:
        row = connection().execute("SELECT recycled_after(%s) AS it", [world.shipper_id]).fetchone()
        return row["it"] if row else timedelta()

    assert told() == timedelta(seconds=policy.STANDARD["recycled_after"])
    for body, expected in (
        (policy.STANDARD | {"recycled_after": 3 * 86400}, timedelta(days=3)),
        ({"start": "thank", "return_after": 1}, timedelta(days=14)),
    ):
        connection().execute(
            """WITH p AS (INSERT INTO policies (name, body, created_at)
                              VALUES ('other', %s, now()) RETURNING id)
               UPDATE shippers SET policy_id = p.id FROM p""",
            [Jsonb(body)],
        )
        assert told() == expected


class TestTakeEvent:
    """`take_event` and `close_case`, about a parcel `P` of the account for standard webhooks."""

    @pytest.fixture(autouse=True)
    def setting(self, world: World) -> None:
        self.world = world

    def take(self, kind: str, key: str, at: datetime = NOW, **more: Any) -> Taken:
        account = self.world.accounts["standard_webhooks"]
        event = Event(
            key=key,
            kind=kind,
            tracking_number="P",
            courier_ref="P",
            reason="not_home",
            occurred_at=at,
            **more,
        )
        incoming = Incoming(raw=key.encode(), headers={}, query={}, received_at=NOW)
        return intake.take(
            Message(account=account, incoming=incoming, request_id="r", events=[event]), NOW
        )

    def case(self) -> dict[str, object]:
        row = (
            connection()
            .execute(
                """SELECT c.state, c.resolution, s.attempts, s.status, s.language, s.courier_phone
                 FROM cases c JOIN shipments s ON s.id = c.shipment_id"""
            )
            .fetchone()
        )
        assert row
        return row

    def waiting(self, case_id: int | None) -> int:
        row = (
            connection()
            .execute("SELECT count(*) AS n FROM steps WHERE case_id = %s", [case_id])
            .fetchone()
        )
        assert row
        return int(row["n"])

    def test_a_failure_opens_a_case_that_waits_for_its_first_step(self):
        taken = self.take("failed", "1", phone="+17145550000")
        assert taken.outcome == "accepted"
        assert self.waiting(taken.case_id) == 1
        assert self.case() | {"language": None} == {
            "state": "open",
            "resolution": None,
            "attempts": 1,
            "status": "failed",
            "language": None,
            "courier_phone": "+17145550000",
        }

    def test_the_same_event_twice_is_a_duplicate_of_the_first(self):
        first = self.take("failed", "1")
        again = self.take("failed", "1")
        assert again == Taken("duplicate", first.event_id, first.case_id)
        assert self.case()["attempts"] == 1

    def test_a_second_failure_joins_the_open_case(self):
        first = self.take("failed", "1", NOW - timedelta(hours=1))
        second = self.take("failed", "2")
        assert second.case_id == first.case_id
        assert self.case()["attempts"] == 2

    def test_a_delivery_closes_the_case_and_nothing_undoes_it(self):
        first = self.take("failed", "1", NOW - timedelta(hours=1))
        done = self.take("delivered", "2")
        assert (done.outcome, done.case_id) == ("accepted", first.case_id)
        late = self.take("failed", "3", NOW - timedelta(minutes=30))
        assert late.case_id == first.case_id
        assert (self.case()["state"], self.case()["resolution"]) == ("closed", "delivered")
        assert self.case()["status"] == "delivered"

    def test_an_older_scan_that_comes_late_does_not_speak(self):
        self.take("failed", "1")
        self.take("refused", "0", NOW - timedelta(hours=3))
        assert self.case()["status"] == "failed"

    def test_a_delivery_without_a_case_opens_none(self):
        assert self.take("delivered", "1").case_id is None

    def test_an_event_that_fails_nothing_is_ignored_but_kept(self):
        taken = self.take("in_transit", "1")
        assert (taken.outcome, taken.case_id) == ("ignored", None)
        rows = connection().execute("SELECT body FROM courier_events").fetchall()
        assert [bytes(row["body"]) for row in rows] == [b"1"]

    def test_the_recipients_language_is_kept_and_the_first_one_stays(self):
        self.take("failed", "1", NOW - timedelta(hours=1), language="de")
        self.take("failed", "2", language="fr")
        assert self.case()["language"] == "de"

    def test_a_case_is_closed_once(self):
        case_id = self.take("failed", "1").case_id

        def close() -> bool:
            row = connection().execute(
                "SELECT close_case(%s, 'refunded', %s, %s, 'Ana') AS closed", [case_id, NOW, NOW]
            )
            return bool((row.fetchone() or {})["closed"])

        assert (close(), close()) == (True, False)
        assert (self.case()["state"], self.waiting(case_id)) == ("closed", 0)
        told = connection().execute(
            "SELECT actor, facts FROM timeline WHERE case_id = %s AND kind = 'closed'", [case_id]
        )
        assert told.fetchall() == [{"actor": "Ana", "facts": {"resolution": "refunded"}}]
