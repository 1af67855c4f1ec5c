"""A customer goes through everything there is and is forgotten; then nobody finds them anywhere."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.access.pseudonyms import of_contact
from app.cases.search import service as search
from app.channels import refusals
from app.db.connection import connection, transaction
from app.directory.changes import ITSELF
from app.dispatch import service as dispatch
from app.forgetting import forgetting, proofs_store, rules, service
from app.insight import rollups
from app.outbound import service as outbound
from tests import courier
from tests.forgetting import walk
from tests.inline import settle
from tests.links import page_of
from tests.photos import shots
from tests.web import Web, rows, web

__all__ = ["web"]

NAME, BY_COURIER = "Zerlinde Quastenflosser", "Z. Quastenbart"
PHONE, WRITTEN, BY_COURIER_WRITTEN = "+17145554277", "(714) 555-4277", "1-714-555-4277"
DIGITS = "7145554277"
MAIL = "Zerlinde.Quast@Example.com"
MARKS = (
    *("quastenflosser", "quastenbart", MAIL.lower(), "zerlinde"),
    *("kornblumenweg", "torcode 4711", "notiz eichhorn", "frage mauerblume", "antwort rebhuhn"),
    *("sichere garage", "nachbarin trude", "wollsocken", "treppe hinkebein", "neffe ottokar"),
    *("telefonat hasel", "entscheidung kiebitz", "umfrage distelfink", "strittig uhu"),
    *("zettel zeisig", "unlesbar zaunkoenig", "gehalten wiedehopf", "spur specht"),
)
"""What tells of them: each was said once, somewhere."""
OTHER, OTHER_PHONE = "Balduin Bleibtreu", "+17145554288"


def left(web: Web, home: Path) -> list[tuple[str, list[str]]]:
    """Where something of them still stands."""
    places = (*walk.columns(), *walk.files(home), *walk.hints(web.servers.redis.url))
    seen = {(where, tuple(w)) for where, text in places if (w := walk.found(MARKS, [DIGITS], text))}
    return sorted((where, list(what)) for where, what in seen)


def order(tracking: str, **more: Any) -> dict[str, Any]:
    address = {"line1": "77 Kornblumenweg", "city": "Anaheim", "postcode": "92806"}
    return {
        "tracking_number": tracking,
        "name": NAME,
        "phone": WRITTEN,
        "email": MAIL,
        "address": address | {"country": "US"},
    } | more


def other_order(tracking: str, **more: Any) -> dict[str, Any]:
    address = {"line1": "3 Stay St", "city": "Anaheim", "postcode": "92806", "country": "US"}
    who = {"name": OTHER, "phone": OTHER_PHONE, "email": "bleib@example.com", "address": address}
    return {"tracking_number": tracking} | who | more


def fail(web: Web, parcel: str, **more: Any) -> int:
    who = {"name": BY_COURIER, "phone": BY_COURIER_WRITTEN, "email": MAIL}
    raw = courier.said(parcel=parcel, recipient=who, words="Spur Specht", **more)
    case_id: int = web.post(raw).get_json()["case_id"]
    settle()
    return case_id


def press(web: Web, case_id: int, **form: Any) -> None:
    answer = web.client.post(page_of(case_id), data=form)
    assert answer.status_code == 303, answer.text
    settle()


def journey(web: Web) -> tuple[int, int]:
    """Everything that can be said, on two parcels; the first is open, the second delivered."""
    play = web.play
    ours = [order(f"SPUR-100{n}") for n in (1, 2, 3)]
    assert web.api("POST", "/shipments", "shipper", json=ours).status_code == 200
    one, two = fail(web, "SPUR-1001"), fail(web, "SPUR-1002")
    with transaction() as conn:
        shop = "https://shop.example/hooks"
        outbound.add(conn, ITSELF, play.world.shipper_id, shop, [], clock.now(), plain=False)
    for case_id in (one, two):
        play.acknowledge(case_id, note="Notiz Eichhorn, bei Zerlinde klingeln")
    noted = web.api("POST", f"/cases/{one}/notes", json={"text": "Zettel Zeisig"})
    assert noted.status_code == 201
    said = {"channel": "phone", "text": "Telefonat Hasel", "visibility": "customer"}
    assert web.api("POST", f"/cases/{one}/contacts", json=said).status_code == 201
    note = {"decision": "refund", "note": "Entscheidung Kiebitz", "note_for": "customer"}
    three = fail(web, "SPUR-1003", email=None)
    decided = web.api("POST", f"/cases/{three}/decision", "shipper", json=note)
    assert decided.status_code == 200, decided.text
    press(web, one, act="correct", directions="Torcode 4711, blue door")
    press(
        web, one, act="needs", need="help_carrying", needs_words="Treppe Hinkebein", consent="yes"
    )
    press(web, one, ask="write", message="Frage Mauerblume?")
    web.api("POST", f"/cases/{one}/answer", json={"text": "Antwort Rebhuhn"})
    settle()
    photo = (BytesIO(shots.photo()), "garage.jpg")
    choice = play.options(one).slots[0].choice
    press(web, one, choice=choice, leave="safe_place", place="Sichere Garage", photo=photo)
    web.client.post(page_of(one), data={"act": "delegate", "name": "Neffe Ottokar"})
    answer = {"from": PHONE, "channel": "sms", "text": "Wollsocken sind drin"}
    assert web.client.post("/playground/reply", json=answer).status_code == 200
    web.client.post("/playground/reply", json=answer | {"text": "STOP"})
    settle()
    press(web, two, came="no", happened="Strittig Uhu")
    press(
        web,
        two,
        choice=play.options(two).slots[1].choice,
        leave="neighbour",
        who="Nachbarin Trude",
        house="79",
    )
    web.post(courier.said("delivered", "SPUR-1002"))
    settle()
    clock.advance(timedelta(days=1))
    settle()
    press(web, two, score="2", words="Umfrage Distelfink")
    dispatch.resolve(web.play.task(two).id, "Ana", "called", "", clock.now())
    unread = json.dumps({"type": "delivery.failed", "data": {"who": f"Unlesbar Zaunkoenig {MAIL}"}})
    assert web.post(unread.encode()).get_json()["status"] == "quarantined"
    wrong = [other_order(f"FREMD-{n}", phone="+1 111 555 4231", email=None) for n in range(12)]
    theirs = [order(f"GEHALTEN-T{n}", name="Gehalten Wiedehopf") for n in range(18)]
    held = web.api("POST", "/shipments", "shipper", json=[*theirs, *wrong])
    assert held.status_code == 202
    return one, two


@pytest.fixture(scope="module")
def told(web: Web) -> dict[str, Any]:
    """The journey is over; another customer's parcel is under way beside it."""
    web.api("POST", "/shipments", "shipper", json=other_order("BLEIBT-1"))
    beside = web.post(courier.said(parcel="BLEIBT-1", phone=OTHER_PHONE)).get_json()["case_id"]
    settle()
    one, two = journey(web)
    search.catch_up()
    home = Path(web.app.config["SETTINGS"].home)
    return {"one": one, "two": two, "beside": beside, "home": home, "page": page_of(one)}


