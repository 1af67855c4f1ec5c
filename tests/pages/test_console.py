from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from markupsafe import Markup

from app import clock
from app.access import links
from app.cases.search import service as search
from app.cli import why
from app.db import connection as db
from app.db.connection import connection, transaction
from app.dispatch import service
from app.theme.times import When
from tests.application import create_app
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages import audits, axe
from tests.pages.reading import fingerprint, poll, text
from tests.pages.staff import make_key, sign_in, sign_in_with, token
from tests.pages.web import free_port, serving


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


def take(client, address="/console", **form):
    form = {"csrf_token": token(client.get(address).text)} | form
    return client.post(address, data=form, follow_redirects=True)


def parcels(html):
    return re.findall(r"ORD-(\w+)</(?:a|b)>", html)


def back_in(case_id, **by):
    with transaction() as conn:
        conn.execute(
            "UPDATE cases SET return_by = %s WHERE id = %s",
            [clock.now() + timedelta(**by), case_id],
        )


def test_an_empty_queue_is_calm(ana):
    said = text(ana.get("/console").text)
    assert "Nobody waits for you" in said
    assert "Open 0 Taken on 0 Done 0" in said


def test_whoever_has_a_cases_number_finds_its_page(ana, play):
    case_id = play.courier()
    opened = ana.get(f"/console/cases/{case_id}", follow_redirects=True)
    assert opened.status_code == 200
    assert "Delivery failed" in text(opened.text)
    assert f"/console/cases/{case_id}\n" in str(why.describe(connection(), case_id))
    unknown = ana.get("/console/cases/999")
    assert unknown.status_code == 404
    assert "There is no case 999." in text(unknown.text)
    connection().execute("DELETE FROM dispatch_tasks")
    uncalled = ana.get(f"/console/cases/{case_id}", follow_redirects=True)
    assert uncalled.request.path == "/console"
    assert f"Nobody has been called for case {case_id} yet." in text(uncalled.text)


def test_a_row_says_what_it_takes_to_decide(ana, play):
    case_id = play.courier()
    back_in(case_id, hours=5)
    html = ana.get("/console").text
    said = text(html)
    assert "ORD-P1 Delivery failed: recipient unavailable" in said
    assert "Kim Doe, Anaheim · Standard Webhooks" in said
    assert "back to sender in 4 h 59 min" in said
    assert "new · next call in 4 min · 1 attempt" in said
    assert "Called level 1: Ana. just now" in said
    assert 'href="tel:+17145554231"' in html
    page = f"/t/{links.make('task', play.task(case_id).id, play.world.people['Ana'])}"
    assert f'href="{page}"' in html
    assert ana.get(page).status_code == 200


def test_where_no_reason_is_known_the_couriers_words_stand_there(ana, play):
    for parcel, words in (("P1", 'Gate "B" locked.'), ("P2", "")):
        case_id = play.courier(parcel=parcel, reason="something_odd", words=words)
        with transaction() as conn:
            conn.execute("UPDATE cases SET reason = 'unknown' WHERE id = %s", [case_id])
            conn.execute("UPDATE cases SET words = %s WHERE id = %s", [words, case_id])
    said = text(ana.get("/console").text)
    assert "ORD-P1 Delivery failed: “Gate 'B' locked”" in said
    assert "ORD-P2 Delivery failed: the courier gives no reason" in said
    page = links.make("task", play.task(case_id).id, play.world.people["Ana"])
    assert "The courier gives no reason" in text(ana.get(f"/t/{page}").text)


def test_what_is_to_be_confirmed_shows_its_window(ana, play):
    case_id = play.courier()
    play.acknowledge(case_id)
    play.choose(case_id, confirmed=False)
    slot = next(s for s in play.options(case_id).slots if s.taken)
    window = When(play.case(case_id).depot.zone, clock.now()).window(slot.starts_at, slot.ends_at)
    assert f"ORD-P1 Please confirm: {window}" in text(ana.get("/console").text)


def test_what_did_not_come_true_is_called_what_it_was(ana, play):
    lost = play.courier(parcel="HOME")
    play.choose(lost)
    shelf = play.courier(parcel="SHELF")
    play.choose(shelf, play.options(shelf).pickup_points[0].choice)
    advance(days=7)
    said = text(ana.get("/console?kind=promise").text)
    assert "ORD-HOME Promise missed" in said
    assert "ORD-SHELF Not picked up" in said
    assert "recipient unavailable" not in said


