from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from app import clock, languages
from app.access import keys
from app.db.connection import connection, transaction
from app.dispatch import service
from app.insight import figures, rollups
from app.insight.board import drawn, figure, sides, tiles
from app.insight.figures_model import (
    Calls,
    Choices,
    Compared,
    Ends,
    Figures,
    Gestures,
    Promised,
    Side,
    Silence,
    Spread,
    Words,
)
from app.insight.figures_store import Whose
from app.insight.rules import TOLERANCE
from tests.access import two_depots
from tests.application import create_app
from tests.inline import advance, settle
from tests.pages import audits, axe
from tests.pages.reading import fingerprint, text
from tests.pages.staff import make_key, sign_in, sign_in_with
from tests.pages.web import free_port, serving

ENDED = ("kept", "broken")


@pytest.fixture
def ana(client, play):
    """Ana at a browser."""
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"]))
    return client


def read(shipper_id=None, days=30):
    now = clock.now()
    return figures.read(connection(), Whose(shipper_id), now - timedelta(days=days), now)


def tile(name, found=None):
    shown = {tile.name: tile for tile in tiles.tiles(found or read(), None, {}, languages.get())}
    return shown[name].shown, shown[name].about


def charted(found):
    both = Compared(found, found, {})
    return {chart.key: chart for chart in drawn.charts(both, 30, languages.get())}


def test_nothing_failed_is_calm_and_divides_by_nothing(ana):
    said = text(ana.get("/dashboard").text)
    assert "No delivery failed in the last 30 days" in said
    shown = tiles.tiles(read(), None, {}, languages.get())
    assert {tile.shown for tile in shown} == {"0", "–"}
    assert ana.get("/dashboard.csv").status_code == 200


def test_failures_by_fault_and_reason(ana, play):
    for parcel, reason in (("A", "recipient_unavailable"), ("B", "address_not_found")):
        play.courier(parcel=parcel, reason=reason)
    play.courier(parcel="C", reason="recipient_unavailable")
    play.courier(parcel="C", reason="recipient_unavailable", words="Again")  # still one case
    play.courier("delivered", parcel="A")
    found = read()
    assert [(s.fault, s.reason, s.cases, s.closed, s.delivered) for s in found.sorts] == [
        ("recipient", "recipient_unavailable", 2, 1, 1),
        ("courier", "address_not_found", 1, 0, 0),
    ]
    assert tile("Failed deliveries", found) == ("3", "1 delivered, 0 closed otherwise, 2 not over")
    said = text(ana.get("/dashboard").text)
    assert "The recipient’s side 2 The courier’s side 1" in said


def test_time_to_acknowledge_is_from_the_task_to_the_person(ana, play):
    """Four minutes, two, and one that still waits: the median is three."""
    first = play.courier(parcel="A")
    advance(minutes=2)
    second = play.courier(parcel="B")
    advance(minutes=2)
    play.acknowledge(first)
    play.acknowledge(second)
    play.courier(parcel="C")
    play.courier(parcel="D")
    play.courier("delivered", parcel="D")
    calls = read().calls
    assert (calls.tasks, calls.acknowledged, calls.waiting, calls.unneeded) == (4, 2, 1, 1)
    assert calls.spread.median == pytest.approx(180, rel=TOLERANCE, abs=3)
    assert calls.spread.p90 == pytest.approx(228, rel=TOLERANCE, abs=3)
    shown, about = tile("Until somebody takes it on")
    assert shown in {"2 min", "3 min"}  # kept within a tolerance, and never said longer
    assert about.endswith("1 still wait, 1 were over before")


def test_the_first_word_is_one_that_left(ana, play):
    told = play.courier(parcel="A")
    play.courier(parcel="B", phone=None)  # nobody to tell
    advance(minutes=10)
    play.acknowledge(told)
    words = read().words
    assert words.told == 1
    assert words.spread.median == pytest.approx(600, rel=TOLERANCE, abs=5)
    assert tile("Until the customer hears")[1].endswith("1 of 2 heard nothing (yet)")


def test_a_word_that_was_only_planned_does_not_count(play):
    case_id = play.courier()
    service.acknowledge(play.task(case_id).id, "Ana", "", "", clock.now())
    play.acknowledge(case_id)
    with transaction() as conn:
        conn.execute("UPDATE messages SET state = 'suppressed', why = 'opted_out'")
    found = read()
    assert found.words.told == 0
    assert ("customer", "suppressed", "opted_out", 1) in found.unsent