def figures(case_id: int) -> Counter[str]:
    """What is counted of a case, each thing as often as it is."""
    while rollups.count_some():
        pass
    (case,) = rows("SELECT keys FROM case_figures WHERE case_id = %s", case_id)
    return Counter(case["keys"])


def test_all_of_it_was_written_down(told: dict[str, Any], web: Web) -> None:
    """Else the walk would prove nothing."""
    seen = {what for _, found in left(web, told["home"]) for what in found}
    assert {*MARKS, DIGITS} - seen == set()


def test_afterwards_nobody_finds_them(
    told: dict[str, Any], web: Web, capfd: pytest.CaptureFixture[str]
) -> None:
    counted = figures(told["two"])
    answer = web.api("POST", "/erasures", "admin", json={"recipient": WRITTEN})
    assert answer.get_json()["code"] == "no_recipient"  # of which country?
    answer = web.api("POST", "/erasures", "shipper", json={"recipient": WRITTEN})
    assert answer.status_code == 200, answer.text
    proof = answer.get_json()
    settle()
    clock.advance(timedelta(minutes=20))
    settle()
    while forgetting.forget_again():
        pass
    search.catch_up()
    assert left(web, told["home"]) == []
    assert walk.found(MARKS, [DIGITS], json.dumps(proof)) == []
    assert walk.found(MARKS, [DIGITS], "".join(capfd.readouterr())) == []
    after = figures(told["two"])
    assert not counted - after
    assert {*(after - counted)} <= {"unsent:dispatcher:suppressed:too_late"}  # in those minutes
    assert (proof["parcels"], proof["cases"], proof["closed"]) == (3, 3, 1)
    assert proof["counts"]["photos"] == 1
    assert web.play.case(told["one"]).resolution == "handed_to_shipper"
    assert {"case_id": told["one"]} not in rows("SELECT DISTINCT case_id FROM steps")
    told["proof"] = proof


