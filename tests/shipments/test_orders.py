"""The order gate over HTTP: one order, many, streamed, repeated, held, released."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta

import orjson
import psycopg
import pytest
from click.testing import CliRunner

from app import clock
from app.access import idempotency, keys
from app.cli import environment, main
from app.db import connection as db
from app.db.connection import connection, transaction
from app.shipments.orders import service, store
from tests import courier
from tests.inline import settle

URL = "/api/v1/shipments"
NDJSON = "application/x-ndjson"


def order(number="P1", **said):
    return {
        "tracking_number": number,
        "order_ref": f"ORD-{number}",
        "name": "Mary O'Brien",
        "phone": "+17145554231",
        "email": "mary@example.com",
        "language": "en",
        "address": {"line1": "1 Main St", "city": "Anaheim", "postcode": "92805", "country": "US"},
    } | said


def orders(count, **said):
    return [order(f"P{n}", **said) for n in range(count)]


def lines(body):
    return [json.loads(line) for line in body.splitlines()]


def post_lines(client, given, **headers):
    body = b"".join(orjson.dumps(one) + b"\n" for one in given)
    return client.post(URL, data=body, content_type=NDJSON, headers=headers)


def shipment(number="P1"):
    rows = connection().execute("SELECT * FROM shipments WHERE tracking_number = %s", [number])
    (row,) = rows.fetchall()
    return row


def test_one_order_is_created_then_updated(client):
    answer = client.post(URL, json=order(phone="(714) 555-4231", name=" Mu\u0308ller\t "))
    assert answer.status_code == 200
    assert answer.json == {"items": [{"tracking_number": "P1", "status": "created"}]}
    row = shipment()
    assert (row["name"], row["phone"]) == ("Müller", "+17145554231")
    assert row["address"]["country"] == "US"
    again = client.post(URL, json=order(name="Anna Müller", order_ref=None))
    assert again.json == {"items": [{"tracking_number": "P1", "status": "updated"}]}
    row = shipment()
    assert (row["name"], row["order_ref"]) == ("Anna Müller", "ORD-P1")


def test_the_same_order_twice_writes_nothing(client):
    client.post(URL, json=order())
    before = shipment()["updated_at"]
    clock.advance(timedelta(hours=1))
    assert client.post(URL, json=order()).json["items"][0]["status"] == "updated"
    assert shipment()["updated_at"] == before


def test_one_refused_order_is_a_problem_with_a_code_for_each_field(client):
    answer = client.post(URL, json=order(phone="+49 30 901820", email="mary", name=" "))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "order_refused"
    assert {(e["field"], e["code"]) for e in answer.json["errors"]} == {
        ("name", "missing"),
        ("phone", "no_text_messages"),
        ("email", "not_an_address"),
    }
    assert connection().execute("SELECT 1 FROM shipments").fetchall() == []


def test_a_list_gets_its_results_in_order_and_the_good_ones_are_kept(client):
    given = [order("A"), order("B", phone=""), order("A", email="new@example.com"), [], order("C")]
    answer = client.post(URL, json=given)
    assert answer.status_code == 200
    got = [(item["tracking_number"], item["status"]) for item in answer.json["items"]]
    assert got == [
        ("A", "created"),
        ("B", "refused"),
        ("A", "updated"),
        (None, "refused"),
        ("C", "created"),
    ]
    assert [e["code"] for e in answer.json["items"][1]["errors"]] == ["missing"]
    assert shipment("A")["email"] == "new@example.com"
    assert client.post(URL, json=[]).json == {"items": []}


def test_a_single_list_entry_that_is_refused_is_an_item(client):
    answer = client.post(URL, json=[order(phone="x")])
    assert answer.status_code == 200
    assert answer.json["items"][0]["errors"][0]["code"] == "not_a_number"


def test_lines_are_answered_with_lines(client):
    body = orjson.dumps(order("A")) + b"\r\n\n{oops\n" + orjson.dumps(order("B", phone="1"))
    answer = client.post(URL, data=body, content_type=f"{NDJSON}; charset=utf-8")
    assert answer.status_code == 200
    assert answer.mimetype == NDJSON
    got = lines(answer.data)
    assert [(one["tracking_number"], one["status"]) for one in got] == [
        ("A", "created"),
        (None, "refused"),
        ("B", "refused"),
    ]
    assert got[1]["errors"][0]["code"] == "not_json"


def test_a_list_is_answered_with_lines_when_they_are_accepted(client):
    answer = client.post(URL, json=orders(3), headers={"Accept": NDJSON})
    assert answer.mimetype == NDJSON
    assert [one["status"] for one in lines(answer.data)] == ["created"] * 3


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "not_json"),
        (b"null", "application/json", 422, "order_refused"),
        (b"[" + b"1," * 10_000 + b"1]", "application/json", 413, "too_many"),
        (b"1\n" * 10_001, NDJSON, 413, "too_many"),
        (b" " * (16 * 1024 * 1024 + 1), NDJSON, 413, "request_entity_too_large"),
    ],
)
def test_what_is_no_batch_of_orders_is_a_problem(client, body, kind, status, code):
    answer = client.post(URL, data=body, content_type=kind)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_orders_belong_to_a_shipper(client):
    with transaction() as conn:
        admin = keys.create(conn, "admin", "ops", None, None, clock.now())
        dispatcher = keys.create(conn, "dispatcher", "Ana", None, None, clock.now())
    for key, status in ((admin, 422), (dispatcher, 403), ("rk_x", 401)):
        answer = client.post(URL, json=order(), headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status


def test_ten_thousand_orders_take_a_few_statements_each_five_hundred(client, tmp_path):
    given = [order(f"P{n}", phone=f"+1714555{n % 10_000:04}") for n in range(10_000)]
    post_lines(client, given[:1])
    trace = tmp_path / "trace"
    with trace.open("w") as file:
        connection().pgconn.trace(file.fileno())
        answer = post_lines(client, given)
        got = lines(answer.data)
        connection().pgconn.untrace()
    assert [one["status"] for one in got] == ["updated"] + ["created"] * 9999
    round_trips = trace.read_text().count("ReadyForQuery")
    assert round_trips <= 20 * 6 + 20


def fail(play, number="P1"):
    return play.courier("failed", number, phone="", email="")


def test_an_order_wakes_the_case_that_nobody_could_reach(client, play):
    case_id = fail(play)
    assert "request_contact" in play.waiting(case_id)
    assert play.case(case_id).contact_phone is None
    client.post(URL, json=[order("P0"), order("P1"), order("P2")])
    settle()
    assert play.case(case_id).contact_phone == "+17145554231"
    assert "request_contact" not in play.waiting(case_id)
    assert play.timeline(case_id).count("contact_supplied") == 1
    client.post(URL, json=order("P1"))
    assert play.timeline(case_id).count("contact_supplied") == 1


def test_an_order_with_a_new_number_answers_a_shipper_who_was_asked_for_one(client, play):
    case_id = play.courier("failed", "P1", phone="+17145554299")
    assert play.case(case_id).contact_phone == "+17145554299"
    client.post(URL, json=order())
    assert play.case(case_id).contact_phone == "+17145554299"
    with transaction() as conn:
        conn.execute(
            """INSERT INTO steps (case_id, name, due_at, request_id)
               VALUES (%s, 'request_contact', %s, 'r')""",
            [case_id, clock.now() + timedelta(days=1)],
        )
    client.post(URL, json=order(phone="+17145554298"))
    settle()
    assert play.case(case_id).contact_phone == "+17145554298"
    assert "request_contact" not in play.waiting(case_id)


def test_a_closed_case_is_left_in_peace(client, play):
    case_id = fail(play)
    play.courier("delivered", "P1")
    before = play.timeline(case_id)
    assert client.post(URL, json=order()).json["items"][0]["status"] == "updated"
    settle()
    assert play.timeline(case_id) == before


def test_orders_and_webhooks_of_the_same_parcels_at_once_find_each_other(client, play):
    numbers = [f"P{n}" for n in range(40)]
    gate = threading.Barrier(4)
    faults = []

    def send(act, given):
        try:
            gate.wait()
            for one in given:
                act(one)
        except Exception as error:  # noqa: BLE001 - any of them is this test's to see
            faults.append(error)
        finally:
            db.close()

    def hear(number):
        play.hear(courier.said("failed", number, phone="", email=""))

    reads = service.read(orjson.dumps([order(n) for n in numbers]), lines=False)
    shipper = play.world.shipper_id
    threads = [
        threading.Thread(target=send, args=args)
        for args in (
            (hear, numbers),
            (hear, numbers[::-1]),
            (lambda some: list(service.take(shipper, "shop", some)), [reads]),
            (lambda some: list(service.take(shipper, "shop", some)), [reads[::-1], reads]),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    settle()
    rows = connection().execute(
        "SELECT s.tracking_number, s.phone, c.contact_phone FROM shipments s JOIN cases c"
        " ON c.shipment_id = s.id"
    )
    assert sorted(r["tracking_number"] for r in rows.fetchall()) == sorted(numbers)
    missing = connection().execute("SELECT 1 FROM cases WHERE contact_phone IS NULL").fetchall()
    assert missing == []


def test_a_deadlocks_loser_goes_again(client, play, monkeypatch):
    real = store.known
    fell: list[int] = []

    def fall_once(*args):
        if not fell:
            fell.append(1)
            raise psycopg.errors.DeadlockDetected
        return real(*args)

    monkeypatch.setattr(store, "known", fall_once)
    assert client.post(URL, json=order()).json["items"][0]["status"] == "created"


def test_a_database_that_goes_away_is_said_and_everything_can_be_sent_again(
    client, play, monkeypatch
):
    real = store.insert

    def fail_later(conn, shipper_id, some, now):
        if some[0].tracking_number != "P0":
            raise psycopg.OperationalError("gone")
        real(conn, shipper_id, some, now)

    monkeypatch.setattr(store, "insert", fail_later)
    key = {"Idempotency-Key": "k1"}
    streamed = lines(post_lines(client, orders(700), **key).data)
    assert [one["status"] for one in streamed] == ["created"] * 500 + ["failed"] * 200
    assert streamed[-1]["tracking_number"] == "P699"
    assert streamed[-1]["errors"][0]["code"] == "database_away"
    whole = client.post(URL, json=orders(700))
    assert (whole.status_code, whole.json["code"]) == (503, "database_away")
    first = client.post(URL, json=[order("X")], headers={"Accept": NDJSON})
    assert first.status_code == 503
    monkeypatch.undo()
    again = lines(post_lines(client, orders(700), **key).data)
    assert [one["status"] for one in again] == ["updated"] * 500 + ["created"] * 200


# Idempotency-Key


def test_the_same_key_and_request_get_the_same_answer(client):
    key = {"Idempotency-Key": "order-1"}
    first = client.post(URL, json=[order("A"), order("B", phone="1")], headers=key)
    client.post(URL, json=order("A", name="Somebody Else"))
    again = client.post(URL, json=[order("A"), order("B", phone="1")], headers=key)
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert shipment("A")["name"] == "Somebody Else"
    refused = client.post(URL, json=order("B", phone="1"), headers={"Idempotency-Key": "k"})
    once_more = client.post(URL, json=order("B", phone="1"), headers={"Idempotency-Key": "k"})
    assert (once_more.status_code, once_more.data) == (422, refused.data)
    streamed = [post_lines(client, orders(3), **{"Idempotency-Key": "s"}).data for _ in range(2)]
    assert streamed[0] == streamed[1]
    assert b"created" in streamed[1]


def test_a_key_for_another_request_is_refused(client):
    key = {"Idempotency-Key": "order-1"}
    client.post(URL, json=order("A"), headers=key)
    answer = client.post(URL, json=order("B"), headers=key)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    bad = client.post(URL, json=order("B"), headers={"Idempotency-Key": "x" * 201})
    assert (bad.status_code, bad.json["code"]) == (422, "bad_idempotency_key")


def test_a_request_that_is_being_worked_on_is_told_to_wait_and_a_dead_one_is_taken_over(
    client, play, monkeypatch
):
    digest = hashlib.sha256(b"0:" + orjson.dumps(order())).digest()
    scope = f"orders:{play.world.shipper_id}"
    assert idempotency.begin(connection(), scope, "k", digest) is None
    post = {"data": orjson.dumps(order()), "content_type": "application/json"}
    waiting = client.post(URL, **post, headers={"Idempotency-Key": "k"})
    assert (waiting.status_code, waiting.json["code"]) == (409, "in_progress")
    assert waiting.headers["Retry-After"]
    monkeypatch.setattr(idempotency, "_LEASE", timedelta())
    assert client.post(URL, **post, headers={"Idempotency-Key": "k"}).status_code == 200


def test_old_answers_are_forgotten(client, monkeypatch):
    client.post(URL, json=order("A"), headers={"Idempotency-Key": "a"})
    monkeypatch.setattr(idempotency, "_KEPT", timedelta())
    client.post(URL, json=order("B"), headers={"Idempotency-Key": "b"})
    rows = connection().execute("SELECT key FROM idempotency_keys").fetchall()
    assert rows == [{"key": "b"}]


def test_a_caller_who_hangs_up_leaves_the_key_free(client):
    body = b"".join(orjson.dumps(one) + b"\n" for one in orders(1200))
    headers = {"Idempotency-Key": "k"}
    answer = client.post(URL, data=body, content_type=NDJSON, headers=headers, buffered=False)
    next(answer.response)
    answer.close()
    again = client.post(URL, data=body, content_type=NDJSON, headers=headers)
    assert again.status_code == 200
    assert len(lines(again.data)) == 1200


# Held batches


def wrong(count=30, invalid=12):
    return [
        order(f"P{n}", phone="+1 111 555 4231" if n < invalid else "+17145554231")
        for n in range(count)
    ]


def alerts():
    return connection().execute("SELECT * FROM alerts ORDER BY id").fetchall()


def test_a_batch_with_too_many_invalid_numbers_waits_for_an_operator(client):
    answer = client.post(URL, json=wrong())
    assert answer.status_code == 202
    assert answer.json == {
        "status": "held",
        "batch_id": answer.json["batch_id"],
        "orders": 30,
        "invalid_numbers": 12,
    }
    assert connection().execute("SELECT 1 FROM shipments").fetchall() == []
    (alert,) = alerts()
    assert (alert["kind"], alert["ended_at"]) == ("orders_held", None)
    assert alert["facts"]["faults"] == {"not_assigned": 12}
    again = client.post(URL, json=wrong())
    assert (again.status_code, again.json) == (202, answer.json)
    assert len(alerts()) == 1
    metrics = client.get("/metrics").text
    assert 'reknock_alerts{kind="orders_held"} 1.0' in metrics
    streamed = post_lines(client, wrong())
    assert (streamed.status_code, streamed.json["status"]) == (202, "held")


def test_the_share_is_the_shippers_own(client, play):
    with transaction() as conn:
        conn.execute("UPDATE shippers SET hold_share = 0.5")
    answer = client.post(URL, json=wrong())
    assert answer.status_code == 200
    assert [i["status"] for i in answer.json["items"]].count("refused") == 12


@pytest.fixture
def reknock(client, env, monkeypatch):
    """Run the command line on this test's copy."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(environment, "read", lambda: env)

    def run(*words):
        return CliRunner().invoke(main, words)

    return run


