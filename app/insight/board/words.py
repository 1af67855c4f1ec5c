"""Numbers, shares and codes of figures in words; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from babel.numbers import format_decimal
from babel.units import format_unit

from app.languages.language import Language, mark
from app.languages.sentence import again
from app.theme.times import length

NOTHING = "–"

FAULTS = {
    "courier": mark("The courier’s side"),
    "recipient": mark("The recipient’s side"),
    "shipper": mark("The shipper’s side"),
    "customs": mark("Customs"),
    "weather": mark("Weather"),
    "unknown": mark("Nobody said whose"),
}
PROMISED = {
    "news": mark("The next news"),
    "answer": mark("An answer"),
    "confirm": mark("A confirmation"),
    "window": mark("A delivery"),
    "ready": mark("A pickup"),
    "call": mark("Another call to the depot"),
}
"""What was promised, by `promises.kind`."""
ENDS = {
    "arranged": mark("Delivered after a new try was arranged"),
    "alone": mark("Delivered by the courier by itself"),
    "no_choice": mark("No choice came"),
    "courier": mark("The courier did not act"),
    "other": mark("Not delivered for other reasons"),
    "open": mark("Not over yet"),
}
"""How cases ended, by `Ends`."""
BROUGHT = {
    "kept": mark("Delivered or collected"),
    "tried": mark("The courier came, nobody took it"),
    "not_there": mark("The courier did not come"),
    "not_confirmed": mark("The courier never confirmed it"),
    "not_collected": mark("It was not collected"),
    "broken": mark("Missed for other reasons"),
}
DISPUTED = {
    "open": mark("Not settled yet"),
    "accepted": mark("The customer was right"),
    "rejected": mark("The courier was right"),
}
AUDIENCES = {
    "customer": mark("Customers"),
    "dispatcher": mark("Dispatchers"),
    "shipper": mark("Shippers"),
}


def number_in(language: Language, number: float) -> str:
    """Whole, or with one decimal, as the language writes numbers."""
    form = "#,##0" if isinstance(number, int) else "#,##0.0"
    return str(format_decimal(number, form, language.locale))


def period(language: Language, number: int) -> str:
    """A period, standing by itself: `7 days`."""
    return format_unit(number, "duration-day", "long", locale=language.locale)


def words(language: Language, code: str, known: Mapping[str, str] | None = None) -> str:
    """A code as words."""
    said = again(language, (known or {}).get(code) or code.replace("_", " "))
    return said[:1].upper() + said[1:]


def percent(part: float, whole: float) -> str:
    """A share; rounded down, as what is not whole must not read as 100 %."""
    return f"{100 * part // whole:.0f} %" if whole else NOTHING


def span(seconds: float | None, language: Language) -> str:
    """A duration."""
    return NOTHING if seconds is None else length(timedelta(seconds=seconds), language)
