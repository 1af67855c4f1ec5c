"""What opens a customer's own page: the token in its address, and a short code to be typed.

Both are made from the case's number, a random key that its row holds, and this installation's
secret, and neither is kept anywhere, not even hashed. So whoever reads the table has nothing that
opens a page, a message need not look anything up, and a new key ends all that was given out before
it. Of the number nothing can be read in either.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import unicodedata
from typing import NamedTuple

from app.access.secret import mac

_KEY, _NUMBER, _SEAL = 8, 6, 10  # bytes of a token: 32 letters

_ALPHABET = "23456789CDFGHJKMNPQRTWX"
"""Of a code: nothing that is read as something else or makes a word; a prime number of them."""
_BASE = len(_ALPHABET)
_LOOKS_LIKE = str.maketrans("BSZ", "852")
_LEFT, _RIGHT = _BASE**6, _BASE**5
_ROUNDS = 6
CODE_LENGTH = 12
"""Eleven letters that say something and one that tells a slip of the finger."""


class Opened(NamedTuple):
    """What a token says: a case, and a key, which need not be the one that it still has."""

    case_id: int
    key: bytes


def token(case_id: int, key: bytes) -> str:
    """The token of a case's page under its key; the same each time."""
    body = key + _hidden(case_id.to_bytes(_NUMBER, "big"), key)
    return base64.urlsafe_b64encode(body + _seal(body)).decode()


def read(token: str) -> Opened | None:
    """What a token of ours says; None when it is none."""
    try:
        whole = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(whole) != _KEY + _NUMBER + _SEAL:
        return None
    body, seal = whole[:-_SEAL], whole[-_SEAL:]
    if not hmac.compare_digest(seal, _seal(body)):
        return None
    key = body[:_KEY]
    return Opened(int.from_bytes(_hidden(body[_KEY:], key), "big"), key)


def code(case_id: int, key: bytes) -> str:
    """The code of the same page, in groups as it is printed; empty for a number beyond all."""
    if case_id >= _LEFT:
        return ""
    left, right = case_id, _tag(case_id, key)
    for turn in range(_ROUNDS):
        left, right = _turned(left, right, turn, 1)
    letters = _letters(left, 6) + _letters(right, 5)
    letters += _ALPHABET[_check(letters)]
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def tidy(typed: str) -> str:
    """A code as it was typed, whatever the keyboard: capitals, digits of any script, no gaps."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    digits = (str(unicodedata.decimal(c, c)) for c in plain if c.isalnum())
    return "".join(digits).translate(_LOOKS_LIKE)


def well_formed(code: str) -> bool:
    """Whether a tidy code can be one of ours: a slip of the finger is told without a look-up."""
    if len(code) != CODE_LENGTH or not set(code) <= set(_ALPHABET):
        return False
    return _ALPHABET[_check(code[:-1])] == code[-1]


def case_of(code: str) -> int:
    """The case that a well-formed code would open."""
    return _read(code)[0]


def opens(code: str, case_id: int, key: bytes) -> bool:
    """Whether a well-formed code is the one of this case under its key."""
    number, tag = _read(code)
    mine = _tag(case_id, key).to_bytes(4, "big")
    return number == case_id and hmac.compare_digest(tag.to_bytes(4, "big"), mine)


def _read(code: str) -> tuple[int, int]:
    left, right = _number(code[:6]), _number(code[6:11])
    for turn in reversed(range(_ROUNDS)):
        left, right = _turned(left, right, turn, -1)
    return left, right


def _turned(left: int, right: int, turn: int, way: int) -> tuple[int, int]:
    """One round of a cipher on two halves: without it, one's own code would tell of others'."""
    if turn % 2:
        return left, (right + way * _drawn("code", turn, left)) % _RIGHT
    return (left + way * _drawn("code", turn, right)) % _LEFT, right


def _tag(case_id: int, key: bytes) -> int:
    digest = mac("code-tag", key + case_id.to_bytes(_NUMBER, "big"))
    return int.from_bytes(digest[:12], "big") % _RIGHT


def _drawn(purpose: str, turn: int, half: int) -> int:
    digest = mac(purpose, f"{turn}:{half}".encode())
    return int.from_bytes(digest[:12], "big")


def _hidden(number: bytes, key: bytes) -> bytes:
    mask = mac("page-number", key)
    return bytes(a ^ b for a, b in zip(number, mask, strict=False))


def _seal(body: bytes) -> bytes:
    return mac("page-seal", body)[:_SEAL]


def _letters(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, digit = divmod(number, _BASE)
        found = _ALPHABET[digit] + found
    return found


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * _BASE + _ALPHABET.index(letter)
    return number


def _check(letters: str) -> int:
    """A prime many letters, each weighed by its place: one wrong, or two swapped, never pass."""
    weighed = (place * _ALPHABET.index(letter) for place, letter in enumerate(letters, start=2))
    return sum(weighed) % _BASE