def test_promises_choices_and_defaults(play):
    chose, silent, waits = (play.courier(parcel=parcel) for parcel in "ABC")
    for case_id in (chose, silent, waits):
        play.acknowledge(case_id)
    play.choose(chose)
    play.choose(chose, play.options(chose).slots[-1].choice)  # changed is neither kept nor broken
    play.courier("delivered", parcel="A")
    play.courier("delivered", parcel="C")
    advance(days=2, minutes=1)  # then the policy chooses for who is silent
    before = read()
    windows = {row.kind: row for row in before.promised}["window"]
    assert windows == Promised("window", kept=1, broken=0, open=1, released=1)
    assert before.choices == Choices(chose=1, defaults=1, again=2)
    play.answer(silent, "confirmed")
    advance(days=4)
    found = read()
    windows = {row.kind: row for row in found.promised}["window"]
    assert (windows.kept, windows.broken) == (1, 1)
    kept, broken = (sum(getattr(row, state) for row in found.promised) for state in ENDED)
    assert broken < kept  # the news and confirmations were in time
    assert tile("Promises kept", found)[0] == f"{100 * kept // (kept + broken)} %"
    rows = {row.name: row.values for row in charted(found)["promises"].rows}
    assert rows["A delivery"] == (1, 1, 0, 2)
    shown, about = tile("Customers who chose", found)
    assert shown == "50 %"
    assert about == "1 chose, 1 got the default, 1 have nothing booked"


def test_contacts_per_resolution_count_both_sides(play):
    case_id = play.courier()
    play.acknowledge(case_id)  # the failure is told: 1
    play.choose(case_id)  # the choice: 2, that it is being confirmed: 3, and that it is: 4
    with transaction() as conn:
        conn.execute(
            """INSERT INTO timeline (case_id, at, kind, actor)
               VALUES (%s, %s, 'contact_elsewhere', 'Ana')""",  # a call to the shop: 5
            [case_id, clock.now()],
        )
    assert tile("Contacts per resolution") == ("–", "nothing is closed yet")
    play.courier("delivered")
    advance(hours=3)
    play.rate(case_id, 5)  # the survey and the thanks are no part of the matter
    assert "survey" in play.topics(case_id)
    assert tile("Contacts per resolution") == ("5.0", "3.0 from us, 2.0 from them")


def test_unrated_is_not_satisfied(ana, play):
    ids = [play.courier(parcel=parcel) for parcel in "ABC"]
    for parcel in "ABC":
        play.courier("delivered", parcel=parcel)
    advance(hours=3)
    play.rate(ids[0], 5)
    play.rate(ids[1], 2, "Nobody rang")
    found = read()
    assert (found.asked, found.scores) == (3, {1: 0, 2: 1, 3: 0, 4: 0, 5: 1})
    assert tile("Satisfied", found) == ("50 %", "3.5 of 5 · 2 of 3 asked have answered (66 %)")
    assert "2 of 5 1 1 of 5 0 Unrated 1" in text(ana.get("/dashboard").text)
    assert tile("Unhappy customers", found) == ("1", "0 taken on, 0 resolved")
    advance(hours=1)
    service.resolve(play.task(ids[1]).id, "Ana", "called", "", clock.now())
    settle()
    assert tile("Unhappy customers")[1].startswith("1 taken on, 1 resolved")
    assert "0 s" not in tile("Unhappy customers")[0]


def test_what_was_not_sent_has_its_reason(ana, play):
    play.courier()
    with transaction() as conn:
        conn.execute("UPDATE messages SET state = 'failed', why = '=cmd()' WHERE id = 1")
    assert read().unsent[0] == ("dispatcher", "failed", "=cmd()", 1)
    assert "=cmd() Dispatchers, failed 1" in text(ana.get("/dashboard").text)


def test_ninety_nine_and_a_half_is_not_all(play):
    play.courier()
    most = [Promised("news", kept=199, broken=1, open=7, released=9)]
    found = replace(read(), promised=most)
    assert tile("Promises kept", found)[0] == "99 %"


def test_a_shipper_sees_only_its_own(client, play):
    play.courier(parcel="SECRET", reason="business_closed")
    with transaction() as conn:
        other = conn.execute(
            """INSERT INTO shippers (slug, name, country, policy_id, created_at)
               SELECT 'elm', 'Elm Toys', 'US', policy_id, created_at FROM shippers RETURNING id"""
        ).fetchone()
        assert other
        theirs = keys.create(conn, "shipper", "Elm", other["id"], None, clock.now())
    assert [sort.cases for sort in read(play.world.shipper_id).sorts] == [1]
    assert read(other["id"]) == Figures(
        sorts=[],
        ends=Ends(),
        over=Spread(None, None),
        silence=Silence(),
        brought={},
        disputed={},
        saved={},
        gestures=Gestures(),
        calls=Calls(),
        recoveries=Calls(),
        words=Words(0, Spread(None, None), 0, 0),
        promised=[],
        choices=Choices(0, 0),
        asked=0,
        scores=dict.fromkeys(range(1, 6), 0),
        unsent=[],
    )
    sign_in(client, theirs)
    page = client.get("/dashboard").text
    assert "No delivery failed" in text(page)
    assert "about your cases" in text(page)
    assert 'href="/console"' not in page
    assert "business_closed" not in client.get("/dashboard.csv").text


