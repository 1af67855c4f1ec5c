"""Finds the phone numbers in what people write into a field for one; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

import phonenumbers
from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberMatcher,
    PhoneNumberType,
)
from phonenumbers import ValidationResult as Length

_LONGEST = 200
_LONGEST_UNCALLED = 6
"""Digits of an extension that nothing but a comma or the like names; more are a second number."""
_SPREADSHEET = re.compile(r"(\+?\d{7,15})[.,]0+|(\d[.,]\d+)[eE]\+?(\d\d?)", re.ASCII)
_TICKS = re.compile("(?<=\\d)['\u2019\u00b4`](?=\\d)")
"""Between groups of digits, as Switzerland writes numbers."""
_EXTENSION = re.compile(
    r"[\s,;(/-]*(?:;ext=|,,|(?<=\d)[\s,]*[xpw#]\W?|\b(?:ext(?:ension|n)?|x|pin(?:code| code)?"
    r"|access code|passcode|code|durchwahl|dw|nebenstelle|nst|apparat|app|klappe|poste|anexo"
    r"|int(?:erno?)?|extensi[oó]n|ramal|toestel|tst|wew(?:n[eę]trzny)?|dahili|klapka|linka|доб)\b"
    r"\W{0,3})"
    r"(\d{1,12})\b(?![\s.-]?\d)[#)]*",
    re.IGNORECASE,
)
"""What is dialled once somebody has answered, by the words of many languages."""
_CALLED = re.compile(r" ext\. (\d+) ")
"""What it has become before a text is read: phonenumbers reads English ones, however long."""
_POSTCODE = re.compile(r"\bpin(?:code| code)?\b\W{0,3}[1-9]\d{2} ?\d{3}\b", re.IGNORECASE)
"""India calls its postcodes so."""
_OR = r"\b(?:or|and|oder|und|ou|et|od|o|y|of|en|lub|i|ya|bzw|resp)\b\.?"
_APART = (
    re.compile(rf"\s*(?:[,;|&\n]|{_OR})\s*", re.IGNORECASE),
    re.compile(rf"\s*(?:[/,;|&\n]|{_OR})\s*", re.IGNORECASE),
)
"""What stands between two numbers; the second also where a slash does, which may be in one."""
_WORDS = re.compile(r"[^\W\d_]{2,}")
_COUNTING = ("01234567890123", "12345678901234")
_LONG_ENOUGH = 11
"""Digits of a number that has its country's code; fewer may be a landline's of the country."""
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def numbers(text: str, country: str) -> Iterator[PhoneNumber]:
    """The valid numbers in a text by somebody in `country`, as they stand; none if there is none.

    Raises:
        NumberParseException: nothing in it looks like a number.
    """
    text = clean(text)
    if country == "IN":
        text = _POSTCODE.sub(" ", text)
    text = _EXTENSION.sub(r" ext. \1 ", text)
    found = False
    for number in _readings(text, country):
        found = True
        yield number
    if not found:  # that the caller can say why
        phonenumbers.parse(text, country)


def clean(text: str) -> str:
    """The text without what cannot be seen, and as it was before a spreadsheet had it."""
    text = "".join(
        " " if unicodedata.category(c) in {"Zs", "Cc"} else c
        for c in text[:_LONGEST]
        if unicodedata.category(c) not in {"Cf", "Mn", "Me", "Co", "Cn", "Cs"}
    ).strip()
    text = _TICKS.sub(" ", text.strip("'\"` "))
    if match := _SPREADSHEET.fullmatch(text):
        if match[1]:
            return match[1]
        whole = Decimal(match[2].replace(",", ".")).scaleb(int(match[3]))
        return str(int(whole)) if whole == whole.to_integral_value() else text
    return re.sub(r"^\++\s*0*(?=[1-9])|^\(\+", "+", text).replace("(+", "+")


_ALIKE = re.compile(r"(\d)\1{7}$")


def placeholder(text: str) -> bool:
    """Whether the digits are what people type where they have no number.

    One digit, counting, or a prefix and then one digit to the end, such as 07000000000. Real
    numbers hold seven alike in a row, and hardly more.
    """
    digits = re.sub(r"\D", "", text)
    if len(digits) < 6:
        return False
    if len(set(digits)) == 1 or _ALIKE.search(digits):
        return True
    return any(up.startswith(digits) for up in _COUNTING)


def _readings(text: str, country: str) -> Iterator[PhoneNumber]:
    """Valid numbers, by the plainest reading that finds any."""
    wordy = _WORDS.search(_CALLED.sub("", text.removeprefix("tel:"))) is not None
    if not wordy and (number := _parse(text, country)):
        yield _without_plus(text, country, number)
        return
    for reading in (_parts, _matches, _repaired, _side_by_side):
        found = list(reading(text, country))
        yield from found
        if found:
            return


def _without_plus(text: str, country: str, number: PhoneNumber) -> PhoneNumber:
    """The mobile number of a text in which only the plus is missing, else the number as it was.

    In some plans nearly any digits are a landline, also those of a whole international number.
    """
    if text[:1] in "+0" or phonenumbers.number_type(number) in _MOBILE:
        return number
    code = str(number.country_code)
    digits = re.sub(r"\D", "", text)
    another = _from_abroad(digits, country) or digits.startswith(code)
    other = _parse(f"+{digits}", country) if another else None
    return other if other and phonenumbers.number_type(other) in _MOBILE else number


def _parts(text: str, country: str) -> Iterator[PhoneNumber]:
    for apart in _APART:
        parts = [part for part in apart.split(text) if part]
        found = [_part(part, country) for part in parts] if len(parts) > 1 else []
        if any(found):
            yield from filter(None, found)
            return


def _part(text: str, country: str) -> PhoneNumber | None:
    if _WORDS.search(_CALLED.sub("", f"{text} ")):  # a label, or what is no number
        return next(_matches(text, country), None)
    return _parse(text, country) or next(_repaired(text, country), None)


def _matches(text: str, country: str) -> Iterator[PhoneNumber]:
    for match in PhoneNumberMatcher(text, country, leniency=Leniency.VALID):
        yield match.number


def _repaired(text: str, country: str) -> Iterator[PhoneNumber]:
    """The number that is meant where a prefix is old, doubled, or has lost its plus."""
    called = _CALLED.search(text)
    text = _CALLED.sub(" ", text)
    plus, digits = text.lstrip("( ").startswith("+"), re.sub(r"\D", "", text)
    if _WORDS.search(text):
        found = max(re.findall(r"\+?\d[\d\s().-]{5,}\d", text), key=len, default="")
        plus, digits = found.startswith("+"), re.sub(r"\D", "", found)
    code = str(phonenumbers.country_code_for_region(country))
    for repaired in _repairs(digits, code, country, plus=plus):
        if number := _parse(repaired, country):
            number.extension = called[1] if called else None
            yield number
            return


def _side_by_side(text: str, country: str) -> Iterator[PhoneNumber]:
    """Two numbers with no more than a space or a dash between them, or nothing at all."""
    ends = [match.span() for match in re.finditer(r"\D+", text)] + [(len(text) // 2,) * 2]
    for end, begins in ends:
        first, second = _parse(text[:end], country), _parse(text[begins:], country)
        if first and second:
            yield from (first, second)
            return


def _repairs(digits: str, code: str, country: str, *, plus: bool) -> Iterator[str]:
    if match := re.fullmatch(r"(?:00)?521(\d{10})", digits):
        yield f"+52{match[1]}"
    if country == "MX" and (match := re.fullmatch(r"(?:044|045|01|1)(\d{10})", digits)):
        yield f"+52{match[1]}"
    if code != "0":
        for prefix in (
            f"0{code}",
            f"00{code}",
            f"{code}0{code}",
            f"{code}{code}",
            f"{code}0",
            code,
        ):
            if digits.startswith(prefix):
                yield f"+{code}{digits.removeprefix(prefix)}"
    if digits.startswith("00"):
        yield f"+{digits[2:]}"
    if not plus and len(digits) >= _LONG_ENOUGH and _cannot_be(digits, country):
        yield f"+{digits}"


def _from_abroad(digits: str, country: str) -> bool:
    """Whether the 0 is missing with which a country's own numbers of this length begin."""
    own = phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True)
    return own == "0" and digits[0] != "0" and len(digits) >= _LONG_ENOUGH


def _cannot_be(digits: str, country: str) -> bool:
    """Whether no number of the country has so many digits, so that they begin with another's."""
    try:
        number = phonenumbers.parse(digits, country)
    except NumberParseException:
        return True
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason not in {Length.IS_POSSIBLE, Length.IS_POSSIBLE_LOCAL_ONLY}


def _parse(text: str, country: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    if len(number.extension or "") > _LONGEST_UNCALLED and not _CALLED.search(f"{text} "):
        return None
    return number if phonenumbers.is_valid_number(number) else None
