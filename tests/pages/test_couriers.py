"""The couriers' page: who is silent, what is usual, what could not be believed or read."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.db.connection import connection, transaction
from app.insight import couriers
from app.insight.couriers import REFUSED
from app.insight.gaps import service as gaps
from app.intake import codes, refusals
from app.intake import service as intake
from app.intake.event import Event, Incoming, Message
from tests.pages import audits, axe
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in
from tests.pages.web import free_port, serving

WEEK = timedelta(weeks=1)


@pytest.fixture
def staff(client, play):
    """Somebody who may look."""
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"]))
    return client


def fill(account, step, start, end):
    """Events of an account, evenly in office hours."""
    with transaction() as conn:
        conn.execute(
            """INSERT INTO courier_events
                   (account_id, event_key, received_at, outcome, request_id, body)
               SELECT %(id)s, at::text, at, 'ignored', 'r', ''
                 FROM generate_series(%(start)s::timestamptz, %(end)s, %(step)s) at
                WHERE extract(hour FROM at AT TIME ZONE %(zone)s) BETWEEN 8 AND 17""",
            {"id": account.id, "start": start, "end": end, "step": step, "zone": account.timezone},
        )


def watch(times=2):
    for _ in range(times):
        clock.advance(timedelta(seconds=20))
        gaps.watch(clock.now())


@pytest.fixture
def busy(play):
    """One courier is silent since a day, one speaks, one is new, each with its trouble."""
    now = clock.now()
    speaking, silent = play.world.accounts["onfleet"], play.world.accounts["easypost"]
    fill(silent, timedelta(minutes=7), now - 3 * WEEK, now - timedelta(days=2))
    fill(speaking, timedelta(minutes=19), now - 3 * WEEK, now)
    with transaction() as conn:
        conn.execute(
            "UPDATE courier_events SET received_at = %s WHERE id ="
            " (SELECT max(id) FROM courier_events)",
            [now],
        )
    watch()
    raw = b'{"type": "delivery.failed"}'
    incoming = Incoming(headers={}, query={}, raw=raw, received_at=now)
    account = play.world.accounts["standard_webhooks"]
    intake.take(Message(account=account, incoming=incoming, request_id="r"))
    refusals.count("easypost", "wrong_signature")
    refusals._tally.flush()
    odd = Event(key="k", kind="progress", tracking_number="P", courier_ref="P", reason="unknown")
    odd.code, odd.words = "XZ9", "Held <b>at</b> hub"
    codes.count(speaking, [odd])
    codes.flush()


def test_it_says_who_is_silent_and_what_was_odd(staff, busy):
    page = staff.get("/couriers")
    assert page.status_code == 200
    said = text(page.text)
    assert "Silent since" in said
    assert "Usual week, learned from 2 weeks" in said or "learned from 3 weeks" in said
    assert "1 not taken: the signature does not match" in said
    assert "1 in quarantine" in said
    assert "with the unknown code XZ9" in said
    assert "Held <b>at</b> hub" not in page.text
    assert page.text.index("easypost") < page.text.index("onfleet")
    assert "standard-webhooks" in said
    assert 'role="img" aria-label="' in page.text


def test_a_silence_that_is_over_is_remembered(staff, busy, play):
    fill(play.world.accounts["easypost"], timedelta(seconds=1), clock.now(), clock.now())
    with transaction() as conn:
        conn.execute(
            """INSERT INTO courier_events
                   (account_id, event_key, received_at, outcome, request_id, body)
               VALUES (%s, 'back', %s, 'ignored', 'r', '')""",
            [play.world.accounts["easypost"].id, clock.now()],
        )
    watch(1)
    said = text(staff.get("/couriers").text)
    assert "Silences that are over" in said
    assert "Silent since" not in said


def test_it_is_for_staff(client, play):
    assert client.get("/couriers").status_code == 303
    sign_in(client, make_key("shipper", shipper_id=play.world.shipper_id))
    assert client.get("/couriers").status_code == 403
    assert "Couriers" not in text(client.get("/dashboard").text)


def test_without_couriers_it_says_how_to_connect_one(staff):
    with transaction() as conn:
        conn.execute("DELETE FROM courier_accounts")
    assert "No courier is connected yet" in text(staff.get("/couriers").text)


def test_an_account_with_a_wrong_zone_is_shown_all_the_same(staff, busy):
    with transaction() as conn:
        conn.execute("UPDATE courier_accounts SET timezone = 'Mars/Olympus'")
    assert staff.get("/couriers").status_code == 200


def test_a_held_batch_is_shown(staff, play):
    with transaction() as conn:
        conn.execute(
            """INSERT INTO held_batches (shipper_id, sent_by, digest, lines, body, orders, invalid,
                      faults, received_at)
               VALUES (%s, 'shop', '', false, '', 9000, 4000, '{}', %s)""",
            [play.world.shipper_id, clock.now()],
        )
    said = text(staff.get("/couriers").text)
    assert "Batch 1 of oak waits: 4000 of its 9,000 numbers cannot be used." in said
    assert connection().execute("SELECT 1 FROM alerts").fetchall() == []


def test_the_strip_is_darkest_where_most_comes(staff):
    week = [0.0] * 168
    week[33], week[34] = 40.0, 4.0
    cells = couriers.strip(week, 34)
    assert len(cells) == 168
    assert (cells[33].x, cells[33].y, cells[33].shade) == (9, 1, 1.0)
    assert cells[0].shade < cells[34].shade < 1
    assert [cell for cell in cells if cell.now] == [cells[34]]
    with staff.application.test_request_context():
        assert couriers.in_words(week) == "44 events a week, most on Tuesday between 9:00 and 10:00"
    assert couriers.strip([0.0] * 168, 0) == []
    assert couriers.in_words([]) == ""


@pytest.mark.browser
def test_it_fits_a_phone_and_a_desk_in_light_and_dark(env, busy, play, browser, tmp_path):
    key = make_key("dispatcher", person_id=play.world.people["Ana"])
    with serving({**env, "PORT": str(free_port())}) as web:
        browser.open(f"{web}/sign-in/key?next=/couriers")
        browser.click("#key")
        browser.type(key)
        browser.click(".button.main")
        browser.until("location.pathname === '/couriers' && document.querySelector('.courier')")
        for width, height in ((390, 2200), (1280, 1000)):
            for dark in (False, True):
                browser.size(width, height, dark=dark)
                browser.until("document.getAnimations().length === 0")
                assert browser.ask("document.documentElement.scrollWidth") <= width
                assert browser.ask(audits.SMALL_TARGETS) == []
                assert axe.violations(browser) == []
                browser.picture(tmp_path / f"couriers-{width}-{'dark' if dark else 'light'}.png")
    assert [line for line in browser.log if not line.startswith("GET ")] == []


def test_whatever_is_refused_has_words() -> None:
    """Every code with which a courier's webhook can be turned away."""
    named = re.compile(r"(?:SignatureRefused|KeysUnavailable|Problem)\(\s*(?:\d+, )?\"(\w+)\"")
    files = [*Path("app/intake").rglob("*.py"), Path("app/json_body.py")]
    codes = {code for file in files for code in named.findall(file.read_text())}
    assert "wrong_signature" in codes
    others = {"post_here", "no_such_event", "unknown_account"}
    assert codes - others <= set(REFUSED)
