"""Where a parcel that is held can be collected: the courier's own fields first, else its words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from app import clock
from app.cases.model import Holding
from app.intake import months, times
from app.intake.event import Account
from app.shipments.opening import read as read_hours

_END = (
    r"(?=,? collect (?:by|within|until|before)\b| within\b| until\b| through\b| till\b| by\b"
    r"| as of\b| from \d| since\b| bis\b| ab sofort| innerhalb\b| and\b| jusqu| avant le\b"
    r"| até\b| hasta\b| t/m| tot\b| do (?:\d|dnia)| fino al?\b| entro\b| à partir| a partir"
    r"| for\b| (?:at|on|upon|per|as per|by) (?:the |your )?(?:customer|recipient|receiver|consignee"
    r"|addressee|sender|shipper|request)\w*| due to\b| because\b| as requested\b"
    r"|(?<! ul)(?<! al)\.(?= +\D|$)|;|$)"
)
_PLACE = re.compile(
    r"(?:pick(?:ed)?[- ]?up|collect(?:ed|ion)?|held|hold|(?:parcel|package) is|waiting|ready"
    r"|available|redirected[\w ]*) (?:by you |for you )?(?:at|from|in|to(?! collect| pick))"
    rf"(?: location:)? (?:the )?(?P<en>[^;]{{3,120}}?){_END}"
    rf"|(?:abhol\w*|bereit|hinterlegt|liegt)\b[\w ]*? (?:in der|im|in|bei) (?P<de>[^;]{{3,120}}?)"
    rf"(?: zur abholung.*|,? (?:abhol)?bereit.*| hinterlegt.*)?{_END}"
    r"|kann (?:in der|im|in|bei) (?P<de2>[^;]{3,120}?)(?: (?:bis|ab)\b[^;]*)? abgeholt\b"
    r"|(?:disponible|disposici[oó]n|attend|déposée?|retirer|recoger|recogida|espera)\b[\w' ]*? "
    rf"(?:en la|en el|en|au|à la|chez|dans le|dans la|dans votre) (?P<fr>[^;]{{3,120}}?){_END}"
    rf"|(?:klaar|afhalen|ophalen|opgehaald)\b[\w ]*? (?:bij|in|op) (?P<nl>[^;]{{3,120}}?){_END}"
    rf"|(?:czeka|oczekuje)\b[\w ]*? (?:w|na(?! odbi)) (?P<pl>[^;]{{3,120}}?){_END}"
    r"|(?:giacenza|ritiro|ritirare|disponibile)\b[\w ]*? (?:presso la|presso il|presso) "
    rf"(?P<it>[^;]{{3,120}}?){_END}"
    rf"|(?:retirada|levantamento)\b[\w ]*? (?:na|no|em) (?P<pt>[^;]{{3,120}}?){_END}",
    re.IGNORECASE,
)
_ALONE = frozenset(
    {"branch", "depot", "facility", "hub", "location", "office", "outlet", "post office", "shop"}
    | {"retail outlet", "pickup point", "pick-up point", "parcel shop", "locker", "store"}
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_UNTIL = re.compile(
    r"\b(?:until|till|through|by|before|no later than|bis(?: zum)?|jusqu'au|avant(?: le)?|hasta el"
    r"|fino al|entro il|até|t/m|tot(?: en met)?|do)\s+"
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
    r"(?P<day>\d{4}-\d\d-\d\d|\d\d?[./-]\d\d?[./-]\d{4}"
    r"|\d\d?([./])\d\d?\2\d\d(?!\d)|\d\d?/\d\d?(?![/\d])|\d\d?\.\d\d?\.(?!\d)"
    rf"|\d\d?(?:st|nd|rd|th|\.)? {_MONTH}(?:,? \d{{4}})?"
    rf"|{_MONTH} \d\d?(?:st|nd|rd|th)?\b(?:,? \d{{4}})?)"
    r"(?P<time>,?(?: at)? \d\d?:\d\d(?: ?[ap]m)?)?",
    re.IGNORECASE,
)
_DO = re.compile(r"\bdo(?: dnia)?(?= \d)", re.IGNORECASE)
"""Poland's word for it, which Portugal says of days and months."""
_OPEN = re.compile(
    r"\b(?:open(?:ing hours)?|öffnungszeiten)\b:? (?P<hours>[^.]{4,80})", re.IGNORECASE
)
_WITH_YEAR = re.compile(r"\d{4}|\d[./]\d\d?[./]\d")
_YEAR, _LATELY = timedelta(days=300), timedelta(days=60)


def held(told: Holding, words: str, since: datetime, account: Account) -> Holding:
    """What the courier's fields told, filled up from its words and from what its account says."""
    return replace(
        told,
        place=told.place or _place(words),
        hours=told.hours or _hours(words),
        until=told.until or _until(words, since, account.timezone),
        redelivery=told.redelivery or account.config.get("redelivers_held") is True,
    )


def _place(words: str) -> str | None:
    match = _PLACE.search(words)
    if match is None:
        return None
    place = " ".join(str(match[match.lastgroup or 0]).split()).rstrip(",")
    return f"the courier's {place.lower()}" if place.lower() in _ALONE else place


def _hours(words: str) -> str | None:
    match = _OPEN.search(words)
    return match["hours"].strip() if match and read_hours(match["hours"].strip()) else None


def _until(words: str, since: datetime, zone: str) -> datetime | None:
    """The end of the day that is named, or the hour; a day without its year is the next one."""
    match = _UNTIL.search(words) or _UNTIL.search(months.english(_DO.sub("until", words)))
    if match is None:
        return None
    day, year = match["day"], clock.local(since, zone).year
    yearless = not _WITH_YEAR.search(day)
    if yearless:
        day += f"/{year}" if "/" in day else str(year) if day[-1] == "." else f", {year}"
    at = times.read(f"{day}{match['time'] or ''}", zone)
    if at is None:
        return None
    if at < since - (_LATELY if yearless else _YEAR):
        at = at.replace(year=at.year + 1)
    return at if match["time"] else at + timedelta(days=1, minutes=-1)
