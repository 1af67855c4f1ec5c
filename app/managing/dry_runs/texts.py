"""What a dry run found, in words: the same on the page and at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from app.theme.times import length

_BY = {"sms": "by text message", "voice": "by telephone", "email": "by e-mail", "push": "by push"}
_RUNS = ("really", "before", "after")
_MEASURES = {
    "first_call": "First call, after the failure",
    "acknowledged": "Somebody took it on, after",
    "silence": "The customer's longest wait for a word",
}

ASSUMED = (
    "Couriers' news come at the hours at which they came.",
    "Whoever took something on, passed it on, put it off or finished it needs as long as then.",
    "Whoever is never called does nothing, though in truth they or somebody else might have.",
    "Customers choose, ask and answer as long after our message as then, the same window if free.",
    "Shippers decide as long after they were asked as then.",
    "What they would have done after other words, or at another hour, nobody knows.",
    "Messages arrive or fail as they did. A telephone that did not ring then is not answered.",
    "What falls on the same moment leaves in one message, though then seconds may have parted it.",
    "Contacts, addresses, depots, ladders, rotas and windows are those of today.",
)
"""What a replay takes for granted."""


class Row(NamedTuple):
    """One line of a table."""

    what: str
    really: str
    before: str
    after: str


def differences(result: Mapping[str, Any]) -> list[str]:
    """What would differ, in sentences, what differs most first."""
    calls = sorted(result["calls"], key=lambda one: -abs(one["after"] - one["before"]))
    found = [
        f"{one['person']} {times(one['after'])} instead of {one['before']}, {by(one['channel'])}."
        for one in calls
        if one["after"] != one["before"]
    ]
    customer = result["customer"]
    if customer["after"] != customer["before"]:
        found.append(f"Customers get {customer['after']} messages instead of {customer['before']}.")
    for name, what in _MEASURES.items():
        before, after = (_spans(result[name][run]) for run in _RUNS[1:])
        if before != after:
            found.append(f"{what}: {after} instead of {before}.")
    before, after = (str(result["acknowledged"][run]["count"]) for run in _RUNS[1:])
    if before != after:
        found.append(f"{after} cases are taken on instead of {before}.")
    if ends := len(result["ends"]):
        found.append(f"{ends} {'case ends' if ends == 1 else 'cases end'} otherwise.")
    return found


def calls(result: Mapping[str, Any]) -> list[Row]:
    """Who is called how often."""
    return [
        Row(f"{one['person']}, {by(one['channel'])}", *(str(one[run]) for run in _RUNS))
        for one in result["calls"]
    ]


def measures(result: Mapping[str, Any]) -> list[Row]:
    """How long everything takes: for half of the cases, and at most."""
    found = [Row("Messages to customers", *(str(result["customer"][run]) for run in _RUNS))]
    for name, what in _MEASURES.items():
        found.append(Row(what, *(_spans(result[name][run]) for run in _RUNS)))
    taken = (str(result["acknowledged"][run]["count"]) for run in _RUNS)
    return [*found, Row("Cases that somebody took on", *taken)]


def ends(result: Mapping[str, Any]) -> list[str]:
    """Which cases end otherwise."""
    return [
        f"{one['label']}: {end(one['after'])} instead of {end(one['before'])}"
        for one in result["ends"]
    ]


def end(code: str) -> str:
    """How a case ended, or how far it is."""
    known = {"open": "still open", "informed": "the customer has not chosen", "booked": "booked"}
    return known.get(code, code.replace("_", " "))


def left_out(result: Mapping[str, Any]) -> list[str]:
    """Why some cases were not replayed."""
    return [f"{number} because {why}" for why, number in result["left_out"].items()]


def fidelity(result: Mapping[str, Any]) -> str:
    """How well the replay of things as they are tells what really was."""
    really = sum(one["really"] for one in result["calls"])
    before = sum(one["before"] for one in result["calls"])
    if really == before:
        return f"Replayed as things are there are as many calls as there really were: {really}."
    return f"Replayed as things are there are {before} calls; really there were {really}."


def by(channel: str) -> str:
    """How somebody is called."""
    return _BY.get(channel, f"by {channel}")


def times(number: int) -> str:
    """How often."""
    return "once" if number == 1 else f"{number} times"


def _spans(measure: Mapping[str, Any]) -> str:
    if not measure["count"]:
        return "never"
    middle, most = (_span(measure[name]) for name in ("median", "most"))
    return middle if middle == most else f"{middle}, at most {most}"


def _span(seconds: int) -> str:
    return "at once" if seconds < 1 else length(timedelta(seconds=seconds))


def said(result: Mapping[str, Any]) -> Sequence[str]:
    """All of it as lines, for the terminal."""
    found = differences(result) or ["Nothing would differ."]
    lines = [f"{result['cases']} past cases replayed. {fidelity(result)}", ""]
    lines += [*found, ""]
    header = Row("", "really", "as it is", "as tried")
    table = [header, *calls(result), *measures(result)]
    width = max(len(row.what) for row in table)
    lines += [f"{r.what:<{width}}  {r.really:<24}  {r.before:<24}  {r.after}" for r in table]
    lines += ["", *ends(result)] if result["ends"] else []
    if result["left_out"]:
        lines += ["", "Left out, since a replay cannot do it again:", *left_out(result)]
    return [*lines, "", "What a replay takes for granted:", *(f"- {one}" for one in ASSUMED)]
