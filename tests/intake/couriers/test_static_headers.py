"""DoorDash Drive, UPS, DHL, Shiprocket, Delhivery and Karrio: trust by a fixed value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.intake import samples
from app.intake.couriers import adapter, dhl, fedex
from app.intake.event import SignatureRefused, Unreadable

STATIC = ["doordash_drive", "ups", "dhl", "shiprocket", "delhivery"]


@pytest.mark.parametrize("name", STATIC)
def test_every_agreed_header_must_match(name, account_of, incoming_of, now) -> None:
    account = account_of(name)
    raw, headers = samples.failure(account, now)
    adapter(name).verify(account, incoming_of(headers, raw))
    for header in account.headers:
        for value in ("", headers[header] + " ", headers[header][:-1]):
            with pytest.raises(SignatureRefused):
                adapter(name).verify(account, incoming_of(headers | {header: value}, raw))


@pytest.mark.parametrize("name", STATIC)
@pytest.mark.parametrize("agreed", [{}, {"authorization": ""}, {"user-agent": ""}])
def test_nothing_agreed_is_nothing_trusted(name, agreed, account_of, incoming_of) -> None:
    account = replace(account_of(name), headers=agreed)
    with pytest.raises(SignatureRefused) as refused:
        adapter(name).verify(account, incoming_of({}))
    assert refused.value.code == "no_secret"


def test_the_user_agent_of_ups_proves_nothing(account_of, incoming_of) -> None:
    agreed = {"user-agent": "UPSPubSubTrackingService"}
    account = account_of("ups", headers=agreed)
    with pytest.raises(SignatureRefused):
        adapter("ups").verify(account, incoming_of(agreed))


# UPS


def test_the_vendors_ups_alerts(read, vendor) -> None:
    event = read("ups", vendor("ups/track_alert_delivered.json"))
    assert (event.kind, event.tracking_number) == ("delivered", "1Z204W4R0308071865")
    assert event.key == "1Z204W4R0308071865:20240423 135004:D:FS"
    assert event.occurred_at == datetime(2024, 4, 23, 13, 50, 4, tzinfo=UTC)
    assert read("ups", vendor("ups/track_alert_out_for_delivery.json")).kind == "progress"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("48", ("failed", "recipient_unavailable", 1)),
        ("KX", ("failed", "recipient_unavailable", 2)),
        ("49", ("failed", "recipient_unavailable", 3)),
        ("L1", ("failed", "business_closed", 2)),
        ("52", ("failed", "payment_due", 3)),
        ("FM", ("failed", "identification_failed", 2)),
        ("95", ("failed", "access_restricted", None)),
        ("A7", ("failed", "moved", None)),
        ("KT", ("refused", "refused", None)),
        ("KI", ("refused", "payment_due", None)),
        ("3N", ("returned", "not_collected", None)),
        ("O4", ("returned", "returned", None)),
        ("TU", ("returned", "address_incorrect", None)),
        ("6R", ("held", "to_pickup_point", None)),
        ("HR", ("damaged", "damaged", None)),
        ("7W", ("warning", "weather_delay", None)),
        ("ZZ", ("progress", "on_the_way", None)),
        ("00", ("warning", "unknown", None)),
    ],
)
def test_ups_exceptions(read, sample, code, outcome) -> None:
    body = sample("ups")
    body["activityStatus"]["code"] = code
    body["activityStatus"]["description"] = ""
    event = read("ups", body)
    assert (event.kind, event.reason, event.attempt) == outcome


def test_an_exception_code_of_another_type_is_none(read, sample) -> None:
    body = sample("ups")
    body["activityStatus"]["type"] = "I"
    assert read("ups", body).kind == "progress"


@pytest.mark.parametrize("offset", ["-05.00", "-05:00", None])
def test_ups_local_times(read, sample, offset) -> None:
    body = sample("ups") | {"gmtActivityDate": None, "gmtActivityTime": None, "gmtOffset": offset}
    event = read("ups", body)  # without an offset: the account's zone, New York
    assert event.occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)


# DoorDash Drive


def test_the_doordash_sample(read, sample) -> None:
    event = read("doordash_drive", sample("doordash_drive"))
    assert (event.kind, event.reason) == ("failed", "recipient_unavailable")
    assert (event.name, event.phone) == ("Test User Five", "+16505555555")
    assert event.key == "D-37494:DELIVERY_CANCELLED:2026-03-02T14:04:12.213676Z"
    assert event.address
    assert event.address["country"] == "US"


@pytest.mark.parametrize("field", ["event_name", "event_type"])
@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("DELIVERY_CANCELLED", "failed"),
        ("DELIVERY_RETURNED", "returned"),
        ("DASHER_DROPPED_OFF", "delivered"),
        ("DASHER_CONFIRMED", "progress"),
    ],
)
def test_doordash_events_under_both_names(read, field, told, kind) -> None:
    event = read("doordash_drive", {field: told, "external_delivery_id": "D-1"})
    assert (event.kind, event.tracking_number, event.phone) == (kind, "D-1", None)


def test_a_doordash_message_without_event_is_kept(account_of, incoming_of) -> None:
    with pytest.raises(Unreadable, match="event_name"):
        adapter("doordash_drive").translate(
            {"external_delivery_id": "D-1"}, account_of("doordash_drive"), incoming_of({})
        )


# DHL


def test_the_dhl_sample(read, sample) -> None:
    event = read("dhl", sample("dhl"))
    assert (event.kind, event.reason) == ("failed", "recipient_unavailable")
    assert (event.name, event.order_ref) == ("Test User Six", "ORD-1006")
    assert event.occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("remark", "outcome"),
    [
        ("The shipment is being returned to the sender", ("returned", "returned")),
        ("The recipient refused the shipment", ("refused", "refused")),
        ("The parcel was damaged in our centre", ("damaged", "damaged")),
        ("Incomplete address", ("failed", "address_incorrect")),
        ("Sonstiges", ("failed", "unknown")),
        (None, ("failed", "unknown")),
    ],
)
def test_why_dhl_failed(read, sample, remark, outcome) -> None:
    body = sample("dhl")
    body["shipments"][0]["status"]["remark"] = remark
    event = read("dhl", body)
    assert (event.kind, event.reason) == outcome


def test_several_dhl_shipments_and_a_time_without_zone(account_of, incoming_of, sample) -> None:
    body = sample("dhl")
    second = body["shipments"][0] | {"id": "2"}
    second["status"] = {"statusCode": "transit", "timestamp": "2026-03-02T09:00:00"}
    second["details"] = {"references": {"number": "R-2"}, "receiver": {"name": "Ada"}}
    body["shipments"].append(second)
    account = account_of("dhl", timezone="Europe/Berlin")
    one, two = dhl.translate(body, account, incoming_of({}))
    assert (one.kind, two.kind) == ("failed", "progress")
    assert (two.order_ref, two.name) == ("R-2", "Ada")
    assert two.occurred_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    body["shipments"].append("not a shipment")
    with pytest.raises(Unreadable):  # none of them may be lost
        dhl.translate(body, account, incoming_of({}))


# Shiprocket


def test_the_vendors_shiprocket_body(read, vendor) -> None:
    event = read("shiprocket", vendor("shiprocket/docs_in_transit_2023.json"))
    assert (event.kind, event.order_ref) == ("progress", "1373900_150876814")
    assert event.occurred_at == datetime(2023, 5, 23, 6, 13, 52, tzinfo=UTC)
    assert event.raw_time == "23 05 2023 11:43:52"


@pytest.mark.parametrize(
    ("label", "outcome"),
    [
        ("UNDELIVERED", ("failed", "recipient_unavailable", None)),
        ("UNDELIVERED-2ND ATTEMPT", ("failed", "recipient_unavailable", 2)),
        ("Undelivered - 3rd Attempt", ("failed", "recipient_unavailable", 3)),
        ("UNDELIVERED-1ST ATTEMPT-OTHERS", ("failed", "recipient_unavailable", 1)),
        ("RTO INITIATED", ("returned", "recipient_unavailable", None)),
        ("RTO NDR", ("returned", "recipient_unavailable", None)),
        ("RTO_DELIVERED", ("returned", "returned_to_sender", None)),
        ("LOST", ("lost", "lost", None)),
        ("UNTRACEABLE", ("lost", "lost", None)),
        ("DAMAGED", ("damaged", "damaged", None)),
        ("DESTROYED", ("lost", "destroyed", None)),
        ("CANCELED", ("failed", "recipient_unavailable", None)),
        ("PICKUP EXCEPTION", ("warning", "pickup_failed", None)),
        ("MISROUTED", ("warning", "delayed", None)),
        ("DELIVERED", ("delivered", "delivered", None)),
    ],
)
def test_shiprocket_labels(read, sample, label, outcome) -> None:
    body = sample("shiprocket") | {"current_status": label}
    event = read("shiprocket", body)
    assert (event.kind, event.reason, event.attempt) == outcome


# Delhivery


def test_the_vendors_delhivery_scan(read, vendor) -> None:
    event = read("delhivery", vendor("delhivery/docs_scan_push_default.json"))
    assert (event.kind, event.order_ref) == ("progress", "28")
    assert event.occurred_at == datetime(2019, 1, 9, 11, 40, 42, 767000, tzinfo=UTC)
    assert event.words == "Manifest uploaded"


@pytest.mark.parametrize(
    ("code", "told", "status", "instructions", "outcome"),
    [
        ("EOD-11", "UD", "Pending", "Consignee unavailable", ("failed", "recipient_unavailable")),
        ("EOD-6", "UD", "Pending", "Consignee refused to accept", ("refused", "refused")),
        ("EOD-104", "UD", "Pending", "Entry restricted area", ("failed", "access_restricted")),
        ("EOD-86", "UD", "Pending", "???", ("failed", "not_attempted")),
        ("EOD-999", "UD", "Pending", "???", ("failed", "unknown")),
        ("X-UCI", "UD", "Manifested", "Manifest uploaded", ("progress", "on_the_way")),
        ("EOD-38", "DL", "Delivered", "Delivered", ("delivered", "delivered")),
        ("RD-AC", "DL", "RTO", "Return accepted", ("returned", "returned_to_sender")),
        ("DTUP-205", "RT", "In Transit", "Returning", ("returned", "returned")),
        ("LT-100", "UD", "LOST", "Shipment lost", ("lost", "lost")),
    ],
)
def test_delhivery_codes(read, sample, code, told, status, instructions, outcome) -> None:
    body = sample("delhivery")
    body["Shipment"]["NSLCode"] = code
    body["Shipment"]["Status"] |= {
        "StatusType": told,
        "Status": status,
        "Instructions": instructions,
    }
    event = read("delhivery", body)
    assert (event.kind, event.reason) == outcome


# Karrio


def test_the_karrio_sample(read, sample) -> None:
    event = read("karrio", sample("karrio"))
    assert (event.kind, event.reason) == ("failed", "recipient_unavailable")
    assert (event.name, event.order_ref) == ("Test User Seven", "ORD-1008")
    assert event.courier_ref == "trk_9a1f0c6d4b8e4a6f8d2c7b3e5f6a7081"


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        ("delivery_failed", "consignee_refused", ("refused", "refused", "recipient")),
        ("delivery_failed", "carrier_parcel_lost", ("lost", "lost", "courier")),
        ("delivery_failed", "weather_delay", ("failed", "weather_delay", "weather")),
        (
            "delivery_failed",
            "carrier_address_not_found",
            ("failed", "address_not_found", "courier"),
        ),
        ("delivery_failed", "customs_duties_unpaid", ("failed", "duties_unpaid", "customs")),
        ("delivery_failed", "gremlins", ("failed", "unknown", "unknown")),
        ("incident", "carrier_damaged_parcel", ("damaged", "damaged", "courier")),
        ("incident", "weather_delay", ("warning", "weather_delay", "weather")),
        ("incident", None, ("warning", "unknown", "unknown")),
        ("on_hold", "customs_delay", ("warning", "customs_hold", "customs")),
        ("return_to_sender", "consignee_refused", ("returned", "refused", "recipient")),
        ("delivery_delayed", None, ("warning", "delayed", "courier")),
        ("ready_for_pickup", None, ("held", "ready_for_pickup", "unknown")),
        ("delivered", "consignee_refused", ("delivered", "delivered", "unknown")),
    ],
)
def test_karrio_statuses(read, sample, status, code, outcome) -> None:
    body = sample("karrio")
    body["data"]["status"] = status
    body["data"]["events"][0]["reason"] = code
    body["data"]["events"][0]["description"] = None
    event = read("karrio", body)
    assert (event.kind, event.reason, event.fault) == outcome


@pytest.mark.parametrize("reverse", [False, True])
def test_karrio_scans_in_any_order(read, sample, reverse) -> None:
    body = sample("karrio")
    if reverse:
        body["data"]["events"].reverse()
    assert read("karrio", body).words == "Attempted delivery: nobody at home, notice card left"


# FedEx


def test_fedex_signs_in_hex_or_base64(account_of, incoming_of, now) -> None:
    account = account_of("fedex")
    raw, headers = samples.failure(account, now)
    fedex.verify(account, incoming_of(headers, raw))
    spelled = adapter("aftership").sign(account, raw, now)["aftership-hmac-sha256"]
    fedex.verify(account, incoming_of({"fdx-signature": spelled}, raw))
    other = "E=" if spelled.endswith("A=") else "A="
    for forged in (spelled[:-2] + other, headers["fdx-signature"].upper(), "", "="):
        with pytest.raises(SignatureRefused):
            fedex.verify(account, incoming_of({"fdx-signature": forged}, raw))


def test_the_fedex_sample(read, sample) -> None:
    event = read("fedex", sample("fedex"))
    assert (event.kind, event.reason, event.attempt) == ("failed", "recipient_unavailable", 1)
    assert event.key == "794843185271:DE:2026-03-02T09:04:00-05:00:DE:08"
    assert (event.order_ref, event.code) == ("ORD-1005", "DE/08")
    assert event.occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)


def test_a_fedex_retry_is_the_same_event_though_its_body_differs(read, sample) -> None:
    again = sample("fedex")
    again["outputMetaData"] = [{"timestamp": "2026-03-02T14:10:00Z", "attempt": 2}]
    assert read("fedex", again).key == read("fedex", sample("fedex")).key


def test_the_second_fedex_failure_is_another_event(read, sample) -> None:
    body = sample("fedex")
    first = read("fedex", body)
    scans = body["output"]["completeTrackResults"][0]["trackResults"][0]["scanEvents"]
    scans.append(scans[0] | {"date": "2026-03-03T10:00:00-05:00"})
    second = read("fedex", body)
    assert second.key != first.key
    assert second.occurred_at == datetime(2026, 3, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "exception", "outcome"),
    [
        ("DE", "15", ("failed", "business_closed")),
        ("DE", "07", ("refused", "refused")),
        ("DE", "84", ("failed", "weather_delay")),
        ("SE", "84", ("warning", "weather_delay")),
        ("SE", "10", ("damaged", "damaged")),
        ("SE", "", ("warning", "delayed")),
        ("RS", "", ("returned", "recipient_unavailable")),
        ("CD", "", ("warning", "customs_hold")),
        ("DY", "", ("warning", "delayed")),
        ("HL", "", ("held", "ready_for_pickup")),
        ("CA", "", ("progress", "cancelled")),
        ("DL", "", ("delivered", "delivered")),
        ("OD", "08", ("progress", "on_the_way")),
    ],
)
def test_fedex_codes(read, sample, code, exception, outcome) -> None:
    body = sample("fedex")
    result = body["output"]["completeTrackResults"][0]["trackResults"][0]
    result["latestStatusDetail"] |= {"code": code, "ancillaryDetails": []}
    result["scanEvents"][0] |= {"eventType": code, "exceptionCode": exception}
    event = read("fedex", body)
    assert (event.kind, event.reason) == outcome


def test_an_old_fedex_exception_is_no_alarm(read, sample) -> None:
    body = sample("fedex")
    result = body["output"]["completeTrackResults"][0]["trackResults"][0]
    result["latestStatusDetail"] = {"code": "OD", "description": "On FedEx vehicle for delivery"}
    assert read("fedex", body).kind == "progress"


def test_several_fedex_parcels(account_of, incoming_of, sample) -> None:
    body = sample("fedex")
    results = body["output"]["completeTrackResults"]
    status = {"latestStatusDetail": {"code": "IT"}}
    results.append({"trackingNumber": "2", "trackResults": [status]})
    one, two = fedex.translate(body, account_of("fedex"), incoming_of({}))
    assert (one.kind, two.kind, two.tracking_number) == ("failed", "progress", "2")
    results.append({"trackingNumber": "3", "trackResults": [{"error": {"code": "X.NOTFOUND"}}]})
    assert len(fedex.translate(body, account_of("fedex"), incoming_of({}))) == 2
    results.append({"trackResults": [status]})
    with pytest.raises(Unreadable, match="trackingNumber"):
        fedex.translate(body, account_of("fedex"), incoming_of({}))
