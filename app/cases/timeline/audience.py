"""What of a timeline is for whom: the words of staff are internal unless they said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, assert_never

from app.cases.timeline import facts as t
from app.cases.timeline.facts import Facts
from app.cases.timeline.kinds import Visibility
from app.cases.timeline.rows import read, to_json


def for_shipper(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a timeline that its shipper may read, without what is internal in them."""
    shown = [(row, shippers(read(row["kind"], row["facts"]))) for row in rows]
    return [{**row, "facts": to_json(facts)} for row, facts in shown if facts is not None]


def photos(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The photos that go with these rows of a timeline; whoever may read them may see those."""
    return photos_of(read(row["kind"], row["facts"]) for row in rows)


def photos_of(facts: Iterable[Facts]) -> list[str]:
    """The same of what was read already."""
    return [name for one in facts if isinstance(one, t.Note) for name in one.photos]


def shippers(facts: Facts) -> Facts | None:
    """What a shipper may read of it; None when it is no concern of theirs."""
    match facts:
        case t.Note(visibility=Visibility.INTERNAL):
            return None
        case t.ContactElsewhere(visibility=Visibility.INTERNAL):
            return replace(facts, text="")
        case t.Acknowledged() | t.Resolved():
            return replace(facts, note="")  # written for those who take over
        case t.Unknown():
            return None  # nobody knows whom it is meant for
        case (
            t.Note()
            | t.ContactElsewhere()
            | t.CourierFailed()
            | t.CourierRefused()
            | t.CourierReturned()
            | t.CourierLost()
            | t.CourierDamaged()
            | t.CourierHeld()
            | t.CourierDelivered()
            | t.CourierWarning()
            | t.CourierProgress()
            | t.ContactChecked()
            | t.ContactLookedUp()
            | t.ContactRequested()
            | t.ContactSupplied()
            | t.ContactFailed()
            | t.Corrected()
            | t.CorrectionAsked()
            | t.CorrectionRefused()
            | t.CorrectionTold()
            | t.DoorHelpSaid()
            | t.DispatcherCalled()
            | t.RecoveryCalled()
            | t.CallEnded()
            | t.LevelPassedOver()
            | t.LadderExhausted()
            | t.PassedOn()
            | t.Snoozed()
            | t.Woken()
            | t.Reminded()
            | t.NeedsLonger()
            | t.WentBack()
            | t.Undone()
            | t.CustomerTold()
            | t.CustomerReply()
            | t.CustomerWord()
            | t.MessagesRefused()
            | t.MessagesWanted()
            | t.QuestionAnswered()
            | t.QuestionSettled()
            | t.StaffWrote()
            | t.NotReceived()
            | t.AttemptDisputed()
            | t.DisputeSettled()
            | t.MessageUndeliverable()
            | t.Booked()
            | t.Rebooked()
            | t.BookingCancelled()
            | t.BookingTold()
            | t.BookingConfirmed()
            | t.BookingRefused()
            | t.BookingUnconfirmed()
            | t.BookingWithdrawn()
            | t.BookingAtRisk()
            | t.PromiseBroken()
            | t.HourMissed()
            | t.DecisionRequested()
            | t.DecisionOverdue()
            | t.Decided()
            | t.ShipperWrote()
            | t.HandedOver()
            | t.SurveySent()
            | t.SurveyAnswered()
            | t.Thanked()
            | t.AskedIfGood()
            | t.SaidIfGood()
            | t.GestureAsked()
            | t.GestureMade()
            | t.GestureEnded()
            | t.NoGesture()
            | t.SetAside()
            | t.Begun()
            | t.AuditHealed()
            | t.Closed()
        ):
            return facts
        case _:
            assert_never(facts)
