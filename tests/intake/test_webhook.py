"""Webhooks over HTTP, in an event loop and in threads: who is believed, what is said and kept."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.db import connection
from app.db.connection import transaction
from app.db.packed import unpack
from app.directory import service as directory
from app.intake import accounts, quarantine, refusals, samples, service
from app.intake.couriers import easypost, standard_webhooks
from app.intake.event import Account, Incoming
from app.intake.service import LIMIT
from tests import courier
from tests.servers import TestServers
from tests.web import AtOnce, Web, eventually, problem, rows, web_app

VECTORS = Path(__file__).parent / "couriers" / "samples"


@pytest.fixture(scope="module", params=["grouped", "plain"])
def web(
    servers: TestServers,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Web]:
    """Tests share it: each has parcels of its own."""
    home = tmp_path_factory.mktemp("home")
    with web_app(servers, home) as made:
        before = made.app.wsgi_app
        first = AtOnce(before) if request.param == "grouped" else None
        made.app.wsgi_app = first or before  # type: ignore[method-assign]
        yield made
        made.app.wsgi_app = before  # type: ignore[method-assign]
        if first:
            first.close()
        refusals._tally.flush()  # what was counted here is not for the next database


def kept(parcel: str) -> int:
    """How many events were kept whose body has this word in it."""
    found = rows("SELECT body FROM courier_events")
    return sum(parcel.encode() in unpack(row["body"]) for row in found)


def test_what_is_taken_is_answered_after_the_commit(web: Web):
    answer = web.post(courier.said(parcel="taken"))
    assert answer.status_code == 200
    said = answer.get_json()
    assert said == {
        "status": "accepted",
        "event_id": said["event_id"],
        "case_id": said["case_id"],
    }
    (event,) = rows("SELECT * FROM courier_events WHERE id = %s", said["event_id"])
    assert event["case_id"] == said["case_id"]
    assert b'"taken"' in unpack(event["body"])


def test_a_time_is_kept_as_written_where_it_had_to_be_understood(web: Web):
    for parcel, written in (
        ("plainly", "2026-05-13T10:00:00Z"),
        ("oddly", "13 May 2026 12:00 +02:00"),
    ):
        body = json.loads(courier.said(parcel=parcel))
        body["data"]["occurred_at"] = written
        said = web.post(json.dumps(body).encode()).get_json()
        (event,) = rows("SELECT * FROM courier_events WHERE id = %s", said["event_id"])
        assert event["occurred_at"] == datetime(2026, 5, 13, 10, tzinfo=UTC)
        assert event["raw_time"] == (None if parcel == "plainly" else written)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("failed", "accepted"),
        ("lost", "accepted"),
        ("delivered", "accepted"),
        ("progress", "ignored"),
        ("warning", "ignored"),
        ("somewhere", "ignored"),
    ],
)
def test_every_kind_has_its_answer(web: Web, kind: str, status: str):
    said = web.post(courier.said(kind, f"kind-{kind}")).get_json()
    assert said["status"] == status
    assert (said["case_id"] is not None) == (kind in {"failed", "lost"})
    (shipment,) = rows("SELECT status FROM shipments WHERE tracking_number = %s", f"kind-{kind}")
    assert shipment["status"] == ("progress" if kind == "somewhere" else kind)


def test_a_request_id_is_kept_if_it_can_be(web: Web):
    given = web.post(courier.said(parcel="id-1"), request_id="given-0001")
    assert given.headers["X-Request-ID"] == "given-0001"
    for odd in ("short", "x" * 65, "with space 0", "per%cent-01"):
        answer = web.post(courier.said(parcel=f"id-{odd}"), request_id=odd)
        assert answer.headers["X-Request-ID"] not in {odd, ""}


def test_a_forged_message_is_not_kept_but_counted(web: Web):
    raw = courier.said(parcel="forged")
    genuine = courier.signed(web.play.world.accounts["standard_webhooks"], raw)
    forged = genuine | {"webhook-signature": "v1," + "A" * 43 + "="}
    unsigned = {"Content-Type": "application/json"}
    codes = {
        problem(web.post(raw, forged))["code"],
        problem(web.post(raw, unsigned))["code"],
        problem(web.post(raw + b" ", genuine))["code"],
    }
    assert web.post(raw, forged).status_code == 401
    assert codes == {"wrong_signature", "missing_signature"}
    assert kept("forged") == 0
    eventually(
        lambda: (
            rows("SELECT sum(count) AS n FROM refusals WHERE account = 'standard-webhooks'")
            == [{"n": 4}]
        )
    )


@pytest.mark.parametrize("raw", [b"{", b"not json", b'{"a": 1} x', b"\xff\xfe", b"[" * 100000])
def test_what_is_not_json_is_refused_and_kept_for_people(web: Web, raw: bytes):
    answer = web.post(raw)
    assert answer.status_code == 400
    assert problem(answer)["code"] == "not_json"
    assert quarantined(raw) == 1
    assert web.post(raw).status_code == 400
    assert quarantined(raw) == 1


def test_an_empty_body_is_refused_and_there_is_nothing_to_keep(web: Web):
    assert problem(web.post(b""))["code"] == "not_json"
    assert quarantined(b"") == 0


def quarantined(raw: bytes) -> int:
    """How often this body is in quarantine."""
    found = rows(
        "SELECT count(*) AS n FROM courier_events WHERE outcome = 'quarantined' AND body = %s", raw
    )
    return int(found[0]["n"])


def packed(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)


def said(parcel: str, **more: Any) -> bytes:
    return courier.said(parcel=parcel, at=datetime(2026, 3, 2, 14, tzinfo=UTC), **more)


NESTED = b'{"type": "delivery.failed", "data": ' + b'{"x": ' * 1500 + b"1" + b"}" * 1501
UNUSUAL = {
    "gzip": (packed(said("packed")), {"Content-Encoding": "gzip"}, "accepted"),
    "deflate": (
        zlib.compress(said("deflated")),
        {"Content-Encoding": "deflate"},
        "accepted",
    ),
    "deflate without its header": (
        zlib.compress(said("bare"), wbits=-15),
        {"Content-Encoding": "deflate"},
        "accepted",
    ),
    "gzip in two parts": (
        packed(said("parts")[:40]) + packed(said("parts")[40:]),
        {"Content-Encoding": "gzip"},
        "accepted",
    ),
    "a bomb in parts": (packed(b" " * 3_000_000) * 2, {"Content-Encoding": "gzip"}, "quarantined"),
    "a declared charset": (
        said("latin", words="Stra!e").replace(b"Stra!e", b"Stra\xdfe"),
        {"Content-Type": "application/json; charset=ISO-8859-1"},
        "accepted",
    ),
    "a byte order mark": (b"\xef\xbb\xbf" + said("marked"), {}, "accepted"),
    "UTF-16 with its mark": (said("wide").decode().encode("utf-16"), {}, "accepted"),
    "a raw NUL": (
        said("nul", words="a!b").replace(b"a!b", b"a\0b"),
        {},
        "accepted",
    ),
    "an undeclared charset": (
        said("odd", words="Stra!e").replace(b"Stra!e", b"Stra\xdfe"),
        {},
        "quarantined",
    ),
    "a false charset": (
        b'{"a": "\xff"}',
        {"Content-Type": "application/json; charset=klingon"},
        "quarantined",
    ),
    "nested": (NESTED, {}, "quarantined"),
    "a long number": (
        said("long", attempt=0).replace(b'"attempt": 0', b'"attempt": ' + b"7" * 5000),
        {},
        "quarantined",
    ),
    "a bomb": (packed(b" " * 50_000_000), {"Content-Encoding": "gzip"}, "quarantined"),
    "a torn gzip": (packed(said("torn"))[:-9], {"Content-Encoding": "gzip"}, "quarantined"),
    "no gzip": (b"plain", {"Content-Encoding": "gzip"}, "quarantined"),
    "an unknown encoding": (b"plainer", {"Content-Encoding": "zopfli"}, "quarantined"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_authentic_is_decoded_or_kept(web: Web, name: str):
    raw, headers, outcome = UNUSUAL[name]
    account = web.play.world.accounts["standard_webhooks"]
    answer = web.post(raw, courier.signed(account, raw) | headers)
    assert answer.status_code == 200, answer.data
    said = answer.get_json()
    assert said["status"] == outcome
    (event,) = rows("SELECT body FROM courier_events WHERE id = %s", said["event_id"])
    assert unpack(event["body"]) == raw
    if outcome == "quarantined":
        assert quarantine.replay(said["event_id"]) == "quarantined"


def test_a_body_that_was_signed_before_it_was_compressed_is_believed(web: Web):
    raw = courier.said(parcel="signed-first")
    account = web.play.world.accounts["standard_webhooks"]
    headers = courier.signed(account, raw) | {"Content-Encoding": "gzip"}
    assert web.post(packed(raw), headers).get_json()["status"] == "accepted"
    assert web.post(packed(raw + b" "), headers).status_code == 401


def test_every_refusal_is_counted_by_account(web: Web):
    account = web.play.world.accounts["easypost"]

    def counted() -> dict[str, int]:
        found = rows("SELECT code, count FROM refusals WHERE account = %s", account.slug)
        return {row["code"]: row["count"] for row in found}

    web.post(b"{}", {}, "easypost")
    for odd in (b"not json", b"x" * (LIMIT + 1)):
        web.post(odd, easypost.sign(account, odd, clock.machine_now()), "easypost")
    web.client.post("/webhooks/nobody-at-all", data=b"{}")
    wanted = {"missing_signature", "not_json", "request_entity_too_large"}
    eventually(lambda: wanted <= set(counted()))
    assert rows("SELECT count(*) AS n FROM refusals WHERE account = 'nobody-at-all'") == [{"n": 0}]


# --- a key that comes again


def test_a_known_key_with_something_else_to_say_is_kept(web: Web):
    account = web.play.world.accounts["standard_webhooks"]

    def post(raw: bytes) -> dict[str, Any]:
        headers = courier.signed(account, raw) | {"webhook-id": "msg_reused"}
        proof = standard_webhooks._signature(
            account.secrets[0], "msg_reused", headers["webhook-timestamp"], raw
        )
        assert proof is not None
        said: dict[str, Any] = web.post(raw, headers | {"webhook-signature": proof}).get_json()
        return said

    first = courier.said(parcel="reused-1")
    other = courier.said(parcel="reused-2")
    assert post(first)["status"] == "accepted"
    assert post(first)["status"] == "duplicate"
    kept = post(other)
    assert kept["status"] == "quarantined"
    (event,) = rows("SELECT fault, body FROM courier_events WHERE id = %s", kept["event_id"])
    assert event["body"] == other
    assert event["fault"].startswith("key_reused: ")
    again = post(other)
    assert (again["status"], again["event_id"]) == ("duplicate", kept["event_id"])
    assert quarantine.replay(kept["event_id"]) == "quarantined"
    assert rows("SELECT count(*) AS n FROM shipments WHERE tracking_number = 'reused-2'") == [
        {"n": 0}
    ]


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_the_same_written_anew_is_a_duplicate(web: Web, mark: bytes):
    account = web.play.world.accounts["standard_webhooks"]
    first = courier.said(parcel=f"anew-{len(mark)}")
    said = json.loads(first)
    again = mark + json.dumps(dict(reversed(said.items())), indent=1).encode()
    answers = []
    for raw in (first, again):
        headers = courier.signed(account, raw) | {"webhook-id": f"anew-{len(mark)}"}
        proof = standard_webhooks._signature(
            account.secrets[0], headers["webhook-id"], headers["webhook-timestamp"], raw
        )
        answers.append(web.post(raw, headers | {"webhook-signature": str(proof)}).get_json())
    assert [answer["status"] for answer in answers] == ["accepted", "duplicate"]
    assert answers[0]["event_id"] == answers[1]["event_id"]


@pytest.mark.parametrize("slug", ["nobody", "%00", "a%00b", "STANDARD-WEBHOOKS", "%ff", "x" * 500])
def test_an_unknown_account_is_not_found(web: Web, slug: str):
    raw = courier.said(parcel="stray")
    answer = web.client.post(f"/webhooks/{slug}", data=raw)
    assert answer.status_code == 404
    assert problem(answer)["code"] == "unknown_account"


def test_a_body_may_have_256_kib_and_not_a_byte_more(web: Web):
    raw = courier.said(parcel="big", padding="x")
    fits = raw.replace(b'"padding": "x"', b'"padding": "%s"' % (b"x" * (LIMIT - len(raw) + 1)))
    assert len(fits) == LIMIT
    assert web.post(fits).status_code == 200
    answer = web.post(fits[:-1] + b" }")
    assert answer.status_code == 413
    assert problem(answer)["code"] == "request_entity_too_large"


def test_a_body_without_a_length_may_not_be_larger_either(web: Web):
    raw = courier.said(parcel="endless", padding="x" * LIMIT)
    chunks = {"wsgi.input_terminated": True}
    head = courier.signed(web.play.world.accounts["standard_webhooks"], raw)
    answer = web.client.post(
        "/webhooks/standard-webhooks",
        input_stream=io.BytesIO(raw),
        headers=head,
        environ_overrides=chunks,
    )
    assert answer.status_code == 413


def test_other_methods_are_told_to_post(web: Web):
    answer = web.client.put("/webhooks/standard-webhooks", data=b"{}")
    assert answer.status_code == 405
    problem(answer)
    assert "POST" in answer.headers["Allow"]


def test_only_couriers_who_ask_get_their_challenge_echoed(web: Web):
    answer = web.client.get("/webhooks/onfleet?check=<b>4711</b>")
    assert (answer.status_code, answer.text) == (200, "<b>4711</b>")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert web.client.get("/webhooks/onfleet").status_code == 405
    assert web.client.get("/webhooks/standard-webhooks?check=4711").status_code == 405
    assert web.client.get("/webhooks/nobody?check=4711").status_code == 404


# --- what a courier may send without meaning harm, and what somebody may who does


def _with(text: str) -> dict[str, Any]:
    """A failure in which every text is this one."""
    body = json.loads(courier.said(parcel="x"))
    data = body["data"]
    data["tracking_number"] = f"hostile {text}"
    data["recipient"] = {"name": text, "phone": text, "email": text, "language": text}
    data |= {"words": text, "order_ref": text, "reason": text, "occurred_at": text}
    data |= {"address": {"line1": text, "city": text, "country": text}, "tracking_url": text}
    return dict(body)


HOSTILE = {
    "nul": _with("a\0b"),
    "surrogate": _with("a\ud800b"),
    "bell and escape": _with("\a\x1b[31m"),
    "right to left": _with("\u202eevil"),
    "long": _with("x" * 20000),
    "markup": _with("<script>alert(1)</script>"),
    "sql": _with("'; DROP TABLE cases; --"),
    "huge number": courier.said(parcel="huge", attempt=10**400),
    "beyond 64 bits": courier.said(parcel="beyond", attempt=2**70),
    "numbers for texts": courier.said(parcel="numbers", words=1, order_ref=2.5, reason=True),
    "lists for texts": courier.said(parcel="lists", words=["a"], recipient=[], address=[1]),
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "nothing in it": b"{}",
    "no tracking number": courier.said(parcel=""),
    "deep": b'{"type": "delivery.failed", "data": ' + b'{"x": ' * 900 + b"1" + b"}" * 901,
    "not a number": b'{"type": "delivery.failed", "data": {"attempt": NaN}}',
    "far future": courier.said(parcel="future", occurred_at="9999-12-31T23:59:59Z"),
    "distant past": courier.said(parcel="past", occurred_at="0001-01-01T00:00:00+14:00"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_authentic_is_lost_or_ends_in_an_error(web: Web, name: str):
    body = HOSTILE[name]
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = web.post(raw)
    assert answer.status_code == 200, answer.data
    said = answer.get_json()
    (event,) = rows("SELECT body, outcome FROM courier_events WHERE id = %s", said["event_id"])
    assert (unpack(event["body"]), event["outcome"]) == (raw, said["status"])
    again = web.post(raw).get_json()
    assert (again["status"], again["event_id"]) == ("duplicate", said["event_id"])


def test_an_adapter_s_own_mistake_keeps_the_body_until_it_is_mended(
    web: Web, monkeypatch: pytest.MonkeyPatch
):
    account = web.play.world.accounts["easypost"]
    raw, headers = samples.failure(account, clock.machine_now(), shipment="mended")
    with monkeypatch.context() as broken:
        broken.setattr(easypost, "_outcome", lambda *_: 1 / 0)
        said = web.post(raw, headers, "easypost").get_json()
    assert (said["status"], said["case_id"]) == ("quarantined", None)
    assert quarantine.replay(said["event_id"]) == "accepted"
    assert quarantine.replay(said["event_id"]) == "accepted"
    again = web.post(raw, headers, "easypost").get_json()
    assert (again["status"], again["event_id"]) == ("duplicate", said["event_id"])
    cases = rows(
        "SELECT c.id FROM cases c JOIN shipments s ON s.id = c.shipment_id "
        "WHERE s.tracking_number = 'mended'"
    )
    assert [case["id"] for case in cases] == [again["case_id"]]


def test_a_mistake_of_ours_is_a_problem_document_too_and_the_courier_can_repeat(
    web: Web, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    raw = courier.said(parcel="unforeseen")
    with monkeypatch.context() as patch:
        patch.setattr("app.intake.service.receive", broken)
        patch.setattr("app.intake.service.SMALL", 0)  # a thread is to take it
        answer = web.post(raw)
    assert answer.status_code == 500
    assert problem(answer)["code"] == "internal_server_error"
    assert web.post(raw).get_json()["status"] == "accepted"


def test_what_cannot_be_stored_takes_nobody_with_it(web: Web):
    def post(raw: bytes) -> int:
        try:
            return web.post(raw).status_code
        finally:
            connection.close()  # this thread's

    odd = "CHECK (tracking_number <> 'odd') NOT VALID"
    said = [courier.said(parcel=parcel) for parcel in ("odd", *(f"good{n}" for n in range(7)))]
    connection.connection().execute(f"ALTER TABLE shipments ADD CONSTRAINT odd {odd}")
    with ThreadPoolExecutor(8) as couriers:
        assert list(couriers.map(post, said)) == [500] + [200] * 7
    connection.connection().execute("ALTER TABLE shipments DROP CONSTRAINT odd")
    again = [web.post(raw).get_json()["status"] for raw in said]
    assert again == ["accepted"] + ["duplicate"] * 7


# --- the database is away


def test_without_a_database_the_courier_is_asked_to_come_again(web: Web):
    raw = courier.said(parcel="patient")
    web.servers.postgres.stop()
    try:
        for _ in range(2):
            answer = web.post(raw)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert problem(answer)["code"] == "database_away"
        accounts.forget()
        for answer in (
            web.post(raw),
            web.client.get("/webhooks/onfleet?check=1"),
            web.api("GET", "/cases"),
            web.client.get("/readyz"),
        ):
            assert answer.status_code == 503
    finally:
        web.servers.postgres.start()
    assert web.post(raw).get_json()["status"] == "accepted"
    assert web.api("GET", "/cases").status_code == 200


def test_a_restart_of_the_database_costs_nobody_an_answer(web: Web):
    assert web.api("GET", "/cases").status_code == 200
    web.servers.postgres.restart()
    assert web.api("GET", "/cases").status_code == 200
    web.servers.postgres.kill()
    web.servers.postgres.start()
    assert web.post(courier.said(parcel="restarted")).status_code == 200


# --- the published known answers, over HTTP


def _account(web: Web, name: str, secret: str) -> str:
    slug = f"known-{name.replace('_', '-')}"
    with transaction() as conn:
        directory.add_account(
            conn,
            slug=slug,
            courier=name,
            shipper_id=web.play.world.shipper_id,
            depot_id=web.play.world.depot_id,
            secrets=[secret],
            headers={},
            config={},
            timezone="UTC",
            now=clock.now(),
        )
    return f"/webhooks/{slug}"


def test_easypost_s_known_answer_is_believed_and_one_bit_less_is_not(web: Web):
    vector = json.loads((VECTORS / "easypost" / "signature_vector.json").read_text())
    raw = (VECTORS / "easypost" / vector["body_file"]).read_bytes().removesuffix(b"\n")
    url = _account(web, "easypost", vector["secret"])
    head = {vector["header_name"]: vector["expected_header"]}
    assert web.client.post(url, data=raw, headers=head).status_code == 200
    for place in (0, len(raw) // 2, len(raw) - 1):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert web.client.post(url, data=forged, headers=head).status_code == 401
    wrong = {vector["header_name"]: vector["expected_header"][:-1] + "a"}
    assert web.client.post(url, data=raw, headers=wrong).status_code == 401


def test_standard_webhooks_known_answer_is_believed_in_its_time(
    web: Web, monkeypatch: pytest.MonkeyPatch
):
    vector = json.loads((VECTORS / "standard_webhooks" / "signature_vector.json").read_text())
    url = _account(web, "standard_webhooks", vector["secret"])
    raw, head = vector["body"].encode(), vector["headers"]
    assert web.client.post(url, data=raw, headers=head).status_code == 401  # long ago
    then = datetime.fromtimestamp(vector["timestamp"] + 299, UTC)
    monkeypatch.setattr(clock, "machine_now", lambda: then)
    assert web.client.post(url, data=raw, headers=head).status_code == 200
    wrong = head | {"webhook-signature": vector["bad_signature_from_the_same_suite"]}
    assert web.client.post(url, data=raw, headers=wrong).status_code == 401


def test_what_is_news_is_taken_without_a_thread_and_all_else_with_one(
    web: Web, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(accounts, "_KEEP", 600.0)
    taken: list[bytes] = []
    receive = service.receive

    def noted(account: Account, incoming: Incoming, request_id: str) -> Any:
        taken.append(incoming.raw)
        return receive(account, incoming, request_id)

    monkeypatch.setattr(service, "receive", noted)
    first = AtOnce(web.app.wsgi_app)
    monkeypatch.setattr(web.app, "wsgi_app", first)
    try:
        eventually(lambda: in_the_loop(web, taken))
        raw = courier.said("failed", "at-once")
        assert web.post(raw).get_json()["status"] == "accepted"
        assert raw not in taken
        assert web.post(raw).get_json()["status"] == "duplicate"
        assert raw in taken
        for odd in (b"", b"no JSON", b"{" + b" " * service.SMALL + raw[1:]):
            web.post(odd)
            assert odd in taken
        assert web.post(raw, headers={}).status_code == 401
    finally:
        first.close()


def in_the_loop(web: Web, taken: list[bytes]) -> bool:
    raw = courier.said("failed", f"warm-{len(taken)}")
    web.post(raw)
    return raw not in taken