def test_asked_again_it_is_the_same_proof_and_the_chain_of_proofs_holds(
    told: dict[str, Any], web: Web
) -> None:
    again = web.api("POST", "/erasures", "shipper", json={"recipient": PHONE})
    assert again.get_json() == told["proof"]
    one = web.api("POST", "/erasures", "shipper", json={"tracking_number": "SPUR-1001"}).get_json()
    assert (one["counts"], one["former"]) == ({}, told["proof"]["hash"])
    former = ""
    for proof in proofs_store.every(connection()):
        assert (proof.former, proof.hash) == (former, rules.digest(former, service.said(proof)))
        former = proof.hash
    listed = web.api("GET", "/erasures", "shipper").get_json()["items"]
    assert [item["id"] for item in listed] == [one["id"], told["proof"]["id"]]


def test_what_they_refused_stays_refused(told: dict[str, Any], web: Web) -> None:
    way, shipper = ("sms", PHONE), web.play.world.shipper_id
    stands = refusals.standing(connection(), [way])
    assert refusals.barred(stands, *way, shipper)
    assert {row["recipient"] for row in rows("SELECT recipient FROM opt_outs")} == {
        of_contact(PHONE)
    }
    assert [one.recipient for one in refusals.of(connection(), [PHONE], None)][:1] == [PHONE]
    with transaction() as conn:
        assert refusals.lift(conn, *way, "reply", clock.now())
    assert not refusals.barred(refusals.standing(connection(), [way]), *way, shipper)


def test_the_courier_goes_on_and_they_stay_forgotten(told: dict[str, Any], web: Web) -> None:
    """The function `stay_forgotten` keeps what is said of them out of the parcel at once."""
    case_id = fail(web, "SPUR-1002", at=clock.now())
    assert case_id not in {told["one"], told["two"], 0}
    assert web.play.case(case_id).contact_phone is None
    web.api("POST", "/shipments", "shipper", json=order("SPUR-1002"))
    settle()
    clock.advance(timedelta(minutes=1))
    while forgetting.forget_again():
        pass
    search.catch_up()
    assert [where for where, _ in left(web, told["home"])] == []


def test_their_link_opens_nothing_and_others_stay_as_they_are(
    told: dict[str, Any], web: Web
) -> None:
    assert web.client.get(told["page"]).status_code in {200, 404}
    assert NAME not in web.client.get(told["page"]).text
    parcel = web.play.case(told["beside"]).parcel
    assert (parcel.name, parcel.phones[0]) == (OTHER, OTHER_PHONE)
    (batch,) = rows("SELECT body, orders FROM held_batches")
    left_orders = json.loads(bytes(batch["body"]))
    assert {order["name"] for order in left_orders} == {OTHER}
    assert batch["orders"] == len(left_orders) == 12


def test_what_nobody_knows_is_said(web: Web) -> None:
    for body, code in (
        ({"tracking_number": "NEVER-HEARD"}, "no_such_parcel"),
        ({"recipient": "the blue door"}, "no_recipient"),
        ({}, "invalid"),
        ({"tracking_number": "x", "recipient": "y"}, "invalid"),
        ({"name": NAME}, "invalid"),
    ):
        assert web.api("POST", "/erasures", "shipper", json=body).get_json()["code"] == code
    nobody = web.api("POST", "/erasures", "admin", json={"recipient": "nobody@example.com"})
    assert (nobody.status_code, nobody.get_json()["counts"]) == (200, {})
    assert web.api("POST", "/erasures", json={"recipient": PHONE}).status_code == 403
