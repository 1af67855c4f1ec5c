"""What is done in the console to one task or many at once, and taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from markupsafe import Markup
from psycopg.types.json import Jsonb

from app import clock
from app.booking import service as booking
from app.cases import service as cases
from app.chain import store as steps
from app.db.connection import connection, transaction
from app.dispatch import service
from app.questions import service as questions
from app.questions.service import Wants, Written
from tests.application import create_app
from tests.inline import advance, settle
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token


@pytest.fixture
def ana(client, play):
    """Ana at a browser."""
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"]))
    return client


@pytest.fixture
def ben(settings, play):
    """Ben at his."""
    client = create_app(settings).test_client()
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ben"]))
    return client


class Desk:
    """The queue in somebody's browser, without a script."""

    def __init__(self, client):
        self.client = client
        self.html = ""

    def press(self, act, *ids, address="/console", **more):
        """Tick these tasks and press a button of the bar."""
        form = {"csrf_token": token(self.client.get("/console").text), "act": act}
        form |= {"task": [str(i) for i in ids], **more}
        answer = self.client.post(address, data=form, follow_redirects=True)
        assert answer.status_code == 200
        self.html = answer.text
        return text(self.html)

    def undo(self):
        """Press the button beside what was said."""
        form = re.search(r'action="([^"]*/undo[^"]*)"', self.html)
        pressed = re.search(r'name="undo" value="(\d+)"', self.html)
        assert form, text(self.html)
        assert pressed
        said = {"csrf_token": token(self.html), "undo": pressed[1]}
        answer = self.client.post(str(Markup(form[1]).unescape()), data=said, follow_redirects=True)
        return text(answer.text)


def next_call(case_id):
    waits = {step["name"]: step["due_at"] for step in steps.waiting(connection(), case_id)}
    return waits.get("call_dispatcher")


def test_what_was_taken_on_is_given_back_and_the_ladder_goes_on_where_it_stood(ana, ben, play):
    cases = [play.courier(parcel=f"P{n}") for n in range(3)]
    due = [next_call(case) for case in cases]
    desk = Desk(ana)
    assert "You took on 2 tasks." in desk.press("take", 1, 2)
    assert play.task(cases[0]).acknowledged_by == "Ana"
    assert next_call(cases[0]) is None
    said = desk.undo()
    assert "2 tasks are open again." in said
    for case, at in zip(cases, due, strict=True):
        assert play.task(case).state == "open"
        assert play.case(case).acknowledged_by is None
        assert next_call(case) == at
    assert "undone" in play.timeline(cases[0])
    assert "That can no longer be taken back." in desk.undo()  # twice is once
    advance(minutes=6)
    assert play.task(cases[0]).level == 2  # Ben was called, as if nothing had been


def test_what_was_sent_in_the_meantime_is_said(ana, play):
    case_id = play.courier()
    desk = Desk(ana)
    desk.press("take", 1)
    settle()
    assert play.topics(case_id) == ["failure"]
    said = desk.undo()
    assert "ORD-P1 is open again." in said
    assert "In the meantime the customer was told: that cannot be taken back." in said
    advance(minutes=6)
    assert play.task(case_id).level == 2


def test_nobody_takes_back_what_has_gone_on_or_was_done_by_somebody_else(ana, ben, play):
    for parcel in ("P1", "P2", "P3"):
        play.courier(parcel=parcel)
    desk = Desk(ana)
    desk.press("take", 1, 2, 3)
    service.resolve(1, "Ana", "search", "", clock.now())
    service.pass_on(2, "Ana", clock.now())
    service.acknowledge(2, "Ben", "", "", clock.now())
    page = desk.html
    other = Desk(ben)
    other.html = page.replace(token(page), token(ben.get("/console").text))
    assert "That can no longer be taken back." in other.undo()
    said = desk.undo()
    assert "ORD-P3 is open again." in said
    assert "ORD-P1: it has gone on since, so it stays as it is." in said
    assert "ORD-P2: it has gone on since" in said
    assert [play.task(n).state for n in (1, 2, 3)] == ["resolved", "acknowledged", "open"]
    assert play.task(2).acknowledged_by == "Ben"
    assert play.orphans() == []


def test_it_is_too_late_after_a_minute(ana, play):
    play.courier()
    desk = Desk(ana)
    desk.press("take", 1)
    advance(seconds=61)
    assert "That can no longer be taken back." in desk.undo()
    assert play.task(1).acknowledged_by == "Ana"


def test_passed_on_and_had_again(ana, play):
    case_id = play.courier()
    desk = Desk(ana)
    desk.press("take", 1)
    assert "You passed on ORD-P1: the next person is called now." in desk.press("pass_on", 1)
    settle()
    assert play.task(case_id).level == 2
    said = desk.undo()
    assert "ORD-P1 is as before you passed it on." in said
    assert "somebody was called" in said
    assert play.task(case_id).acknowledged_by == "Ana"
    assert play.case(case_id).acknowledged_by == "Ana"
    assert next_call(case_id) is None
    assert play.orphans() == []


