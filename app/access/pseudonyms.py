"""Keyed pseudonyms: they recognise whom they were made of, and tell nobody who that is."""

from __future__ import annotations

from app.access.secret import mac


def of_parcel(shipper_id: int, tracking_number: str) -> str:
    """A parcel's, by its shipper and number."""
    return _made("parcel", f"{shipper_id} {tracking_number}")


def of_contact(contact: str) -> str:
    """A number's in E.164, or an address's in lower case."""
    return _made("contact", contact)


def of_customer(name: str) -> str:
    """A customer's, by their shipper's own name for them."""
    return _made("customer", name)


def of_code(code: str) -> str:
    """A code's that is given once."""
    return _made("code", code)


def _made(kind: str, text: str) -> str:
    return mac(f"forgetting:{kind}", text.encode()).hex()
