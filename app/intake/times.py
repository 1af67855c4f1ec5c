"""The one place that decides what a courier's time means.

Couriers send offsets, local times without a zone, local times falsely marked Z, epoch seconds and
milliseconds, months by name, clocks of twelve hours, and dates apart from times. Whatever comes,
the answer is an aware UTC time or None; nothing here raises. A numeric offset is always believed.
Times outside the years 2000–2099 are placeholders or garbage, and None too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.intake import months

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
"""From which number on an epoch time is in nano-, micro- or milliseconds: as a coarser one it
would lie beyond the year 5000."""

_LONGEST = 80
_SPACES = str.maketrans("\u00a0\u202f\u2009\u2212", "   -")
_EPOCH_TEXT = re.compile(
    r"(?:/Date\()?(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})(?:[+-]\d{4})?(?:\)/)?"
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATE = re.compile(
    r"(?P<y>\d{4})(?P<s>[-/. ]?)(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)(?=\D|$)"
    r"|(?P<y4>\d{4})(?P<m4>\d\d)(?P<d4>\d\d)"
    r"|(?P<a>\d\d?)(?P<sep>[-/. ])(?P<b>\d\d?)(?P=sep)(?P<y2>\d{4})"
    r"|(?P<a6>\d\d?)(?P<sep6>[/.])(?P<b6>\d\d?)(?P=sep6)(?P<y6>\d\d)(?=\D|$)"
    rf"|(?P<d3>\d\d?)(?:st|nd|rd|th)?[-. /]*{_MONTH}[-., /]*(?P<y3>\d{{4}}|\d\d(?!\d))"
    rf"|{_MONTH.replace('name', 'name5')}[- ]+(?P<d5>\d\d?)(?:st|nd|rd|th)?(?:-|,? +)"
    r"(?P<y5>\d{4})"
    rf"|(?P<y7>\d{{4}})[- ]{_MONTH.replace('name', 'name7')}[- ](?P<d7>\d\d?)(?=\D|$)",
    re.ASCII | re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<h>\d\d?)(?:[:.]| ?h ?)(?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?: ?(?P<half>[ap](?:\.? ?m)?\b\.?)| ?h(?:r?s)?\b)?"
    r"|(?P<h3>\d\d?) ?(?P<half3>[ap]\.? ?m\b\.?)"
    r"|(?P<h2>\d\d)(?P<m2>\d\d)(?P<s2>\d\d)?(?:\.(?P<f2>\d{1,9}))?",
    re.ASCII | re.IGNORECASE,
)
_TURNED = re.compile(
    r"(\d\d?:\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?),? (?:on )?(\S+ ?\S+ ?\S+)", re.ASCII | re.IGNORECASE
)
"""A time of day before its date."""
_YEAR_LAST = re.compile(
    rf"({_MONTH} +\d\d?) (\d\d?:\d\d:\d\d)( [A-Z]{{3,4}})? (\d{{4}})", re.IGNORECASE
)
"""As C writes it: `Nov 24 14:18:05 2026`."""
_BETWEEN = re.compile(r"(?:T| *[,;|]? *(?:at |- )?|:)", re.IGNORECASE)
_ZONE = re.compile(
    r" ?\(?(?P<zone>(?:UTC|GMT)?(?P<sign>[+-])(?P<h>\d\d?)(?:[:.]?(?P<m>\d\d))?|Z|[A-Z]{2,4})?\)?"
    r"(?: ?\[(?P<place>[\w/+-]+)\]| \(?(?P<town>[a-z]+(?:/[\w+-]+)+)\)?| \([A-Za-z ]+\))?",
    re.ASCII | re.IGNORECASE,
)
_NUMERIC = re.compile(r"\d[T ]\d\d:?\d\d\S* ?[+-]\d\d(?:[:.]?\d\d)?$", re.ASCII)
_NAMED = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "BST": 60,
    "CET": 60,
    "MEZ": 60,
    "CEST": 120,
    "MESZ": 120,
    "EET": 120,
    "EEST": 180,
    "IST": 330,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "AKST": -540,
    "AKDT": -480,
    "HST": -600,
    "JST": 540,
    "SGT": 480,
    "HKT": 480,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
}
"""Minutes east of UTC."""
_PLACES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
"""Names of a zone in summer and in winter."""
_AMERICAN = frozenset({*_PLACES, "EST", "EDT", "CDT", "MST", "MDT", "PST", "PDT", "AKST", "AKDT"})
"""Said of nowhere but North America."""
_MONTH_FIRST = re.compile(
    "US/|America/(?:Indiana|Kentucky|North_Dakota)/|[ECMP]ST[5-8]|Pacific/(?:Honolulu|Guam)$"
    "|America/(?:New_York|Detroit|Indianapolis|Louisville|Chicago|Menominee|Denver|Boise|Phoenix"
    "|Los_Angeles|Anchorage|Juneau|Sitka|Metlakatla|Yakutat|Nome|Adak|Puerto_Rico|St_Thomas|Toronto"
    "|Vancouver|Edmonton|Winnipeg|Halifax|Regina|St_Johns)$|Asia/Manila$"
)
"""Zones where 03/02 is the second of March; south of them it is the third of February."""
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d?)(?:[.:]?(\d\d))?", re.ASCII)


def read(value: object, zone: str = "UTC", *, z_is_local: bool = False) -> datetime | None:
    """Read a time in any of the couriers' forms.

    Args:
        value: what stood in the JSON.
        zone: IANA zone of a time that carries none.
        z_is_local: the courier marks local times with Z, so Z says nothing.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(value)
    text = value.translate(_SPACES).strip() if isinstance(value, str) else ""
    if not 6 <= len(text) <= _LONGEST:
        return None
    parsed = _iso(text) if text.isascii() else None
    if parsed is None:
        if match := _EPOCH_TEXT.fullmatch(text):
            number = match[1]
            return _epoch(float(number) if "." in number else int(number))
        parsed = _written(" ".join(text.split()), zone) or _written(months.english(text), zone)
    if parsed is None:
        return None
    if z_is_local and text[-1] in "Zz":
        parsed = parsed.replace(tzinfo=None)
    return _settle(parsed, zone)


