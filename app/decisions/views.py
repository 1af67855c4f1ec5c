"""What the shipper's page shows, decided from facts; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.booking.service import Booking
from app.cases.model import Case
from app.cases.timeline.facts import ContactChecked, ContactSupplied
from app.cases.timeline.rows import Recorded
from app.decisions.model import Decision
from app.decisions.service import Known
from app.decisions.story import Line, story
from app.theme.times import When


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
        return self.case.parcel.name or "your customer"


def view(
    case: Case,
    timeline: Sequence[Recorded],
    known: Known,
    booking: Booking | None,
    now: datetime,
) -> View:
    """Decide what to show."""
    when = When(case.depot.zone, now)
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
