"""What a shipper is asked, and what leaves in a shipper's name."""

from __future__ import annotations

from app import clock
from app.cases import speech
from app.cases.model import Case, CaseKind
from app.channels import shipper
from app.decisions.model import Decision
from app.languages.language import mark

_WHAT = {
    CaseKind.FAILED: mark("{parcel} could not be delivered, and nothing can be booked"),
    CaseKind.REFUSED: mark("{parcel} was refused at the door, and your customer chose nothing"),
    CaseKind.RETURNED: mark("{parcel} is on its way back to you"),
    CaseKind.LOST: mark("{parcel} is reported lost"),
    CaseKind.DAMAGED: mark("{parcel} is reported damaged"),
    CaseKind.HELD: mark("{parcel} was not collected"),
}


def ask(case: Case, decision: Decision, url: str) -> shipper.Mail:
    """To the shipper. The same question every time; what is new is how late it is."""
    language = shipper.language(case.shipper)
    say, at = language.say, decision.answer_by or case.opened_at
    by = language.date(clock.local(at, case.depot.zone), "short")
    what = say(_WHAT[case.kind], parcel=case.parcel.label)
    if decision.overdue_at:
        how = say("You were asked to decide by {by}. Our depot is going to call you.", by=by)
    elif decision.asked > 1:
        how = say("A reminder: please decide by {by}.", by=by)
    else:
        how = say(
            "Please decide by {by}: your customer knows that you do. Later our depot calls you.",
            by=by,
        )
    choose = say("Replacement, refund or something else, with one press: {url}", url=url)
    text = " ".join((say("{statement}.", statement=what), how, choose))
    return shipper.Mail(say("Please decide: {what}", what=what), text)


def to_customer(case: Case, words: str, url: str) -> tuple[str, str]:
    """Subject and text of what a shipper writes to its customer."""
    say = speech.about(case)
    subject = say("{shipper} writes about parcel {parcel}")
    said = say("{statement}: {what}", statement=subject, what=words)
    answer = say("All we know, and where to answer: {url}", url=url)
    return subject, f"{said}\n{answer}"
