"""The lists of statuses that vendors publish, whole: each is decided, and rightly."""

from __future__ import annotations

import pytest

from app.intake.event import OPENING

SHIPROCKET = """
Shipped; Delivered; Canceled; RTO Initiated; RTO Delivered; Lost; Pickup Error; RTO Acknowledged
Pickup Rescheduled; Cancellation Requested; Out For Delivery; In Transit; Out For Pickup
Pickup Exception; Undelivered; Delayed; Partial_Delivered; DESTROYED; DAMAGED; FULFILLED
Pickup Booked; REACHED AT DESTINATION HUB; MISROUTED; RTO_NDR; RTO_OFD; PICKED UP; SELF FULFILLED
DISPOSED OFF; CANCELLED_BEFORE_DISPATCHED; RTO IN INTRANSIT; QC FAILED; Reached Warehouse
Custom Cleared; In Flight; Handover to Courier; Shipment Booked; In Transit Overseas
Connection Aligned; Reached Overseas Warehouse; Custom Cleared Overseas; Box Packing; FC Allocated
Picklist Generated; Ready To Pack; Packed; FC MANIFEST GENERATED; PROCESSED AT WAREHOUSE
HANDOVER EXCEPTION; PACKED EXCEPTION; RTO_LOCK; UNTRACEABLE; ISSUE_RELATED_TO_THE_RECIPIENT
REACHED_BACK_AT_SELLER_CITY
"""
SENDCLOUD = """
1 Announced; 3 En route to sorting center; 4 Delivery delayed; 5 Sorted; 6 Not sorted
7 Being sorted; 8 Delivery attempt failed; 11 Delivered; 12 Awaiting customer pickup
13 Announced: not collected; 15 Error collecting; 22 Shipment picked up by driver
80 Unable to deliver; 91 Parcel en route; 92 Driver en route; 93 Shipment collected by customer
999 No label; 1000 Ready to send; 1001 Being announced; 1002 Announcement failed
1998 Cancelled upstream; 1999 Cancellation requested; 2000 Cancelled
2001 Submitting cancellation request; 62989 At Customs; 62990 At sorting centre
62991 Refused by recipient; 62992 Returned to sender; 62993 Delivery method changed
62994 Delivery date changed; 62995 Delivery address changed; 62996 Exception; 62997 Address invalid
"""
SEVENTEENTRACK = """
NotFound_Other; NotFound_InvalidCode; InfoReceived; InTransit_PickedUp; InTransit_Other
InTransit_Departure; InTransit_Arrival; InTransit_CustomsProcessing; InTransit_CustomsReleased
InTransit_CustomsRequiringInformation; Expired_Other; AvailableForPickup_Other
OutForDelivery_Other; DeliveryFailure_Other; DeliveryFailure_NoBody; DeliveryFailure_Security
DeliveryFailure_Rejected; DeliveryFailure_InvalidAddress; Delivered_Other; Exception_Other
Exception_Returning; Exception_Returned; Exception_NoBody; Exception_Security; Exception_Damage
Exception_Rejected; Exception_Delayed; Exception_Lost; Exception_Destroyed; Exception_Cancel
"""
DOORDASH = """
DELIVERY_CREATED; DELIVERY_BATCHED; DASHER_CONFIRMED; DASHER_ENROUTE_TO_PICKUP
DASHER_CONFIRMED_PICKUP_ARRIVAL; DASHER_PICKED_UP; DASHER_ENROUTE_TO_DROPOFF
DASHER_CONFIRMED_DROPOFF_ARRIVAL; DASHER_DROPPED_OFF; DELIVERY_CANCELLED
DELIVERY_RETURN_INITIALIZED; DASHER_ENROUTE_TO_RETURN; DASHER_CONFIRMED_RETURN_ARRIVAL
DELIVERY_RETURNED; DELIVERY_ATTEMPTED; DELIVERY_ABANDONED; DELIVERY_PENDING_RETURN
DASHER_DROPPED_OFF_RETURN; RETURN_DELIVERY_CANCELLED; DRIVER_BATCHED
DASHER_CONFIRMED_STORE_ARRIVAL; DASHER_CONFIRMED_CONSUMER_ARRIVAL
PARCEL_LABELED; PARCEL_AWAITING; PARCEL_ORIGIN_ARRIVED; PARCEL_ORIGIN_PICKED_UP
PARCEL_MID_MILE_ARRIVED; PARCEL_MID_MILE_DEPARTED; PARCEL_SCANNED; PARCEL_DELAYED
DASHER_ATTEMPTED_DELIVERY; PARCEL_RECEIVED_TO_REDELIVER; PARCEL_RETURN_TO_MERCHANT
"""