def test_a_period_is_what_it_says(ana, play):
    play.courier(parcel="OLD")
    advance(days=8)
    play.courier(parcel="NEW")
    assert [sum(s.cases for s in read(days=days).sorts) for days in (7, 30)] == [1, 2]
    for asked, shown in (("7", "7"), ("90", "90"), ("", "30"), ("8", "30"), ("x'", "30")):
        page = ana.get("/dashboard", query_string={"days": asked}).text
        by = "" if shown == "90" else "&amp;by=depot"  # of so many days only where it is asked for
        assert f'href="/dashboard?days={shown}{by}" aria-current="page"' in page


def test_the_table_says_the_same(ana, play):
    play.courier()
    with transaction() as conn:
        conn.execute("UPDATE messages SET state = 'failed', why = '=cmd()' WHERE id = 1")
    answer = ana.get("/dashboard.csv?days=7")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = {(r["section"], r["figure"]): r for r in csv.DictReader(io.StringIO(answer.text))}
    assert rows["figure", "Failed deliveries"]["value"] == "1"
    assert rows["reason", "recipient: recipient_unavailable"]["value"] == "1"
    assert rows["figure", "Satisfied"]["value"] == ""
    assert rows["unsent", "dispatcher: failed: =cmd()"]["value"] == "1"


def test_every_figure_says_what_it_counts(ana, play):
    play.courier()
    html = ana.get("/dashboard").text
    assert html.count("What this counts") == html.count('<p class="figure">') == 15
    drawn = html.count('<section class="card chart')
    assert drawn == html.count("Table and definition") + len(
        re.findall(r'<p class="soft">(No|All messages went out)', html)
    )
    assert html.count("<table") >= 5
    assert not re.search(r" style=| on[a-z]+=|<style", html)


def test_rescue_returns_avoided_and_the_money(play):
    chose, by_itself, _ = (play.courier(parcel=parcel) for parcel in "ABC")
    play.acknowledge(chose)
    play.choose(chose)
    play.courier("delivered", parcel="A")
    play.courier("delivered", parcel="B")
    found = read()
    assert (found.ends.arranged, found.ends.alone, found.ends.open) == (1, 1, 1)
    assert tile("Rescued", found)[0] == "100 %"
    shown, about = tile("Returns avoided", found)
    assert shown == "1"  # what the courier did by itself was not our doing
    assert about == (
        "To see the money saved, have an admin set on the shipper’s page what a return costs."
    )
    assert by_itself
    ended = Ends(arranged=10, alone=2, no_choice=5, courier=3, open=4)
    found = replace(found, ends=ended, saved={1: 6, 2: 3, 3: 1})
    costs = {1: (Decimal("4.50"), "USD"), 3: (Decimal(9), "EUR")}
    shown = {one.key: one for one in tiles.tiles(found, None, costs, languages.get())}
    assert shown["rescued"].shown == "60 %"
    assert shown["returns_avoided"].about == (
        "€9.00, $27.00 saved, by the shipper’s own cost of a return. "
        "3 more are of shippers that have not said what a return costs them."
    )


def test_what_became_much_worse_stands_out_and_few_cases_say_nothing(play):
    play.courier()
    now, before = (
        replace(read(), promised=[Promised("news", kept, 20 - kept, 0, 0)]) for kept in (12, 19)
    )
    shown = {one.key: one for one in tiles.tiles(now, before, {}, languages.get())}
    promises = shown["promises"]
    assert (promises.shown, promises.before, promises.worse) == ("60 %", "95 %", True)
    assert figure.notable(list(shown.values())) == [promises]
    few = replace(now, promised=[Promised("news", 1, 4, 0, 0)])
    assert not any(one.worse for one in tiles.tiles(few, before, {}, languages.get()))
    good, bad = (
        Side(name, Ends(arranged=n, no_choice=20 - n), 0, 0, Spread(None, None), {}, [])
        for name, n in (("good", 18), ("bad", 8))
    )
    assert sides.behind([good, bad], Ends(arranged=26, no_choice=14)) == bad
    assert sides.behind([good], good.ends) is None


