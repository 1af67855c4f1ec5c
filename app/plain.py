"""Words for people out of what programs say: counts, and the faults that libraries name."""

from __future__ import annotations

import re

_NAMED = {
    "Missing data for required field.": "This is needed.",
    "Unknown field.": "There is no such field.",
    "Field may not be null.": "This may not be null.",
    "Invalid input type.": "This must be an object.",
    "Invalid type.": "This must be an object.",
    "Invalid value.": "This cannot be used.",
    "Not a valid integer.": "This must be a whole number.",
    "Not a valid number.": "This must be a number.",
    "Number too large.": "This number is too large.",
    "Special numeric values (nan or infinity) are not permitted.": "This must be a number.",
    "Not a valid string.": "This must be a text.",
    "Not a valid utf-8 string.": "This must be a text in UTF-8.",
    "Not a valid boolean.": "This must be true or false.",
    "Not a valid list.": "This must be a list.",
    "Not a valid mapping type.": "This must be an object.",
    "Not a valid time.": "This must be a time, such as 14:30.",
    "Not a valid date.": "This must be a day, such as 2026-11-24.",
    "Not a valid datetime.": "This must be a time with its offset, as RFC 3339 writes it.",
    "Not a valid aware datetime.": "This must be a time with its offset, as RFC 3339 writes it.",
    "Not a valid URL.": "This must be a web address.",
    "Not a valid email address.": "This must be an e-mail address.",
    "Not a valid UUID.": "This must be a UUID.",
    "String does not match expected pattern.": "This is not written as it must be.",
}
_WORDED = (
    (r"Length must be between (\S+) and (\S+)\.", r"This must have \1 to \2 characters."),
    (r"Shorter than minimum length (\S+)\.", r"This must have \1 characters or more."),
    (r"Longer than maximum length (\S+)\.", r"This may have \1 characters at most."),
    (
        r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.",
        r"This must be from \1 to \2.",
    ),
    (r"Must be greater than or equal to (\S+)\.", r"This must be \1 or more."),
    (r"Must be less than or equal to (\S+)\.", r"This must be \1 or less."),
    (r"Must be one of: (.+)\.", r"This must be one of: \1."),
    (r"Not a valid (IP.*)\.", r"This must be an \1."),
    (r"Not a valid (.+)\.", r"This must be a \1."),
)


def fault(said: str) -> str:
    """What marshmallow says of a value, in our words; anything else stays as it is."""
    if said in _NAMED:
        return _NAMED[said]
    for pattern, words in _WORDED:
        if match := re.fullmatch(pattern, said, re.DOTALL):
            return match.expand(words)
    return said


def cut(text: str, most: int) -> str:
    """A text of at most `most` characters that ends with a whole word; an ellipsis says it goes on.

    A single word that is longer is cut all the same. The ellipsis is three dots, as the alphabet
    of text messages has no other.
    """
    if len(text) <= most:
        return text
    room = text[: most - 2]
    return f"{room.rpartition(' ')[0].rstrip(' ,;:.-') or room[:-1]}..."


def counted(number: int, one: str, several: str = "") -> str:
    """`1 order`, `2 orders`; `several` where it is not `one` with an s."""
    return f"{number} {one if number == 1 else several or one + 's'}"