def test_passed_on_before_the_next_one_heard_of_it(ana, play):
    case_id = play.courier()
    due = next_call(case_id)
    desk = Desk(ana)
    desk.press("pass_on", 1)
    desk.undo()
    assert next_call(case_id) == due
    desk.press("pass_on", 1)
    settle()
    assert "ORD-P1: it has gone on since" in desk.undo()
    assert play.task(case_id).level == 2


def test_snoozed_until_an_exact_hour_and_woken_again(ana, play):
    cases = [play.courier(parcel=parcel) for parcel in ("P1", "P2")]
    due = next_call(cases[0])
    desk = Desk(ana)
    said = desk.press("snooze", 1, 2)
    assert "Put the calls off ORD-P1 (Kim Doe), ORD-P2 (Kim Doe)." in said
    hours = dict(re.findall(r'name="until" value="([^"]+)"[^>]*>([^<]+)<', desk.html))
    until, words = next((v, w) for v, w in hours.items() if "1 hour" in w)
    assert re.search(r"For 1 hour: today at \d\d:\d\d|For 1 hour: tomorrow at 00:\d\d", words)
    said = desk.press("snooze", 1, 2, until=until)
    assert "Nobody is called for 2 tasks until" in said
    assert "calls put off until" in said
    assert next_call(cases[0]).isoformat() == until.replace("Z", "+00:00")
    advance(minutes=30)
    assert play.task(cases[0]).level == 1
    desk.press("snooze", 1, until=(clock.now() + timedelta(hours=1)).isoformat())
    desk.undo()
    assert next_call(cases[0]).isoformat() == until
    assert due < next_call(cases[0])
    for odd in (
        "",
        "x",
        "2020-01-01T00:00:00+00:00",
        "2999-01-01T00:00:00+00:00",
        "2036-05-06T10:00",
    ):
        assert "Put the calls off" in desk.press("snooze", 1, until=odd)


def test_finished_and_brought_again_in_one_act(ana, play):
    cases = [play.courier(parcel=parcel) for parcel in ("P1", "P2")]
    desk = Desk(ana)
    said = desk.press("resolve", 1, 2)
    assert "What was done?" in said
    choice = re.search(r'value="(slot:\d+)"', desk.html)
    assert choice
    said = desk.press("resolve", 1, 2, outcome="deliver_again", choice=choice[1], note="Rang twice")
    assert "You finished 2 tasks and booked it anew; the customer is told." in said
    assert 'name="undo"' not in desk.html
    settle()
    for case in cases:
        assert play.case(case).booked
        failure = [t for t in play.tasks(case) if t[0] == "failure"]
        assert failure == [("failure", "resolved")]
        assert "booked" in play.timeline(case)
        assert "booking" in play.topics(case)


def test_finished_and_sent_back_in_one_act(ana, play):
    cases = [play.courier(parcel=parcel) for parcel in ("P1", "P2")]
    desk = Desk(ana)
    assert "Send it back to the sender" in desk.press("resolve", 1, 2)
    said = desk.press("resolve", 1, 2, outcome="other", choice="return")
    assert "You finished 2 tasks, and it goes back; the customer is told." in said
    settle()
    for case in cases:
        stands = booking.standing(connection(), case)
        assert stands is not None
        assert stands.kind == "return"
        assert ("failure", "resolved") in play.tasks(case)


def test_finished_and_brought_to_another_address_in_one_act(ana, play):
    near = {"line1": "5 Katella Ave", "city": "Anaheim", "postcode": "92806", "country": "US"}
    first = play.courier(parcel="P1", address=near)
    second = play.courier(parcel="P2", address={**near, "postcode": "90001"})
    desk = Desk(ana)
    desk.press("resolve", 1, 2)
    assert 'name="line1"' not in desk.html
    with transaction() as conn:
        conn.execute("UPDATE courier_accounts SET terms = %s", [Jsonb({"elsewhere": "postcode"})])
    assert "Bring it to another address With the same postcode." in desk.press("resolve", 1, 2)
    where = {"line1": "", "postcode": "92806", "city": "Anaheim", "country": "US"}
    answer = ana.post(
        "/console",
        data={
            "csrf_token": token(desk.html),
            "act": "resolve",
            "task": ["1", "2"],
            "outcome": "deliver_again",
            "note": "By phone",
            **where,
        },
    )
    assert answer.status_code == 422
    assert 'id="sheet-line1-wrong"' in answer.text
    assert "By phone" in answer.text
    assert play.task(first).state == "open"
    where["line1"] = "9 Maple Court"
    said = desk.press("resolve", 1, 2, outcome="deliver_again", **where)
    assert "You finished ORD-P1 and booked it anew; the customer is told." in said
    assert "ORD-P2: That is not offered, or no longer." in said
    stands = booking.standing(connection(), first)
    assert stands is not None
    assert stands.leave_in_words == "Bring to another address: 9 Maple Court, Anaheim, 92806."
    assert (booking.standing(connection(), second), play.task(second).state) == (None, "open")


