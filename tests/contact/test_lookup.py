"""A contact looked up at the shipper's own system, over HTTP, with time moved."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest

from app import clock
from app.access import vault
from app.chain import service as chain
from app.contact.lookup import call, guard, rules, service
from app.contact.lookup.call import Failed, Found, Nothing
from app.db.connection import connection, transaction
from app.settings import load
from tasks.clock import Clock
from tests import courier
from tests.contact.shop import TOKEN, open_shop
from tests.inline import settle

CONTACT = {"phone": "(714) 555-4231", "email": "mary@example.com", "name": "Mary O'Brien"}
LEASE = timedelta(seconds=15)


def ask_at(url):
    with transaction() as conn:
        service.set_address(conn, "oak", url, TOKEN, clock.now())


@pytest.fixture
def shop(play):
    with open_shop() as shop:
        ask_at(shop.base + "/contacts/{tracking_number}")
        yield shop
        assert shop.faults == []


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(call, "READ", 0.3)
    monkeypatch.setattr(call, "TOTAL", 0.6)


def fail(play, number="P1", **said):
    return play.courier("failed", number, **({"phone": "", "email": ""} | said))


def lookups():
    return connection().execute("SELECT * FROM lookups ORDER BY id").fetchall()


def asked_shipper(play, case_id):
    return "contact_requested" in play.timeline(case_id)


def test_what_the_shop_knows_is_used_and_nobody_is_bothered(play, shop):
    shop.usual = (200, CONTACT | {"language": "en_us", "more": {"x": 1}})
    case_id = fail(play)
    assert shop.asked == ["/contacts/P1"]
    case = play.case(case_id)
    assert (case.contact_phone, case.contact_email) == ("+17145554231", "mary@example.com")
    assert case.parcel.name == "Mary O'Brien"
    assert not asked_shipper(play, case_id)
    assert {"look_up_contact", "request_contact"}.isdisjoint(play.waiting(case_id))
    assert play.told(case_id, "shipper") == []
    kinds = play.timeline(case_id)
    assert kinds.index("contact_looked_up") < kinds.index("contact_supplied")
    (row,) = lookups()
    assert (row["state"], row["tries"]) == ("found", 1)
    parcel = connection().execute("SELECT language FROM shipments").fetchone()
    assert parcel == {"language": "en-US"}


def test_a_shop_without_an_address_is_asked_in_person_at_once(play):
    case_id = fail(play)
    assert asked_shipper(play, case_id)
    assert lookups() == []


def test_a_number_that_works_needs_no_look_up(play, shop):
    fail(play, phone="+17145554231")
    assert shop.asked == []


def test_an_email_alone_is_used_and_the_look_up_still_finds_the_number(play, shop):
    shop.usual = (200, {"phone": "+17145554231"})
    case_id = fail(play, email="mary@example.com")
    assert play.case(case_id).contact_phone == "+17145554231"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, {}), "http_404"),
        ((200, {"phone": None, "email": ""}), "no_contact"),
        ((200, {"phone": "030 901820", "email": "mary@"}), "too_short"),
        ((200, {"phone": "", "email": "mary@"}), "not_an_address"),
    ],
)
def test_what_the_shop_does_not_know_its_people_are_asked(play, shop, answer, why):
    shop.usual = answer
    case_id = fail(play)
    assert asked_shipper(play, case_id)
    assert "look_up_contact" not in play.waiting(case_id)
    (row,) = lookups()
    assert (row["state"], row["why"]) == ("nothing", why)
    assert connection().execute("SELECT 1 FROM lookup_circuits").fetchall() == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((401, {}), "http_401"),
        ((200, b"<html>"), "not_understood"),
        ((200, [CONTACT]), "not_understood"),
        ((200, {"phone": {"mobile": "+17145554231"}}), "not_understood"),
        ((200, b" " * 70_000), "too_long"),
        ((302, "http://169.254.169.254/latest/meta-data"), "redirected"),
        ((301, "/contacts/elsewhere"), "redirected"),
    ],
)
def test_an_answer_that_will_not_get_better_ends_it(play, shop, answer, why):
    shop.usual = answer
    case_id = fail(play)
    assert asked_shipper(play, case_id)
    assert len(shop.asked) == 1
    (row,) = lookups()
    assert (row["state"], row["why"]) == ("failed", why)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((500, {}), "http_500"),
        ((429, {}), "http_429"),
        ("close", "connection"),
        ("hang", "timeout"),
        ("drip", "timeout"),
    ],
)
def test_a_failure_of_the_moment_is_tried_again_without_bothering_anybody(play, shop, answer, why):
    shop.answers = [answer]
    shop.usual = (200, CONTACT)
    case_id = fail(play)
    (row,) = lookups()
    assert (row["state"], row["why"], row["tries"]) == ("queued", why, 1)
    assert not asked_shipper(play, case_id)
    clock.advance(timedelta(seconds=29))
    settle()
    assert len(shop.asked) == 1
    clock.advance(timedelta(seconds=1))
    settle()
    assert play.case(case_id).contact_phone == "+17145554231"
    assert not asked_shipper(play, case_id)


def test_after_the_last_try_the_shipper_is_asked_in_person(play, shop):
    shop.usual = (503, {})
    case_id = fail(play)
    for pause in rules.AGAIN:
        assert not asked_shipper(play, case_id)
        clock.advance(pause)
        settle()
    assert asked_shipper(play, case_id)
    assert len(shop.asked) == 4
    assert lookups()[0]["state"] == "failed"


def test_a_look_up_that_nobody_makes_ends_at_its_deadline(play, shop, monkeypatch):
    monkeypatch.setattr(service, "claim", lambda *_: [])
    case_id = fail(play)
    assert not asked_shipper(play, case_id)
    clock.advance(rules.GIVE_UP + timedelta(minutes=2))
    settle()
    assert asked_shipper(play, case_id)
    assert lookups()[0]["why"] == "no_answer_in_time"
    assert play.timeline(case_id).count("contact_looked_up") == 1


def test_a_delivery_or_a_contact_that_comes_first_makes_the_call_needless(play, shop, monkeypatch):
    real = service.claim
    monkeypatch.setattr(service, "claim", lambda *_: [])
    closed, supplied = fail(play, "P1"), fail(play, "P2")
    play.courier("delivered", "P1")
    with transaction() as conn:
        chain.drop(conn, supplied, "look_up_contact")
    monkeypatch.setattr(service, "claim", real)
    settle()
    assert shop.asked == []
    assert [row["state"] for row in lookups()] == ["dropped", "dropped"]
    assert play.case(closed).resolution == "delivered"


def test_what_comes_back_after_the_case_is_over_changes_nothing(play, shop, monkeypatch):
    case_id = fail_without_calls(play, monkeypatch)

    def deliver_meanwhile(*_):
        play.courier("delivered", "P1")
        return Found("+17145554231", "", "", "")

    monkeypatch.setattr(call, "ask", deliver_meanwhile)
    (ref,) = service.claim(connection(), clock.now(), LEASE, 4)
    assert service.ask(*ref) == "dropped"
    assert play.case(case_id).contact_phone is None


def fail_without_calls(play, monkeypatch, number="P1"):
    with monkeypatch.context() as patch:
        patch.setattr(service, "claim", lambda *_: [])
        return fail(play, number)


def test_a_stale_hint_does_nothing_and_no_lock_is_held_during_the_call(play, shop, monkeypatch):
    case_id = fail_without_calls(play, monkeypatch)
    (ref,) = service.claim(connection(), clock.now(), LEASE, 4)
    assert service.claim(connection(), clock.now(), LEASE, 4) == []
    clock.advance(LEASE)
    (newer,) = service.claim(connection(), clock.now(), LEASE, 4)
    assert service.ask(*ref) == "stale"
    assert shop.asked == []

    def look(*_):
        rows = connection().execute(
            "SELECT 1 FROM pg_locks WHERE locktype IN ('transactionid', 'tuple')"
        )
        found.append(rows.fetchall())
        return Nothing("x")

    found: list[object] = []
    monkeypatch.setattr(call, "ask", look)
    assert service.ask(*newer) == "nothing"
    assert found == [[]]
    settle()
    assert asked_shipper(play, case_id)


def test_a_shop_that_is_down_is_left_alone_then_tried_by_one_call(play, shop, monkeypatch):
    shop.usual = (500, {})
    cases = [fail_without_calls(play, monkeypatch, f"P{n}") for n in range(8)]
    settle()
    assert len(shop.asked) == rules.OPENS_AFTER
    (alert,) = connection().execute("SELECT * FROM alerts WHERE ended_at IS NULL").fetchall()
    assert (alert["kind"], alert["subject"]) == ("lookup_down", "oak")
    clock.advance(timedelta(minutes=1))
    settle()
    assert len(shop.asked) == rules.OPENS_AFTER + 1
    shop.usual = (200, CONTACT)
    clock.advance(timedelta(minutes=2))
    settle()
    assert connection().execute("SELECT 1 FROM alerts WHERE ended_at IS NULL").fetchall() == []
    for _ in range(4):
        clock.advance(timedelta(minutes=2))
        settle()
    assert [play.case(case_id).contact_phone for case_id in cases] == ["+17145554231"] * 8
    assert not any(asked_shipper(play, case_id) for case_id in cases)


def test_a_shop_that_stays_down_has_its_people_asked_in_time(play, shop):
    shop.usual = (500, {})
    cases = [fail(play, f"P{n}") for n in range(8)]
    for _ in range(31):
        clock.advance(timedelta(minutes=1))
        settle()
    assert all(asked_shipper(play, case_id) for case_id in cases)
    assert {row["state"] for row in lookups()} == {"failed"}


def test_a_slow_shop_has_two_calls_at_once_and_holds_up_nobody(play, shop, monkeypatch):
    for n in range(5):
        fail_without_calls(play, monkeypatch, f"P{n}")
    now = clock.now()
    first = service.claim(connection(), now, LEASE, 4)
    assert len(first) == 2
    assert service.claim(connection(), now, LEASE, 4) == []
    service.ask(*first[0])
    assert len(service.claim(connection(), now, LEASE, 4)) == 1


def test_outside_the_demo_private_machines_are_not_asked(play, shop, env, monkeypatch):
    guard.configure(load(env | {"REKNOCK_DEMO": "0"}))
    case_id = fail(play)
    assert shop.asked == []
    assert lookups()[0]["why"] == "private_address"
    assert asked_shipper(play, case_id)
    guard.configure(load(env | {"REKNOCK_DEMO": "0", "REKNOCK_LOOKUP_ALLOW": "127.0.0.0/8"}))
    shop.usual = (200, CONTACT)
    assert play.case(fail(play, "P2")).contact_phone == "+17145554231"


def test_the_address_that_was_checked_is_the_one_that_is_called(shop, env, monkeypatch):
    guard.configure(load(env | {"REKNOCK_DEMO": "0", "REKNOCK_LOOKUP_ALLOW": "shop.internal"}))
    port = int(shop.base.rpartition(":")[2])
    resolved = []

    def resolve(host, *_args, **_kwargs):
        resolved.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    shop.usual = (200, CONTACT)
    found = call.ask(f"http://shop.internal:{port}/x", TOKEN, "r")
    assert isinstance(found, Found)
    assert resolved.count("shop.internal") == 1
    assert call.ask(f"http://evil.example:{port}/x", TOKEN, "r") == Failed(
        "private_address", temporary=False
    )
    guard.configure(load(env))


def test_a_name_nobody_knows_and_a_port_nobody_listens_on(env, play):
    assert call.ask("http://nobody.invalid/x", None, "r") == Failed("connection", temporary=True)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        answer = call.ask(f"http://127.0.0.1:{port}/x", None, "r")
    assert answer == Failed("connection", temporary=True)


def test_the_token_is_stored_sealed_and_a_lost_key_is_no_crash(play, shop, monkeypatch):
    row = connection().execute("SELECT lookup_token FROM shippers").fetchone()
    assert row is not None
    assert TOKEN.encode() not in bytes(row["lookup_token"])

    def locked(_):
        raise vault.VaultLocked

    monkeypatch.setattr(vault, "unseal", locked)
    case_id = fail(play)
    assert lookups()[0]["why"] == "vault_locked"
    assert asked_shipper(play, case_id)


def test_a_parcel_whose_order_is_unknown_cannot_be_asked_for_by_order(play, shop):
    ask_at(shop.base + "/orders/{order_ref}")
    case_id = fail(play, order_ref=None)
    assert lookups()[0]["why"] == "no_order_ref"
    assert asked_shipper(play, case_id)
    assert shop.asked == []


def test_without_a_broker_the_clock_makes_the_calls_and_waits_for_none(play, shop, monkeypatch):
    shop.usual = (200, CONTACT)
    case_id = play.hear(courier.said("failed", "P1", phone="", email="")).case_id
    ticker = Clock("redis://127.0.0.1:1/0")
    for _ in range(100):  # check the number, queue the question, ask it
        ticker.turn()
        if shop.asked:
            break
        ticker._stand_in.woken.wait(0.05)
    ticker._stand_in._lookups.shutdown()
    assert shop.asked == ["/contacts/P1"]
    assert play.case(case_id).state == "open"
    assert lookups()[0]["state"] == "found"


def test_a_watch_that_fails_stops_no_clock(play, monkeypatch, capsys):
    def broken(_):
        raise ZeroDivisionError

    monkeypatch.setattr("tasks.duties.gaps.watch", broken)
    Clock("redis://127.0.0.1:1/0").turn()
    assert "watch_failed" in capsys.readouterr().err
