"""Verbs on what a shipper gives to customers it let down. In the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision, is_currency

from app.access import pseudonyms, vault
from app.db.connection import Connection
from app.directory.changes import By, record
from app.errors import Problem
from app.gestures import codes_store, store
from app.gestures.codes_store import Code
from app.gestures.model import Kind, Rules, Why
from app.gestures.rules import LONGEST_WAIT
from app.intake.reasons import REASONS
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import shippers_store
from app.managing.faults import wrong_fields
from app.managing.policies import durations
from app.managing.shippers_store import Shipper
from app.shipments.orders.terms import minor

MOST = 10_000
"""Codes in one import."""
AMOUNTS = ("first", "regular", "month")
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,3})?", re.ASCII)
_NUMBERS = {"share": (1, 100), "times": (1, 20), "days": (1, 366)}
_KNOWN: Mapping[str, Sequence[str]] = {
    "kind": (Kind.VOUCHER.value, Kind.CREDIT.value),
    "granted_by": ("codes", "webhook"),
    "unasked": (Why.PROMISE.value, Why.RATING.value),
    "not_for": tuple(REASONS),
}


def find(conn: Connection, slug: str) -> tuple[Shipper, Rules | None]:
    """A shipper, locked, and its rules.

    Raises:
        Problem: 404 there is none.
    """
    found = shippers_store.lock(conn, slug)
    if found is None:
        raise Problem(404, "no_such_shipper", sentence("There is no shipper {it}.", it=repr(slug)))
    return found, store.rules(conn, [found.id]).get(found.id)


def put(conn: Connection, who: By, slug: str, given: Mapping[str, Any], now: datetime) -> bool:
    """Let these be a shipper's rules; what is not given is as usual. False: they are already.

    Raises:
        Problem: 404 no such shipper; 422 with what is wrong by field.
    """
    shipper, before = find(conn, slug)
    wanted = read(given)
    store.put_rules(conn, shipper.id, wanted)
    return _record(conn, who, shipper, before, wanted, now)


def drop(conn: Connection, who: By, slug: str, now: datetime) -> bool:
    """Let a shipper make no gestures any more; False when it makes none.

    Raises:
        Problem: 404 no such shipper.
    """
    shipper, before = find(conn, slug)
    store.drop_rules(conn, shipper.id)
    return _record(conn, who, shipper, before, None, now)


def read(given: Mapping[str, Any]) -> Rules:
    """Rules as somebody writes them: amounts as `5.00`, spans as `2 days`.

    Raises:
        Problem: 422 with what is wrong by field.
    """
    currency = str(given.get("currency", Rules().currency)).upper()
    if not is_currency(currency):
        wrong = {"currency": mark("Write a currency’s code, such as EUR.")}
        raise wrong_fields("gesture_unusable", wrong)
    faults: dict[str, str] = {}
    said: dict[str, Any] = {"currency": currency}
    for name, value in ({**written(Rules()), **given}).items():
        if name not in said and name in _WORDS:
            try:
                said[name] = _value(name, value, currency)
            except ValueError as error:
                faults[name] = error.args[0]
    if said.get("kind") == Kind.CREDIT and said.get("granted_by") == "codes":
        faults["granted_by"] = mark("A credit is in the shop’s own books: its system grants it.")
    if faults:
        raise wrong_fields("gesture_unusable", faults)
    return Rules.read(said)


def _value(name: str, value: Any, currency: str) -> Any:
    """A value of the rules.

    Raises:
        ValueError: it is none; why.
    """
    if name in AMOUNTS:
        if not _AMOUNT.fullmatch(str(value)):
            raise ValueError(mark("Write an amount such as 5.00."))
        return minor(str(value), currency)
    if name in _NUMBERS:
        (least, most), text = _NUMBERS[name], str(value)
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            why = sentence("Write a whole number from {least} to {most}.", least=least, most=most)
            raise ValueError(why)
        return int(text)
    if name == "regulars_after":
        span = durations.read(str(value))
        if not 0 <= span <= LONGEST_WAIT.total_seconds():
            raise ValueError(mark("A week at most: then it is too late to be welcome."))
        return span
    said = _words(value)
    if strange := [one for one in said if one not in _KNOWN[name]]:
        known = ", ".join(_KNOWN[name])
        raise ValueError(sentence("{it} is none of {known}.", it=repr(strange[0]), known=known))
    if name in {"unasked", "not_for"}:
        return said
    if len(said) != 1:
        raise ValueError(sentence("Say one of {known}.", known=", ".join(_KNOWN[name])))
    return said[0]


def written(rules: Rules) -> dict[str, Any]:
    """Rules as somebody would write them; `read` reads them back."""
    said = rules.as_json()
    amounts = {name: whole(said[name], rules.currency) for name in AMOUNTS}
    return {**said, **amounts, "regulars_after": durations.words(rules.regulars_after)}


def whole(amount: int, currency: str) -> str:
    """An amount in the smallest unit as it is written: `5.00`."""
    return str(Decimal(amount).scaleb(-get_currency_precision(currency)))


def add_codes(
    conn: Connection, who: By, slug: str, given: Sequence[Mapping[str, Any]], now: datetime
) -> int:
    """Add codes to a shipper's list; how many are new. One that is faulty refuses them all.

    Raises:
        Problem: 404 no such shipper; 409 it has no rules, so no currency; 422 faults by row.
    """
    shipper, rules = find(conn, slug)
    if rules is None:
        raise Problem(409, "no_gesture_rules", mark("Say first what this shipper gives."))
    codes, faults = [], {}
    for row, one in enumerate(given[:MOST], 1):
        code, amount = str(one.get("code", "")).strip(), str(one.get("amount", ""))
        expires = one.get("expires_on")
        if not (0 < len(code) <= 100 and code.isprintable()):
            faults[f"codes.{row}.code"] = sentence("Row {row} has no code.", row=row)
        elif not _AMOUNT.fullmatch(amount) or not minor(amount, rules.currency):
            wrong = sentence("Row {row} has no amount such as 5.00.", row=row)
            faults[f"codes.{row}.amount"] = wrong
        elif expires is not None and expires <= now.date():
            wrong = sentence("The code of row {row} has expired.", row=row)
            faults[f"codes.{row}.expires_on"] = wrong
        else:
            sealed, of = vault.seal(code), pseudonyms.of_code(code)
            codes.append(Code(sealed, of, minor(amount, rules.currency), rules.currency, expires))
    if len(given) > MOST:
        faults["codes"] = sentence("Up to {most} codes at once, please.", most=MOST)
    if faults:
        raise wrong_fields("gesture_unusable", faults)
    new = codes_store.add(conn, shipper.id, codes) if codes else 0
    if new:
        subject = (shipper.id, shipper.name)
        record(conn, who, "gesture_codes", subject, None, {}, {_ADDED: new}, now)
    return new


def lines(text: str) -> list[dict[str, Any]]:
    """Codes as lines: `CODE; 5.00; 2027-12-31`, of which the day may be left out."""
    found: list[dict[str, Any]] = []
    for line in filter(str.strip, text.splitlines()):
        code, amount, day = ([*map(str.strip, line.split(";")), "", ""])[:3]
        try:
            expires = date.fromisoformat(day) if day else None
        except ValueError:
            amount = ""  # which the row is told to lack: its day cannot be read
            expires = None
        found.append({"code": code, "amount": amount, "expires_on": expires})
    return found


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        value = value.split(",")
    return [str(one).strip() for one in value if str(one).strip()]


_ADDED = mark("codes added")
_WORDS = {
    "kind": mark("what is given"),
    "currency": mark("currency"),
    "granted_by": mark("granted by"),
    "first": mark("for a first order"),
    "regular": mark("for a regular customer"),
    "share": mark("at most percent of the order"),
    "month": mark("budget of a month"),
    "times": mark("to one customer at most"),
    "days": mark("within days"),
    "unasked": mark("by itself for"),
    "regulars_after": mark("regular customers get it after"),
    "not_for": mark("not for"),
}


def _record(
    conn: Connection, who: By, shipper: Shipper, was: Rules | None, is_: Rules | None, now: datetime
) -> bool:
    before, after = (_facts(one) for one in (was, is_))
    subject = (shipper.id, shipper.name)
    return record(conn, who, "gesture_rules", subject, None, before, after, now)


def _facts(rules: Rules | None) -> dict[str, Any]:
    if rules is None:
        return {}
    return {
        _WORDS[name]: ", ".join(value) if isinstance(value, list) else value
        for name, value in written(rules).items()
    }