def test_another_address_is_no_question_to_be_answered_in_words(ana, play):
    case_id = play.courier()
    play.acknowledge(case_id)
    address = {"line1": "7 Oak Ave", "city": "Anaheim", "postcode": "92801", "country": "US"}
    page = page_of(case_id)
    ana.post(page, data=address | {"act": "move"})
    settle()
    row = ana.get("/console?kind=question").text
    assert "Please bring it to 7 Oak Ave" in text(row)
    assert "Your answer about" not in row
    ana.post(page, data={"ask": "write", "message": "Which day?"})
    settle()
    assert "Your answer about" in ana.get("/console?kind=question").text


def test_the_soonest_deadline_stands_first(ana, play):
    for parcel, hours in (("LATER", 50), ("SOON", 2), ("OVERDUE", -3)):
        back_in(play.courier(parcel=parcel), hours=hours)
    html = ana.get("/console").text
    assert parcels(html) == ["OVERDUE", "SOON", "LATER"]
    assert "back to sender: 3 h overdue" in text(html)


def test_what_a_courier_did_by_itself_is_not_taken_for_the_return(ana, play):
    case_id = play.courier()
    now = clock.now()
    connection().execute(
        """UPDATE cases SET courier_act = 'tries_again', courier_acts_at = %(act)s,
                  change_by = %(act)s, return_by = %(back)s WHERE id = %(case)s""",
        {"act": now + timedelta(hours=2), "back": now + timedelta(hours=50), "case": case_id},
    )
    assert "tries again in 1 h 59 min" in text(ana.get("/console").text)
    clock.advance(timedelta(hours=3))
    said = text(ana.get("/console").text)
    assert "back to sender in 1 day 22 h" in said
    assert "overdue" not in said


def test_what_hurts_next_stands_first(ana, play):
    """A promise to the customer counts as the courier's deadline does; without either, age does."""
    now = clock.now()
    hours = {"AGED": (None, None), "PROMISED": (50, 3), "BACK": (4, 60), "LATE": (70, -1)}
    for parcel, (back, news) in hours.items():
        case_id = play.courier(parcel=parcel)
        connection().execute(
            "UPDATE cases SET return_by = %s, news_by = %s WHERE id = %s",
            [now + timedelta(hours=h) if h else None for h in (back, news)] + [case_id],
        )
    html = ana.get("/console").text
    assert parcels(html) == ["LATE", "PROMISED", "BACK", "AGED"]
    said = text(html)
    assert "news for the customer: 60 min overdue back to sender in 2 days 21 h" in said
    assert "customer hears in 2 h 59 min back to sender in 2 days 1 h" in said
    assert "back to sender in 3 h 59 min customer hears in 2 days 11 h" in said
    play.acknowledge(case_id)
    assert parcels(ana.get("/console?tab=mine").text) == ["LATE"]
    assert "Mine 1" in text(ana.get("/console").text)


def test_a_caller_is_found_in_whichever_tab_and_the_address_says_what_was_asked(ana, ben, play):
    for parcel in ("P1", "P2", "P3"):
        play.courier(parcel=parcel)
    connection().execute("UPDATE shipments SET courier_name = 'Lee Grey' WHERE id = 3")
    play.acknowledge(1, by="Ben")
    play.courier("delivered", parcel="P2")
    assert "No parcels for “kim”" in text(ana.get("/console?q=kim").text)
    while search.catch_up():
        pass
    html = ana.get("/console?q=+Kim++DOE").text
    assert parcels(html) == ["P1", "P2"]  # what is over comes last
    said = text(html)
    assert "2 parcels for “Kim DOE”" in said
    assert "Ben has it since" in said
    assert 'value="Kim DOE"' in html
    assert parcels(ana.get("/console?q=kim&courier=onfleet").text) == []
    assert "One parcel for “lee”" in text(ana.get("/console?q=lee").text)
    for odd in ("'", "((", "\\", "%00", "a" * 500, "&|!:*"):
        assert ana.get("/console", query_string={"q": odd}).status_code == 200
    answer = take(ana, "/console?q=grey", one=str(play.task(3).id))
    assert "You took on ORD-P3." in text(answer.text)


