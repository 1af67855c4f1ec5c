"""What an order must be: cleaned, normalised, or refused with a stable code per field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from marshmallow import ValidationError

from app import json_body
from app.languages.language import mark
from app.shipments import normal, reachable
from app.shipments.orders import terms
from app.shipments.orders.schemas import OrderIn
from app.shipments.store import Order

MOST = 10_000
"""Orders in one request."""
LEAST_TO_HOLD = 20
"""In fewer orders than this a share says nothing of a rule."""

DETAILS = {
    "missing": mark("This is needed."),
    "not_text": "This must be a text.",
    "too_long": mark("This is too long."),
    "not_json": "This line is not JSON.",
    "not_an_object": "This must be an object with named fields.",
    "not_degrees": "This is no latitude from -90 to 90, or longitude from -180 to 180.",
    "unknown_country": mark("This is no country's two-letter code (ISO 3166-1)."),
    "unknown_consent": "This is given, exemption or unknown.",
    "not_between": "Write hours of one day that are at least one apart, such as 10:00-19:00.",
    "unknown_language": "This is no language's tag, such as de or pt-BR (BCP 47).",
    "not_an_amount": "Write an amount such as 49.90, without its currency.",
    "unknown_currency": "This is no currency's code, such as EUR (ISO 4217).",
    "not_yes_or_no": "This is true or false.",
    "local_part_not_ascii": "What stands before the @ must be in plain Latin letters (ASCII).",
    "not_an_address": "This is no e-mail address.",
}
"""What a fault's code means to a person; those of numbers say why, see `reachable.WHY`."""

_ORDER = OrderIn()
_NEEDED = "A mobile number is needed, with its prefix or of the address's country."


class Fault(NamedTuple):
    """What is wrong with one field."""

    field: str
    code: str
    detail: str


class Read(NamedTuple):
    """One order as it was understood; refused when it has faults.

    With a fault of the number alone it still is an order, whose number is as it came.
    """

    tracking_number: str | None
    order: Order | None
    faults: Sequence[Fault]

    @property
    def invalid_number(self) -> str | None:
        """Why the number that was given cannot be used; None when it can, or none was given."""
        return next(
            (f.code for f in self.faults if f.field == "phone" and f.code not in _NO_NUMBER), None
        )


_NO_NUMBER = frozenset({"missing", "not_text"})


class Unparsed(NamedTuple):
    """A line that is not JSON."""

    text: str


def lines(raw: bytes) -> Iterator[Any]:
    """The orders of an NDJSON body, each parsed, or `Unparsed`; empty lines are passed by."""
    for line in raw.split(b"\n"):
        if line.strip():
            try:
                yield json_body.parse(line)
            except (json_body.NotJson, json_body.TooMuchJson):
                yield Unparsed(line[:80].decode("utf-8", "replace"))


def read(given: Any) -> Read:
    """Understand one order as a shipper sent it."""
    if isinstance(given, Unparsed):
        return Read(None, None, [fault("", "not_json")])
    if not isinstance(given, dict):
        return Read(None, None, [fault("", "not_an_object")])
    try:
        loaded: dict[str, Any] = _ORDER.load(given)
        faults = []
    except ValidationError as error:
        loaded = error.valid_data if isinstance(error.valid_data, dict) else {}
        faults = list(_flat(error.messages))
    address = loaded.get("address") or {}
    number, fault_of_number = _number(loaded.get("phone"), address.get("country"))
    usable = not faults
    if fault_of_number:
        faults.append(fault_of_number)
    order = None
    if usable:
        order = Order(
            tracking_number=loaded["tracking_number"],
            order_ref=loaded.get("order_ref"),
            name=loaded["name"],
            phone=number,
            email=loaded.get("email"),
            language=loaded.get("language"),
            address=address,
            consent=loaded.get("consent"),
            texts_between=loaded.get("texts_between"),
            terms=terms.of(loaded),
        )
    return Read(_shown(loaded.get("tracking_number", given.get("tracking_number"))), order, faults)


def _number(text: str | None, country: str | None) -> tuple[str | None, Fault | None]:
    """The number as it is kept, or as it came and its fault; nothing of one that is missing."""
    if not text or (country is None and not text.lstrip("( ").startswith("+")):
        return text, None  # that it is missing, or its country, is said already
    number = reachable.check_number(text, country or "ZZ")
    if number.fault in {None, "extension"}:  # with an extension it can still be called
        return number.full, None
    why = reachable.WHY.get(number.fault, number.fault)
    return text, Fault("phone", number.fault, f"This number cannot be used: {why}. {_NEEDED}")


def fault(field: str, code: str) -> Fault:
    """A fault with its usual words."""
    return Fault(field, code, DETAILS.get(code, code))


def _flat(messages: Any, field: str = "") -> Iterator[Fault]:
    """Marshmallow's nested codes as faults, in the order of the fields."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flat(inner, field if name == "_schema" else f"{field}.{name}".strip("."))
    else:
        yield from (fault(field, str(code)) for code in messages)


def _shown(number: Any) -> str | None:
    """A tracking number to name a refused order by."""
    return normal.line(number)[:128] if isinstance(number, str) else None


def hold(reads: Sequence[Read], share: float) -> Counter[str] | None:
    """Why the whole batch should wait for a person: its invalid numbers by fault, or None.

    A wrong prefix rule in a shop makes most numbers invalid at once: refusing them one by one
    would lose a day's orders over one setting.
    """
    if len(reads) < LEAST_TO_HOLD:
        return None
    found = Counter(code for one in reads if (code := one.invalid_number))
    return found if found.total() > share * len(reads) else None


def merged(orders: Iterable[Order]) -> list[Order]:
    """One order for each tracking number: what is said later counts, what is left out stays."""
    found: dict[str, Order] = {}
    for order in orders:
        before = found.get(order.tracking_number)
        found[order.tracking_number] = _over(before, order) if before else order
    return list(found.values())


def _over(before: Order, after: Order) -> Order:
    return Order(
        tracking_number=after.tracking_number,
        order_ref=after.order_ref or before.order_ref,
        name=after.name or before.name,
        phone=after.phone or before.phone,
        email=after.email or before.email,
        language=after.language or before.language,
        address=after.address or before.address,
        depot_id=after.depot_id or before.depot_id,
        consent=after.consent or before.consent,
        texts_between=after.texts_between or before.texts_between,
        terms={**(before.terms or {}), **(after.terms or {})},
    )
