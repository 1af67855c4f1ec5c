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
DELIVERY_RETURNED
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
