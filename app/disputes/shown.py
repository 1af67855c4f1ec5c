"""The record of a disputed attempt in words, for whoever reads its page. Pure.

The record itself has codes and times, which are what its digests are of; the file has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.cases import reasons
from app.disputes.evidence import Kind, Source
from app.disputes.record import DIGEST, FORGOTTEN
from app.disputes.rules import Result
from app.languages.language import Language, mark

STATES = {
    "agreed": mark("Both say the same."),
    "open": mark("Nobody has found out yet who is right."),
    "accepted": mark("It was found that nobody came."),
    "rejected": mark("It was found that the courier was there."),
}
FOUND = {
    Result.CONTRADICTS: mark("This speaks against the courier’s report."),
    Result.SUPPORTS: mark("This supports the courier’s report."),
    Result.OPEN: mark("This does not say who is right."),
}
_KINDS = {
    Kind.REPORT: mark("Report"),
    Kind.STATEMENT: mark("Statement"),
    Kind.CHECK: mark("Check"),
    Kind.NOTE: mark("Note"),
    Kind.PHOTO: mark("Photo"),
}
_SOURCES = {
    Source.COURIER: mark("the courier"),
    Source.CUSTOMER: mark("the customer"),
    Source.REKNOCK: "Reknock",
}


class Shown(NamedTuple):
    """One piece of evidence: whose it is, and what it says; `quoted` is in their own words."""

    title: str
    text: str
    quoted: str


def piece(given: Mapping[str, Any], language: Language) -> Shown:
    """A piece of the record's evidence."""
    say, content = language.say, given["content"]
    kind, source = Kind(given["kind"]), Source(given["source"])
    title = say("{kind}, {source}", kind=say(_KINDS[kind]), source=say(_SOURCES[source]))
    if FORGOTTEN in content:
        return Shown(title, say("What it said was forgotten; its digest is kept."), "")
    words = content.get("words", "")
    match kind:
        case Kind.REPORT:
            return Shown(title, reason(content["reason"], content["code"], language), words)
        case Kind.STATEMENT:
            return Shown(title, say(came(content["came"])), words)
        case Kind.CHECK:
            found = FOUND[content["result"]]
            return Shown(title, f"{_checked(content, language)} {say(found)}", "")
    return Shown(title, "", words)


def came(there: bool) -> str:
    """What the customer says of the attempt."""
    return mark("The courier came") if there else mark("Nobody came")


def reason(named: str, code: str, language: Language) -> str:
    """Why it failed, in words, and by the courier's code where that is another one."""
    said = reasons.in_words(language, named)
    return f"{said} ({code})" if code not in {"", named} else said


def quoted(words: str) -> str:
    """What somebody said; nothing of it where they were forgotten."""
    return "" if words.startswith(DIGEST) else words


def moment(text: str) -> str:
    """A time of the record, to the minute: UTC, and the same in every language."""
    return f"{text[:16].replace('T', ' ')} UTC"


def _checked(content: Mapping[str, Any], language: Language) -> str:
    say = language.say
    match content["check"]:
        case "hours":
            at = datetime.fromisoformat(content["local_time"])
            text = mark("On the clocks there it was {time}, and the depot was closed.")
            if content["depot_open"]:
                text = mark("On the clocks there it was {time}, and the depot was open.")
            return say(text, time=language.date(at, "time"))
        case "window":
            text = mark("It was not in the time that was booked: {start} until {end}.")
            if content["result"] == Result.OPEN:
                text = mark("It was in the time that was booked: {start} until {end}.")
            return say(text, start=moment(content["from"]), end=moment(content["to"]))
        case "scan":
            scanned = content["out_for_delivery"]
            if not scanned:
                return say("It was not scanned as out for delivery in the hours before.")
            text = mark("It was scanned as out for delivery before: {moment}.")
            return say(text, moment=moment(scanned))
        case "position":
            metres = content["metres"]
            return say("The driver was {metres} m from the address.", metres=metres)
    return say("The courier sent a photo with its report.")
