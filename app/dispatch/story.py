"""The timeline in words for those who act on it: everything, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.dispatch.service import OUTCOMES
from app.theme.times import When, read_moment

TITLES = {
    "failed": "Delivery failed",
    "refused": "Parcel refused",
    "returned": "Parcel on its way back",
    "lost": "Parcel lost",
    "damaged": "Parcel damaged",
}
FAULTS = {
    "missing": "The order has no phone number.",
    "not_a_number": "What the order has is not a phone number.",
    "too_short": "The phone number is too short.",
    "too_long": "The phone number is too long.",
    "unknown_country_code": "The number’s country code does not exist.",
    "not_assigned": "No such number is in use.",
    "premium": "It is a premium-rate number; we do not use it.",
    "no_text_messages": "A landline: no text message reaches it, but you can call.",
}


class Line(NamedTuple):
    """One line of the story. `tone` is `good`, `bad` or empty; `more` says it in detail."""

    at: datetime
    text: str
    tone: str
    more: str


def label(code: str) -> str:
    """A code as words: `recipient_unavailable` is `Recipient unavailable`."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def story(timeline: Sequence[dict[str, Any]], when: When) -> list[Line]:
    """The whole timeline in words, newest first; a kind we do not know is shown by its name."""
    return [_line(entry, when) for entry in reversed(timeline)]


def _line(entry: dict[str, Any], when: When) -> Line:
    kind, actor, facts = entry["kind"], entry["actor"], entry["facts"]
    if kind.startswith("courier_"):
        return Line(entry["at"], *_courier(kind.removeprefix("courier_"), entry["at"], facts, when))
    say = _WORDS.get(kind)
    text, tone, more = say(actor, facts, when) if say else (f"{label(kind)}.", "", "")
    return Line(entry["at"], text, tone, more)


def _courier(kind: str, at: datetime, facts: dict[str, Any], when: When) -> tuple[str, str, str]:
    reason = label(str(facts.get("reason") or ""))
    tone = "good" if kind == "delivered" else "bad" if kind in TITLES else ""
    said = [str(facts.get("words") or "")]
    happened = read_moment(facts.get("at"))
    if happened and at - happened > timedelta(hours=1):
        said.append(f"(it happened {when.moment(happened)})")
    text = TITLES.get(kind) or f"Courier: {label(kind).lower()}"
    if kind in TITLES and reason and reason.lower() != kind:
        text += f": {reason[:1].lower()}{reason[1:]}"
    return f"{text}.", tone, " ".join(filter(None, said))


def _spell(facts: dict[str, Any], when: When) -> str:
    starts, ends = read_moment(facts.get("starts_at")), read_moment(facts.get("ends_at"))
    if not starts or not ends:
        return "a new time"
    place = f"{facts.get('place')}, " if facts.get("kind") == "pickup" else ""
    return place + when.window(starts, ends)


def _who(actor: str) -> str:
    return {"customer": "The customer", "policy": "Reknock", "reknock": "Reknock"}.get(actor, actor)


_TOLD = {
    "failure": "The customer was told what happened.",
    "reminder": "The customer was reminded to choose.",
    "news": "The customer got the promised news.",
    "booking": "The booking was confirmed to the customer.",
    "promise": "The customer was told that the promise was not kept.",
    "handed_over": "The customer was told who takes over.",
}

Said = tuple[str, str, str]
_WORDS: dict[str, Callable[[str, dict[str, Any], When], Said]] = {
    "contact_checked": lambda _, f, __: {
        "reachable": ("The recipient’s number can be used.", "good", ""),
        "email_only": (
            "No usable number; e-mail is used.",
            "",
            FAULTS.get(f.get("fault") or "", ""),
        ),
    }.get(
        str(f.get("outcome")),
        ("No way to reach the recipient.", "bad", FAULTS.get(f.get("fault") or "", "")),
    ),
    "contact_requested": lambda *_: ("The shipper was asked for a number.", "", ""),
    "contact_supplied": lambda a, *_: (f"A new contact was given by {a}.", "good", ""),
    "contact_looked_up": lambda _, f, __: (
        ("The shipper’s system knows a contact.", "good", "")
        if f.get("outcome") == "found"
        else ("The shipper’s system knows no contact.", "", "")
    ),
    "contact_failed": lambda *_: ("The shipper gave no number.", "bad", ""),
    "decision_requested": lambda *_: ("The shipper was asked to decide.", "", ""),
    "handed_over": lambda *_: ("Handed over to the shipper.", "", ""),
    "dispatcher_called": lambda _, f, __: (
        f"Called level {f.get('level')}: {', '.join(map(str, f.get('people') or ()))}.",
        "",
        "",
    ),
    "recovery_called": lambda _, f, __: (
        f"Called to make it good: {', '.join(map(str, f.get('people') or ()))}.",
        "",
        "",
    ),
    "acknowledged": lambda a, f, _: (f"{a} took it on.", "good", _noted(f)),
    "passed_on": lambda a, *_: (f"{a} passed it on.", "", ""),
    "resolved": lambda a, f, _: (f"{a} finished it.", "good", _noted(f)),
    "ladder_exhausted": lambda *_: ("Everybody was called and nobody answered.", "bad", ""),
    "customer_told": lambda _, f, __: (
        _TOLD.get(str(f.get("topic")), f"The customer was told: {f.get('topic')}."),
        "",
        "",
    ),
    "booked": lambda a, f, w: (f"{_who(a)} booked {_spell(f, w)}.", "good", ""),
    "rebooked": lambda a, f, w: (f"{_who(a)} changed to {_spell(f, w)}.", "good", ""),
    "default_booked": lambda _, f, w: (f"Reknock booked {_spell(f, w)}.", "good", ""),
    "promise_broken": lambda *_: ("The promise was not kept.", "bad", ""),
    "survey_sent": lambda *_: ("The customer was asked how it went.", "", ""),
    "survey_answered": lambda _, f, __: (
        f"The customer gave {f.get('score')} of 5.",
        "",
        str(f.get("words") or ""),
    ),
    "thanked": lambda *_: ("The customer was thanked.", "good", ""),
    "message_undeliverable": lambda *_: ("A message did not arrive.", "bad", ""),
    "audit_healed": lambda *_: ("The audit found the case at a standstill and woke it.", "bad", ""),
    "closed": lambda _, f, __: (
        f"Closed: {label(str(f.get('resolution') or '')).lower()}.",
        "",
        "",
    ),
}


def _noted(facts: dict[str, Any]) -> str:
    outcome = OUTCOMES.get(str(facts.get("outcome") or ""), "")
    return ". ".join(filter(None, (outcome, str(facts.get("note") or ""))))
