"""What a shipper is asked, and what leaves in a shipper's name."""

from __future__ import annotations

from app import clock
from app.cases import speech
from app.cases.model import Case, CaseKind
from app.decisions.model import Decision
from app.theme import dates

_WHAT = {
    CaseKind.FAILED: "could not be delivered, and nothing can be booked",
    CaseKind.REFUSED: "was refused at the door, and your customer chose nothing",
    CaseKind.RETURNED: "is on its way back to you",
    CaseKind.LOST: "is reported lost",
    CaseKind.DAMAGED: "is reported damaged",
    CaseKind.HELD: "was not collected",
}


def ask(case: Case, decision: Decision, url: str) -> tuple[str, str]:
    """Subject and text. The same question every time; what is new is how late it is."""
    parcel = case.parcel.label
    by = dates.say(clock.local(decision.answer_by or case.opened_at, case.depot.zone), "short")
    subject = f"Please decide: {parcel} {_WHAT[case.kind]}"
    if decision.overdue_at:
        how = f"You were asked to decide by {by}. Our depot is going to call you."
    elif decision.asked > 1:
        how = f"A reminder: please decide by {by}."
    else:
        how = f"Please decide by {by}: your customer knows that you do. Later our depot calls you."
    return subject, (
        f"The parcel {parcel} {_WHAT[case.kind]}. {how} Replacement, refund or something else, "
        f"with one press: {url}"
    )


def to_customer(case: Case, words: str, url: str) -> tuple[str, str]:
    """Subject and text of what a shipper writes to its customer."""
    say = speech.about(case)
    subject = say("{shipper} writes about parcel {parcel}")
    said = say("{statement}: {what}", statement=subject, what=words)
    answer = say("All we know, and where to answer: {url}", url=url)
    return subject, f"{said}\n{answer}"