def test_it_keeps_to_itself_and_is_light(ana, play):
    play.courier()
    answer = ana.get("/console")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r" style=| on[a-z]+=|<style", answer.text)
    weight = len(answer.data)
    for asset in re.findall(r'href="(/assets/[^"]+)"', answer.text):
        weight += len(ana.get(asset, headers={"Accept-Encoding": "gzip"}).data)
    assert weight < 20_000


def test_looking_changes_nothing(ana, play):
    play.courier()
    before = fingerprint()
    poll(ana, ana.get("/console").text)
    assert fingerprint() == before


def test_one_tap_takes_it_on_and_leaves_the_ticks(ana, play):
    first, second = (play.task(play.courier(parcel=p)).id for p in ("P1", "P2"))
    answer = take(ana, one=str(first), task=[str(first), str(second)])
    assert "You took on ORD-P1." in text(answer.text)
    assert f'value="{second}" checked' in answer.text
    assert play.task(1).acknowledged_by == "Ana"
    assert play.task(2).state == "open"
    said = text(ana.get("/console?tab=taken").text)
    assert "You have it since" in said
    assert "ORD-P1" in said


def test_several_at_once_without_javascript(ana, play):
    ids = [str(play.task(play.courier(parcel=f"P{n}")).id) for n in range(4)]
    answer = take(ana, task=ids[:3])
    assert "You took on 3 tasks." in text(answer.text)
    assert parcels(answer.text) == ["P3"]


def test_nothing_ticked_is_said(ana, play):
    play.courier()
    assert "Nothing was ticked" in text(take(ana).text)


def test_who_comes_second_reads_who_was_first(ana, ben, play):
    task = play.task(play.courier())
    ana_saw, ben_saw = (token(c.get("/console").text) for c in (ana, ben))
    ana.post("/console", data={"csrf_token": ana_saw, "one": str(task.id)})
    at = clock.local(play.task(1).acknowledged_at, "America/Los_Angeles")
    form = {"csrf_token": ben_saw, "one": str(task.id)}
    answer = ben.post("/console", data=form, follow_redirects=True)
    said = text(answer.text)
    assert f"ORD-P1 was already acknowledged by Ana at {at:%H:%M}." in said
    assert "You took on" not in said
    assert play.task(1).acknowledged_by == "Ana"


