"""Who is called at which level, and why nobody is, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import languages
from app.channels.service import Route
from app.directory.model import Empty
from app.dispatch.oncall import moments
from app.dispatch.oncall.service import WouldCall
from app.languages.language import Language, mark
from app.languages.sentence import sentence
from app.theme.times import When

_WHY = {
    Empty.NOBODY_ON_DUTY: mark("nobody is on duty"),
    Empty.DEPOT_CLOSED: mark("the depot is closed"),
    Empty.DEPOT_OPEN: mark("the depot is open"),
    Empty.NO_WAY: mark("nobody there can be reached"),
}


_SHOWN = 4
"""Holes that one message names."""
_CHANNELS = {
    "sms": mark("text message"),
    "voice": mark("telephone"),
    "email": mark("e-mail"),
    "http": mark("system"),
    "chat": mark("chat"),
    "push": mark("browser"),
}


def why(empty: str) -> str:
    """`nobody is on duty`."""
    return _WHY[Empty(empty)] if empty in _WHY else mark("nobody could be called")


def level(call: WouldCall) -> str:
    """`level 1 (Nights)`, `in charge, call 2`; to be said `again`."""
    name = sentence("level {number}", number=call.level)
    if call.catch_all:
        name = sentence("in charge")
    if call.rotas:
        name = sentence("{level} ({rotas})", level=name, rotas=", ".join(call.rotas))
    return (
        sentence("{level}, call {number}", level=name, number=call.again + 1)
        if call.again
        else name
    )


def hour(at: datetime, begins: datetime, ends: datetime, when: When) -> str:
    """`03:05`; with its day when that is not the one on which a list of calls begins.

    Where the clocks change within the list the offset is said too.
    """
    other = when.date(at) != when.date(begins)
    said = when.short(at) if other else when.time(at)
    if moments.offsets(begins, ends, when.zone):
        return f"{said} {moments.offset(at, when.zone)}"
    return said


def ways(found: Sequence[Sequence[Route]]) -> str:
    """`voice +1714…, then sms +1714…`."""
    said = [", then ".join(f"{r.channel} {r.recipient}" for r in routes) for routes in found]
    return "; ".join(said)


def channels(found: Sequence[Sequence[Route]], language: Language | None = None) -> str:
    """`telephone, then text message`: by what somebody is called, without the numbers."""
    language = language or languages.get()
    names = [[language.say(_CHANNELS.get(r.channel, r.channel)) for r in way] for way in found]
    return "; ".join(" → ".join(way) for way in names)


def passed_over(level: int, empty: str, rotas: Sequence[str]) -> str:
    """Say it: `Level 1 (Nights) was passed over: nobody is on duty.`, to be said `again`."""
    because = sentence(why(empty))
    if not rotas:
        return sentence("Level {level} was passed over: {why}.", level=level, why=because)
    names = ", ".join(rotas)
    return sentence(
        "Level {level} ({rotas}) was passed over: {why}.", level=level, rotas=names, why=because
    )


def cover(language: Language, asked_by: str, rota: str, when: str, link: str) -> tuple[str, str]:
    """Subject and text for somebody who is asked to take another's shift."""
    subject = language.say("{name} asks for cover: {rota}", name=asked_by, rota=rota)
    rest = language.say("Can you take it? Whoever is first has it: {link}", link=link)
    return subject, f"{subject}, {when}. {rest}"


def covered(language: Language, taken_by: str, rota: str, when: str) -> tuple[str, str]:
    """Subject and text for whoever asked for cover and has it."""
    subject = language.say("{name} covers for you: {rota}", name=taken_by, rota=rota)
    rest = language.say("You need not do anything more.")
    return subject, f"{subject}, {when}. {rest}"


def holes(
    language: Language, rota: str, depot: str, times: Sequence[str], place: str
) -> tuple[str, str]:
    """Subject and text for who is in charge: when nobody is on duty, while it can be mended."""
    subject = language.say("{rota} at {depot}: nobody is on duty", rota=rota, depot=depot)
    shown = list(times[:_SHOWN])
    if more := len(times) - len(shown):
        shown.append(language.count("{number} time more", "{number} times more", more))
    find = language.say("Please find somebody: {link}", link=place)
    return subject, f"{subject}. {'; '.join(shown)}. {find}"
