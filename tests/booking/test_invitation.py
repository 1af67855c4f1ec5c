from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from app.booking import service
from app.booking.rows import BookingState
from tests.booking.world import NOW, World

SUMMARY = "Parcel; between 16:00, and 20:00"
WORDS = "Ready?\nChange it: https://reknock.example/c/abc, until 14:00"


def event(text: str) -> Any:
    (found,) = Calendar.from_ical(text).walk("VEVENT")
    return found


def invite(booking: service.Booking, **more: Any) -> str:
    return service.calendar(
        booking, uid_host="reknock.example", summary=SUMMARY, description=WORDS, now=NOW, **more
    )


def test_the_invitation_parses_back(world: World) -> None:
    case = world.case()
    booking = world.choose(case, world.options(case).slots[0].choice)
    text = invite(booking)
    assert Calendar.from_ical(text)["method"] == "REQUEST"
    found = event(text)
    assert not found.errors
    assert found["uid"] == f"case-{case}@reknock.example"
    assert found["sequence"] == 0
    assert found.decoded("dtstart") == datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
    assert found.decoded("dtend") - found.decoded("dtstart") == timedelta(hours=4)
    assert found.decoded("dtstamp") == NOW
    assert (str(found["summary"]), str(found["description"])) == (SUMMARY, WORDS)
    assert str(found["location"]) == "Sonnenallee 12, Berlin, 12045"
    assert found["organizer"] == "mailto:reknock@reknock.example"
    assert found["organizer"].params["CN"] == "Depot Neukölln"
    assert found["status"] == "TENTATIVE"
    assert "attendee" not in found
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "DTSTART:20260610T140000Z" in lines
    assert "\n" not in text.replace("\r\n", "")


def test_a_change_moves_the_same_entry(world: World) -> None:
    case = world.case()
    offered = world.options(case)
    first = event(invite(world.choose(case, offered.slots[0].choice)))
    second = event(invite(world.choose(case, offered.pickup_points[0].choice)))
    assert first["uid"] == second["uid"]
    assert second["sequence"] == first["sequence"] + 1
    assert str(second["location"]) == "Kiosk, Karl-Marx-Str. 1, Berlin"


def test_a_withdrawal_is_newer_than_what_it_withdraws(world: World) -> None:
    case = world.case()
    booking = world.choose(case, world.options(case).slots[0].choice)
    dropped = world.settle(case, BookingState.DROPPED)
    assert dropped is not None
    text = invite(dropped, method="CANCEL", attendee="ada@example.com", organizer="us@example.com")
    assert Calendar.from_ical(text)["method"] == "CANCEL"
    found = event(text)
    assert found["status"] == "CANCELLED"
    assert found["uid"] == event(invite(booking))["uid"]
    assert found["sequence"] > booking.sequence
    assert found["attendee"] == "mailto:ada@example.com"
    assert found["organizer"] == "mailto:us@example.com"


def test_a_port_belongs_to_no_mail_address(world: World) -> None:
    case = world.case()
    booking = world.choose(case, world.options(case).slots[0].choice)
    text = service.calendar(
        booking, uid_host="localhost:8000", summary="x", description="y", now=NOW
    )
    assert event(text)["organizer"] == "mailto:reknock@localhost"
