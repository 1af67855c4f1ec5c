"""What is read about a recipient who cannot be written to."""

from __future__ import annotations

from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.channels import shipper
from app.languages.language import Language, mark
from app.shipments import reachable


def to_call(language: Language, case: Case, url: str) -> tuple[str, str]:
    """Subject and text for whoever is called for a case: now there is a number, to be called."""
    subject = language.say("Please call the recipient of {parcel}", parcel=case.parcel.label)
    why = language.say("there is a number now, and no text message reaches it: {url}", url=url)
    return subject, f"{subject}: {why}"


def wants_no_messages(language: Language, case: Case, url: str) -> tuple[str, str]:
    """Subject and text for whoever has a case: its customer can't be written to any more."""
    subject = language.say("The customer of {parcel} wants no messages", parcel=case.parcel.label)
    then = language.say(
        "we don't write to them any more, and their page stays open. Please call them if something "
        "has to be decided: {url}",
        url=url,
    )
    return subject, f"{subject}: {then}"


_NO_NUMBER = {
    CaseKind.FAILED: mark("The delivery of {parcel} failed"),
    CaseKind.REFUSED: mark("{parcel} was not accepted at the door"),
    CaseKind.RETURNED: mark("{parcel} is on its way back to you"),
    CaseKind.LOST: mark("{parcel} cannot be found"),
    CaseKind.DAMAGED: mark("{parcel} was damaged on the way"),
    CaseKind.HELD: mark("{parcel} waits to be collected"),
}


def ask_for_another(case: Case, url: str) -> shipper.Mail:
    """To the shipper: a message may not have arrived, and the number is good."""
    language = shipper.language(case.shipper)
    text = language.say(
        "{happened}, and our last message to the recipient may not have arrived: it was the "
        "network, not their number. You need not do anything: we write to them again with the next "
        "news. If you have another number or an e-mail address for them, please add it here: {url}",
        happened=_happened(language, case),
        url=url,
    )
    parcel = case.parcel.label
    subject = language.say("Another way to reach the recipient of {parcel}?", parcel=parcel)
    return shipper.Mail(subject, text)


def ask_for_number(case: Case, url: str) -> shipper.Mail:
    """To the shipper: what happened, and that nobody can be reached about it."""
    language, parcel = shipper.language(case.shipper), case.parcel.label
    happened = _happened(language, case)
    why = language.say(reachable.WHY.get(case.contact_fault or "", _NO_USE))
    if case.call_only or case.contact_call:
        calls = _WE_CALL if case.contact_call else _SOMEBODY_CALLS
        return shipper.Mail(
            language.say("A mobile number for {parcel}?", parcel=parcel),
            language.say(calls, happened=happened, why=why, url=url),
        )
    text = language.say(
        "{happened}, and we have no number that reaches the recipient ({why}). Please give us one "
        "here: {url}",
        happened=happened,
        why=why,
        url=url,
    )
    return shipper.Mail(
        language.say("We cannot reach the recipient of {parcel}", parcel=parcel), text
    )


def end_untold(case: Case, url: str) -> shipper.Mail:
    """To the shipper: how a case ended, and that nothing we sent has told the recipient so."""
    language, parcel = shipper.language(case.shipper), case.parcel.label
    text = language.say(
        "{ended}. We couldn't tell the recipient: our message has not arrived, and we know no "
        "other way to reach them. Please tell them, if you can. All we know: {url}",
        ended=language.say(_ENDED.get(case.resolution or "", _CLOSED), parcel=parcel),
        url=url,
    )
    return shipper.Mail(language.say("Please tell the recipient of {parcel}", parcel=parcel), text)


_CLOSED = mark("The case of {parcel} is closed")
_ENDED = {
    "returned": _NO_NUMBER[CaseKind.RETURNED],
    "returned_to_sender": mark("{parcel} is back with you"),
    "refunded": mark("{parcel} was refunded"),
    "replaced": mark("A replacement for {parcel} was sent"),
    "handed_to_shipper": mark("From here on {parcel} is yours to settle"),
}
"""By the resolution, where it is not that the parcel arrived."""


_NO_USE = mark("it does not work")
_WE_CALL = mark(
    "{happened}. The recipient's number can only be called ({why}), so we call them. If you have a "
    "mobile number, please give it here, and we write to them: {url}"
)
_SOMEBODY_CALLS = mark(
    "{happened}. The recipient's number can only be called ({why}), so somebody calls them. If you "
    "have a mobile number, please give it here, and we write to them: {url}"
)


def _happened(language: Language, case: Case) -> str:
    parcel = case.parcel.label
    if case.reason == NOT_RECEIVED:
        return language.say(
            "{parcel} is marked delivered, and the recipient does not have it", parcel=parcel
        )
    return language.say(_NO_NUMBER[case.kind], parcel=parcel)
