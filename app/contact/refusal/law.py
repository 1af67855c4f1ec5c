"""What law adds to a refusal, by where the telephone is. Pure."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers


def together(channel: str, recipient: str) -> tuple[str, ...]:
    """The channels that a refusal by this one holds for."""
    channels = of(country(recipient)).get("together", ())
    return tuple(channels) if channel in channels else (channel,)


def of(country: str) -> dict[str, Any]:
    """What a country's law says; nothing where custom rules."""
    found: dict[str, Any] = _laws().get(country, {})
    return found


def country(number: str) -> str:
    """Where a telephone number is from (ISO 3166-1); empty for anything else."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


@cache
def _laws() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("law.toml").read_text())