def listed(text):
    return [one.strip() for line in text.splitlines() for one in line.split(";") if one.strip()]


@pytest.fixture
def told(read, sample):
    """What becomes of a status of a courier: kind and reason."""

    def of(courier, status):
        body = sample(courier)
        match courier:
            case "shiprocket":
                body |= {"current_status": status, "scans": []}
            case "sendcloud":
                number, message = status.split(" ", 1)
                body["parcel"]["status"] = {"id": int(number), "message": message}
            case "seventeentrack":
                info = body["data"]["track_info"]
                main = status.partition("_")[0]
                info["latest_status"] = {"status": main, "sub_status": status}
                info["latest_event"] |= {"description": "", "sub_status": status}
            case "doordash_drive":
                body |= {"event_name": status, "cancellation_reason": ""}
        event = read(courier, body)
        return event.kind, event.reason

    return of


@pytest.mark.parametrize(
    ("courier", "statuses"),
    [
        ("shiprocket", SHIPROCKET),
        ("sendcloud", SENDCLOUD),
        ("seventeentrack", SEVENTEENTRACK),
        ("doordash_drive", DOORDASH),
    ],
)
def test_every_status_is_decided(courier, statuses, told) -> None:
    outcomes = {status: told(courier, status) for status in listed(statuses)}
    assert [s for s, outcome in outcomes.items() if outcome == ("progress", "unknown")] == []


@pytest.mark.parametrize(
    ("courier", "status", "outcome"),
    [
        ("shiprocket", "ISSUE_RELATED_TO_THE_RECIPIENT", ("failed", "attempt_failed")),
        ("shiprocket", "REACHED_BACK_AT_SELLER_CITY", ("returned", "returned")),
        ("shiprocket", "CANCELLED_BEFORE_DISPATCHED", ("progress", "cancelled")),
        ("shiprocket", "HANDOVER EXCEPTION", ("warning", "pickup_failed")),
        ("sendcloud", "62994 Delivery date changed", ("warning", "rescheduled")),
        ("sendcloud", "62991 Refused by recipient", ("refused", "refused")),
        (
            "seventeentrack",
            "InTransit_CustomsRequiringInformation",
            ("warning", "documents_missing"),
        ),
        ("seventeentrack", "Exception_Returned", ("returned", "returned_to_sender")),
        ("doordash_drive", "DASHER_ENROUTE_TO_RETURN", ("returned", "returned")),
        ("doordash_drive", "DELIVERY_RETURNED", ("returned", "returned_to_sender")),
        ("doordash_drive", "PARCEL_SCANNED", ("progress", "on_the_way")),
        ("doordash_drive", "PARCEL_DELAYED", ("warning", "delayed")),
    ],
)
def test_what_it_says(courier, status, outcome, told) -> None:
    assert told(courier, status) == outcome


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("cancelled_by_creator", ("progress", "cancelled")),
        ("failed_to_deliver", ("failed", "attempt_failed")),
        ("failed_to_assign_and_refunded", ("failed", "courier_problem")),
        ("customer_unavailable", ("failed", "recipient_unavailable")),
    ],
)
def test_why_doordash_cancelled(reason, outcome, read, sample) -> None:
    event = read("doordash_drive", sample("doordash_drive") | {"cancellation_reason": reason})
    assert (event.kind, event.reason) == outcome
    assert (event.kind in OPENING) == (outcome[0] != "progress")


