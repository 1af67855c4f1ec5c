"""What the buttons or rows of a message say, where answers are pressed, and no more than fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from app import plain
from app.languages.language import Language, mark

BUTTONS = 3
"""More answers than these are the rows of a list, in WhatsApp."""
FITS = 20
"""The most characters that WhatsApp shows on a button; a row shows more."""
EXPLAINED = 72
"""The most characters that it shows below a row."""

UNDO = mark("Reply 0 to undo.")
THEIRS = mark("If it is yours after all, reply 0.")
_ZERO = {UNDO: mark("Undo this"), THEIRS: mark("It is mine")}
"""What stands on the one button of a message that is answered by a 0."""

_COMMA = re.compile(r"\s*[,\u060c]\s+(?=[^,\u060c]*$)")
"""Between a day and its hours, in the languages that we write."""
_ISOLATES = re.compile(r"[\u2068\u2069]")


def of(listed: str) -> list[str]:
    """A button for each choice of `1 = Fri 28 Nov, 08:00-12:00; 2 = Sat 29 Nov, 09:00-13:00`.

    Each says its day, where that tells them apart; the message says the rest of it. A name that is
    too long begins with its number.
    """
    choices = choices_of(listed)
    parted = [_COMMA.split(choice, maxsplit=1) for choice in choices]
    days = [parts[0] for parts in parted]
    hours = [parts[-1] for parts in parted] if len(set(days)) == 1 else []
    with_numbers = [f"{number}: {day}" for number, day in enumerate(days, 1)]
    cut = [f"{number}: {plain.cut(choice, FITS - 3)}" for number, choice in enumerate(choices, 1)]
    for said in (choices, days, hours, with_numbers, cut):
        if said and len(set(said)) == len(choices) and max(map(len, said)) <= FITS:
            return list(said)
    return [str(number) for number in range(1, len(choices) + 1)]


def by_zero(language: Language, hint: str) -> str:
    """The button of a message that this says of that a 0 answers it; empty for any other."""
    return next(
        (language.say(does) for said, does in _ZERO.items() if language.say(said) == hint), ""
    )


def rows(listed: str) -> list[str]:
    """What stands below each row of a list: the whole choice."""
    return [plain.cut(choice, EXPLAINED) for choice in choices_of(listed)]


def choices_of(listed: str) -> Sequence[str]:
    """What stands behind each number, without the end of its sentence."""
    found, rest = [], listed
    for number in count(1):
        before, here, rest = rest.partition(f"{number} = ")
        if number > 1:
            found.append(_ISOLATES.sub("", before).rstrip("; .\u0964"))
        if not here:
            return found
    return found