def test_two_who_press_at_the_same_moment(settings, play, ana, ben):
    ids = [str(play.task(play.courier(parcel=f"P{n}")).id) for n in range(5)]
    start = threading.Barrier(2)
    said = {}

    def press(name, client):
        form = {"csrf_token": token(client.get("/console").text), "task": ids}
        start.wait()
        said[name] = text(client.post("/console", data=form, follow_redirects=True).text)
        db.close()

    threads = [threading.Thread(target=press, args=one) for one in (("Ana", ana), ("Ben", ben))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    owners = {n: play.task(n).acknowledged_by for n in range(1, 6)}
    assert set(owners.values()) <= {"Ana", "Ben"}
    for name, other in (("Ana", "Ben"), ("Ben", "Ana")):
        lost = [n for n, owner in owners.items() if owner == other]
        named = said[name].count(f"was already acknowledged by {other} at")
        assert named == min(len(lost), 4)
    assert [play.timeline(n).count("acknowledged") for n in range(1, 6)] == [1] * 5


def test_what_is_over_is_told_and_the_rest_is_taken(ana, play):
    ids = [str(play.task(play.courier(parcel=f"P{n}")).id) for n in range(2)]
    seen = token(ana.get("/console").text)
    play.courier("delivered", parcel="P0")
    form = {"csrf_token": seen, "task": [*ids, "999", "x", "9" * 30]}
    said = text(ana.post("/console", data=form, follow_redirects=True).text)
    assert "You took on ORD-P1." in said
    assert "ORD-P0: This task is over" in said
    assert "Task 999: There is no such task." in said


def test_what_was_finished_stays_a_week(ana, play):
    case_id = play.courier()
    service.resolve(play.task(case_id).id, "Ana", "search", "", clock.now())
    play.courier(parcel="P2")
    play.courier("delivered", parcel="P2")
    said = text(ana.get("/console?tab=done").text)
    assert "Done by Ana, today at" in said
    assert "We are searching for the parcel" in said
    assert "Closed: delivered. Today at" in said
    clock.advance(timedelta(days=8))
    assert "Nothing was finished" in text(ana.get("/console?tab=done").text)


def test_an_unhappy_customer_is_in_the_queue(ana, play):
    case_id = play.courier()
    play.acknowledge(case_id)
    play.courier("delivered")
    play.rate(case_id, 2, "Nobody rang")
    said = text(ana.get("/console").text)
    assert "ORD-P1 Unhappy customer" in said
    assert "call back in 4 h" in said
    assert "You took on ORD-P1." in text(take(ana, one=str(play.task(case_id).id)).text)


def test_filters_show_their_alternatives(ana, play):
    delivered = play.courier(parcel="P1")
    play.courier("delivered", parcel="P1")
    play.rate(delivered, 1)
    play.courier(parcel="P2")
    html = ana.get("/console?kind=recovery").text
    assert parcels(html) == ["P1"]
    assert "Failed deliveries (1)" in html
    assert "Unhappy customers (1)" in html
    assert 'name="depot"' not in html  # there is but one
    assert parcels(ana.get("/console?courier=onfleet").text) == []
    assert "Nothing fits this choice" in text(ana.get("/console?depot=nowhere").text)
    both = ana.get("/console?depot=anaheim&courier=standard_webhooks").text
    assert parcels(both) == ["P1", "P2"]  # they wait a day at most, the parcel seven


@pytest.mark.parametrize(
    "query", ["tab=x", "cursor=nan_1", "cursor=x", "cursor=inf_x", "kind=%00", "picked=x&depot='"]
)
def test_a_strange_address_is_no_error(ana, play, query):
    play.courier()
    assert ana.get(f"/console?{query}").status_code == 200


def many(play, tasks):
    """Copies of the first task's case, each with its own parcel and deadline."""
    play.courier()
    with transaction() as conn:
        conn.execute(
            """WITH s AS (INSERT INTO shipments (shipper_id, account_id, depot_id, courier_ref,
                   tracking_number, order_ref, name, attempts, created_at, updated_at)
                 SELECT shipper_id, account_id, depot_id, 'C' || n, 'C' || n, 'ORD-C' || n, 'Jo',
                        1, created_at, updated_at FROM shipments, generate_series(2, %s) n
                  WHERE id = 1 RETURNING id),
                 c AS (INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id,
                   kind, reason, fault, words, opened_at, updated_at, return_by, request_id)
                 SELECT s.id, c.shipper_id, c.account_id, c.depot_id, c.policy_id, c.kind,
                        c.reason, c.fault, c.words, c.opened_at, c.updated_at,
                        -- two by two with the same deadline, and some with none
                        CASE WHEN s.id %% 10 > 0 THEN
                            c.return_by + (s.id / 2)::int * interval '1 minute' END, 'r'
                   FROM s, cases c WHERE c.id = 1
                 RETURNING id, depot_id, account_id, return_by, opened_at)
               INSERT INTO dispatch_tasks (case_id, depot_id, account_id, kind, round, deadline,
                   created_at)
               SELECT id, depot_id, account_id, 'failure', 1, coalesce(return_by, 'infinity'),
                      opened_at FROM c""",
            [tasks],
        )


def test_pages_show_everything_once_in_order(ana, play):
    many(play, 120)
    address, seen = "/console", []
    while address:
        html = ana.get(address).text
        seen += re.findall(r'name="task" value="(\d+)"', html)
        more = re.search(r'href="([^"]+)">Show the next ones', html)
        address = str(Markup(more[1]).unescape()) if more else ""
    assert len(seen) == len(set(seen)) == 120
    deadlines = {
        str(row["id"]): row["return_by"]
        for row in connection().execute(
            """SELECT t.id, coalesce(c.return_by, 'infinity'::timestamptz - interval '0')::text
                      AS return_by
                 FROM dispatch_tasks t JOIN cases c ON c.id = t.case_id"""
        )
    }
    ends = [deadlines[task] for task in seen]
    assert ends == sorted(ends)


def test_whoever_acts_on_the_second_page_stays_there(ana, play):
    many(play, 60)
    more = re.search(r'href="([^"]+)">Show the next ones', ana.get("/console").text)
    assert more
    page = ana.get(str(Markup(more[1]).unescape())).text
    action = re.search(r'action="([^"]+)" class="queue"', page)
    one = re.search(r'name="one" value="(\d+)"', page)
    assert action
    assert one
    form = {"csrf_token": token(page), "one": one[1]}
    answer = ana.post(str(Markup(action[1]).unescape()), data=form, follow_redirects=True)
    assert "You took on ORD-C" in text(answer.text)
    assert "Back to the first" in text(answer.text)
    assert len(parcels(answer.text)) == 9


class Counting(psycopg.Cursor[dict[str, Any]]):
    """Counts what is asked of the database."""

    asked = 0

    def execute(self, *args, **kwargs):
        Counting.asked += 1
        return super().execute(*args, **kwargs)


@pytest.mark.parametrize("address", ["/console", "/console?tab=taken", "/console/live?shown=1,2"])
def test_one_and_two_hundred_tasks_cost_the_same_three_queries(ana, play, address):
    def cost():
        connection().cursor_factory = Counting
        Counting.asked = 0
        assert ana.get(address).status_code == 200
        return Counting.asked

    play.courier()
    assert cost() == 3
    connection().cursor_factory = psycopg.Cursor
    many(play, 200)
    assert cost() == 3


def test_the_poll_tells_what_became_of_the_rows_and_touches_no_control(ana, play):
    case_id = play.courier()
    play.courier(parcel="P2")
    html = ana.get("/console").text
    first = poll(ana, html)
    assert poll(ana, first.text).status_code == 204
    play.acknowledge(case_id, by="Ben")
    news = poll(ana, first.text)
    assert "Ben has it since" in text(news.text)
    assert "Open 1 Taken on 1" in text(news.text)
    for control in ("<input", "<button", "<form", "<select"):
        assert control not in news.text
    play.courier(parcel="P3")
    assert "1 new: show it" in text(poll(ana, html).text)


def test_a_picked_filter_leads_to_its_page(ana):
    answer = ana.get("/console?kind=promise", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/console?kind=promise"


def test_a_key_without_a_person_acts_but_opens_no_page(client, play):
    play.courier()
    sign_in(client, make_key("admin", name="Night desk"))
    html = client.get("/console").text
    assert "/t/" not in html
    assert "This key belongs to nobody in the directory" in text(html)
    take(client, one="1")
    assert play.task(1).acknowledged_by == "Night desk"


@pytest.mark.browser
def test_in_a_real_browser(env, browser, play):
    cases = [play.courier(parcel=f"P{n}") for n in range(2)]
    advance(hours=1)  # nobody came: that is a tab of its own
    play.courier(parcel="P2")
    key = make_key("dispatcher", person_id=play.world.people["Ana"])
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/console")
        assert browser.ask("document.querySelector('.chosen').checkVisibility()") is False
        browser.click(".task:nth-child(1) input")
        browser.click(".task:nth-child(2) input")
        play.acknowledge(cases[0], by="Ben")
        browser.until("document.querySelector('.task:nth-child(1) .gone')")
        assert browser.ask("document.querySelectorAll('.task input:checked').length") == 2
        assert "Ben has it" in browser.ask("document.querySelector('.task').innerText")
        for dark in (False, True):
            for size in ((320, 740), (390, 844), (1280, 800)):
                browser.size(*size, dark=dark)
                browser.until("document.getAnimations().length === 0")
                browser.ask(
                    "(e => {if (e.children.length < 4) e.append(e.lastElementChild.cloneNode(true))"
                    "})(document.querySelector('.tabs'))"
                )
                assert browser.ask(audits.SMALL_TARGETS) == []
                assert axe.violations(browser) == []
                assert browser.ask("document.documentElement.scrollWidth") <= size[0]
                browser.ask("document.querySelectorAll('.count').forEach(e => e.innerText = '999')")
                assert browser.ask(
                    "(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.tabs'))"
                )
        browser.click(".chosen .button")
        browser.until("document.querySelector('.alert')")
        said = browser.ask("document.querySelector('.alert').innerText")
    assert "You took on ORD-P1." in said
    assert "ORD-P0 was already acknowledged by Ben at" in said
