"""Is this a number a text message reaches, an address mail reaches? Pure, on phonenumbers' data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from app.cases.model import CALL_ONLY
from app.languages.language import mark
from app.shipments import written
from app.shipments.normal import nothing

LONGEST_EMAIL = 254

_LINES = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",  # North America does not tell them apart
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "premium",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
_TEXTABLE = frozenset({"mobile", "voip", "personal"})
_PARSE_FAULTS = {
    NumberParseException.INVALID_COUNTRY_CODE: "unknown_country_code",
    NumberParseException.NOT_A_NUMBER: "not_a_number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
    NumberParseException.TOO_SHORT_NSN: "too_short",
    NumberParseException.TOO_LONG: "too_long",
}
_LENGTH_FAULTS = {
    phonenumbers.ValidationResult.TOO_SHORT: "too_short",
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    phonenumbers.ValidationResult.TOO_LONG: "too_long",
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "unknown_country_code",
}


WHY = {
    "missing": mark("the order has none"),
    "not_a_number": mark("what the order has is not a phone number"),
    "too_short": mark("the order's number is too short"),
    "too_long": mark("the order's number is too long"),
    "unknown_country_code": mark("its country code does not exist"),
    "placeholder": mark("it is a placeholder and nobody's number"),
    "extension": mark("it has an extension or PIN, which only a caller can dial"),
    "not_assigned": mark("no such number is in use"),
    "premium": mark("it is a premium-rate number"),
    "no_text_messages": mark("it is a line that takes no text messages"),
    "not_theirs": mark("whoever reads messages there says that the parcel is not theirs"),
}
"""Why a number cannot be used, in words, by its fault."""


class Number(NamedTuple):
    """A checked number. `fault` is None when a text message reaches it."""

    e164: str | None
    line: str | None
    fault: str | None
    extension: str | None = None
    """What is dialled after the number: a person can call it, a text message cannot."""

    @property
    def callable(self) -> bool:
        """Whether somebody can be reached by it at all, if only by calling."""
        return self.fault is None or self.fault in CALL_ONLY

    @property
    def full(self) -> str:
        """The number and what is dialled after it, as RFC 3966 writes them: `+1…;ext=12`."""
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164 or ""


@lru_cache(1024)  # a parcel's number is judged again each time its page is looked at
def check_number(text: str | None, country: str) -> Number:
    """Parse a number as written by somebody in `country` (ISO 3166 alpha-2).

    Of several numbers in the text the first that a text message reaches, else the first that can
    be called, else the first.

    Faults: missing, not_a_number, too_short, too_long, unknown_country_code, not_assigned,
    placeholder, premium, extension and no_text_messages (of these two a person can still call).
    """
    if not text or not text.strip() or nothing(text):
        return Number(None, None, "missing")
    country = country.upper()
    try:
        found = [_judged(number) for number in written.numbers(text, country)]
        if found:
            return best(found)
        number = phonenumbers.parse(written.clean(text), country)
    except NumberParseException as error:
        fault = _PARSE_FAULTS.get(error.error_type, "not_a_number")
        return Number(None, None, "placeholder" if written.placeholder(text) else fault)
    if written.placeholder(text):
        return Number(None, None, "placeholder")
    length = phonenumbers.is_possible_number_with_reason(number)
    return Number(None, None, _LENGTH_FAULTS.get(length, "not_assigned"))


def only_called(kept: str | None) -> bool:
    """Whether a number as it is kept has an extension, so that no text message reaches it."""
    return kept is not None and ";ext=" in kept


def may_be_landline(e164: str) -> bool:
    """Whether a landline can have this number: North America does not tell them from mobiles."""
    return phonenumbers.number_type(phonenumbers.parse(e164)) is not PhoneNumberType.MOBILE


def best(numbers: Sequence[Number]) -> Number:
    """The first that a text message reaches, else the first that can be called, else the first."""
    textable = (one for one in numbers if one.fault is None)
    return next(textable, None) or next((one for one in numbers if one.callable), numbers[0])


def _judged(number: PhoneNumber) -> Number:
    line = _LINES.get(phonenumbers.number_type(number), "unknown")
    if written.placeholder(phonenumbers.national_significant_number(number)):
        return Number(None, None, "placeholder")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if line == "premium":
        return Number(e164, line, "premium")
    if number.extension:
        return Number(e164, line, "extension", number.extension)
    return Number(e164, line, None if line in _TEXTABLE else "no_text_messages")


def check_email(text: str | None) -> str | None:
    """The address as it is sent to, its domain in ASCII, when mail can be sent to it, else None."""
    try:
        found = validate_email(
            (text or "").strip(), check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError:
        return None
    return (
        found.ascii_email if found.ascii_email and len(found.ascii_email) <= LONGEST_EMAIL else None
    )


def local_part_beyond_ascii(text: str) -> bool:
    """Whether an address is one that only servers of a newer kind know, such as ours does not."""
    return not text.rpartition("@")[0].isascii()
