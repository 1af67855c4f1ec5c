"""What a dry run found, in words: the same on the page and at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from app.languages.language import mark
from app.languages.sentence import sentence, sentences
from app.theme.times import length

_BY = {
    "sms": mark("by text message"),
    "voice": mark("by telephone"),
    "email": mark("by e-mail"),
    "push": mark("by push"),
}
_RUNS = ("really", "before", "after")
_MEASURES = {
    "first_call": mark("First call, after the failure"),
    "acknowledged": mark("Somebody took it on, after"),
    "silence": mark("The customer's longest wait for a word"),
}
_ENDS = {
    "open": mark("still open"),
    "informed": mark("the customer has not chosen"),
    "booked": mark("booked"),
}

ASSUMED = (
    mark("Couriers' news come at the hours at which they came."),
    mark(
        "Whoever took something on, passed it on, put it off or finished it needs as long as then."
    ),
    mark("Whoever is never called does nothing, though in truth they or somebody else might have."),
    mark(
        "Customers choose, ask and answer as long after our message as then, the same window "
        "if free."
    ),
    mark("Shippers decide as long after they were asked as then."),
    mark("What they would have done after other words, or at another hour, nobody knows."),
    mark(
        "Messages arrive or fail as they did. A telephone that did not ring then is not answered."
    ),
    mark(
        "What falls on the same moment leaves in one message, though then seconds may have "
        "parted it."
    ),
    mark("Contacts, addresses, depots, ladders, rotas and windows are those of today."),
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
        sentence(
            "{person} {times} instead of {before}, {by}.",
            person=one["person"],
            times=times(one["after"]),
            before=str(one["before"]),
            by=by(one["channel"]),
        )
        for one in calls
        if one["after"] != one["before"]
    ]
    customer = result["customer"]
    if customer["after"] != customer["before"]:
        found.append(
            sentence(
                "Customers get {after} messages instead of {before}.",
                after=str(customer["after"]),
                before=str(customer["before"]),
            )
        )
    for name, what in _MEASURES.items():
        before, after = (_spans(result[name][run]) for run in _RUNS[1:])
        if before != after:
            found.append(
                sentence(
                    "{what}: {after} instead of {before}.",
                    what=sentence(what),
                    after=after,
                    before=before,
                )
            )
    before, after = (str(result["acknowledged"][run]["count"]) for run in _RUNS[1:])
    if before != after:
        found.append(
            sentence("{after} cases are taken on instead of {before}.", after=after, before=before)
        )
    if number := len(result["ends"]):
        found.append(
            sentences("{number} case ends otherwise.", "{number} cases end otherwise.", number)
        )
    return found


def calls(result: Mapping[str, Any]) -> list[Row]:
    """Who is called how often."""
    return [
        Row(
            sentence("{person}, {by}", person=one["person"], by=by(one["channel"])),
            *(str(one[run]) for run in _RUNS),
        )
        for one in result["calls"]
    ]


def measures(result: Mapping[str, Any]) -> list[Row]:
    """How long everything takes: for half of the cases, and at most."""
    found = [Row(mark("Messages to customers"), *(str(result["customer"][run]) for run in _RUNS))]
    for name, what in _MEASURES.items():
        found.append(Row(what, *(_spans(result[name][run]) for run in _RUNS)))
    taken = (str(result["acknowledged"][run]["count"]) for run in _RUNS)
    return [*found, Row(mark("Cases that somebody took on"), *taken)]


def ends(result: Mapping[str, Any]) -> list[str]:
    """Which cases end otherwise."""
    return [
        sentence(
            "{what}: {after} instead of {before}",
            what=one["label"],
            after=sentence(end(one["after"])),
            before=sentence(end(one["before"])),
        )
        for one in result["ends"]
    ]


def end(code: str) -> str:
    """How a case ended, or how far it is."""
    return _ENDS.get(code, code.replace("_", " "))


def left_out(result: Mapping[str, Any]) -> list[str]:
    """Why some cases were not replayed."""
    return [
        sentence("{number} because {why}", number=str(number), why=sentence(why))
        for why, number in result["left_out"].items()
    ]


def fidelity(result: Mapping[str, Any]) -> str:
    """How well the replay of things as they are tells what really was."""
    really = sum(one["really"] for one in result["calls"])
    before = sum(one["before"] for one in result["calls"])
    if really == before:
        return sentence(
            "Replayed as things are there are as many calls as there really were: {number}.",
            number=str(really),
        )
    return sentence(
        "Replayed as things are there are {before} calls; really there were {really}.",
        before=str(before),
        really=str(really),
    )


def by(channel: str) -> str:
    """How somebody is called."""
    if channel in _BY:
        return sentence(_BY[channel])
    return sentence("by {channel}", channel=channel)


def times(number: int) -> str:
    """How often."""
    return sentence("once") if number == 1 else sentences("{number} time", "{number} times", number)


def _spans(measure: Mapping[str, Any]) -> str:
    if not measure["count"]:
        return sentence("never")
    middle, most = (_span(measure[name]) for name in ("median", "most"))
    if middle == most:
        return middle
    return sentence("{middle}, at most {most}", middle=middle, most=most)


def _span(seconds: int) -> str:
    if seconds < 1:
        return sentence("at once")
    return sentence("{length}", length=partial(length, timedelta(seconds=seconds)))


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
