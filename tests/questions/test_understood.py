"""Customers answer in their own words: it is done, said back, and undone by a 0."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.booking import service as booking
from app.channels import buttons
from app.db.connection import connection
from tests.courier import PHONE
from tests.inline import advance
from tests.messages import said
from tests.questions.world import EMAIL, Asking


def told(play: Asking, email: str | None = None) -> tuple[int, list[str]]:
    """A case whose customer was told what they can choose; and what, by number."""
    case_id = play.courier(email=email)
    play.acknowledge(case_id)
    rows = connection().execute("SELECT choices FROM reply_offers WHERE case_id = %s", [case_id])
    (row,) = rows.fetchall()
    return case_id, row["choices"]


def pressed() -> list[str]:
    """What the buttons or rows of the last message say, where it can be answered by pressing."""
    every = said("SELECT text, hint, packed FROM message_words ORDER BY message_id DESC")
    last = next(row for row in every if row["hint"])
    assert f" {last['hint']}" in last["text"], "there the numbers are not said twice"
    return buttons.of(last["hint"])


def booked(case_id: int) -> str:
    stands = booking.standing(connection(), case_id)
    return stands.choice if stands else ""


def test_a_text_message_lists_what_can_be_chosen_by_digits(play: Asking) -> None:
    case_id, choices = told(play)
    (row,) = said(
        """SELECT hint, packed FROM message_words JOIN messages ON id = message_id
            WHERE case_id = %s AND topic = 'failure'""",
        case_id,
    )
    assert 1 <= len(choices) <= 3
    assert row["hint"].startswith("Or reply with a number: 1 = ")
    assert row["hint"].count(" = ") == len(choices)


@pytest.mark.parametrize("words", ["2", "option 2 please", "the second one", "२", "die zweite"])
def test_a_number_books_what_the_message_offered_by_it(play: Asking, words: str) -> None:
    case_id, choices = told(play)
    play.write(words)
    assert booked(case_id) == choices[1]
    said = play.heard()[-1]
    assert "you asked for" in said
    assert said.endswith("Reply 0 to undo.")
    assert play.questions(case_id) == []
    assert "customer_reply" in play.timeline(case_id)


def test_a_zero_undoes_it_and_that_is_said(play: Asking) -> None:
    case_id, choices = told(play)
    play.write("1")
    advance(minutes=20)
    play.write("0")
    assert booked(case_id) == ""
    assert play.heard()[-1].startswith("Undone. Your Hollow Oak Books parcel ORD-P1: ")
    assert "is off." in play.heard()[-1]
    assert "choose_default" in play.waiting(case_id)
    play.write("0")
    assert "nothing to undo any more" in play.heard()[-1]
    play.write("1")
    assert booked(case_id) == choices[0]


def test_after_the_policys_time_a_zero_undoes_nothing(play: Asking) -> None:
    case_id, choices = told(play)
    play.write("1")
    advance(minutes=31)
    play.write("0")
    assert booked(case_id) == choices[0]
    assert "nothing to undo any more" in play.heard()[-1]


def test_undone_is_what_changed_a_choice_and_the_former_one_stands_again(play: Asking) -> None:
    case_id, choices = told(play)
    play.write("1")
    play.write("2")
    assert booked(case_id) == choices[1]
    play.write("0")
    assert booked(case_id) == choices[0]
    assert play.heard()[-1].startswith("Undone. Your Hollow Oak Books parcel")
    play.write("0")
    assert "nothing to undo any more" in play.heard()[-1]


@pytest.mark.parametrize(
    "words", ["not 1", "1 or 2", "Sunday the 31st", "blue door, after five", "1?"]
)
def test_what_is_not_clear_or_not_on_offer_is_a_question_for_a_person(
    play: Asking, words: str
) -> None:
    case_id, _ = told(play)
    play.write(words)
    assert booked(case_id) == ""
    assert [question.text for question in play.questions(case_id)] == [words]


def test_words_that_fit_several_windows_are_asked_about_and_a_digit_answers(play: Asking) -> None:
    case_id, _ = told(play)
    zone = play.case(case_id).zone
    windows = [(clock.local(s.starts_at, zone), s) for s in play.options(case_id).slots]
    days = [at.date() for at, _ in windows]
    day = next(day for day in days if days.count(day) > 1)
    same = [slot for at, slot in windows if at.date() == day]
    play.write(f"{day:%A}")
    assert booked(case_id) == ""
    assert "which one suits you? Reply with the number: 1 = " in play.heard()[-1]
    assert len(pressed()) == len(same)
    play.write("2")
    assert booked(case_id) == same[1].choice


def test_who_is_late_reads_the_truth_and_what_can_be_had_instead(play: Asking) -> None:
    case_id, choices = told(play)
    slot = next(s for s in play.options(case_id).slots if s.choice == choices[0])
    clock.advance(slot.cutoff_at - clock.now() + timedelta(minutes=1))
    play.write("1")
    assert booked(case_id) != choices[0]
    assert "It is too late to book that one." in play.heard()[-1]
    assert play.questions(case_id) == []


def test_an_answer_that_was_written_before_a_later_one_changes_nothing(play: Asking) -> None:
    case_id, choices = told(play)
    play.write("2", at=clock.now())
    play.write("1", at=clock.now() - timedelta(minutes=5))
    assert booked(case_id) == choices[1]
    assert "is what you chose last, and it stands." in play.heard()[-1]


def test_the_last_of_several_answers_counts(play: Asking) -> None:
    case_id, choices = told(play)
    for number in ("1", "2", "1"):
        play.write(number)
    assert booked(case_id) == choices[0]


def test_of_two_parcels_it_is_asked_which_is_meant(play: Asking) -> None:
    first, _ = told(play)
    second = play.courier(parcel="P2")
    play.acknowledge(second)
    play.write("1")
    assert (booked(first), booked(second)) == ("", "")
    said = play.heard()[-1]
    assert said.startswith("Which parcel do you mean?")
    assert len(pressed()) == 2
    place = said.index("P1") < said.index("P2")
    play.write("1" if place else "2")
    assert booked(first)
    assert not booked(second)


def test_a_parcel_that_is_named_is_the_one_that_is_meant(play: Asking) -> None:
    first, _ = told(play)
    second = play.courier(parcel="P2")
    play.acknowledge(second)
    play.write("ORD-P1 option 1")
    assert booked(first)
    assert not booked(second)


def test_a_button_below_a_message_is_about_its_parcel(play: Asking) -> None:
    first, _ = told(play)
    second = play.courier(parcel="P2")
    play.acknowledge(second)
    (message,) = play.sent(first, "failure")
    said = {"provider": "playground", "answers": f"playground-{message['id']}"}
    play.write("1", **said)
    assert booked(first)
    assert not booked(second)
    play.write("what does that cost?", **said)
    assert [len(play.questions(one)) for one in (first, second)] == [1, 0]
    play.write("2", sender="+14155550999", **said)  # whoever has not got the message
    assert len(play.questions(first)) == 1


def test_by_mail_it_is_answered_by_mail(play: Asking) -> None:
    case_id, choices = told(play, EMAIL)
    play.write("option 1 please", sender=EMAIL, channel="email", case_id=case_id)
    assert booked(case_id) == choices[0]
    assert play.heard(EMAIL)[-1].endswith("Reply 0 to undo.")


def test_a_neighbours_number_is_no_hour(play: Asking) -> None:
    case_id, _ = told(play)
    play.write("leave it with the neighbour at 12")
    stands = booking.standing(connection(), case_id)
    assert stands is not None
    assert (stands.leave.leaving, stands.leave.where) == ("neighbour", "12")
    assert "to your neighbour (12)" in play.heard()[-1]
    play.write("0")
    assert booked(case_id) == ""


def test_a_delivery_that_is_cancelled_is_off(play: Asking) -> None:
    case_id, _ = told(play)
    play.write("1")
    play.write("please cancel the delivery")
    assert booked(case_id) == ""
    assert "is off." in play.heard()[-1]


ASKS = [
    (
        "Rufen Sie mich bitte an",
        "call",
        "We’ll call you about your Hollow Oak Books",
    ),
    ("please call me back", "call", "We’ll call you about your"),
    ("quiero hablar con una persona", "person", "You'd like to speak to someone about your"),
    ("ik wil mijn bestelling annuleren", "cancel", "You'd like to cancel your Hollow Oak Books"),
]


@pytest.mark.parametrize(("words", "wants", "said"), ASKS)
def test_what_people_do_for_a_customer_is_said_back_and_a_zero_takes_it_back(
    play: Asking, words: str, wants: str, said: str
) -> None:
    case_id, _ = told(play)
    play.write(words)
    (asked,) = play.questions(case_id)
    assert (str(asked.wants), asked.text) == (wants, words)
    answer = play.heard()[-1]
    assert answer.startswith(said)
    assert " will answer by " in answer
    assert answer.endswith("Reply 0 to undo.")
    task = play.task(case_id)
    assert task.state.live
    play.write("0")
    (taken_back,) = play.questions(case_id)
    assert not taken_back.open
    assert "we’ve taken back your request" in play.heard()[-1]
    assert "released" in play.promised(case_id)
    assert not play.task(case_id).state.live
    play.write("0")
    assert "nothing to undo any more" in play.heard()[-1]


@pytest.mark.parametrize("words", ["send it back please", "je voudrais le retourner", "أعيدوه"])
def test_what_is_to_go_back_is_booked_and_a_zero_keeps_it(play: Asking, words: str) -> None:
    case_id, _ = told(play)
    play.write(words)
    assert booked(case_id) == "return"
    said = play.heard()[-1]
    assert "you asked us to send it back" in said
    assert said.endswith("Reply 0 to undo.")
    play.write(words)
    assert "send it back, and that stands" in play.heard()[-1]
    play.write("0")
    assert booked(case_id) == ""
    assert play.heard()[-1].startswith("Undone.")
    assert play.questions(case_id) == []


def test_what_a_return_costs_is_read_before_it_is_chosen(play: Asking) -> None:
    connection().execute("""UPDATE courier_accounts SET terms = '{"return_price": "4.50 EUR"}'""")
    case_id, _ = told(play)
    play.write("send it back")
    assert booked(case_id) == ""
    assert "sending it back costs €4.50. You can choose that here: http" in play.heard()[-1]


def test_where_nothing_is_taken_back_people_decide_it(play: Asking) -> None:
    connection().execute("""UPDATE courier_accounts SET terms = '{"return": "no"}'""")
    case_id, _ = told(play)
    play.write("send it back")
    assert [str(question.wants) for question in play.questions(case_id)] == ["return"]
    assert play.heard()[-1].startswith("You'd like your Hollow Oak Books parcel ORD-P1 sent back.")


def test_a_zero_takes_back_what_was_said_last_and_not_the_booking_before(play: Asking) -> None:
    case_id, choices = told(play)
    play.write("1")
    play.write("call me")
    play.write("0")
    assert booked(case_id) == choices[0]
    assert [question.open for question in play.questions(case_id)] == [False]


def test_who_does_not_want_a_call_is_not_told_that_one_comes(play: Asking) -> None:
    case_id, _ = told(play)
    play.write("you do not have to call me about it, only tell me where it is")
    (asked,) = play.questions(case_id)
    assert asked.wants == "answer"
    assert "call you" not in play.heard()[-1]


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        ("wrong number", "sms"),
        ("Sie haben die falsche Nummer", "sms"),
        ("numero equivocado", "whatsapp"),
        ("رقم خاطئ", "sms"),
        ("ग़लत नंबर", "sms"),
        ("Sorry, I'm not Kim", "sms"),
        ("I didn't order anything", "email"),
    ],
)
def test_a_wrong_number_is_left_alone_and_a_zero_takes_it_back(
    play: Asking, words: str, channel: str
) -> None:
    case_id, _ = told(play, EMAIL)
    who = EMAIL if channel == "email" else PHONE
    if channel == "email":
        connection().execute("UPDATE messages SET recipient = %s", [who])
    old = play.case(case_id)
    play.write(words, sender=who, channel=channel)
    case = play.case(case_id)
    left = case.contact_email if who == EMAIL else case.contact_phone
    assert left is None
    assert case.page_key != old.page_key
    said = play.heard(who)[-1] if channel != "whatsapp" else said_by(case_id, "reply")
    assert "You won’t hear from us about this parcel again." in said
    for personal in ("ORD-P1", "Kim", "Elm", "http"):
        assert personal not in said
    assert play.questions(case_id) == []
    play.write("0", sender=who, channel=channel)
    again = play.case(case_id)
    assert who in {again.contact_email, again.contact_phone}
    assert "we’ll keep you posted here again" in said_by(case_id, "reply")


def said_by(case_id: int, topic: str) -> str:
    (row,) = said(
        """SELECT text, packed FROM message_words JOIN messages ON message_id = id
            WHERE case_id = %s AND topic = %s ORDER BY id DESC LIMIT 1""",
        case_id,
        topic,
    )
    return str(row["text"])


def test_the_number_is_wrong_for_all_parcels_of_the_same_person(play: Asking) -> None:
    first, _ = told(play)
    second = play.courier(parcel="P2")
    play.acknowledge(second)
    play.write("wrong number")
    assert [play.case(one).contact_phone for one in (first, second)] == [None, None]
    assert len([text for text in play.heard() if "won’t hear from us" in text]) == 1


def test_a_stranger_who_answers_somebody_elses_mail_ends_nothing(play: Asking) -> None:
    case_id, _ = told(play, EMAIL)
    play.write("not mine", sender="other@example.org", channel="email", case_id=case_id)
    assert play.case(case_id).contact_email == EMAIL
    assert [question.text for question in play.questions(case_id)] == ["not mine"]


@pytest.mark.parametrize("words", ["Thanks!", "vielen Dank", "धन्यवाद", "👍🏽"])
def test_thanks_after_a_booking_disturb_nobody(play: Asking, words: str) -> None:
    case_id, choices = told(play)
    play.write("1")
    play.write(words)
    assert booked(case_id) == choices[0]
    assert play.questions(case_id) == []


def test_a_yes_to_what_a_person_wrote_is_read_by_a_person(play: Asking) -> None:
    case_id, _ = told(play)
    play.write("1")
    play.write("which door do they use?")
    play.say(case_id, "The back one. Is that open?")
    play.write("yes")
    assert [question.text for question in play.questions(case_id)][-1] == "yes"


def test_nobody_came_is_a_dispute_and_a_question(play: Asking) -> None:
    case_id, _ = told(play)
    play.write("I was home all day, nobody rang the bell")
    assert "attempt_disputed" in play.timeline(case_id)
    assert len(play.questions(case_id)) == 1


def test_heard_twice_is_done_once(play: Asking) -> None:
    case_id, choices = told(play)
    for _ in range(2):
        play.write("1", provider_id="same")
    assert booked(case_id) == choices[0]
    assert len(play.messages(case_id, topic="booking")) == 1
    assert PHONE
