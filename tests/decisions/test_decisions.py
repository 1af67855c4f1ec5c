"""The shipper decides, is late, decides twice, or never: the customer always knows."""

from __future__ import annotations

import threading

import pytest

from app import clock, languages
from app.db import connection as db
from app.db.connection import connection, transaction
from app.decisions import service
from app.decisions.model import Choice
from app.errors import Problem
from app.languages.sentence import again
from tests.inline import advance, settle
from tests.play import Play

SHIPPER = "Hollow Oak Books"


def decide(play: Play, case_id: int, choice: str, by: str = "shipper", **more):
    made = service.decide(case_id, Choice(choice), by, clock.now(), **more)
    settle()
    return made


def texts(play: Play, case_id: int, topic: str, audience: str = "customer") -> list[str]:
    return [m["text"] for m in play.messages(case_id, audience=audience, topic=topic)]


@pytest.mark.parametrize("kind", ["lost", "damaged", "returned"])
def test_what_only_the_shipper_can_decide_is_asked_at_once_by_its_own_link(play: Play, kind: str):
    case_id = play.courier(kind)
    (asked,) = play.messages(case_id, audience="shipper")
    assert (asked["topic"], asked["channel"]) == ("decision", "email")
    assert "/s/" in asked["text"]
    assert "/c/" not in asked["text"]
    advance(minutes=20)
    assert play.topics(case_id) == ["failure"]


@pytest.mark.parametrize(
    ("choice", "resolution", "told"),
    [
        ("replacement", "replaced", f"{SHIPPER} sent you a replacement for parcel ORD-P1 today"),
        ("refund", "refunded", f"{SHIPPER} refunded your parcel ORD-P1 today"),
        ("close", "handed_to_shipper", f"{SHIPPER} will sort out your parcel ORD-P1"),
    ],
)
def test_a_decision_ends_it_and_the_customer_reads_what_was_done(
    play: Play, choice: str, resolution: str, told: str
):
    case_id = play.courier("lost")
    advance(minutes=20)
    note = {"note": "New number ZX9", "note_for": "customer"}
    assert decide(play, case_id, choice, **note).fresh
    case = play.case(case_id)
    assert (case.state, case.resolution) == ("closed", resolution)
    (text,) = texts(play, case_id, "decision")
    assert text.startswith(told)
    assert 'They write: "New number ZX9".' in text
    assert play.waiting(case_id) == set()
    assert {state for _, state in play.tasks(case_id)} <= {"withdrawn"}
    advance(days=20)
    assert len(play.messages(case_id, audience="shipper")) == 1  # nobody asks any more


def test_a_note_for_the_shipper_stays_with_the_shipper(play: Play):
    case_id = play.courier("lost")
    advance(minutes=20)
    decide(play, case_id, "refund", note="suspicious address")
    assert "suspicious" not in str(play.messages(case_id, audience="customer"))


def test_what_is_sent_again_can_be_chosen_and_nobody_is_called_for_what_went_before(play: Play):
    case_id = play.courier("returned")
    advance(minutes=20)
    decide(play, case_id, "send_again")
    case = play.case(case_id)
    assert (case.state, case.kind, case.round) == ("informed", "failed", 2)
    (text,) = texts(play, case_id, "decision")
    assert f"{SHIPPER} is sending your parcel ORD-P1 again" in text
    assert "we'll book for you" in text
    assert [state for _, state in play.tasks(case_id)] == ["withdrawn"]
    play.choose(case_id)
    assert play.case(case_id).state == "booked"


def test_a_customer_who_is_silent_about_what_is_sent_again_gets_the_default(play: Play):
    case_id = play.courier("refused")
    advance(days=3)
    assert play.case(case_id).state == "informed"
    decide(play, case_id, "send_again")
    advance(days=1)
    assert play.case(case_id).state == "booked"


def test_a_silent_shipper_is_reminded_then_the_ladder_climbs_and_the_customer_knows(play: Play):
    case_id = play.courier("lost")
    play.acknowledge(case_id)
    advance(hours=47)
    assert len(texts(play, case_id, "decision", "shipper")) == 3
    assert ("decision", "open") not in play.tasks(case_id)
    advance(hours=1)
    assert ("decision", "open") in play.tasks(case_id)
    assert play.messages(case_id, audience="dispatcher")[-1]["text"].startswith("Decision missing")
    assert "has not decided yet" in texts(play, case_id, "deciding")[-1]
    advance(hours=1)
    play.acknowledge(case_id, "Ben")
    advance(days=9)
    said = "".join(m["text"] for m in play.messages(case_id, audience="customer"))
    assert "nothing new" not in said
    decide(play, case_id, "refund", "Ben")  # Ben called the shipper
    assert play.case(case_id).resolution == "refunded"


def test_a_shipper_who_never_answers_is_named_to_the_customer_in_the_end(play: Play):
    case_id = play.courier("damaged")
    advance(days=15)
    case = play.case(case_id)
    assert (case.state, case.resolution) == ("closed", "handed_to_shipper")
    assert play.topics(case_id)[-1] == "handed_over"


