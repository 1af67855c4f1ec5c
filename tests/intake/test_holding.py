"""Where a parcel that is held can be collected, out of the couriers' fields and words."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.cases.model import Holding
from app.intake import bodies, samples
from app.intake.event import Account, Incoming

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOLD = (
    (
        "Available for collection at Post Office Main St until 30/11/2026",
        "Post Office Main St",
        "2026-11-30T22:59",
    ),
    (
        "Held at FedEx Office, 12 Main St. Pick up by Dec 2",
        "FedEx Office, 12 Main St",
        "2026-12-02",
    ),
    (
        "Sie liegt in der Filiale Hauptstr. 5, 10115 Berlin zur Abholung bereit bis zum 01.12.2026",
        "Filiale Hauptstr. 5, 10115 Berlin",
        "2026-12-01T22:59",
    ),
    (
        "Ready for pickup at locker 55 by Friday, December 4 at 20:00. Opening hours: Mon-Sat 8-22",
        "locker 55",
        "2026-12-04T19:00",
    ),
    ("Held at the post office until 2 Jan", "the courier's post office", "2027-01-02"),
    ("Pending - Consignee to collect from branch", "the courier's branch", None),
    ("FedEx redirected your package to a nearby FedEx location", "a nearby FedEx location", None),
    ("Held at post office at customer request", "the courier's post office", None),
    ("Held at Walgreens #12 due to weather", "Walgreens #12", None),
    ("Package is being held at FedEx Office, 12 Main St", "FedEx Office, 12 Main St", None),
    (
        "Your parcel is waiting for you at Kiosk Müller, Hauptstr. 5, until 1 December",
        "Kiosk Müller, Hauptstr. 5",
        "2026-12-01",
    ),
    (
        "Votre colis vous attend au relais Presse Martin jusqu'au 3 décembre",
        "relais Presse Martin",
        "2026-12-03",
    ),
    (
        "Disponible para recoger en la oficina de Correos Calle Mayor 5 hasta el 03/12/2026",
        "oficina de Correos Calle Mayor 5",
        "2026-12-03",
    ),
    (
        "Uw pakket ligt klaar bij Primera, Dorpsstraat 1, t/m 2 december",
        "Primera, Dorpsstraat 1",
        "2026-12-02",
    ),
    (
        "Przesyłka czeka w punkcie odbioru Żabka, ul. Długa 5 do 03.12.2026",
        "punkcie odbioru Żabka, ul. Długa 5",
        "2026-12-03",
    ),
    (
        "In giacenza presso la filiale di Via Roma 3 fino al 3 dicembre",
        "filiale di Via Roma 3",
        "2026-12-03",
    ),
    ("Package held at Walgreens until 2/12/26", "Walgreens", "2026-12-02"),
    (
        "Liegt in der Filiale Lindenstraße 1 bereit bis 02.12.",
        "Filiale Lindenstraße 1",
        "2026-12-02",
    ),
    ("Available at Kiosk 4 through Dec 2", "Kiosk 4", "2026-12-02"),
    ("À retirer jusqu'au 2/1", None, "2027-01-02"),
    ("Ready at store until 18.30", "the courier's store", None),
    (
        "Your parcel is at Corner Shop, High Street 4. Collect by 4 December",
        "Corner Shop, High Street 4",
        "2026-12-04",
    ),
    (
        "Liegt in Packstation 145, Bahnhofstr. 1, abholbereit bis Freitag, 4.12., 20 Uhr",
        "Packstation 145, Bahnhofstr. 1",
        "2026-12-04",
    ),
    (
        "Das Paket kann im Paketshop Kiosk Yilmaz bis zum 5. Dezember abgeholt werden",
        "Paketshop Kiosk Yilmaz",
        "2026-12-05",
    ),
    (
        "Colis à retirer dans votre relais Tabac de la Gare avant le 8 décembre 2026",
        "relais Tabac de la Gare",
        "2026-12-08",
    ),
    (
        "A disposición en la oficina Sol hasta el 12 de diciembre de 2026",
        "oficina Sol",
        "2026-12-12",
    ),
    (
        "Je pakket ligt klaar bij Bruna, Markt 2 tot en met 5 december",
        "Bruna, Markt 2",
        "2026-12-05",
    ),
    (
        "Przesyłka oczekuje na odbiór w punkcie Żabka, ul. Długa 5 do dnia 2 grudnia",
        "punkcie Żabka, ul. Długa 5",
        "2026-12-02",
    ),
    ("Aguardando retirada na agência Centro até 04/12/2026", "agência Centro", "2026-12-04"),
    ("Hold at location: Ship Center, 500 Main St", "Ship Center, 500 Main St", None),
    ("Ready to collect from hub East, collect within 3 days", "hub East", None),
    ("Available for pickup", None, None),
    ("Collected by customer", None, None),
    ("Customer must collect within 7 days", None, None),
)


def account(courier="standard_webhooks", **config):
    return Account(
        id=1,
        slug="one",
        courier=courier,
        shipper_id=1,
        depot_id=1,
        secrets=(),
        headers={},
        config=config,
        timezone="Europe/Berlin",
    )


def read(body, courier="standard_webhooks", **config):
    incoming = Incoming(headers={}, query={}, raw=json.dumps(body).encode(), received_at=NOW)
    (event,) = bodies.read(body, account(courier, **config), incoming)
    return event


def said(words, kind="held", **held):
    data = {"tracking_number": "P1", "words": words, "occurred_at": NOW.isoformat(), "held": held}
    return {"type": f"delivery.{kind}", "data": data}


@pytest.mark.parametrize(("words", "place", "until"), TOLD)
def test_words_say_where_and_until_when(words, place, until):
    held = read(said(words)).held
    assert held.place == place
    assert (held.until.isoformat() if held.until else "").startswith(until or "")
    assert bool(held.until) is bool(until)


def test_fields_go_before_words():
    held = read(said(TOLD[0][0], place="Corner shop", hours="Mon–Sat 8–20", redelivery=True)).held
    assert (held.place, held.hours, held.redelivery) == ("Corner shop", "Mon–Sat 8–20", True)
    assert held.until
    assert Holding.read(json.loads(json.dumps(held.as_json()))) == held


def test_redelivery_is_offered_where_the_courier_or_its_account_says_so_and_nowhere_else():
    assert read(said("Held")).held.redelivery is False
    assert read(said("Held"), redelivers_held=True).held.redelivery is True


def test_nothing_else_is_held():
    assert read(said(TOLD[0][0], "warning", place="Corner shop")).held is None


def held_at(courier, sample, change):
    """Where this courier's sample, changed to be held, says that it waits."""
    body = json.loads(samples._file(courier))
    change(body)
    event = read(body, courier)
    assert event.kind == "held", (sample, event)
    return event.held


