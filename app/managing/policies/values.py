"""What people change in a policy, each with its words. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from app.chain import registry
from app.chain.standard import NIGHT, STANDARD
from app.languages.language import Language, mark
from app.languages.sentence import again, sentence
from app.managing.policies import durations
from app.theme.times import length


class Form(StrEnum):
    """How a value is written."""

    SPAN = "span"
    SPANS = "spans"
    NUMBER = "number"
    YES = "yes"
    CHOICE = "choice"
    HOURS = "hours"
    """From one time of day to another, or never."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the document, or a wait within what follows what (`wait-…`)."""

    name: str
    label: str
    form: Form = Form.SPAN
    choices: tuple[str, ...] = ()


_DEFAULTS = (mark("redelivery"), mark("pickup"))

GROUPS: Mapping[str, Sequence[Field]] = {
    mark("Calling the depot"): (
        Field("gather_within", mark("What follows a call is gathered for so long")),
        Field("catch_all_every", mark("The last level is called again after")),
        Field("catch_all_times", mark("So often, then the pause doubles"), Form.NUMBER),
        Field("catch_all_longest", mark("And is never longer than")),
        Field("catch_all_an_hour", mark("Such later calls to one person in an hour"), Form.NUMBER),
        Field("staff_read_names", mark("Messages to staff say name and street"), Form.YES),
        Field(
            "done_within", mark("Who takes it on finishes within (working hours), or it goes back")
        ),
        Field("remind_before", mark("And is reminded so long before")),
        Field("answer_within", mark("A customer's question is answered within (working hours)")),
    ),
    mark("The customer"): (
        Field("choose_within", mark("They choose within; then the policy chooses")),
        Field("default", mark("What it chooses"), Form.CHOICE, _DEFAULTS),
        Field("news_every", mark("They never wait longer for a word than")),
        Field("news_margin", mark("The word goes out so long before it was promised")),
        Field("quiet_hours", mark("No messages at night, where they live"), Form.HOURS),
        Field("unasked_a_day", mark("Messages they did not ask for, in a day"), Form.NUMBER),
        Field("unasked_a_week", mark("And in a week"), Form.NUMBER),
        Field("next_way_after", mark("Without a receipt the next channel is used after")),
        Field("unread_after", mark("And unread on WhatsApp after")),
        Field("undo_within", mark("A 0 takes back what they booked by an answer within")),
        Field("place_kept", mark("A place that became free is kept for who waited")),
    ),
    mark("Bookings and promises"): (
        Field("confirm_within", mark("What was chosen is certain within")),
        Field("handover_retry", mark("A courier's system is asked again after"), Form.SPANS),
        Field("watch_before", mark("Out for delivery so long before the window")),
        Field("promise_grace", mark("After the window, before it counts as broken")),
        Field("few_places", mark("Places left on a day when the depot is told"), Form.NUMBER),
    ),
    mark("The shipper"): (
        Field("ask_again", mark("A missing contact is asked for again after")),
        Field("ask_times", mark("So often"), Form.NUMBER),
        Field("decision_reminders", mark("Reminders to decide, after"), Form.SPANS),
        Field("decision_within", mark("Then the ladder is called, after")),
        Field("decision_ends", mark("And the customer is told that nobody decides, after")),
    ),
    mark("The end"): (
        Field("return_after", mark("The courier sends it back after, when it says nothing")),
        Field("return_margin", mark("A silent customer's default is booked so long before")),
        Field("old_after", mark("What happened longer ago calls nobody by itself")),
        Field("old_ends", mark("And is closed when nobody began it, after")),
        Field("recycled_after", mark("After a delivery its number may be another parcel's after")),
        Field(
            "survey_messages",
            mark(
                "Customers are asked by message how it went: not in Germany and Austria; there "
                "too, with the order’s consent; or nowhere, on their page only"
            ),
            Form.CHOICE,
            (mark("by_place"), mark("with_consent"), mark("never")),
        ),
        Field("survey_again", mark("An unanswered survey is repeated after")),
        Field("survey_ends", mark("And ends after")),
        Field("link_kept", mark("After the end the customer’s link opens their page for")),
        Field("low_score", mark("Up to this score the depot is called"), Form.NUMBER),
        Field("recover_within", mark("And calls the customer back within (working hours)")),
    ),
}
FIELDS = {field.name: field for fields in GROUPS.values() for field in fields}

_TIMES = {
    "opened_at": mark("after the failure"),
    "news_by": mark("from when news was promised"),
    "choose_by": mark("from when they have to choose"),
    "return_by": mark("from when it goes back"),
    None: mark("after that"),
}
_SINCE = {
    "opened_at": mark("the failure"),
    "news_by": mark("news is due"),
    "choose_by": mark("they have to choose"),
    "return_by": mark("it goes back"),
}
_THAT = mark("that")


NOT_STEPS = (
    *(mark("choose"), mark("correct"), mark("supply contact"), mark("send"), mark("decide")),
    *(mark("survey"), mark("close"), mark("recovered"), mark("good now"), mark("gesture")),
    mark("promise"),
)
"""What else happens and is followed by steps: its names, as `registry.label` has them."""


