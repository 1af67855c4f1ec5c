"""What a dispatcher reads and hears when several parcels need somebody, in their language."""

from __future__ import annotations

from collections.abc import Sequence

from app.cases import reasons
from app.cases.model import Case
from app.channels.gathering import Words
from app.dispatch import booking_texts, rules, speech, texts
from app.dispatch.about import About
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.languages.language import Language

_NAMED = {"email": 60}
_LINE = 60
_FEW = 3
"""How many parcels a text message names; a mail has room for more."""


def hint(language: Language, message_id: int) -> str:
    """How to answer it by a text message; `replies.read` reads what comes."""
    code = rules.code_of(message_id)
    return language.say("Or reply 1-B{code} to take all, 2-B{code} to pass all on.", code=code)


def bundle(
    language: Language, found: Sequence[tuple[Case, Task, About]], url: str, channel: str
) -> Words:
    """Say what waits, the oldest first, and by when the first of it is decided by the courier.

    All of it is of one sort: failures, or questions, or bookings to confirm.
    """
    many, cases = len(found), [case for case, _, _ in found]
    depots = {case.depot.name for case in cases}
    depot = next(iter(depots)) if len(depots) == 1 else ""
    named = found[: _NAMED.get(channel, _FEW)]
    lines = [f"{one[0].parcel.label}: {_line(language, *one)}" for one in named]
    if more := many - len(named):
        lines.append(language.count("and {number} more", "and {number} more", more))
    listed = "\n" + "\n".join(lines) + "\n" if channel == "email" else f" {'; '.join(lines)}."
    subject, spoken = _several(language, found[0][1].kind, many, depot)
    by, take = _deadline(language, cases), language.say("Take them on: {url}", url=url)
    return Words(
        subject,
        f"{subject}.{listed}{by} {take}",
        " ".join([spoken, *_aloud(language, *found[0][:2], by.strip()), menu(language)]),
    )


def _line(language: Language, case: Case, task: Task, about: About) -> str:
    """One of them, in a few words."""
    match task.kind:
        case TaskKind.QUESTION:
            words = texts.quoted(about, _LINE)
            return ", ".join(words) or texts.in_short(language, case, personal=False)
        case TaskKind.HANDOVER if about.booking:
            return booking_texts.when_booked(language, about.booking)
    return texts.in_short(language, case, personal=about.personal)


def _aloud(language: Language, case: Case, task: Task, by: str) -> list[str]:
    """What is said of the first one, and by when; what the others are like is on the list."""
    if not task.kind.of_delivery:
        return []
    why, words = reasons.why_and_words(language, case)
    first = language.say("The first: {reason}.", reason=f"{why or words}{speech.street(case)}")
    return [first, by] if by else [first]


def _several(language: Language, kind: TaskKind, many: int, depot: str) -> tuple[str, str]:
    """The subject, and how a call about them begins."""
    count = language.count
    match kind:
        case TaskKind.QUESTION:
            what = count(
                "{number} customer waits for an answer",
                "{number} customers wait for an answer",
                many,
            )
        case TaskKind.HANDOVER:
            what = count(
                "{number} booking is to be confirmed",
                "{number} bookings are to be confirmed",
                many,
            )
        case TaskKind.DECISION:
            what = count("{number} decision is missing", "{number} decisions are missing", many)
        case TaskKind.RECOVERY:
            what = count("{number} customer is unhappy", "{number} customers are unhappy", many)
        case _:
            return _parcels(language, many, depot)
    if not depot:
        return what, f"Reknock: {what}."
    whom = language.say("Reknock, for {depot}", depot=depot)
    return f"{depot}: {what}", f"{whom}: {what}."


def _parcels(language: Language, many: int, depot: str) -> tuple[str, str]:
    count = language.count
    if depot:
        subject = count(
            "{number} parcel at {depot}: somebody is needed",
            "{number} parcels at {depot}: somebody is needed",
            many,
            depot=depot,
        )
        spoken = count(
            "Reknock, for {depot}: {number} parcel needs somebody.",
            "Reknock, for {depot}: {number} parcels need somebody.",
            many,
            depot=depot,
        )
        return subject, spoken
    subject = count(
        "{number} parcel: somebody is needed", "{number} parcels: somebody is needed", many
    )
    spoken = count(
        "Reknock: {number} parcel needs somebody.",
        "Reknock: {number} parcels need somebody.",
        many,
    )
    return subject, spoken


def menu(language: Language) -> str:
    """The keys of a call about several."""
    return language.say(
        "Press 1 to take all of them on, 2 to pass them on, or 3 to hear this again."
    )


def _deadline(language: Language, cases: Sequence[Case]) -> str:
    due = [(case.act_by, case.depot.zone) for case in cases if case.act_by]
    return f" {texts.act_by(language, *min(due))}" if due else ""