def test_released_orders_are_refused_one_by_one(client, reknock):
    batch_id = client.post(URL, json=wrong()).json["batch_id"]
    listed = reknock("intake", "batches", "list")
    assert listed.exit_code == 0
    assert str(batch_id) in listed.stdout
    assert "not_assigned 12" in listed.stdout
    released = reknock("intake", "batches", "release", str(batch_id))
    assert released.exit_code == 0
    assert "18 created" in released.stdout
    assert "12 refused" in released.stdout
    assert len(connection().execute("SELECT 1 FROM shipments").fetchall()) == 18
    assert alerts()[0]["ended_at"]
    (row,) = connection().execute("SELECT * FROM held_batches").fetchall()
    assert (row["state"], row["body"]) == ("released", None)
    assert reknock("intake", "batches", "release", str(batch_id)).exit_code == 1
    assert "Nothing is held" in reknock("intake", "batches", "list").stderr
    # The operator has decided: the very same batch is not held again.
    answer = client.post(URL, json=wrong())
    assert answer.status_code == 200
    assert [i["status"] for i in answer.json["items"]].count("refused") == 12


def test_orders_can_be_released_as_they_are_and_their_cases_ask_for_a_number(client, reknock, play):
    case_id = fail(play, "P0")
    batch_id = client.post(URL, json=wrong()).json["batch_id"]
    released = reknock("intake", "batches", "release", str(batch_id), "--accept-as-is")
    assert "29 created" in released.stdout
    assert "1 updated" in released.stdout
    assert shipment("P0")["phone"] == "+1 111 555 4231"
    settle()
    assert "request_contact" in play.waiting(case_id)
    assert "contact_supplied" not in play.timeline(case_id)


def test_a_discarded_batch_is_forgotten_and_may_come_again(client, reknock):
    batch_id = client.post(URL, json=wrong()).json["batch_id"]
    assert reknock("intake", "batches", "discard", str(batch_id)).exit_code == 0
    assert alerts()[0]["ended_at"]
    assert connection().execute("SELECT 1 FROM shipments").fetchall() == []
    assert client.post(URL, json=wrong()).json["batch_id"] != batch_id
    assert reknock("intake", "batches", "discard", "4711").exit_code == 1


def test_a_batch_that_nobody_decides_about_is_forgotten_after_a_month(client):
    client.post(URL, json=wrong())
    service.expire(clock.now() + timedelta(days=29))
    assert alerts()[0]["ended_at"] is None
    service.expire(clock.now() + timedelta(days=31))
    assert alerts()[0]["ended_at"]
    (row,) = connection().execute("SELECT * FROM held_batches").fetchall()
    assert (row["state"], row["body"]) == ("discarded", None)