def has_offset(value: object) -> bool:
    """Whether a time says by a number how far it is from UTC, so that nobody need guess."""
    return isinstance(value, str) and bool(_NUMERIC.search(value.strip()))


def compact(
    date: object, time: object, zone: str = "UTC", *, offset: object = None
) -> datetime | None:
    """Read a date and a time that stand apart: `YYYYMMDD` and `HHMMSS`, dashes or not.

    `offset`, like `-04.00` or `+05:30`, wins over `zone`.
    """
    if not isinstance(date, str) or not isinstance(time, str):
        return None
    day, clock = re.sub(r"[-/. ]", "", date.strip()), re.sub("[:. ]", "", time.strip())
    digits = day + clock.ljust(6, "0")
    if len(day) != 8 or len(clock) not in {4, 6} or not digits.isascii() or not digits.isdigit():
        return None
    month, day_of, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, 14, 2))
    parsed = _at(int(digits[:4]), month, day_of, hour, minute, second)
    if parsed and isinstance(offset, str) and (match := _OFFSET.fullmatch(offset.strip())):
        parsed = parsed.replace(tzinfo=_shift(*match.groups()))
    return _settle(parsed, zone) if parsed else None


def formatted(value: object, form: str, zone: str = "UTC") -> datetime | None:
    """Read a time that a courier writes in a form of its own, given as `strptime` wants it."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        value = str(value)
    text = value.strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= _LONGEST:
        return None
    try:
        parsed = datetime.strptime(text, form)  # noqa: DTZ007 - zone follows
    except (ValueError, IndexError, re.error):  # the last two: odd forms, in some Pythons
        return None
    return _settle(parsed, zone)


def _epoch(number: float) -> datetime | None:
    try:
        unit = next((unit for least, unit in _UNITS if abs(number) >= least), 1)
        return _plausible(_EPOCH + timedelta(seconds=number / unit))
    except (OverflowError, ValueError):  # too large, or not a number
        return None


def _iso(text: str) -> datetime | None:
    if text.isdigit() and len(text) != 8:  # an epoch, or digits that `_written` takes apart
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _written(text: str, zone: str) -> datetime | None:
    """A date, then a time of day and a zone if there are any."""
    text = _turned(_WEEKDAY.sub("", text))
    date = _DATE.match(text)
    day = date and _day(date, zone)
    if not date or not day:
        return None
    rest = text[date.end() :]
    if not rest:
        return _at(*day)
    between = _BETWEEN.match(rest)
    clock = _CLOCK.match(rest, between.end() if between else 0)
    if clock is None:
        return None
    found = _ZONE.fullmatch(rest, clock.end())
    if found is None:
        return None
    hour, minute, second, fraction = _time(clock)
    midnight = (hour, minute, second, fraction) == (24, 0, 0, 0)  # which ends the day
    leap = second == 60
    at = _at(*day, 0 if midnight else hour, minute, second - leap, fraction)
    late = timedelta(days=midnight, seconds=leap)
    return at.replace(tzinfo=_tz(found, at, zone)) + late if at else None


def _turned(text: str) -> str:
    """The date first, and then the time of day."""
    if match := _TURNED.fullmatch(text):
        return f"{match[2]} {match[1]}"
    return _YEAR_LAST.sub(r"\1 \5 \3\4", text)


def _day(match: re.Match[str], zone: str) -> tuple[int, int, int] | None:
    got = match.groupdict()
    if got["y"] or got["y4"]:
        return tuple(int(got[k] or got[f"{k}4"]) for k in "ymd")  # type: ignore[return-value]
    if got["y2"] or got["y6"]:
        first, second = int(got["a"] or got["a6"]), int(got["b"] or got["b6"])
        dotted = "." in (got["sep"], got["sep6"])
        month_first = second > 12 or (not dotted and first <= 12 and _is_american(match, zone))
        month, day = (first, second) if month_first else (second, first)
        return int(got["y2"] or f"20{got['y6']}"), month, day
    name, day_text, year = (got["name"], got["d3"], got["y3"])
    for more in "57":
        if not name:
            name, day_text, year = got[f"name{more}"], got[f"d{more}"], got[f"y{more}"]
    return (
        int(year) + (2000 if len(year) == 2 else 0),
        _MONTHS.index(name[:3].lower()) + 1,
        int(day_text),
    )


def _is_american(date: re.Match[str], zone: str) -> bool:
    """Whether the month is written first: where the parcel is, or by the zone that is named."""
    said = date.string.rstrip(") ").rpartition(" ")[2].upper()
    return _MONTH_FIRST.match(zone) is not None or said in _AMERICAN


def _time(match: re.Match[str]) -> tuple[int, int, int, int]:
    got = match.groupdict()
    hour = int(got["h"] or got["h2"] or got["h3"])
    minute = int(got["m"] or got["m2"] or 0)
    second = int(got["s"] or got["s2"] or 0)
    half = (got["half"] or got["half3"] or "").lower()[:1]
    if half == "p" and hour < 12:  # `14:26 PM` is said too, and means what it says
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return hour, minute, second, int((got["f"] or got["f2"] or "").ljust(6, "0")[:6])


def _tz(match: re.Match[str], at: datetime, zone: str) -> tzinfo | None:
    """The zone that is said; a name that the account's own zone goes by means that one."""
    if match["sign"]:
        return _shift(match["sign"], match["h"], match["m"])
    place, name = match["place"] or match["town"], (match["zone"] or "").upper()
    if place and not name:
        return _zone(place)
    if name in _PLACES:
        return _zone(_PLACES[name])
    minutes = _NAMED.get(name)
    if minutes is None or at.replace(tzinfo=_zone(zone)).tzname() == name:
        return None
    return timezone(timedelta(minutes=minutes))


def _shift(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    """The zone of an offset; None if it is too large to be one."""
    shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(shift if sign == "+" else -shift) if shift < timedelta(hours=24) else None


def _at(*parts: int) -> datetime | None:
    try:
        return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - zone follows
    except ValueError:
        return None


def _settle(parsed: datetime, zone: str) -> datetime | None:
    try:
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=_zone(zone))
        return _plausible(parsed.astimezone(UTC))
    except (OverflowError, ValueError):  # an edge of the calendar
        return None


def _plausible(at: datetime) -> datetime | None:
    return at if _EARLIEST <= at < _LATEST else None


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an account with a wrong zone still gets a time
        return UTC
