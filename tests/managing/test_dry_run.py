"""Past cases replayed: as they were by the policy of then, and otherwise by another."""

from __future__ import annotations

import copy
import re
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import psycopg
import pytest
from click.testing import CliRunner

from app import clock
from app.cases import service as cases
from app.cases.timeline.facts import CorrectionAsked, CustomerReply
from app.chain import policy
from app.cli import environment, main
from app.customer.asked import service as customers
from app.db import connection as db
from app.db.connection import connection, transaction
from app.decisions import service as decisions
from app.decisions.model import Choice
from app.dispatch import conversation
from app.dispatch.snoozed import service as snoozed
from app.errors import Problem
from app.managing.dry_runs import asked, scratch_store, service, store, texts
from app.managing.dry_runs.service import Tried
from app.questions.model import Wants
from app.questions.service import Written
from tasks import dry_runs
from tests import calendar
from tests.courier import PHONE
from tests.inline import advance, settle
from tests.pages.reading import fingerprint
from tests.play import Play


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(policy.STANDARD), **changes}


def try_out(play: Play, patience: float = 1, **changes: Any) -> dict[str, Any]:
    """Replayed, with nothing that lives touched and every step run."""
    before = fingerprint()
    tried = Tried(shipper_id=play.world.shipper_id, body=changed(**changes), patience=patience)
    result = service.run(tried)
    assert fingerprint() == before
    assert result["problems"] == []
    assert connection().execute("SHOW default_transaction_read_only").fetchone() == {
        "default_transaction_read_only": "off"
    }
    return result


def calls(result: dict[str, Any], run: str) -> dict[str, int]:
    return {one["person"]: one[run] for one in result["calls"] if one["channel"] == "sms"}


def long_night(play: Play) -> None:
    """Nobody answers for a whole night, and Cleo, the last level, is called again and again."""
    play.courier(parcel="P1")
    advance(minutes=50)
    late = play.courier(parcel="P2")
    advance(minutes=8)
    play.acknowledge(late, "Ben")
    advance(hours=9)


def test_by_the_policy_of_then_it_happens_as_it_did(play):
    first = play.courier(parcel="P1")
    advance(minutes=7)
    play.acknowledge(first, "Ben")
    advance(minutes=30)
    play.choose(first)
    play.courier(parcel="P2")
    advance(hours=30)
    play.courier("delivered", parcel="P1")
    advance(hours=3)
    play.rate(first, 2)
    advance(hours=2)
    result = try_out(play)
    assert result["cases"] == 2
    assert calls(result, "really")["Ana"] >= 2
    for run in ("before", "after"):
        assert result["customer"][run] == result["customer"]["really"]
        for figure in ("first_call", "acknowledged", "silence"):
            for value, was in result[figure]["really"].items():
                assert result[figure][run][value] == pytest.approx(was, abs=2), figure
        assert calls(result, run) == calls(result, "really")
    assert result["ends"] == []
    assert result["undone"] == [0, 0]
    assert texts.differences(result) == []


def test_who_is_called_only_so_often_an_hour_is_so_in_the_replay_too(play):
    for number in range(9):
        play.courier(parcel=f"P{number}")
        advance(minutes=7)
    advance(hours=3)
    result = try_out(play)
    assert calls(result, "really") == calls(result, "before") == calls(result, "after")
    assert calls(result, "really")["Cleo"] > 27  # the calls of each, and then six an hour


def really(play: Play) -> dict[str, int]:
    """How often whom a text message called, as the world has it."""
    found: dict[str, int] = {}
    names = {number: name for name, number in PHONES.items()}
    rows = connection().execute(
        """SELECT recipient FROM messages WHERE channel = 'sms' AND audience = 'dispatcher'
              AND state = 'delivered' AND (topic LIKE 'task-%' OR topic = 'bundle')"""
    )
    for row in rows:
        name = names[row["recipient"]]
        found[name] = found.get(name, 0) + 1
    return found


PHONES = {"Ana": "+17145554101", "Ben": "+17145554102", "Cleo": "+17145554103"}
PATIENT = {"catch_all_every": 2 * policy.STANDARD["catch_all_every"], "catch_all_times": 2}