@pytest.mark.parametrize(
    ("told", "why", "outcome"),
    [
        ("PARCEL_RECEIVED_TO_REDELIVER", "missing_unit_number", ("failed", "address_incorrect")),
        ("DASHER_ATTEMPTED_DELIVERY", "BUSINESS_CLOSED", ("failed", "business_closed")),
        ("DASHER_ATTEMPTED_DELIVERY", "OTHER", ("failed", "access_restricted")),
        ("PARCEL_RETURN_TO_MERCHANT", "OTHER", ("returned", "returned")),
        ("PARCEL_RETURN_TO_MERCHANT", "customer_refused", ("returned", "refused")),
    ],
)
def test_why_a_parcel_of_doordash_came_back(told, why, outcome, read, sample) -> None:
    body = sample("doordash_drive") | {"event_name": told, "return_reason": why}
    del body["cancellation_reason"]
    sentence = "The driver could not get into the building."
    event = read("doordash_drive", body | {"description": sentence})
    assert (event.kind, event.reason) == outcome
    assert event.words.startswith(sentence)


@pytest.mark.parametrize("status", ["on_hold", "delivery_delayed", "needs_attention"])
@pytest.mark.parametrize(
    ("incident", "told", "outcome"),
    [
        ("consignee_not_home", "", ("failed", "recipient_unavailable")),
        ("", "The receiver was not available at the time of delivery", None),
        ("consignee_cancelled", "", ("refused", "refused")),
        ("consignee_verification_failed", "", ("failed", "identification_failed")),
        ("carrier_parcel_lost", "", ("lost", "lost")),
        ("customs_inspection", "", ("warning", "customs_hold")),
        ("force_majeure", "", ("warning", "weather_delay")),
        ("", "Held at the depot", ("warning", None)),
    ],
)
def test_what_karrio_calls_a_hold_may_be_a_failed_delivery(
    status, incident, told, outcome, read, sample
) -> None:
    """Karrio says `on_hold` of all exceptions of UPS, and `delivery_delayed` of some attempts."""
    body = sample("karrio")
    body["data"]["status"] = status
    for scan in body["data"]["events"]:
        scan |= {"reason": incident, "description": told}
    event = read("karrio", body)
    kind, reason = outcome or ("failed", "recipient_unavailable")
    assert (event.kind, event.reason) == (kind, reason or event.reason)


@pytest.mark.parametrize("status", ["on_hold", "delivery_delayed"])
@pytest.mark.parametrize("incident", ["carrier_sorting_error", "carrier_not_enough_time"])
def test_a_hold_for_the_couriers_own_trouble_stays_a_warning(
    status, incident, read, sample
) -> None:
    body = sample("karrio")
    body["data"]["status"] = status
    for scan in body["data"]["events"]:
        scan |= {"reason": incident, "description": ""}
    assert read("karrio", body).kind == "warning"


DELHIVERY = {
    "EOD-134|Consignee asked for card/wallet on delivery payment": ("failed", "payment_due"),
    "EOD-133|Cheque data incorrect": ("failed", "unknown"),
    "EOD-111|Consignee opened the package and refused to accept": ("refused", "refused"),
    "EOD-137|OTP code mismatch": ("failed", "identification_failed"),
    "SC-102|ODA Shipments": ("failed", "out_of_area"),
    "SC-103|Self Collect requested by customer": ("held", "ready_for_pickup"),
    "SC-104|Bad Address": ("failed", "address_incorrect"),
    "DLYDC-107|Office/Institute closed": ("failed", "business_closed"),
    "DLYDC-132|Out of Delivery Area (ODA)": ("warning", "delayed"),
    "DLYDC-101|Heavy Rain/ Fog": ("warning", "weather_delay"),
    "DLYDC-110|Delivery rescheduled": ("warning", "rescheduled"),
    "DLYLH-142|Delay due to runway closure": ("warning", "delayed"),
    "DLYLH-109|Vehicle Breakdown": ("warning", "delayed"),
    "DLYRG-124|Consignment being inspected for duty": ("warning", "delayed"),
    "RT-104|Shipment Damaged": ("damaged", "damaged"),
    "FMEOD-103|Shipper is closed": ("warning", "pickup_failed"),
    "FMEOD-107|Damaged Package": ("warning", "pickup_failed"),
    "PNP-101|Package not picked/received from client": ("warning", "pickup_failed"),
    "ST-107|Reattempt - As per NDR instructions": ("progress", "on_the_way"),
    "X-DDD3FD|Out for delivery": ("progress", "on_the_way"),
    "X-IBD3F|Received at destination city": ("progress", "on_the_way"),
    "S-MAR|Package marked for movement by Surface": ("progress", "on_the_way"),
}


