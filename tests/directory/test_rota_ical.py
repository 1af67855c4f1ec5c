"""Calendars in and out: what we publish we can read, and so are Google's and Outlook's exports."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.directory.model import Person
from app.directory.rotas import ical, rules
from app.directory.rotas.ical import UnreadableError
from app.directory.rotas.model import Override, Rota, Shift, Swap
from tests.directory.test_rota_rules import TIMES, a_rota, berlin, nights, tiles

ANA = Person(1, "Ana Reyes", None, "ana@example.com", ["sms"])
BEN = Person(2, "Ben Okafor", None, "ben@example.com", ["sms"])
CLEO = Person(3, "Cléo, Nguyễn; & sons", None, None, ["sms"])
PEOPLE = {person.id: person for person in (ANA, BEN, CLEO)}
DAY = timedelta(days=1)
BERLIN = "Europe/Berlin"


def exported(rota: Rota, since: datetime, until: datetime) -> str:
    return ical.write(rota, rules.final(rota, since, until), PEOPLE, "example.com", since).decode()


def read(
    text: str, since: datetime, until: datetime, zone: str = BERLIN
) -> list[tuple[datetime, datetime, int]]:
    spans = ical.read(text, PEOPLE.values(), zone, since, until)
    return [(one.starts_at, one.ends_at, one.person) for one in spans]


def calendar(*events: str, head: str = "") -> str:
    inside = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\n{e}\r\nEND:VEVENT\r\n" for n, e in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{head}{inside}END:VCALENDAR\r\n"


@given(data=st.data(), night=nights(), cuts=st.lists(TIMES, min_size=2, max_size=4, unique=True))
def test_what_we_publish_our_importer_reads_as_the_same_schedule(data, night, cuts):
    zone, change = night
    since, until = change - 2 * DAY, change + 2 * DAY
    shifts = tiles(sorted(cuts), (1, 2, 3))
    taken = sorted(
        data.draw(st.lists(st.integers(-2000, 2000), min_size=2, max_size=2, unique=True))
    )
    ends = [change + timedelta(minutes=minutes) for minutes in taken]
    rota = a_rota(
        shifts,
        zone,
        swaps=[Swap(1, change.date(), 1, 3)],
        overrides=[Override(1, ends[0], ends[1], data.draw(st.sampled_from((1, 2, 3))))],
    )
    there = exported(rota, since, until)
    back = read(there, since - 9 * DAY, until + 9 * DAY, zone)
    wanted = rules.merged(rules.final(rota, since, until))
    assert back == [(one.starts_at, one.ends_at, one.person) for one in wanted]


def test_a_calendar_has_the_rotas_name_and_says_how_often_to_look():
    rota = a_rota([Shift(1, frozenset({1}), time(8), time(16), (3,))])._replace(
        name="Nights\nDepot"
    )
    text = exported(rota, berlin(2026, 6, 1), berlin(2026, 6, 3))
    (head,) = Calendar.from_ical(text).walk("VCALENDAR")
    assert (head["X-WR-CALNAME"], head["NAME"]) == ("Nights Depot", "Nights Depot")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT15M" in text
    assert "X-PUBLISHED-TTL:PT15M" in text
    (event,) = head.walk("VEVENT")
    assert event["SUMMARY"] == CLEO.name


def test_outlooks_zone_names_are_read_and_shifts_keep_their_local_time():
    shift = (
        "SUMMARY:Ana Reyes\r\nDTSTART;TZID={0}:20261023T230000\r\n"
        "DTEND;TZID={0}:20261024T060000\r\nRRULE:FREQ=DAILY;COUNT=3"
    )
    wanted = [(berlin(2026, 10, 23 + n, 23), berlin(2026, 10, 24 + n, 6), ANA.id) for n in range(3)]
    for zone in ("W. Europe Standard Time", '"W. Europe Standard Time"', "Europe/Berlin"):
        found = read(calendar(shift.format(zone)), berlin(2026, 10, 20), berlin(2026, 11, 1))
        assert found == wanted
    assert [ends - starts for starts, ends, _ in wanted] == [timedelta(hours=h) for h in (7, 8, 7)]


def test_a_google_export_is_read_with_its_guests_moves_and_lost_days():
    google = calendar(
        "SUMMARY:On call\r\nATTENDEE;CN=Ben:mailto:BEN@example.com\r\n"
        "DTSTART;TZID=Europe/Berlin:20260601T200000\r\nDTEND;TZID=Europe/Berlin:20260602T060000\r\n"
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE\r\nEXDATE;TZID=Europe/Berlin:20260602T200000",
        head="X-WR-TIMEZONE:Europe/Berlin\r\nX-WR-CALNAME:Nights\r\n",
    ).replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\r\nUID:0\r\nSUMMARY:On call: Ana Reyes\r\n"
        "RECURRENCE-ID;TZID=Europe/Berlin:20260603T200000\r\n"
        "DTSTART;TZID=Europe/Berlin:20260603T210000\r\nDTEND;TZID=Europe/Berlin:20260604T050000\r\n"
        "END:VEVENT\r\nEND:VCALENDAR",
    )
    assert read(google, berlin(2026, 6, 1), berlin(2026, 6, 7)) == [
        (berlin(2026, 6, 1, 20), berlin(2026, 6, 2, 6), BEN.id),
        (berlin(2026, 6, 3, 21), berlin(2026, 6, 4, 5), ANA.id),
    ]


def test_times_without_a_zone_and_whole_days_are_the_rotas():
    text = calendar(
        "SUMMARY:ana  reyes\r\nDTSTART:20260601T080000\r\nDURATION:PT4H",
        "SUMMARY:Ben Okafor\r\nDTSTART;VALUE=DATE:20260602\r\nDTEND;VALUE=DATE:20260603",
        "SUMMARY:Ben Okafor\r\nSTATUS:CANCELLED\r\nDTSTART:20260605T080000Z\r\nDURATION:PT4H",
    )
    assert read(text, berlin(2026, 6, 1), berlin(2026, 6, 7)) == [
        (berlin(2026, 6, 1, 8), berlin(2026, 6, 1, 12), ANA.id),
        (berlin(2026, 6, 2), berlin(2026, 6, 3), BEN.id),
    ]


GOOD = "SUMMARY:Ana Reyes\r\nDTSTART:20260601T080000Z\r\nDURATION:PT4H"
REFUSED = {
    "SUMMARY:Ana Reyes\r\nDTSTART;TZID=Mars/Base:20260601T080000\r\nDURATION:PT4H": (
        13,
        "no time zone 'Mars/Base'",
    ),
    'SUMMARY:Ana Reyes\r\nDTSTART;TZID="(UTC+01:00) Rome, Paris":20260601T080000': (
        13,
        "no time zone '(UTC+01:00) Rome, Paris'",
    ),
    "SUMMARY:Ana Reyes\r\nDTSTART;TZID=(UTC+01:00) Rome, Paris:20260601T080000\r\nDURATION:PT4H": (
        13,
        "DTSTART cannot be read",
    ),
    GOOD + "\r\nEXDATE;TZID=Mars/Base:20260608T080000": (15, "no time zone 'Mars/Base'"),
    GOOD + "\r\nDTSTART:20260602T080000Z": (13, "DTSTART cannot be read"),
    GOOD + "\r\nRRULE:FREQ=OFTEN": (15, "RRULE cannot be read"),
    GOOD + "\r\nRRULE:FREQ=SECONDLY": (15, "every hour"),
    "SUMMARY:Dora\r\nDTSTART:20260601T080000Z": (12, "'Dora' names nobody who can be called"),
    "SUMMARY:Ana Reyes and Ben Okafor\r\nDTSTART:20260601T080000Z": (12, "names several people"),
    "SUMMARY:Ana Reyes": (10, "does not say when it begins"),
}


@pytest.mark.parametrize(("event", "said"), REFUSED.items())
def test_what_cannot_be_understood_is_refused_with_its_line(event, said):
    with pytest.raises(UnreadableError) as refused:
        read(calendar(GOOD, event), berlin(2026, 6, 1), berlin(2026, 6, 7))
    (fault,) = refused.value.faults
    assert fault.line == said[0]
    assert said[1] in fault.detail


@pytest.mark.parametrize(
    "text", ["", "junk", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "\0", "x" * 200_001]
)
def test_what_is_no_calendar_is_refused(text):
    with pytest.raises(UnreadableError):
        read(text, berlin(2026, 6, 1), berlin(2026, 6, 7))


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_whatever_is_sent_is_read_or_refused(text):
    for whole in (text, calendar(text), calendar(GOOD + "\r\n" + text)):
        with suppress(UnreadableError):
            read(whole, berlin(2026, 6, 1), berlin(2026, 6, 7))