def test_what_is_foretold_comes_true(play, servers, settings):
    """The same night, lived in another world by the other policy, has exactly those figures."""
    long_night(play)
    foretold = try_out(play, **PATIENT)
    assert calls(foretold, "really") == calls(foretold, "before") == really(play)
    clock.advance(timedelta(days=1) - (clock.now() - calendar.BEGINS))  # the same hour of the day
    with servers.database() as url:
        there = Play(replace(settings, database_url=url), changed(**PATIENT))
        long_night(there)
        came_true = really(there)
        db.close()
    db.configure(settings.database_url)
    assert calls(foretold, "after") == came_true
    cleo = calls(foretold, "before")["Cleo"], came_true["Cleo"]
    assert cleo[0] > cleo[1] > 1
    said = f"Cleo {cleo[1]} times instead of {cleo[0]}, by text message."
    assert said in texts.differences(foretold)


def test_when_levels_wait_twice_as_long_the_next_ones_are_called_less(play):
    """Ana is called for every parcel; Ben only where she takes longer than her level waits."""
    for number in range(6):
        case_id = play.courier(parcel=f"P{number}")
        advance(minutes=7)
        play.acknowledge(case_id, "Ana")
        advance(minutes=20)
    as_it_is = try_out(play)
    assert calls(as_it_is, "after") == calls(as_it_is, "really") == {"Ana": 6, "Ben": 6}
    patient = try_out(play, patience=2)
    assert calls(patient, "before") == {"Ana": 6, "Ben": 6}
    assert {name: n for name, n in calls(patient, "after").items() if n} == {"Ana": 6}
    assert "Ben 0 times instead of 6, by text message." in texts.differences(patient)


def test_who_is_never_called_does_nothing_and_that_is_said(play):
    case_id = play.courier()
    advance(minutes=7)
    play.acknowledge(case_id, "Ben")
    advance(hours=2)
    result = try_out(play, patience=30)
    assert result["undone"] == [0, 1]
    assert result["acknowledged"]["before"]["count"] == 1
    assert result["acknowledged"]["after"]["count"] == 0
    assert "0 cases are taken on instead of 1." in texts.differences(result)


def test_the_customer_is_told_later_and_cases_end_otherwise_where_they_do(play):
    body = changed()
    for entries in body["after"]["validate_contact"].values():
        for entry in entries:
            if entry.get("arm") == "notify_customer" and entry.get("in"):
                entry["in"] = 2 * 3600
    body["choose_within"] = 3600
    play.courier()
    advance(hours=4)
    result = try_out(play, **body)
    assert [(one["before"], one["after"]) for one in result["ends"]] == [("informed", "booked")]
    assert texts.ends(result) == ["ORD-P1: booked instead of the customer has not chosen"]


def test_what_a_replay_cannot_do_again_is_left_out_and_named(play):
    plain, asks, wishes = (play.courier(parcel=f"P{n}") for n in (1, 2, 3))
    with transaction() as conn:
        facts = CustomerReply(words="Where is it?", channel="sms", provider_id="x")
        cases.note(conn, [cases.Entry(asks, facts, "customer")], clock.now())
        wish = CorrectionAsked(version=1)
        cases.note(conn, [cases.Entry(wishes, wish, "customer")], clock.now())
    result = try_out(play)
    assert result["cases"] == 1
    assert plain
    assert sorted(texts.left_out(result)) == [
        "1 because the customer asked for another address",
        "1 because the customer asked for more than an answer",
    ]


def ask(play: Play, case_id: int, words: str, wants: Wants = Wants.ANSWER) -> None:
    """A customer writes by a text message."""
    with transaction() as conn:
        written = Written(text=words, wants=wants, channel="sms", sender=PHONE)
        customers.ask(conn, play.case(case_id), written, clock.now())
    settle()


def test_questions_answers_and_calls_that_were_put_off_happen_again(play):
    case_id = play.courier()
    snoozed.snooze(case_id, "Ana", clock.now() + timedelta(minutes=9), clock.now())
    settle()
    advance(minutes=12)
    play.acknowledge(case_id, "Ana")
    advance(minutes=15)
    ask(play, case_id, "Which door?")
    advance(minutes=7)
    ask(play, case_id, "I want the manager", Wants.IN_CHARGE)
    advance(minutes=3)
    conversation.answer(case_id, "The blue one", "Ben", clock.now())
    settle()
    advance(hours=2)
    result = try_out(play)
    assert (result["cases"], result["left_out"], result["undone"]) == (1, {}, [0, 0])
    assert calls(result, "really")["Ben"] >= 1
    for run in ("before", "after"):
        assert calls(result, run) == calls(result, "really"), run
        assert result["customer"][run] == result["customer"]["really"]
    assert texts.differences(result) == []