def waits(body: Mapping[str, Any]) -> list[tuple[Field, int]]:
    """What is armed only after a while, each wait once: the same one may stand at many places."""
    found: dict[str, tuple[Field, int]] = {}
    for _, _, entry in _entries(body):
        if entry.get("arm") and entry.get("in", 0) > 0:
            name = _wait_name(entry)
            label = sentence(
                "{step}, {since}",
                step=partial(_begun, entry["arm"]),
                since=sentence(_TIMES[entry.get("at")]),
            )
            found[name] = Field(name, label), entry["in"]
    return list(found.values())


def _begun(step: str, language: Language) -> str:
    said = again(language, registry.label(step))
    return f"{said[:1].upper()}{said[1:]}"


def _wait_name(entry: Mapping[str, Any]) -> str:
    return f"wait-{entry['arm']}-{entry.get('at', '')}-{entry['in']}"


def _entries(body: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (source, outcome, entry)
        for source, outcomes in body["after"].items()
        for outcome, entries in outcomes.items()
        for entry in entries
    ]


def written(field: Field, body: Mapping[str, Any]) -> str:
    """A value as the form shows it; the standard one's where a policy does not say it."""
    value = body.get(field.name, STANDARD.get(field.name))
    match field.form:
        case Form.SPAN:
            return durations.words(value)
        case Form.SPANS:
            return ", ".join(map(durations.words, value))
        case Form.YES:
            return "yes" if value else ""
        case Form.HOURS:
            return f"{value['from']}–{value['to']}" if value else ""
        case _:
            return str(value)


def changed(body: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The document with what the form says; what the form does not name stays.

    Raises:
        Unreadable: with what is wrong by field.
    """
    new: dict[str, Any] = copy.deepcopy(dict(body))
    faults: dict[str, str] = {}
    for name, field in FIELDS.items():
        if name in given and given[name] != written(field, body):
            try:
                new[name] = _read(field, given[name])
                if field.form is Form.HOURS and new[name]:  # customs of their place stay with it
                    new[name] = {**(body.get(name) or NIGHT), **new[name]}
            except ValueError as error:
                faults[name] = str(error)
    for field, before in waits(body):
        if given.get(field.name, durations.words(before)) != durations.words(before):
            try:
                _set_waits(new, field.name, durations.read(given[field.name]))
            except ValueError as error:
                faults[field.name] = str(error)
    if faults:
        raise Unreadable(faults)
    return new


class Unreadable(Exception):
    """What was typed is no value; `faults` says why, by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


_HOURS = re.compile(r"(\d\d:\d\d)\s*[–-]\s*(\d\d:\d\d)", re.ASCII)


def _read(field: Field, text: str) -> Any:
    match field.form:
        case Form.SPAN:
            return durations.read(text)
        case Form.SPANS:
            return [durations.read(part) for part in text.split(",") if part.strip()]
        case Form.YES:
            return text == "yes"
        case Form.CHOICE:
            return text
        case Form.HOURS:
            return _hours(text.strip())
        case Form.NUMBER:
            return _number(text.strip())


def _hours(text: str) -> dict[str, str] | None:
    hours = _HOURS.fullmatch(text)
    if text and hours is None:
        raise ValueError(mark("Write hours like 21:00–08:00, or nothing."))
    return {"from": hours[1], "to": hours[2]} if hours else None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise ValueError(mark("Write a whole number."))
    return int(text)


def _set_waits(body: dict[str, Any], name: str, seconds: int) -> None:
    for _, _, entry in _entries(body):
        if entry.get("arm") and entry.get("in") and _wait_name(entry) == name:
            entry["in"] = seconds


def facts(body: Mapping[str, Any]) -> dict[str, Any]:
    """A policy as the memory of changes tells it: each value, and what follows each outcome."""
    values = {field.label: written(field, body) or "no" for field in FIELDS.values()}
    steps = {
        f"after {source}: {outcome}": "; ".join(map(in_words, entries)) or "nothing"
        for source, outcomes in body["after"].items()
        for outcome, entries in outcomes.items()
    }
    return {mark("it begins with"): registry.label(body["start"])} | values | steps


def in_words(entry: Mapping[str, Any]) -> str:
    """What an entry lets happen."""
    verb = next((one for one in ("hasten", "cancel", "arm") if one in entry), "")
    said = partial(again, said=registry.label(str(entry.get(verb, ""))))
    if verb == "hasten":
        return sentence("now: {step}", step=said)
    if verb == "cancel":
        return sentence("no longer: {step}", step=said)
    wait, at = entry.get("in", 0), entry.get("at")
    if not wait and not at:
        return registry.label(str(entry.get(verb, "")))
    since = sentence(_SINCE.get(at or "", _THAT))
    if not wait:
        return sentence("{step}, when {since}", step=said, since=since)
    span = partial(length, timedelta(seconds=abs(wait)))
    if wait < 0:
        return sentence("{step}, {span} before {since}", step=said, span=span, since=since)
    return sentence("{step}, {span} after {since}", step=said, span=span, since=since)