def test_whose_figures_and_told_apart_by_what(settings, play):
    two_depots.build(play)
    callers = {caller.name: caller for caller in two_depots.callers()}

    def browser(name):
        client = create_app(settings).test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        sign_in(client, callers[name].key)
        return client

    ours, both = browser("dispatcher of anaheim"), browser("dispatcher of both")
    for client, asked, cases in (
        (both, "", 2),
        (both, "?of=depot:fresno", 1),
        (both, "?of=shipper:elm&by=courier", 1),
        (ours, "?of=depot:anaheim", 1),
    ):
        found = {row["figure"]: row for row in table(client, f"/dashboard.csv{asked}")}
        assert found["Failed deliveries"]["value"] == str(cases), asked
        assert client.get(f"/dashboard{asked}").status_code == 200
    couriers = re.findall(r'value="(courier:[a-z0-9_]+)"', both.get("/dashboard").text)
    each = [table(both, f"/dashboard.csv?of={of}&days=7") for of in couriers]
    counted = [row for rows in each for row in rows if row["figure"] == "Failed deliveries"]
    assert sum(int(row["value"]) for row in counted) == 2
    assert ours.get("/dashboard?of=depot:fresno").status_code == 404
    printed = 'class="printed"><b><bdi>Anaheim depot<'  # the choice itself is not printed
    assert printed in ours.get("/dashboard?of=depot:anaheim").text
    assert both.get("/dashboard?of=depot:nowhere").status_code == 404
    assert both.get("/dashboard.csv?chart=nothing").status_code == 404
    assert "fresno" not in ours.get("/dashboard").text.lower()
    rows = table(both, "/dashboard.csv?chart=depots")
    assert [(row["cases"], row["open"]) for row in rows] == [("1", "1"), ("1", "1")]
    page = both.get("/dashboard?by=shipper").text
    for row in table(both, "/dashboard.csv?chart=shippers&by=shipper"):
        assert row["name"] in page
    faults = table(both, "/dashboard.csv?chart=courier-faults&by=courier")
    assert sum(int(row["recipient"]) + int(row["courier"]) for row in faults) == 2
    for key in re.findall(r"chart=([a-z-]+)", both.get("/dashboard?by=courier").text):
        assert table(both, f"/dashboard.csv?chart={key}&by=courier"), key


def table(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_looking_changes_nothing(ana, play):
    play.courier()
    before = fingerprint()
    ana.get("/dashboard")
    ana.get("/dashboard.csv")
    assert fingerprint() == before


class Counting(psycopg.Cursor[dict[str, Any]]):
    """Counts what is asked of the database."""

    asked = 0

    def execute(self, *args, **kwargs):
        Counting.asked += 1
        return super().execute(*args, **kwargs)


def test_it_takes_five_queries_whatever_the_size(ana, play):
    """Who is signed in, whether a crash lost what is kept, names, figures, and where."""
    for parcels in (1, 20):
        for number in range(parcels):
            play.courier(parcel=f"P{number}")
        connection().cursor_factory = Counting
        Counting.asked = 0
        assert ana.get("/dashboard").status_code == 200
        assert Counting.asked == 5
        connection().cursor_factory = psycopg.Cursor


@pytest.mark.browser
def test_in_a_real_browser(env, browser, play):
    case_id = play.courier()
    play.acknowledge(case_id)
    play.courier("delivered")
    advance(hours=3)
    play.rate(case_id, 4)
    key = make_key("admin")
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/dashboard")
        browser.ask("document.querySelectorAll('details').forEach(e => e.open = true)")
        for dark in (False, True):
            for size in ((390, 844), (1280, 800)):
                browser.size(*size, dark=dark)
                browser.until("document.getAnimations().length === 0")
                assert browser.ask(audits.SMALL_TARGETS) == []
                assert axe.violations(browser) == []
                assert browser.ask("document.documentElement.scrollWidth <= innerWidth")


def test_who_sees_some_depots_sees_their_figures(settings, play):
    two_depots.build(play)
    callers = {caller.name: caller for caller in two_depots.callers()}
    for counted in (False, True):
        for name, cases in (("dispatcher of anaheim", 1), ("dispatcher of both", 2)):
            browser = create_app(settings).test_client()
            browser.environ_base["HTTP_ACCEPT"] = "text/html"
            sign_in(browser, callers[name].key)
            said = text(browser.get("/dashboard").text)
            assert ("the figures of your depots" in said) is (cases == 1)
            table = browser.get("/dashboard.csv").text
            total = re.search(r"Failed deliveries,(\d+)", table)
            assert total, table
            assert int(total[1]) == cases
        if not counted:
            rollups.catch_up()
