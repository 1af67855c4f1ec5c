"""What an order says of the time afterwards: how the customer may be asked, what it is worth. Pure.

It is kept with the parcel as one document, of which an order may say a part: `survey_consent` and
`first_order` as they came, `value` in the smallest unit of `currency`, and `customer`, a keyed
pseudonym of the shipper's own name for its customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from app.access import pseudonyms


def of(loaded: Mapping[str, Any]) -> dict[str, Any]:
    """The terms that an order says, of what its schema loaded."""
    found = {name: loaded[name] for name in ("survey_consent", "first_order") if name in loaded}
    if loaded.get("order_value") and loaded.get("currency"):
        found["value"] = minor(loaded["order_value"], loaded["currency"])
        found["currency"] = loaded["currency"]
    if loaded.get("customer_ref"):
        found["customer"] = pseudonyms.of_customer(loaded["customer_ref"])
    return {name: value for name, value in found.items() if value is not None}


def minor(amount: str, currency: str) -> int:
    """An amount in the smallest unit of its currency: `49.90` of EUR is 4990."""
    return int(Decimal(amount).scaleb(get_currency_precision(currency)))
