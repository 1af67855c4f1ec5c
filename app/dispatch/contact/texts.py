"""What is read about a recipient who cannot be written to."""

from __future__ import annotations

from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.languages.language import Language


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
    CaseKind.FAILED: "The delivery of {} failed",
    CaseKind.REFUSED: "{} was not accepted at the door",
    CaseKind.RETURNED: "{} is on its way back to you",
    CaseKind.LOST: "{} cannot be found",
    CaseKind.DAMAGED: "{} was damaged on the way",
    CaseKind.HELD: "{} waits to be collected",
}


def ask_for_another(case: Case, url: str) -> tuple[str, str]:
    """Subject and text for the shipper: a message may not have arrived, and the number is good."""
    text = (
        f"{_happened(case)}, and our last message to the recipient may not have arrived: it was "
        "the network, not their number. You need not do anything: we write to them again with the "
        "next news. If you have another number or an e-mail address for them, please add it here: "
        f"{url}"
    )
    return f"Another way to reach the recipient of {case.parcel.label}?", text


def ask_for_number(case: Case, why: str, url: str) -> tuple[str, str]:
    """Subject and text for the shipper: what happened, and that nobody can be reached about it."""
    parcel, happened = case.parcel.label, _happened(case)
    if case.call_only or case.contact_call:
        who = "we call" if case.contact_call else "somebody calls"
        return f"A mobile number for {parcel}?", (
            f"{happened}. The recipient's number can only be called ({why}), so {who} "
            f"them. If you have a mobile number, please give it here, and we write to them: {url}"
        )
    text = (
        f"{happened}, and we have no number that reaches the recipient ({why}). "
        f"Please give us one here: {url}"
    )
    return f"We cannot reach the recipient of {parcel}", text


def _happened(case: Case) -> str:
    parcel = case.parcel.label
    if case.reason == NOT_RECEIVED:
        return f"{parcel} is marked delivered, and the recipient does not have it"
    return _NO_NUMBER[case.kind].format(parcel)