def test_finished_too_early_is_taken_back(ana, play):
    case_id = play.courier()
    due = next_call(case_id)
    desk = Desk(ana)
    assert "You finished ORD-P1." in desk.press("resolve", 1, outcome="search", note="Looked")
    assert play.task(case_id).state == "resolved"
    assert "ORD-P1 is not finished any more." in desk.undo()
    task = play.task(case_id)
    assert (task.state, task.outcome, task.note, task.acknowledged_by) == ("open", None, None, None)
    assert next_call(case_id) == due


def test_a_note_stands_with_each_and_is_for_staff(ana, play):
    cases = [play.courier(parcel=parcel) for parcel in ("P1", "P2")]
    desk = Desk(ana)
    assert "only staff read it" in desk.press("note", 1, 2)
    said = desk.press("note", 1, 2, note="Dog in the yard")
    assert "Your note stands with 2 tasks." in said
    for case in cases:
        assert "note" in play.timeline(case)
    assert "2 tasks are without your note again." in desk.undo()
    for case in cases:
        assert "note" not in play.timeline(case)
        assert "undone" in play.timeline(case), "that there was one stays written down"


def test_put_off_until_something_happens_and_taken_back(ana, play):
    case_id = play.courier()
    due = next_call(case_id)
    desk = Desk(ana)
    said = desk.press("snooze", 1)
    assert "Until the customer chooses, at the latest" in said
    value = re.search(r'name="until" value="([^"]+\|choice)"', desk.html)
    assert value
    said = desk.press("snooze", 1, until=value[1])
    assert "Nobody is called for ORD-P1 until the customer chooses, at the latest" in said
    assert "calls put off until the customer chooses, at the latest" in said
    assert play.task(case_id).wakes_on == "choice"
    assert "called for as before" in desk.undo()
    assert (play.task(case_id).wakes_on, next_call(case_id)) == (None, due)
    assert "wake_on_choice" not in play.waiting(case_id)


def test_who_has_it_needs_longer_and_takes_that_back(ana, ben, play):
    case_id = play.courier()
    play.acknowledge(case_id, "Ana")
    before = play.task(case_id).done_by
    until = (clock.now() + timedelta(hours=20)).isoformat()
    assert "Ana has this task" in Desk(ben).press("snooze", 1, until=f"{until}|")
    desk = Desk(ana)
    desk.press("snooze", 1, until=f"{until}|", address="/console?tab=mine")
    assert play.task(case_id).done_by.isoformat() == until
    desk.undo()
    assert abs(play.task(case_id).done_by - before) < timedelta(minutes=6)


def test_one_that_cannot_be_taken_back_says_so_before_and_holds_up_no_other(ana, play):
    first, second = play.courier(parcel="P1"), play.courier(parcel="P2")
    play.acknowledge(first)
    with transaction() as conn:
        case = cases.lock(conn, first)
        assert case
        questions.ask(conn, case, Written(text="When?", wants=Wants.ANSWER), clock.now())
    settle()
    question, failure = play.task(first).id, play.task(second).id
    desk = Desk(ana)
    said = desk.press("resolve", question, failure)
    assert "This one cannot be taken back. The question counts as answered" in said
    desk.press("resolve", question, failure, outcome="other")
    assert "ORD-P2 is not finished any more." in desk.undo()
    assert play.task(first).state == "resolved"


def test_what_must_be_confirmed_is_not_finished_among_others(ana, play):
    first, second = play.courier(parcel="P1"), play.courier(parcel="P2")
    play.acknowledge(first)
    play.choose(first, confirmed=False)
    confirm, failure = play.task(first).id, play.task(second).id
    said = Desk(ana).press("resolve", confirm, failure, outcome="search")
    assert "ORD-P1: it has to be confirmed or refused, which its own page does." in said
    assert "You finished ORD-P2." in said


def test_a_strange_act_is_no_error(ana, play):
    play.courier()
    for address in ("/console/sheet", "/console/sheet?act=take&task=1", "/console/sheet?act=note"):
        assert ana.get(address, follow_redirects=True).status_code == 200
    form = {"csrf_token": token(ana.get("/console").text), "undo": "x"}
    assert ana.post("/console/undo", data=form, follow_redirects=True).status_code == 200
    assert ana.post("/console/undo", data={"undo": "1"}).status_code == 403


def test_all_are_ticked_without_a_script(ana, play):
    for n in range(3):
        play.courier(parcel=f"P{n}")
    html = ana.get("/console").text
    link = re.search(r'href="([^"]+picked=all)"', html)
    assert link
    assert ana.get(str(Markup(link[1]).unescape())).text.count(" checked") == 3