def _easypost(body):
    detail = {"message": "Available for pickup", "status_detail": "arrived_at_pickup_location"}
    body["result"] |= {"status": "available_for_pickup", "status_detail": None}
    body["result"]["tracking_details"][-1] |= detail


def _shippo(body):
    told = {"status_details": "Held", "substatus": {"code": "pickup_available"}}
    body["data"]["tracking_status"] |= told


def _aftership(body):
    told = {"tag": "AvailableForPickup", "subtag": "AvailableForPickup_001"}
    body["msg"] |= told | {"pickup_location": "Kiosk Meier", "pickup_note": "Ring 4, Bonn"}


def _seventeentrack(body):
    info = body["data"]["track_info"]
    info["latest_status"] = {"status": "AvailableForPickup", "sub_status": None}
    info["latest_event"] |= {
        "description": "Ready",
        "sub_status": None,
        "address": {"street": "Weg 1", "postal_code": "20000", "city": "Hamburg"},
    }


def _dhl(body):
    status = body["shipments"][0]["status"]
    status |= {"description": "Ready for pickup", "remark": None, "status": None}
    status["location"] = {
        "address": {"addressLocality": "Bonn", "streetAddress": "Markt 1", "postalCode": "53111"},
        "servicePoint": {"label": "Packstation 123"},
    }


def _karrio(body):
    body["data"]["status"] = "ready_for_pickup"
    for scan in body["data"]["events"]:
        scan |= {"description": "Ready", "reason": None}


def _shipengine(body):
    body["data"] |= {
        "status_code": "SP",
        "status_detail_code": None,
        "carrier_detail_code": None,
        "exception_description": None,
        "carrier_status_description": "Ready for collection",
        "status_detail_description": None,
    }


def _fedex(body):
    (result,) = body["output"]["completeTrackResults"][0]["trackResults"][:1]
    result["latestStatusDetail"] |= {"code": "HL", "derivedCode": "HL", "description": "Ready"}
    result["latestStatusDetail"]["ancillaryDetails"] = []
    for scan in result["scanEvents"]:
        scan |= {"exceptionCode": "", "exceptionDescription": ""}
    result["holdAtLocation"] = {
        "locationContactAndAddress": {
            "contact": {"companyName": "Walgreens 77"},
            "address": {"streetLines": ["1 Oak St"], "city": "CLOVIS", "stateOrProvinceCode": "CA"},
        }
    }
    result.setdefault("deliveryDetails", {})["deliveryOptionEligibilityDetails"] = [
        {"option": "RESCHEDULE", "eligibility": "ELIGIBLE"}
    ]


@pytest.mark.parametrize(
    ("courier", "change", "place", "address"),
    [
        ("easypost", _easypost, None, "BROOKLYN, NY, 11201"),
        ("shippo", _shippo, None, "Spotsylvania, VA, 22551"),
        ("aftership", _aftership, "Kiosk Meier", "Ring 4, Bonn"),
        ("seventeentrack", _seventeentrack, None, "Weg 1, 20000, Hamburg"),
        ("dhl", _dhl, "Packstation 123", "Markt 1, 53111, Bonn"),
        ("karrio", _karrio, None, "OTTAWA, ON, CA"),
        ("shipengine", _shipengine, None, None),
        ("fedex", _fedex, "Walgreens 77", "1 Oak St, CLOVIS, CA"),
    ],
)
def test_each_couriers_own_fields_are_read(courier, change, place, address):
    held = held_at(courier, courier, change)
    assert held.place == place
    assert held.address == address or address is None
    assert held.redelivery is (courier == "fedex")
