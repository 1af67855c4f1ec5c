"""What a case's page offers besides its task: write, correct, close, put off, each judged."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from app import clock
from app.cases.model import Resolution
from app.channels import piled
from app.channels.providers.playground.sending import Playground
from app.decisions import service as decisions
from app.decisions.model import Choice
from app.dispatch import service, writing
from app.dispatch.acts import rules
from app.errors import Problem
from app.theme.times import When
from tests.browser import Browser
from tests.courier import PHONE
from tests.inline import settle
from tests.links import page_of
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in
from tests.pages.staff import token as csrf
from tests.pages.test_dispatcher_page import page, post, token
from tests.pages.web import free_port, serving
from tests.play import Play

WORDS = "The side gate is open now. Zażółć?"


def written(play: Play, case_id: int) -> list[str]:
    return [m["text"] for m in play.messages(case_id, topic="written")]


def test_a_dispatcher_writes_to_somebody_who_asked_nothing(client, play):
    case_id = play.courier()
    assert "Write to them" in text(page(client, play, case_id).text)
    for _ in range(2):  # a form that is sent twice is one message
        assert post(client, play, case_id, act="write", words=WORDS).status_code == 303
    settle()
    (sent,) = written(play, case_id)
    assert sent.startswith(f"{WORDS}\nAna, ")
    assert ("written", PHONE) in play.told(case_id)
    mine, theirs = page(client, play, case_id).text, client.get(page_of(case_id)).text
    for html in (mine, theirs):
        assert WORDS in text(html)
    assert "Ana wrote to the customer." in text(mine)
    assert "What the depot wrote to you" in text(theirs)
    empty = post(client, play, case_id, act="write", words="  ")
    assert (empty.status_code, "Please write what" in text(empty.text)) == (422, True)


def test_where_they_wait_for_an_answer_it_is_the_answer(client, play):
    case_id = play.courier()
    client.post(page_of(case_id), data={"ask": "write", "message": "Where is it?"})
    settle()
    assert "Write to them" not in text(page(client, play, case_id).text)
    writing.write(case_id, "On the shelf.", "Ana", clock.now())
    settle()
    assert written(play, case_id) == []
    assert [m["text"].split("\n")[0] for m in play.messages(case_id, topic="answer")] == [
        "On the shelf."
    ]


def test_nobody_is_written_to_who_cannot_be_or_whose_case_is_over(play):
    nowhere = play.courier(parcel="P1", phone=None)
    over = play.courier(parcel="P2")
    play.close(over, "refunded")
    for case_id, code in ((nowhere, "no_way"), (over, "case_closed"), (987654, "no_such_case")):
        with pytest.raises(Problem) as refused:
            writing.write(case_id, "Hello", "Ana", clock.now())
        assert refused.value.code == code


def test_of_what_people_wrote_at_night_each_is_said_in_the_morning():
    assert piled.worth_saying(["written", "news", "written", "shipper"]) == [0, 2, 3]
    assert piled.worth_saying(["failure", "failure", "news"]) == [1]


def test_a_number_is_corrected_and_judged_while_it_is_typed(client, play):
    case_id = play.courier()
    at = f"/t/{token(play, case_id)}/check"

    def judged(name: str, **form: str) -> str:
        return text(client.post(at, data=form, headers={"HX-Trigger-Name": name}).text)

    assert judged("phone", phone="0714 555 99") == "This number is too short."
    assert judged("phone", phone="(714) 555-0177") == "+17145550177 can be used."
    assert judged("phone", phone="+999 12345678") == "There is no country with this prefix."
    assert judged("email", email="kim@nowhere") == "Mail cannot be sent there."
    assert judged("email", email="kim@example.org") == "kim@example.org can be used."
    assert "two-letter" in judged("country", line1="1 Elm", city="A", country="Narnia")
    assert judged("line1", line1="", city="A", country="US") == "This is needed."
    assert judged("line1", line1="1 Elm", city="A", country="US") == ""
    assert judged("csrf", csrf="x") == ""
    wrong = post(client, play, case_id, act="contact", phone="12", email="")
    assert (wrong.status_code, "This number is too short." in text(wrong.text)) == (422, True)
    assert post(client, play, case_id, act="contact", phone="714 555 0177").status_code == 303
    settle()
    assert play.case(case_id).contact_phone == "+17145550177"
    said = text(page(client, play, case_id).text)
    assert "714-555-0177" in said
    assert "Ana gave a new contact." in said


def test_words_to_a_customer_are_judged_while_they_are_typed(client, play):
    at = f"/t/{token(play, play.courier())}/check"

    def judged(words: str, name: str = "words") -> str:
        headers = {"HX-Trigger-Name": name}
        return text(client.post(at, data={name: words}, headers=headers).text)

    assert judged("Your parcel is at the depot.") == ""
    assert "“discount” sounds like advertising" in judged("Here is a discount for you.")
    assert "“we promise” promises" in judged("It comes today, we promise.", "answer")
    assert "Whoever replies “CANCEL” gets no more" in judged("Reply CANCEL to cancel it.")
    assert judged("a" * 161) == "A text message of 2 parts."
    shown = client.get(at.removesuffix("/check")).text
    assert 'aria-describedby="words-typed"' in shown


DOUBTED = "Here is a discount for you."


def test_words_to_mend_leave_when_they_are_pressed_again_also_without_a_script(client, play):
    case_id = play.courier()
    asked = post(client, play, case_id, act="write", words=DOUBTED)
    assert (asked.status_code, DOUBTED in asked.text) == (422, True)
    assert "“discount” sounds like advertising" in text(asked.text)
    assert "Press again if you mean it" in text(asked.text)
    other = post(client, play, case_id, act="write", words="We promise it comes.")
    assert other.status_code == 422, "what was asked about is these words only"
    assert post(client, play, case_id, act="write", words=DOUBTED).status_code == 422
    assert written(play, case_id) == []
    assert post(client, play, case_id, act="write", words=DOUBTED).status_code == 303
    settle()
    assert [said.split("\n")[0] for said in written(play, case_id)] == [DOUBTED]


def test_an_answer_is_judged_like_it_on_page_and_list(client, play):
    case_id = play.courier()
    client.post(page_of(case_id), data={"ask": "write", "message": "Where is it?"})
    settle()
    for words in ("Send us your card number.", "Please reply CANCEL"):
        assert post(client, play, case_id, act="answer", answer=words).status_code == 422
    sign_in(client, make_key("dispatcher"))
    task = play.task(case_id).id
    form = {"answer": task, f"words-{task}": DOUBTED}
    form["csrf_token"] = csrf(client.get("/console").text)
    led = client.post("/console", data=form, follow_redirects=True).text
    assert "Press again if you mean it" in text(led)
    assert f">{DOUBTED}</textarea>" in led, "nothing has to be written again"
    assert play.messages(case_id, topic="answer") == []
    client.post("/console", data=form)
    settle()
    assert len(play.messages(case_id, topic="answer")) == 1


def test_a_shippers_words_to_a_customer_are_judged_too(client, play):
    case_id = play.courier()
    with pytest.raises(Problem) as refused:
        decisions.write(case_id, DOUBTED, "Kim", clock.now())
    assert refused.value.code == "words_to_mend"
    decide = partial(decisions.decide, case_id, Choice.REFUND, "Kim", clock.now(), note=DOUBTED)
    with pytest.raises(Problem):
        decide(note_for="customer")
    assert decide(note_for="shipper").fresh, "whom it is not for reads it as it is"


def test_a_program_is_taken_at_its_word_unless_it_asks_to_be_judged(client, play):
    case_id = play.courier()
    headers = {"Authorization": f"Bearer {make_key('dispatcher')}"}
    said = {"text": DOUBTED}
    at = f"/api/v1/cases/{case_id}/messages"
    refused = client.post(at, json=said | {"meant": False}, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "words_to_mend")
    assert client.post(at, json=said, headers=headers).status_code == 200
    settle()
    assert len(written(play, case_id)) == 1


def test_nobody_is_asked_to_answer_who_cannot(client, play, monkeypatch):
    monkeypatch.setattr(Playground, "can_be_answered", lambda *_: False)
    case_id = play.courier()
    asked = post(client, play, case_id, act="write", words="Please reply with a day.")
    assert (asked.status_code, "no answer to this message" in text(asked.text)) == (422, True)


def test_a_case_is_closed_by_how_it_ended(client, play):
    case_id = play.courier()
    for nonsense in ("", "handed_to_shipper", "old_news", "gone"):
        answer = post(client, play, case_id, act="close", resolution=nonsense)
        assert (answer.status_code, "how it ended" in text(answer.text)) == (422, True)
    assert not play.case(case_id).closed
    assert post(client, play, case_id, act="close", resolution="replaced").status_code == 303
    settle()
    assert play.case(case_id).resolution is Resolution.REPLACED
    said = text(page(client, play, case_id).text)
    assert "This is over" in said
    assert "Close the case" not in said
    assert "Write to them" not in said


def test_the_calls_are_put_off_from_the_page_and_no_longer_than_there_is(client, play):
    case_id = play.courier()
    html = page(client, play, case_id).text
    when = When("America/Los_Angeles", clock.now())
    (first, *_) = rules.snoozes(when)
    assert first.words.removeprefix("for ") in text(html)
    assert post(client, play, case_id, act="snooze", until=first.value).status_code == 303
    assert play.task(case_id).snoozed_until == first.until
    assert "The calls are put off until" in text(page(client, play, case_id).text)
    late = play.case(case_id).act_by + timedelta(hours=1)
    answer = post(client, play, case_id, act="snooze", until=late.isoformat())
    assert (answer.status_code, "too late" in text(answer.text)) == (422, True)
    assert post(client, play, case_id, act="snooze", until="soon").status_code == 422


def test_a_caller_is_served_although_the_task_is_finished(client, play):
    case_id = play.courier()
    service.resolve(play.task(case_id).id, "Ben", "", "", clock.now())
    said = text(page(client, play, case_id).text)
    assert "Done by Ben" in said
    for act in ("Book for them", "Correct the address", "Write to them", "Close the case"):
        assert act in said
    choice = play.options(case_id).slots[0].choice
    assert post(client, play, case_id, act="book", choice=choice).status_code == 303
    assert play.case(case_id).booked
    play.close(case_id, "delivered")
    said = text(page(client, play, case_id).text)
    assert "Close the case" not in said
    assert "Book for them" not in said


@pytest.mark.browser
def test_it_is_judged_in_a_real_browser(env, browser: Browser, play: Play):
    case_id = play.courier()
    with serving({**env, "PORT": str(free_port())}) as web:
        browser.open(f"{web}/t/{token(play, case_id)}")
        browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
        browser.click("#new-phone")
        browser.type("714 555 01")
        browser.until("document.querySelector('#new-phone-typed').innerText.includes('too short')")
        browser.type("77")
        browser.until(
            "document.querySelector('#new-phone-typed').innerText.includes('can be used')"
        )
        looked_at(browser, "case-acts")
        assert browser.log == []


@pytest.mark.browser
def test_a_case_is_worked_without_a_mouse(env, browser: Browser, play: Play):
    case_id = play.courier()
    at = "document.activeElement.id"
    with serving({**env, "PORT": str(free_port())}) as web:
        browser.open(f"{web}/t/{token(play, case_id)}")
        for key, there in (("w", "words"), ("n", "noted"), ("t", "new-phone"), ("x", "resolution")):
            browser.press(key)
            assert browser.ask(at) == there
            browser.ask("document.activeElement.blur()")
        browser.press("w")
        browser.type("a b c ?")  # what is typed is no key
        assert browser.ask("document.querySelector('#words').value") == "a b c ?"
        assert browser.ask("document.querySelector('#keys').open") is False
        browser.press("Control+k")
        listed = browser.ask("document.querySelector('#keys ul').innerText")
        for act in ("I take it on", "Put the calls off", "Write to them", "Close the case"):
            assert act in listed
        looked_at(browser, "case-keys")
        browser.press("Escape")
        browser.ask("document.activeElement.blur()")
        browser.ask("document.querySelector('#words').value = ''")
        browser.press("a")
        browser.until("document.body.innerText.includes('You took it on')")
        assert play.task(case_id).acknowledged_by == "Ana"
        browser.press("f")
        assert browser.ask(at) == "outcome"
        assert browser.log == []
