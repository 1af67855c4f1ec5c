"""What the recipient is told about each reason: facts, in the second person, no blame.

A code that is not here (a new courier's) is said in the general words of its kind.
"""

from __future__ import annotations

from app.cases.model import CaseKind
from app.languages import said
from app.languages.language import Language, mark

_SENTENCES = {
    "recipient_unavailable": mark("Nobody was there to take it in."),
    "business_closed": mark("The business was closed at the time."),
    "not_collected": mark("It was not collected in time."),
    "moved": mark("The driver was told that you no longer live at this address."),
    "address_incorrect": mark("The address on the parcel is incomplete or has changed."),
    "address_not_found": mark("The driver did not find the address."),
    "unable_to_locate": mark("The driver could not find the way to you."),
    "access_restricted": mark("The driver could not get to your door."),
    "out_of_area": mark("The address is outside this courier’s area."),
    "payment_due": mark("A payment was still open for it."),
    "identification_failed": mark("A signature or a proof of identity was missing."),
    "locker_unsuitable": mark("It did not fit into the locker."),
    "to_pickup_point": mark("The courier wants to leave it at a pickup point."),
    "ready_for_pickup": mark("It’s waiting to be collected."),
    "phone_missing": mark("The courier has no phone number to call."),
    "not_attempted": mark("The courier did not come to deliver it as planned."),
    "returned_to_sender": mark("It is back at the sender."),
    "courier_problem": mark("Something went wrong on the way to you."),
    "cancelled": mark("The delivery was cancelled."),
    "not_received": mark("It is marked delivered, and you don’t have it."),
    "prohibited": mark("The courier cannot carry what is in it."),
    "duties_unpaid": mark("Duties or taxes are still to be paid."),
    "documents_missing": mark("Customs needs a document."),
}
_GENERAL = {
    CaseKind.FAILED: mark("The courier gave no further reason."),
    CaseKind.REFUSED: mark("The courier says it was not accepted at the door."),
    CaseKind.RETURNED: mark("The courier is taking it back to the sender."),
    CaseKind.LOST: mark("The courier cannot find it."),
    CaseKind.DAMAGED: mark("It was damaged on the way."),
    CaseKind.HELD: mark("It’s waiting to be collected."),
}


def sentence(language: Language, reason: str, kind: CaseKind) -> str:
    """The reason in one sentence; the general one of `kind` for a code without its own."""
    return said.say(language, _SENTENCES.get(reason) or _GENERAL[kind])
