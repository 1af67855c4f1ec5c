"""Who is called at which level, and why nobody is, in words."""

from __future__ import annotations

from collections.abc import Sequence

from app.channels.service import Route
from app.directory.model import Empty
from app.dispatch.oncall.service import WouldCall

_WHY = {
    Empty.NOBODY_ON_DUTY: "nobody is on duty",
    Empty.DEPOT_CLOSED: "the depot is closed",
    Empty.DEPOT_OPEN: "the depot is open",
    Empty.NO_WAY: "nobody there can be reached",
}


_CHANNELS = {"sms": "text", "voice": "telephone", "email": "mail"}


def why(empty: str) -> str:
    """`nobody is on duty`."""
    return _WHY[Empty(empty)] if empty in _WHY else "nobody could be called"


def level(call: WouldCall) -> str:
    """`level 1 (Nights)`, `in charge, call 2`."""
    name = "in charge" if call.catch_all else f"level {call.level}"
    rotas = f" ({', '.join(call.rotas)})" if call.rotas else ""
    return f"{name}{rotas}" + (f", call {call.again + 1}" if call.again else "")


def ways(found: Sequence[Sequence[Route]]) -> str:
    """`voice +1714…, then sms +1714…`."""
    said = [", then ".join(f"{r.channel} {r.recipient}" for r in routes) for routes in found]
    return "; ".join(said)


def channels(found: Sequence[Sequence[Route]]) -> str:
    """`telephone, then text` and so on: by what somebody is called, without the numbers."""
    said = [", then ".join(_CHANNELS.get(r.channel, r.channel) for r in way) for way in found]
    return " and ".join(said)


def passed_over(level: int, empty: str, rotas: Sequence[str]) -> str:
    """Say it: `Level 1 (Nights) was passed over: nobody is on duty.`."""
    name = f" ({', '.join(rotas)})" if rotas else ""
    return f"Level {level}{name} was passed over: {why(empty)}."