def test_a_question_that_waits_longer_by_the_policy_calls_fewer(play):
    case_id = play.courier()
    play.acknowledge(case_id, "Ana")
    advance(minutes=30)
    ask(play, case_id, "Which door?")
    advance(hours=9)
    result = try_out(play, answer_within=4 * policy.HOUR)
    assert calls(result, "before") == calls(result, "really")
    assert result["customer"]["before"] == result["customer"]["really"]
    assert result["customer"]["after"] < result["customer"]["before"]


def test_a_shippers_decision_comes_as_long_after_they_were_asked(play):
    case_id = play.courier("lost")
    play.acknowledge(case_id, "Ana")
    advance(hours=3)
    assert "decision_requested" in play.timeline(case_id)
    decisions.decide(case_id, Choice.REFUND, "shipper", clock.now())
    settle()
    result = try_out(play)
    assert (result["cases"], result["left_out"], result["undone"]) == (1, {}, [0, 0])
    assert result["ends"] == []
    assert result["customer"]["before"] == result["customer"]["really"]


def test_a_scratch_world_cannot_write_to_anything_that_lives(play):
    with closing(db.connect()) as conn:
        scratch_store.shadow(conn)
        conn.execute("UPDATE shippers SET name = 'Scratch'")
        for statement in (
            "UPDATE public.shippers SET name = 'Live'",
            "DELETE FROM public.cases",
            "SELECT nextval('public.courier_events_id_seq')",
            "CREATE TABLE public.stays (id int)",
        ):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                conn.execute(statement.encode())
        with db.only(conn):
            conn.close()
            with pytest.raises(psycopg.OperationalError):
                connection()
    row = connection().execute("SELECT name FROM shippers").fetchone()
    assert row == {"name": "Hollow Oak Books"}


def test_it_is_given_up_when_it_takes_too_long_and_says_so(play, monkeypatch):
    play.courier()
    number = have_tried(play)
    monkeypatch.setattr(service, "LONGEST", timedelta(0))
    assert asked.do_next()
    found = store.find(connection(), play.world.shipper_id, number)
    assert found
    assert found.state == "failed"
    assert "Try it on fewer cases." in (found.why or "")
    assert not asked.do_next()
    assert clock.now() >= play.case(1).opened_at  # time goes on as before


def have_tried(play: Play) -> int:
    with transaction() as conn:
        tried = Tried(shipper_id=play.world.shipper_id, body=changed())
        return asked.ask(conn, tried, "Ana", clock.now())


def test_only_a_few_wait_and_one_whose_process_died_is_begun_once_more(play):
    numbers = [have_tried(play) for _ in range(5)]
    with pytest.raises(Problem, match="wait a minute"):
        have_tried(play)
    live = connection()
    for attempt in range(3):
        now = clock.machine_now() + attempt * (asked.LOST + timedelta(seconds=1))
        found = store.claim(live, now, asked.LOST)
        assert found
        assert (found.id, found.attempts) == (numbers[0], attempt + 1)
        live.execute("UPDATE dry_runs SET state = 'failed' WHERE state = 'asked'")


def test_the_process_that_a_clock_starts_does_what_was_asked_for(play, env, monkeypatch):
    play.courier()
    number = have_tried(play)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert dry_runs.start() is False
    found = store.find(connection(), play.world.shipper_id, number)
    assert found
    assert found.state == "done", found.why
    assert found.result
    assert found.result["cases"] == 1


def test_at_the_terminal(play, settings, monkeypatch, tmp_path):
    long_night(play)
    monkeypatch.setattr(environment, "attach", lambda: settings)
    file = tmp_path / "patient.json"
    file.write_bytes(orjson.dumps(changed(**PATIENT)))
    words = ["policy", "dry-run", str(file), "--shipper", "oak"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert re.search(r"Cleo \d+ times instead of \d+, by text message\.", done.output)
    assert "What a replay takes for granted:" in done.output
    done = CliRunner().invoke(main, [*words[:-1], "nobody"])
    assert done.exit_code == 1
    assert "There is no shipper 'nobody'" in done.output
