"""What the shipper's page shows, decided from facts; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.booking.service import Booking
from app.cases.model import Case, CaseKind, Resolution
from app.cases.timeline.facts import ContactChecked, ContactSupplied
from app.cases.timeline.rows import Recorded
from app.decisions.model import Choice, Decision
from app.decisions.service import Known
from app.decisions.story import Line, story
from app.languages.language import Language, mark
from app.theme.times import When

_WHY = {
    CaseKind.FAILED: mark("Nothing that could be booked is left."),
    CaseKind.REFUSED: mark("It was refused at the door."),
    CaseKind.RETURNED: mark("The courier brings it back to you."),
    CaseKind.LOST: mark("The courier cannot find it."),
    CaseKind.DAMAGED: mark("It was damaged on the way."),
    CaseKind.HELD: mark("Nobody collected it."),
}
_DONE = {
    Choice.REPLACEMENT: mark("You sent a replacement"),
    Choice.REFUND: mark("You made a refund"),
    Choice.SEND_AGAIN: mark("You send it again"),
    Choice.CLOSE: mark("You settle this yourselves"),
}
_ARRIVED = {
    Resolution.DELIVERED: mark("The parcel was delivered."),
    Resolution.COLLECTED: mark("The parcel was collected."),
}


@dataclass(frozen=True, slots=True)
class View:
    """Everything the page shows."""

    case: Case
    when: When
    phase: str
    """decide (we wait for it), needed (a number), given (and it is being checked), call
    (somebody calls, a mobile number would be better), open (nothing has to be done), decided, over.
    """
    known: Known
    booking: Booking | None
    story: list[Line]

    @property
    def pending(self) -> Decision | None:
        """What the shipper is asked."""
        return self.known.pending

    @property
    def stands(self) -> Decision | None:
        """What was decided, and the case is in consequence of."""
        return self.known.stands

    @property
    def customer(self) -> str:
        """How the recipient is called."""
        return self.case.parcel.name or self.when.language.say("your customer")

    @property
    def recipient(self) -> str:
        """The same where nobody has spoken of a customer yet."""
        return self.case.parcel.name or self.when.language.say("the recipient")

    @property
    def why(self) -> str:
        """Why only the shipper can decide."""
        return _WHY[self.case.kind]

    @property
    def done(self) -> str:
        """What the shipper decided."""
        return _DONE[self.stands.decision] if self.stands and self.stands.decision else ""

    @property
    def arrived(self) -> str:
        """That the customer has it; empty where they have not."""
        return _ARRIVED.get(self.case.resolution, "") if self.case.resolution else ""


def view(
    case: Case,
    timeline: Sequence[Recorded],
    known: Known,
    booking: Booking | None,
    now: datetime,
    language: Language,
) -> View:
    """Decide what to show."""
    when = When(case.depot.zone, now, language)
    phase = _phase(case, timeline, known)
    return View(case, when, phase, known, booking, story(timeline, when))


def _phase(case: Case, timeline: Sequence[Recorded], known: Known) -> str:
    if case.closed:
        return "decided" if known.stands else "over"
    if known.pending:
        return "decide"
    told = [e.facts for e in timeline if isinstance(e.facts, ContactSupplied | ContactChecked)]
    if case.call_only:
        return "decided" if known.stands else "call"
    if not case.contact_phone:
        return "given" if told and isinstance(told[-1], ContactSupplied) else "needed"
    return "decided" if known.stands else "open"