def test_what_is_found_again_need_not_be_decided(play: Play):
    case_id = play.courier("lost")
    advance(hours=2)
    assert service.known(connection(), play.case(case_id)).pending
    play.courier("failed")
    assert service.known(connection(), play.case(case_id)).pending is None
    asked = len(texts(play, case_id, "decision", "shipper"))
    advance(hours=20)
    assert play.options(case_id).slots
    assert len(texts(play, case_id, "decision", "shipper")) == asked
    advance(hours=5)
    assert play.case(case_id).state == "booked"


def test_the_same_twice_is_once_and_something_else_is_told_the_truth(play: Play):
    case_id = play.courier("lost")
    first = decide(play, case_id, "refund")
    again = decide(play, case_id, "refund", note="once more")
    assert (again.fresh, again.decision) == (False, first.decision)
    with pytest.raises(Problem) as refused:
        decide(play, case_id, "replacement")
    assert refused.value.code == "already_decided"
    assert "a refund was made" in refused.value.detail
    assert len(texts(play, case_id, "decision")) == 1


def test_a_decision_after_the_end_is_told_how_it_ended(play: Play):
    case_id = play.courier()
    play.courier("delivered")
    with pytest.raises(Problem) as refused:
        decide(play, case_id, "refund")
    assert (refused.value.status, refused.value.code) == (409, "case_closed")
    assert refused.value.facts["resolution"] == "delivered"
    assert refused.value.detail.endswith("The parcel was delivered.")
    assert again(languages.get("de"), refused.value.detail).endswith("Das Paket wurde zugestellt.")


def test_who_knows_of_the_former_decision_can_change_it_while_it_is_open(play: Play):
    case_id = play.courier("lost")
    former = decide(play, case_id, "send_again").decision
    with pytest.raises(Problem) as refused:
        decide(play, case_id, "refund")
    assert refused.value.facts["id"] == former.id
    assert decide(play, case_id, "refund", instead_of=former.id).fresh
    assert play.case(case_id).resolution == "refunded"


def test_what_is_booked_can_still_be_replaced_and_its_place_is_free_again(play: Play):
    case_id = play.courier()
    play.choose(case_id)
    decide(play, case_id, "replacement")
    states = connection().execute("SELECT state FROM bookings").fetchall()
    assert [row["state"] for row in states] == ["dropped"]
    assert connection().execute("SELECT sum(taken) AS n FROM slots").fetchone() == {"n": 0}


def test_of_two_who_decide_at_once_one_is_first(play: Play):
    case_id = play.courier("lost")
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def one(choice: Choice) -> None:
        start.wait()
        try:
            service.decide(case_id, choice, "shipper", clock.now())
            outcomes.append(choice)
        except Problem as problem:
            outcomes.append(problem.code)
        finally:
            db.close()

    threads = [threading.Thread(target=one, args=[choice]) for choice in Choice]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle()
    assert sorted(outcomes).count("already_decided") == 3
    rows = connection().execute("SELECT decision FROM decisions WHERE decided_at IS NOT NULL")
    assert len(rows.fetchall()) == 1
    assert len(texts(play, case_id, "decision")) == 1


def test_a_case_whose_policy_knows_no_decisions_does_as_the_standard_does(play: Play):
    case_id = play.courier("lost")
    advance(minutes=20)
    with transaction() as conn:
        conn.execute("ALTER TABLE policies DISABLE TRIGGER policies_never_change")
        conn.execute("UPDATE policies SET body = body #- '{after,decide}' #- '{decision_within}'")
        conn.execute("ALTER TABLE policies ENABLE TRIGGER policies_never_change")
    from app.chain import policy

    policy._known.clear()
    decide(play, case_id, "refund")
    assert len(texts(play, case_id, "decision")) == 1


def test_the_shippers_words_reach_the_customer_once(play: Play):
    case_id = play.courier("lost")
    advance(minutes=20)
    for _ in range(2):
        service.write(case_id, "Which colour would you like?", "shipper", clock.now())
        settle()
    (text,) = texts(play, case_id, "shipper")
    assert text.startswith(f"{SHIPPER} writes about parcel ORD-P1: Which colour")
    assert "/c/" in text
    with pytest.raises(Problem) as refused:
        service.write(case_id, "  ", "shipper", clock.now())
    assert refused.value.code == "no_words"


@pytest.mark.parametrize(
    ("resolution", "kind", "new"),
    [
        ("refunded", "lost", False),
        ("replaced", "damaged", False),
        ("refunded", "failed", False),
        ("returned", "returned", False),
        ("returned", "lost", True),
        ("mistake", "failed", True),
    ],
)
def test_of_a_parcel_that_was_made_good_nobody_is_asked_again(
    play: Play, resolution: str, kind: str, new: bool
) -> None:
    case_id = play.courier("lost")
    play.close(case_id, resolution)
    advance(days=1)
    again = play.courier(kind)
    assert (again != case_id) is new
    if not new:
        assert play.timeline(case_id)[-1] == f"courier_{kind}"
        advance(days=14)
        assert play.courier("failed") != case_id, "the number is another parcel's by then"
