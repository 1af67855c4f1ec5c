"""The words of what is set up: roles, what was changed, days; in the language of the page."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from app.directory.rotas.facts import WEEKDAYS
from app.languages.language import mark
from app.theme import dates
from app.theme.speaking import language, plain, said

_LEVEL = re.compile(r"level (\d+)")
_DUTIES = (
    (re.compile(r"(\S+) level (\d+)"), mark("{it}, level {number}")),
    (re.compile(r"rota (\S+)()"), mark("rota {it}")),
    (re.compile(r"(\S+) catch-all()"), mark("in charge of {it}")),
)
"""Where somebody is called, as `directory.store.people` says it."""
_ROLES = {
    "shipper": mark("shipper"),
    "dispatcher": mark("dispatcher"),
    "supervisor": mark("supervisor"),
    "admin": mark("admin"),
}
_KINDS = {
    "account": mark("Courier account"),
    "brand": mark("Brand"),
    "closure": mark("Closed day"),
    "depot": mark("Depot"),
    "gesture_codes": mark("Codes for gestures"),
    "gesture_rules": mark("Rules for gestures"),
    "key": mark("API key"),
    "ladder": mark("Ladder"),
    "opening_hours": mark("Opening hours"),
    "person": mark("Person"),
    "pickup_point": mark("Pickup point"),
    "policy": mark("Policy"),
    "retention": mark("How long customers are remembered"),
    "rota": mark("Rota"),
    "shipper": mark("Shipper"),
    "stand-in": mark("Stand-in"),
    "swap": mark("Swap"),
    "template": mark("Prepared text"),
    "webhook_endpoint": mark("Webhook"),
    "window": mark("Window"),
}


def role(code: str) -> str:
    """What somebody is."""
    return said(_ROLES[code])


def kind(code: str) -> str:
    """What sort of thing was changed."""
    return said(_KINDS.get(code) or code.replace("_", " ").capitalize())


def fact(name: str) -> str:
    """What was changed of it; what is named like a setting stays as it is."""
    if name in WEEKDAYS:
        return dates.weekday(WEEKDAYS.index(name) + 1, language())
    if level := _LEVEL.fullmatch(name):
        return plain("level {number}", number=level[1])
    return said(name)


def value(found: Any) -> str:
    """How it was or is; names and numbers stay as they were written."""
    return said(str(found)) if found not in (None, "", []) else plain("nothing")


def duty(found: str) -> str:
    """Where somebody is called: `anaheim, level 1`."""
    for pattern, sentence in _DUTIES:
        if match := pattern.fullmatch(found):
            return plain(sentence, it=match[1], number=match[2])
    return found


def weekdays() -> list[str]:
    """The names of the days, from Monday on."""
    return [dates.weekday(number, language()) for number in range(1, 8)]


def day(on: date) -> str:
    """A day in full."""
    return language().date(datetime.combine(on, time()), "date_with_year")
