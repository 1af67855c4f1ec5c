"""Quarantine: nothing authentic is lost, nothing is taken twice, whatever happens meanwhile."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app import clock, configure
from app.db import connection as db
from app.db.connection import connection, transaction
from app.directory import service as directory
from app.errors import Problem
from app.intake import accounts, quarantine, quarantine_store, service
from app.intake.couriers import custom
from app.intake.event import Account, Incoming
from app.intake.store import Taken
from tests import seed
from tests.intake.commands import Run, reknock

__all__ = ["reknock"]

MAPPING: dict[str, Any] = {
    "signature": {"scheme": "token", "header": "X-Token"},
    "each": "parcels",
    "key": "id",
    "kind": {"from": "what", "table": {"NO": "failed", "YES": "delivered"}},
    "fields": {"tracking_number": "nr"},
}
BROKEN = MAPPING | {"fields": {"tracking_number": "elsewhere"}}


@pytest.fixture
def account(settings) -> Account:
    """A courier whose mapping reads nothing yet."""
    configure(settings)
    world = seed.world(clock.now())
    with transaction() as conn:
        directory.add_account(
            conn,
            slug="van",
            courier="custom",
            shipper_id=world.shipper_id,
            depot_id=world.depot_id,
            secrets=["t"],
            headers={},
            config=BROKEN,
            timezone="UTC",
            now=clock.now(),
        )
    return found()


def found() -> Account:
    accounts.forget()
    account = accounts.find("van")
    assert account is not None
    return account


def mend(config: dict[str, Any] = MAPPING) -> None:
    with transaction() as conn:
        directory.set_config(conn, "van", config)
    accounts.forget()


def parcel(number: str, what: str = "NO") -> dict[str, str]:
    return {"id": f"e-{number}", "nr": number, "what": what}


def hear(*parcels: Any) -> Taken:
    raw = json.dumps({"parcels": parcels}).encode()
    incoming = Incoming(
        headers={"x-token": "t"}, query={}, raw=raw, received_at=clock.machine_now()
    )
    return service.receive(found(), incoming, "request-1")


def outcome(event_id: int) -> tuple[str, str | None]:
    row = quarantine_store.event(connection(), event_id)
    assert row is not None
    return row["outcome"], row["fault"]


def count(table: str) -> int:
    row = connection().execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row["count"])


def test_a_replay_does_what_the_webhook_would_have_done(account):
    taken = hear(parcel("a"))
    assert taken.outcome == "quarantined"
    assert "elsewhere" in (outcome(taken.event_id)[1] or "")
    mend()
    assert quarantine.replay(taken.event_id) == "accepted"
    assert outcome(taken.event_id) == ("accepted", None)
    assert quarantine.replay(taken.event_id) == "accepted"
    assert (count("cases"), count("courier_events")) == (1, 1)


def test_what_still_cannot_be_read_stays_with_the_newer_reason(account):
    taken = hear(parcel("a"))
    assert quarantine.replay(taken.event_id) == "quarantined"
    mend(MAPPING | {"each": "boxes"})
    assert quarantine.replay(taken.event_id) == "quarantined"
    assert outcome(taken.event_id) == ("quarantined", "each: there is no list at boxes")


def test_what_turns_out_to_concern_no_parcel_is_set_aside(account):
    taken = hear(parcel("a"))
    mend(MAPPING | {"only": {"from": "what", "values": ["YES"]}})
    assert quarantine.replay(taken.event_id) == "ignored"
    assert quarantine.replay(taken.event_id) == "ignored"
    assert count("cases") == 0


def test_what_came_meanwhile_on_another_way_is_a_duplicate(account):
    first = hear(parcel("a"))
    mend()
    again = hear(parcel("a"))
    assert again.outcome == "accepted"
    assert quarantine.replay(first.event_id) == "duplicate"
    row = quarantine_store.event(connection(), first.event_id)
    assert row is not None
    assert row["case_id"] == again.case_id
    assert (count("cases"), count("timeline")) == (1, 1)


def test_a_body_of_several_events_is_taken_whole_and_once(account):
    taken = hear(parcel("a"), parcel("b"), parcel("c", "YES"))
    assert taken.outcome == "quarantined"
    mend()
    hear(parcel("b"))  # one of them came alone meanwhile
    assert quarantine.replay(taken.event_id) == "accepted"
    assert quarantine.replay(taken.event_id) == "accepted"
    assert count("cases") == 2
    keys = connection().execute("SELECT event_key FROM courier_events ORDER BY 1").fetchall()
    assert [row["event_key"] for row in keys] == ["e-a", "e-b", "e-c"]


def test_an_adapter_that_raises_holds_up_nobody(account, monkeypatch):
    taken = hear(parcel("a"))
    mend()

    def stumble(*_: Any) -> Any:
        raise ZeroDivisionError("\ud800 oops \0")

    with monkeypatch.context() as patched:
        patched.setattr(custom, "translate", stumble)
        assert quarantine.replay(taken.event_id) == "quarantined"
        kept = hear(parcel("b"))
        assert kept.outcome == "quarantined"
    assert "adapter failed: ZeroDivisionError" in (outcome(taken.event_id)[1] or "")
    assert quarantine.replay(taken.event_id) == "accepted"
    assert quarantine.replay(kept.event_id) == "accepted"


def test_what_cannot_be_stored_stays(account, monkeypatch):
    taken = hear(parcel("a"))
    mend()
    genuine = custom.translate

    def with_a_zero(*about: Any) -> Any:
        events = genuine(*about)
        events[0].words = "\0"
        return events

    monkeypatch.setattr(custom, "translate", with_a_zero)
    assert quarantine.replay(taken.event_id) == "quarantined"
    assert "cannot be stored" in (outcome(taken.event_id)[1] or "")


def test_two_operators_at_once_take_it_once(account, settings):
    events = [hear(parcel(str(number))).event_id for number in range(8)]
    mend()

    def replay_all(_: int) -> list[str]:
        try:
            return [quarantine.replay(event_id) for event_id in events]
        finally:
            db.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(replay_all, range(4)))
    assert told == [["accepted"] * 8] * 4
    assert (count("cases"), count("timeline"), count("courier_events")) == (8, 8, 8)
    attempts = connection().execute("SELECT DISTINCT attempts FROM shipments").fetchall()
    assert attempts == [{"attempts": 1}]


def test_there_is_nothing_to_replay_of_what_never_came(account):
    with pytest.raises(Problem) as refused:
        quarantine.replay(999)
    assert refused.value.code == "no_such_event"


def test_the_list_names_account_and_reason_and_can_be_narrowed(account, reknock: Run):
    assert "Nothing is in quarantine." in reknock("quarantine", "list").stderr
    first = hear(parcel("a")).event_id
    [line] = reknock("quarantine", "list").stdout.splitlines()
    assert line.split()[0] == str(first)
    assert " van " in line
    assert "tracking_number: nothing at elsewhere" in line
    assert reknock("quarantine", "list", "--account", "onfleet").stdout == ""


def test_a_body_is_shown_as_it_came(account, reknock: Run):
    event_id = hear(parcel("ä")).event_id
    shown = reknock("quarantine", "show", str(event_id))
    assert json.loads(shown.stdout)["parcels"][0]["nr"] == "ä"
    assert "van (custom)" in shown.stderr
    assert "quarantined: tracking_number" in shown.stderr
    assert "no event 999" in reknock("quarantine", "show", "999", exits=1).stderr


def test_one_is_replayed_by_its_number(account, reknock: Run):
    event_id = str(hear(parcel("a")).event_id)
    failed = reknock("quarantine", "replay", event_id, exits=1)
    assert "Still unreadable: tracking_number: nothing at elsewhere" in failed.stderr
    mend()
    assert reknock("quarantine", "replay", event_id).stdout == "accepted\n"


def test_all_are_replayed_over_several_pages(account, reknock: Run, monkeypatch):
    for number in range(7):
        hear(parcel(str(number)))
    hear({"id": "x", "what": "NO"})
    mend()
    pages = quarantine_store.quarantined
    monkeypatch.setattr(
        quarantine_store,
        "quarantined",
        lambda conn, after=0, account=None: pages(conn, after, 3, account),
    )
    assert reknock("quarantine", "replay", "--all").stdout == "7 accepted; 1 still unreadable.\n"
    said = reknock("quarantine", "replay", "--all").stdout
    assert said == "nothing taken; 1 still unreadable.\n"


def test_it_can_be_stopped_and_run_again(account, reknock: Run, monkeypatch):
    for number in range(5):
        hear(parcel(str(number)))
    mend()
    genuine = quarantine.replay

    def until_stopped(event_id: int) -> str:
        if count("cases") == 2:
            raise KeyboardInterrupt
        return genuine(event_id)

    with monkeypatch.context() as patched:
        patched.setattr(quarantine, "replay", until_stopped)
        stopped = reknock("quarantine", "replay", "--all", exits=130)
    assert "2 accepted; 0 still unreadable. Run it again to go on." in stopped.stderr
    assert reknock("quarantine", "replay", "--all").stdout == "3 accepted; 0 still unreadable.\n"
    assert count("cases") == 5


@pytest.mark.parametrize("words", [[], ["7", "--all"], ["7", "--account", "van"]])
def test_one_or_all_must_be_said(account, reknock: Run, words):
    assert (
        "Name one event, or say --all." in reknock("quarantine", "replay", *words, exits=1).stderr
    )
