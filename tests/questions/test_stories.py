"""Whatever a customer writes gets a person, an hour and an answer; never silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.access import links
from app.cases import own_page
from app.cases import service as cases
from app.cases.timeline.facts import CustomerReply, QuestionAnswered
from app.customer.asked import service as asked
from app.customer.asked.steps import MOST_A_DAY
from app.db.connection import connection, transaction
from app.dispatch import conversation
from app.dispatch import service as dispatch
from app.errors import Problem
from app.insight import store as gauges
from app.insight import story as insight
from app.promises import service as promises
from app.questions import audit
from app.questions.service import Wants, Written
from app.questions.store import WITHOUT_CLOCK
from tests.courier import PHONE
from tests.inline import advance, settle
from tests.questions.world import ANA, EMAIL, Asking


def test_whoever_asks_and_has_not_chosen_reads_what_is_booked_meanwhile(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.write("Where is it?")
    assert "Ana at the depot will answer by" in play.heard()[-1]
    assert "If you don't choose by" in play.heard()[-1]
    assert "don't have to do anything" not in play.heard()[-1]
    play.choose(case_id)
    play.write("And is the driver early?")
    assert "don't have to do anything" in play.heard()[-1]


def test_a_reply_is_asked_of_a_person_and_answered_by_the_same_way(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Blue door. Can you come on Friday after 5?")
    (question,) = play.questions(case_id)
    assert (question.keeper, question.channel) == ("Ana", "sms")
    assert play.task(case_id).kind == "question"
    assert "Ana at the depot will answer by" in play.heard()[-1]
    assert play.promised(case_id) == ["open"]
    play.say(case_id, "Friday after 5 it is, blue door.")
    assert play.heard()[-1].startswith("Friday after 5 it is, blue door.\nAna, Anaheim depot.")
    assert play.promised(case_id) == ["kept"]
    assert play.tasks(case_id)[-1] == ("question", "resolved")
    assert not {"promise_answer", "call_for_question"} & play.waiting(case_id)


def test_the_ladder_climbs_for_a_question(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?")
    assert play.task(case_id).level == 1
    advance(minutes=5)
    assert play.task(case_id).level == 2
    advance(minutes=10)
    assert play.task(case_id).level == 3


def test_an_answer_that_comes_late_is_told_before_the_hour_passes(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?")
    play.acknowledge(case_id)
    first = play.answers_by(case_id)
    clock.advance(first - clock.now() - timedelta(minutes=16))
    advance(minutes=2)
    assert clock.now() < first
    assert play.promised(case_id) == ["broken", "open"]
    assert play.answers_by(case_id) > first
    assert "Ben at the depot will answer by" in play.heard()[-1]
    task = play.task(case_id)
    assert (task.kind, task.state, task.level) == ("question", "open", 2)
    play.say(case_id, "It is on the van.", by="Ben")
    assert play.promised(case_id) == ["broken", "kept"]


def test_what_is_asked_after_the_close_is_answered_too(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.courier("delivered")
    play.write("Who took it in?", PHONE)
    assert "The courier reports it delivered" in play.heard()[-1]
    assert play.task(case_id).kind == "question"
    play.say(case_id, "Your neighbour at 5.")
    assert play.heard()[-1].startswith("Your neighbour at 5.")


def test_who_asked_before_the_close_is_answered_or_told_that_it_takes_longer(play: Asking):
    case_id = play.courier()
    play.acknowledge(case_id)
    asked.press(case_id, "write", "Which day?", clock.now())
    settle()
    play.close(case_id, "refunded")
    assert {"promise_answer", "call_for_question"} <= set(play.waiting(case_id))
    advance(hours=3)
    assert play.topics(case_id)[-1] == "question_late"
    assert promises.overdue(connection(), clock.now()) == 0


def test_what_is_asked_twice_is_one_task_and_one_answer_ends_both(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?")
    play.acknowledge(case_id)
    play.write("Hello? Anybody?")
    assert [kind for kind, _ in play.tasks(case_id)] == ["failure", "question"]
    assert "The customer wrote again" in play.heard(ANA)[-1]
    assert len(play.sent(case_id, "question")) == 2
    play.say(case_id, "On the van.")
    first, second = play.questions(case_id)
    assert (first.answer, second.answer) == (None, "On the van.")
    assert not first.open
    assert play.promised(case_id) == ["kept", "kept"]
    with pytest.raises(Problem) as refused:
        play.say(case_id, "And more.")
    assert refused.value.code == "nothing_asked"
    play.say(case_id, "On the van.")  # the same again is no second answer
    assert len(play.sent(case_id, "answer")) == 1


def test_the_third_contact_without_progress_goes_up_at_once(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?")
    conversation.contacted(case_id, "phone", "asked again", "Ana", clock.now())
    settle()
    assert play.task(case_id).level == 1
    play.write("Still nothing!")
    assert play.task(case_id).level == 2
    assert "Ben at the depot will answer by" in play.heard()[-1]


def test_who_writes_again_and_again_reads_one_name_and_one_hour(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    hours = set()
    for words in ("Where is it?", "Hello?", "Where is it??", "Where??", "WHERE"):
        play.write(words)
        hours.add(play.answers_by(case_id))
        clock.advance(timedelta(seconds=4))
    assert len(hours) == 1
    assert [text.count("Ana at the depot") for text in play.heard()[-5:]] == [1, 1, 0, 0, 0]
    assert all("Ben at the depot" in text for text in play.heard()[-3:])
    assert {question.keeper for question in play.questions(case_id)} == {"Ben"}
    assert play.task(case_id).level == 2  # the third went up, and those behind it did not


def test_an_hour_that_passes_for_three_questions_is_said_once(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    for _ in range(3):
        play.write("Where is it?")
    play.acknowledge(case_id)
    before = play.answers_by(case_id)
    clock.advance(before - clock.now() - timedelta(minutes=16))
    advance(minutes=2)
    (told,) = play.sent(case_id, "question_late")
    assert "your answer will take longer" in told["text"]
    moved = {question.answer_by for question in play.questions(case_id)}
    assert len(moved) == 1
    assert moved.pop() > before
    assert play.promised(case_id) == ["broken"] * 3 + ["open"] * 3


def test_nobody_is_called_the_next_person_after_the_last(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?")
    for _ in range(5):
        clock.advance(play.answers_by(case_id) - clock.now() - timedelta(minutes=16))
        advance(minutes=2)
    told = [m["text"] for m in play.sent(case_id, "question_late")]
    last = max(n for n, text in enumerate(told) if "The next person has been called" in text)
    assert 0 <= last < len(told) - 2
    assert all("will answer by" in text for text in told[: last + 1])
    in_vain = told[-1]
    assert "nobody at Anaheim depot has responded yet. We've called them " in in_vain
    assert "and we'll keep calling until somebody does." in in_vain
    assert "Next news by" in in_vain
    assert "will answer by" not in in_vain, "nobody is named who was called in vain"


def test_an_answer_comes_before_the_delivery_that_is_booked(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    slot = play.options(case_id).slots[0]
    play.choose(case_id)
    advance(seconds=(slot.starts_at - clock.now()).total_seconds() - 45 * 60)
    play.write("Please come to the back door.")
    assert play.answers_by(case_id) == slot.starts_at


def test_what_is_asked_before_anybody_was_told_is_answered_with_one_word(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    with transaction() as conn:
        for number in range(3):
            written = Written(
                text=f"Where is it? {number}", wants=Wants.ANSWER, channel="sms", sender=PHONE
            )
            asked.ask(conn, play.case(case_id), written, clock.now())
    settle()
    (told,) = play.sent(case_id, "question")
    assert "Ben at the depot will answer by" in told["text"]


def test_a_contact_elsewhere_counts_and_progress_begins_anew(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    for words in ("Is it big?", "Is it heavy?"):
        play.write(words)
        play.say(case_id, f"re {words}")
    play.choose(case_id)
    play.write("When on Friday?")
    assert (play.task(case_id).kind, play.task(case_id).level) == ("question", 1)
    conversation.contacted(case_id, "phone", "asked again", "Ana", clock.now())
    settle()
    assert play.task(case_id).level == 1
    conversation.contacted(case_id, "shop", "and again", "Ana", clock.now())
    settle()
    assert play.task(case_id).level == 2


def test_somebody_in_charge_is_somebody_above_the_first_level(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Let me speak to your manager")
    assert play.task(case_id).level == 2
    assert "speak to someone in charge" in play.heard()[-1]
    assert "Ben at the depot will answer by" in play.heard()[-1]


def test_who_has_it_loses_it_when_it_goes_up(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?")
    play.acknowledge(case_id)
    play.write("I want the supervisor")
    task = play.task(case_id)
    assert (task.state, task.level, task.acknowledged_by) == ("open", 2, None)


def test_two_open_parcels_are_both_named(play: Asking):
    first, second = play.courier(parcel="P1"), play.courier(parcel="P2")
    advance(minutes=20)
    play.write("When do you come?")
    assert not play.questions(first)
    assert len(play.questions(second)) == 1
    told = play.heard()[-1]
    assert "ORD-P2" in told
    assert f"another parcel with us too, ORD-P1: {own_page.url(play.case(first))}" in told


def test_a_stranger_gets_one_honest_answer_a_day(play: Asking):
    stranger = "+17145550999"
    for _ in range(3):
        play.write("who is this?", stranger)
    assert len(play.heard(stranger)) == 1
    assert "cannot tell which parcel" in play.heard(stranger)[0]
    advance(days=1)
    play.write("hello?", stranger)
    assert len(play.heard(stranger)) == 2
    assert [row["value"] for row in gauges.gauges(connection(), "strangers")["strangers"]] == [4]


def test_a_dispatchers_text_is_never_a_customers(play: Asking):
    case_id = play.courier(phone=ANA)  # who works there may have ordered, too
    advance(minutes=20)
    for _ in range(2):
        play.write("I take it", ANA)
    assert not play.questions(case_id)
    said = [text for text in play.heard(ANA) if "nothing was done" in text]
    assert len(said) == 2
    task = play.task(case_id)
    assert links.url("task", task.id, play.world.people["Ana"]) in said[0]
    assert play.timeline(case_id).count("note") == 2


def test_who_is_called_by_nobody_yet_is_sent_to_the_console(play: Asking):
    play.write("hello", "+17145554102")
    assert "/console" in play.heard("+17145554102")[-1]


def test_what_a_provider_delivers_twice_is_asked_once(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    for _ in range(2):
        play.write("Where is it?", provider_id="SM1")
    assert len(play.questions(case_id)) == 1
    assert len(play.sent(case_id, "question")) == 1


def test_machines_that_answer_each_other_come_to_rest(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    for _ in range(20):
        play.write("I am driving and will read this later.")
    assert len(play.sent(case_id, "question")) == MOST_A_DAY
    assert len(play.questions(case_id)) == 20
    before = len(play.questions(case_id))
    play.write("Out of office", EMAIL, "email", automatic=True, case_id=case_id)
    assert len(play.questions(case_id)) == before


def test_an_address_of_the_cases_own_names_it_whoever_writes(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.write("From my other address", "office@example.com", "email", case_id=case_id)
    (question,) = play.questions(case_id)
    play.say(case_id, "Fine.")
    assert play.heard("office@example.com")[-1].startswith("Fine.")
    assert question.channel == "email"


def test_a_task_that_is_done_without_words_settles_what_was_asked(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Please call me")
    task = play.task(case_id)
    dispatch.resolve(task.id, "Ana", "reached_customer", "", clock.now())
    assert play.promised(case_id) == ["kept"]
    assert play.questions(case_id)[0].answered_by == "Ana"
    assert play.timeline(case_id)[-2:] == ["question_settled", "resolved"]


def test_words_stand_in_one_table_and_are_read_everywhere(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.write("the secret words")
    play.say(case_id, "the answering words")
    rows = connection().execute("SELECT facts::text FROM timeline").fetchall()
    assert not [row for row in rows if "words" in row["facts"] and "secret" in row["facts"]]
    read = [entry.facts for entry in cases.timeline(connection(), case_id)]
    said = [facts.words for facts in read if isinstance(facts, CustomerReply | QuestionAnswered)]
    assert said == ["the secret words", "the answering words"]


def test_a_question_without_a_clock_is_found_by_one_walk_along_an_index(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?")
    assert audit.run(clock.now()) == []
    connection().execute("DELETE FROM steps WHERE name IN ('promise_answer', 'call_for_question')")
    assert audit.run(clock.now()) == [case_id]
    settle()
    assert {"promise_answer", "call_for_question"} <= play.waiting(case_id)
    assert len(play.sent(case_id, "question")) == 1  # who was told is not told again
    assert audit.run(clock.now()) == []
    connection().execute("SET enable_seqscan = off")
    plan = connection().execute("EXPLAIN " + WITHOUT_CLOCK, [9]).fetchall()
    assert "questions_open" in str(plan)


def test_why_tells_what_is_to_be_answered(play: Asking):
    case_id = play.courier()
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?")
    told = insight.tell(connection(), case_id, clock.now())
    assert told
    (line,) = [line for line in told.waiting if line.who == "question"]
    assert (line.at, line.text) == (
        play.answers_by(case_id),
        f"Ana answers question {play.questions(case_id)[0].id}: Where is it?",
    )


def test_who_was_called_is_reached_by_mail_too(play: Asking):
    case_id = play.courier(phone=None, email=EMAIL)
    advance(minutes=20)
    play.acknowledge(case_id)
    play.write("Where is it?", EMAIL.upper(), "email")
    play.say(case_id, "On the van.")
    (answer,) = play.sent(case_id, "answer")
    assert (answer["channel"], answer["recipient"]) == ("email", EMAIL.upper())


class TestNotThere:
    """A parcel that is marked delivered, and is not there."""

    @pytest.fixture
    def former(self, play: Asking) -> int:
        case_id = play.courier()
        advance(minutes=20)
        play.acknowledge(case_id)
        play.courier("delivered")
        return case_id

    def test_it_opens_a_case_for_the_depot_and_the_shipper_hears(self, play: Asking, former: int):
        play.write("It is not here, nothing arrived!")
        (new,) = [n for n in (former + 1, former + 2) if n in cases.by_ids(connection(), [n])]
        case = play.case(new)
        assert (case.kind, case.reason, case.closed) == ("lost", "not_received", False)
        assert play.case(former).closed
        assert play.tasks(new) == [("failure", "open")]
        assert "Parcel not received" in play.heard(ANA)[-1]
        told = play.heard()[-1]
        assert "You don't have" in told
        assert "Ana at the depot will answer by" in told
        (mail,) = play.sent(new, "not_received")
        assert mail["state"] == "delivered"
        play.write("still not there")
        assert len(play.questions(new)) == 2  # of the case they were written to about last
        advance(hours=3)
        assert "survey" not in play.topics(former)

    @pytest.mark.usefixtures("former")
    def test_a_second_delivery_scan_does_not_close_it(self, play: Asking):
        play.write("I never received it")
        new = play.courier("delivered", at=clock.now())
        assert not play.case(new).closed
        assert not play.orphans()
        play.close(new, "delivered")
        assert play.case(new).closed

    @pytest.mark.usefixtures("former")
    def test_what_the_courier_finds_out_about_it_is_told(self, play: Asking):
        play.write("I never received it")
        new = max(row["id"] for row in connection().execute("SELECT id FROM cases"))
        play.acknowledge(new)
        advance(hours=3)
        assert play.courier("damaged") == new
        advance(minutes=40)
        assert play.case(new).reason != "not_received"
        whys = {message["why"] for message in play.messages(new)}
        assert "delivered" not in whys
        assert play.told(new, "dispatcher")[-1][0] == f"task-{play.task(new).id}"

    @pytest.mark.usefixtures("former")
    def test_it_is_called_for_again_when_its_hour_comes(self, play: Asking):
        play.write("where is my parcel?")
        new = max(row["id"] for row in connection().execute("SELECT id FROM cases"))
        play.acknowledge(new)
        clock.advance(play.answers_by(new) - clock.now() - timedelta(minutes=16))
        advance(minutes=2)
        assert play.promised(new) == ["broken", "open"]
        assert play.tasks(new)[-1] == ("question", "open")
