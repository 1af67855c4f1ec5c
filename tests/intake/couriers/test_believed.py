"""Bodies that were once believed wrongly, composed after real ones: what they really say."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime

import pytest

from app.intake import bodies, reasons
from app.intake.couriers import NAMES, adapter, fedex
from app.intake.couriers._ups_codes import EXCEPTIONS
from app.intake.event import KINDS, Unreadable


@pytest.mark.parametrize(
    ("file", "outcome"),
    [
        ("aftership_null_strings", ("failed", "recipient_unavailable", "recipient")),
        ("delhivery_EOD-16", ("failed", "payment_due", "shipper")),
        ("easypost_is_return", ("warning", "return_parcel", "unknown")),
        ("easypost_returned_1", ("returned", "returned", "unknown")),
        ("easypost_returned_2_delivered_to_sender", ("returned", "returned_to_sender", "unknown")),
        ("fedex_held_at_location", ("held", "to_pickup_point", "unknown")),
        ("karrio_time_with_pm", ("failed", "recipient_unavailable", "recipient")),
        ("seventeentrack_held_at_shop", ("held", "ready_for_pickup", "unknown")),
        ("shiprocket_collect_from_branch", ("held", "ready_for_pickup", "unknown")),
        ("shiprocket_not_attempted", ("failed", "not_attempted", "courier")),
        (
            "uber_canceled_cannot_access_customer_location",
            ("failed", "access_restricted", "recipient"),
        ),
        ("uber_canceled_cannot_find_customer_address", ("failed", "address_not_found", "courier")),
        ("uber_canceled_customer_rejected_order", ("refused", "refused", "recipient")),
        ("uber_canceled_customer_unavailable", ("failed", "recipient_unavailable", "recipient")),
        ("ups_TF", ("failed", "phone_missing", "shipper")),
    ],
)
def test_what_it_says(file, outcome, vendor, account_of, incoming_of) -> None:
    name = next(n for n in sorted(NAMES, key=len, reverse=True) if file.startswith(n.split("_")[0]))
    [event] = bodies.read(vendor(f"trial/{file}.json"), account_of(name), incoming_of({}))
    assert (event.kind, event.reason, event.fault) == outcome


def test_blanks_in_disguise_are_missing_and_a_name_is_a_name(read, vendor) -> None:
    body = vendor("trial/aftership_null_strings.json")
    event = read("aftership", body)
    assert (event.order_ref, event.phone, event.email) == (None, None, "kim@example.com")
    assert event.name == "null"
    body["msg"] |= {"customer_name": "Null", "order_number": "undefined", "order_id": "N/A"}
    event = read("aftership", body)
    assert (event.name, event.order_ref) == ("Null", None)


@pytest.mark.parametrize(
    "blank",
    [
        *("null", "NULL", "None", "N/A", "n/a", "-", "undefined", "string", "unknown", " null "),
        *("0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "(none)", "[null]", "#NULL!", "'NaN'"),
        *("TBA", "k.A.", "Keine Angabe", "Sin datos", "n.v.t.", "N/D", "Não informado"),
        *("n / a", "Not applicable", "undefined undefined", "{}", "…", "___"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_no_blank_is_shown_to_anybody(name, blank, sample, account_of, incoming_of) -> None:
    body = _filled(sample(name), blank)
    try:
        events = bodies.read(body, account_of(name), incoming_of({"webhook-id": "m1"}))
    except Unreadable:
        return
    for event in events:
        shown = [event.tracking_number, event.order_ref, event.words, event.phone, event.email]
        shown += (event.address or {}).values()
        assert all(text is None or text.casefold() != blank.strip().casefold() for text in shown)


def _filled(value, blank):
    """A body in which every text is a blank, but for what a status may be called."""
    if isinstance(value, dict):
        return {key: _filled(inner, blank) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, blank) for inner in value]
    return blank if isinstance(value, str) else value


@pytest.mark.parametrize(
    "zero", ["0000-00-00", "0000-00-00 00:00:00", "0001-01-01T00:00:00", "N/A"]
)
def test_a_zero_date_is_no_time_and_two_failures_are_two(zero, account_of, incoming_of, sample):
    body = sample("shippo")
    keys = set()
    for text in ("first", "second"):
        body["data"]["tracking_status"] |= {"status_date": zero, "status_details": text}
        raw = json.dumps(body).encode()
        [event] = adapter("shippo").translate(body, account_of("shippo"), incoming_of({}, raw))
        assert (event.occurred_at, event.raw_time) == (None, "")
        keys.add(event.key)
    assert len(keys) == 2


TIMES = {
    "shippo": ["data.tracking_status.status_date"],
    "shipengine": ["data.events"],
    "seventeentrack": [
        "data.track_info.latest_event.time_utc",
        "data.track_info.latest_event.time_iso",
    ],
    "sendcloud": ["parcel_nothing", "carrier_status_change_timestamp", "timestamp"],
    "doordash_drive": ["created_at", "updated_at"],
    "ups": ["gmtActivityDate", "gmtActivityTime", "localActivityDate", "localActivityTime"],
    "dhl": ["shipments.0.status.timestamp"],
    "shiprocket": ["current_timestamp", "scans"],
    "delhivery": ["Shipment.Status.StatusDateTime"],
    "karrio": ["data.events"],
}


@pytest.mark.parametrize("name", TIMES)
def test_a_key_without_a_time_is_the_bodys(name, sample, account_of, incoming_of) -> None:
    body = sample(name)
    for path in TIMES[name]:
        *way, last = path.split(".")
        inner = body
        for key in way:
            inner = inner[int(key) if key.isdigit() else key]
        inner.pop(last, None)
    keys = []
    for number in (1, 1, 2):
        raw = json.dumps(body | {"nonce": number}).encode()
        [event] = adapter(name).translate(body, account_of(name), incoming_of({}, raw))
        keys.append(event.key)
    assert keys[0] == keys[1] != keys[2]


def test_karrios_clock_of_fourteen_oclock_in_the_afternoon(read, vendor) -> None:
    event = read("karrio", vendor("trial/karrio_time_with_pm.json"), timezone="UTC")
    assert event.occurred_at == datetime(2026, 11, 24, 14, 26, tzinfo=UTC)
    body = vendor("trial/karrio_time_with_pm.json")
    body["data"]["events"][0]["time"] = "02:26 PM"
    body["data"]["events"].reverse()
    event = read("karrio", body, timezone="UTC")
    assert event.occurred_at == datetime(2026, 11, 24, 14, 26, tzinfo=UTC)


def test_shipengines_offset_wins_over_its_z(read, sample) -> None:
    body = sample("shipengine")
    body["data"]["events"][0] |= {
        "occurred_at": "2026-03-02T04:52:00Z",
        "carrier_occurred_at": "2026-03-02T04:52:00-07:00",
    }
    del body["data"]["events"][1:]
    assert read("shipengine", body).occurred_at == datetime(2026, 3, 2, 11, 52, tzinfo=UTC)


def test_ups_dates_with_dashes(read, sample) -> None:
    body = sample("ups") | {"gmtActivityDate": "2026-03-02", "gmtActivityTime": "14:04:00"}
    assert read("ups", body).occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)
    body |= {"gmtActivityDate": "", "gmtActivityTime": "", "gmtOffset": "-08:00"}
    body |= {"localActivityDate": "2026-03-02", "localActivityTime": "06:04:00"}
    assert read("ups", body).occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)


def test_fedex_parcels_are_told_apart_by_their_unique_id(vendor, account_of, incoming_of) -> None:
    old = vendor("trial/fedex_recycled_1_delivered_2024.json")
    new = vendor("trial/fedex_recycled_2_failed_2026.json")
    both = copy.deepcopy(old)
    results = both["output"]["completeTrackResults"][0]["trackResults"]
    results += new["output"]["completeTrackResults"][0]["trackResults"]
    delivered, failed = fedex.translate(both, account_of("fedex"), incoming_of({}))
    assert (delivered.kind, failed.kind) == ("delivered", "failed")
    assert delivered.tracking_number == failed.tracking_number
    assert delivered.courier_ref != failed.courier_ref
    assert delivered.key != failed.key


def test_a_fedex_scan_code_nobody_knows_hides_no_known_one(read, vendor) -> None:
    body = vendor("trial/fedex_recycled_2_failed_2026.json")
    result = body["output"]["completeTrackResults"][0]["trackResults"][0]
    result["scanEvents"][0] |= {"exceptionCode": "ZZ9", "exceptionDescription": "Odd"}
    result["latestStatusDetail"]["ancillaryDetails"] = [{"reason": "XX"}, {"reason": "07"}]
    event = read("fedex", body)
    assert (event.kind, event.reason) == ("refused", "refused")


def test_17track_says_its_status_in_several_places(read, sample) -> None:
    body = sample("seventeentrack")
    info = body["data"]["track_info"]
    info["latest_status"] = None
    info["latest_event"] |= {"stage": "Exception", "sub_status": None}
    info["latest_event"]["description"] = "Refused by recipient"
    assert read("seventeentrack", body).kind == "refused"
    info["latest_event"] |= {"stage": None, "sub_status": "Exception_Lost", "description": ""}
    assert read("seventeentrack", body).kind == "lost"
    info["latest_event"] |= {"sub_status": None}
    body["data"]["track"] = {"e": 35}
    assert read("seventeentrack", body).kind == "failed"
    del body["data"]["track"]
    with pytest.raises(Unreadable):
        read("seventeentrack", body)


STATUSES = {
    "shippo": ["data.tracking_status"],
    "sendcloud": ["parcel.status"],
    "uber_direct": ["status", "data.status"],
    "doordash_drive": ["event_name", "event_type"],
    "ups": ["activityStatus"],
    "fedex": ["output.completeTrackResults.0.trackResults.0.latestStatusDetail"],
    "dhl": ["shipments.0.status.statusCode"],
    "shiprocket": ["current_status", "shipment_status"],
    "delhivery": ["Shipment.Status", "Shipment.NSLCode"],
    "karrio": ["data.status"],
    "easypost": ["result.status"],
    "aftership": ["msg.tag"],
    "shipengine": ["data.status_code"],
    "onfleet": ["triggerId"],
    "standard_webhooks": ["type"],
}


@pytest.mark.parametrize("name", STATUSES)
def test_where_no_status_can_be_read_nothing_is_said(name, sample, account_of, incoming_of) -> None:
    body = sample(name)
    for path in STATUSES[name]:
        *way, last = path.split(".")
        inner = body
        for key in way:
            inner = inner[int(key) if key.isdigit() else key]
        inner.pop(last, None)
    with pytest.raises(Unreadable):
        adapter(name).translate(body, account_of(name), incoming_of({"webhook-id": "m1"}))


def test_every_code_of_ups_is_decided(vendor) -> None:
    published = vendor("ups/package_exceptions.json")
    assert len(published) == 687
    assert set(published) <= set(EXCEPTIONS)
    for kind, reason, _ in EXCEPTIONS.values():
        assert kind in KINDS
        assert reason in reasons.REASONS


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        ("TF", "failed", "phone_missing"),
        ("OH", "failed", "recipient_unavailable"),
        ("VI", "failed", "recipient_unavailable"),
        ("DD", "failed", "recipient_unavailable"),
        ("HQ", "failed", "recipient_unavailable"),
        ("AX", "failed", "recipient_unavailable"),
        ("CY", "failed", "address_incorrect"),
        ("C8", "failed", "moved"),
        ("46", "failed", "out_of_area"),
        ("90", "returned", "prohibited"),
        ("54", "held", "ready_for_pickup"),
        ("ZP", "held", "ready_for_pickup"),
        ("89", "held", "to_pickup_point"),
        ("D5", "warning", "customs_hold"),
    ],
)
def test_ups_codes_that_were_dropped(code, kind, reason, read, sample) -> None:
    body = sample("ups")
    body["activityStatus"] |= {"type": "X", "code": code, "description": ""}
    event = read("ups", body)
    assert (event.kind, event.reason) == (kind, reason)


@pytest.mark.parametrize(
    "code", ["EOD-3", "EOD-6", "EOD-11", "EOD-15", "EOD-16", "EOD-43", "EOD-69"]
)
def test_what_delhivery_lets_others_act_on_is_a_failure(code, read, sample) -> None:
    body = sample("delhivery")
    body["Shipment"]["NSLCode"] = code
    body["Shipment"]["Status"] |= {"StatusType": "UD", "Status": "Pending", "Instructions": ""}
    assert read("delhivery", body).kind in {"failed", "refused"}


@pytest.mark.parametrize("label", ["UNDELIVERED", "UNDELIVERED-2ND ATTEMPT"])
@pytest.mark.parametrize("words", ["Not attempted", "No attempt made by courier"])
def test_not_attempted_is_no_attempt_and_the_couriers_fault(label, words, read, sample) -> None:
    body = sample("shiprocket") | {"current_status": label}
    body["scans"][-1]["activity"] = words
    event = read("shiprocket", body)
    assert (event.reason, event.fault, event.attempt) == ("not_attempted", "courier", None)


@pytest.mark.parametrize(
    ("told", "code", "said", "outcome"),
    [
        (
            *("I", "ZP", "Delivered to UPS Access Point™ location and awaiting customer pickup."),
            ("held", "ready_for_pickup"),
        ),
        (
            *("I", "PC", "Package is Awaiting Customer Pick Up from UPS Access Point™"),
            ("held", "ready_for_pickup"),
        ),
        ("I", "ED", "Held at Post Office, At Customer Request", ("held", "ready_for_pickup")),
        ("I", "P6", "Delivery Attempted", ("failed", "attempt_failed")),
        ("I", "PG", "Package Refused by Customer", ("refused", "refused")),
        ("I", "YI", "Out For Delivery to UPS Access Point™", ("progress", "on_the_way")),
        ("I", "101", "Hold at UPS Access Point™ Requested", ("progress", "on_the_way")),
        ("I", "PP", "Package Retrieved from UPS Access Point™", ("progress", "on_the_way")),
        ("D", "2Q", "Delivered To UPS Access Point™", ("held", "ready_for_pickup")),
        ("D", "53", "Receiver Refused Package", ("refused", "refused")),
        ("D", "CI", "Not in.", ("failed", "recipient_unavailable")),
        ("D", "B0", "Package Delivered To Original Sender", ("returned", "returned_to_sender")),
        ("D", "FS", "DELIVERED", ("delivered", "delivered")),
    ],
)
def test_what_ups_says_in_words_counts_whatever_its_type(told, code, said, outcome, sample, read):
    body = sample("ups")
    body["activityStatus"] = {"type": told, "code": code, "description": said}
    event = read("ups", body)
    assert (event.kind, event.reason) == outcome


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("customer_unavailable", ""),
        ("CUSTOMER_NOT_HOME", ""),
        ("Cancelled: customer_unavailable", "Cancelled: customer unavailable"),
        ("Left at gate, see https://x.example/a_b", "Left at gate, see https://x.example/a_b"),
        ("Nobody answered", "Nobody answered"),
    ],
)
def test_no_machine_code_is_shown_as_the_couriers_words(
    code, shown, sample, account_of, incoming_of
):
    body = sample("doordash_drive") | {"event_name": "DELIVERY_CANCELLED"}
    body["cancellation_reason"] = code
    [event] = bodies.read(body, account_of("doordash_drive"), incoming_of({}))
    assert event.words == shown
    if "customer_unavail" in code:
        assert event.reason == "recipient_unavailable"


@pytest.mark.parametrize(
    ("name", "history"),
    [
        ("aftership", ("msg", "checkpoints")),
        ("easypost", ("result", "tracking_details")),
        ("fedex", ("output", "completeTrackResults", 0, "trackResults", 0, "scanEvents")),
        ("karrio", ("data", "events")),
        ("shipengine", ("data", "events")),
        ("shiprocket", ("scans",)),
    ],
)
def test_a_history_may_be_told_from_either_end(name, history, read, sample) -> None:
    body = sample(name)
    rows = body
    for part in history:
        rows = rows[part]
    told = read(name, body)
    rows.reverse()
    again = read(name, body)
    assert (again.kind, again.reason, again.words) == (told.kind, told.reason, told.words)
    assert again.occurred_at == told.occurred_at