@pytest.mark.parametrize("told", DELHIVERY)
def test_every_family_of_delhiverys_codes_is_decided(told, read, sample) -> None:
    code, said = told.split("|")
    body = sample("delhivery")
    body["Shipment"]["NSLCode"] = code
    body["Shipment"]["Status"] |= {"StatusType": "UD", "Status": "Pending", "Instructions": said}
    event = read("delhivery", body)
    assert (event.kind, event.reason) == DELHIVERY[told]


@pytest.mark.parametrize(
    ("detail", "outcome"),
    [
        ("INVALID_METHOD_OF_PAYMENT", ("failed", "payment_due")),
        ("AWAITING_COLLECTION_FROM_PICKUP_POINT", ("held", "ready_for_pickup")),
        ("COLLECT_AT_LOCAL_PO", ("held", "ready_for_pickup")),
        ("CUSTOMER_TO_COLLECT_FROM_CARRIER", ("held", "ready_for_pickup")),
        ("DELIVERED_TO_LOCKER_COLLECTION_POINT", ("held", "ready_for_pickup")),
        ("COLLECTION_FAILED", ("warning", "pickup_failed")),
        ("NOT_YET_RECEIVED_BY_CARRIER", ("warning", "pickup_failed")),
        ("ROUTING_ERROR", ("warning", "delayed")),
        ("MISSORTED", ("warning", "delayed")),
        ("DELIVERY_ARRANGED_WITH_RECIPIENT", ("warning", "rescheduled")),
        ("HELD_BY_IMPORT_CUSTOMS", ("warning", "customs_hold")),
        ("HELD_BY_CARRIER", ("warning", "held")),
    ],
)
@pytest.mark.parametrize("status", ["EX", "IT"])
def test_shipengines_details(status, detail, outcome, read, sample) -> None:
    body = sample("shipengine")
    body["data"] |= {"status_code": status, "status_detail_code": detail, "carrier_detail_code": ""}
    for text in ("exception", "carrier_status", "status_detail"):
        body["data"][f"{text}_description"] = ""
    event = read("shipengine", body)
    assert (event.kind, event.reason) == outcome


FEDEX = """
AA AC AP AX CH CP DS ED EO EP HA IX LO OF OX PF PL PM SF TR
"""


@pytest.mark.parametrize("code", FEDEX.split())
def test_fedex_scans_on_the_way_are_known(code, read, sample) -> None:
    assert fedex(read, sample, code) == ("progress", "on_the_way")


@pytest.mark.parametrize(
    ("code", "exception", "said", "outcome"),
    [
        (
            *("DE", "84", "Local delivery restriction, delivery not attempted"),
            ("failed", "not_attempted"),
        ),
        ("DE", "84", "Delay beyond our control", ("failed", "weather_delay")),
        ("DE", "84", "", ("failed", "weather_delay")),
        ("SE", "84", "Delay beyond our control", ("warning", "weather_delay")),
        ("RT", "", "", ("returned", "returned")),
        ("PD", "", "", ("warning", "pickup_failed")),
    ],
)
def test_fedex_code_that_says_several_things(code, exception, said, outcome, read, sample) -> None:
    assert fedex(read, sample, code, exception, said) == outcome


def fedex(read, sample, code, exception="", said=""):
    body = sample("fedex")
    [result] = body["output"]["completeTrackResults"][0]["trackResults"]
    detail = {"reason": exception, "reasonDescription": said}
    result["latestStatusDetail"] |= {
        "code": code,
        "derivedCode": code,
        "description": "",
        "ancillaryDetails": [detail] if exception else [],
    }
    for scan in result["scanEvents"]:
        scan |= {"eventType": code, "exceptionCode": exception, "exceptionDescription": said}
    event = read("fedex", body)
    return event.kind, event.reason
