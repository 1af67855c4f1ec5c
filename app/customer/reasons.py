"""What the recipient is told about each reason: facts, in the second person, no blame.

A code that is not here (a new courier's) is said in the general words of its kind.
"""

from __future__ import annotations

from app.cases.model import CaseKind

_SENTENCES = {
    "recipient_unavailable": "Nobody was there to take it in.",
    "business_closed": "The business was closed at the time.",
    "not_collected": "It was not collected in time.",
    "moved": "The driver was told that you no longer live at this address.",
    "address_incorrect": "The address on the parcel is incomplete or has changed.",
    "address_not_found": "The driver did not find the address.",
    "unable_to_locate": "The driver could not find the way to you.",
    "access_restricted": "The driver could not get to your door.",
    "out_of_area": "The address is outside this courier’s area.",
    "payment_due": "A payment was still open for it.",
    "identification_failed": "A signature or a proof of identity was missing.",
    "locker_unsuitable": "It did not fit into the locker.",
    "to_pickup_point": "The courier wants to leave it at a pickup point.",
    "ready_for_pickup": "It waits to be collected.",
    "phone_missing": "The courier has no phone number to call.",
    "not_attempted": "The courier did not come to deliver it as planned.",
    "returned_to_sender": "It is back at the sender.",
    "courier_problem": "Something went wrong on the way to you.",
    "cancelled": "The delivery was cancelled.",
    "not_received": "It is marked delivered, and you do not have it.",
    "prohibited": "The courier cannot carry what is in it.",
    "duties_unpaid": "Duties or taxes are still to be paid.",
    "documents_missing": "Customs needs a document.",
}
_GENERAL = {
    CaseKind.FAILED: "The courier gave no further reason.",
    CaseKind.REFUSED: "The courier says it was not accepted at the door.",
    CaseKind.RETURNED: "The courier is taking it back to the sender.",
    CaseKind.LOST: "The courier cannot find it.",
    CaseKind.DAMAGED: "It was damaged on the way.",
    CaseKind.HELD: "It waits to be collected.",
}


def sentence(reason: str, kind: CaseKind) -> str:
    """The reason in one sentence; the general one of `kind` for a code without its own."""
    return _SENTENCES.get(reason) or _GENERAL[kind]
