"""What a dispatcher reads and hears when several parcels need somebody, in their language."""

from __future__ import annotations

from collections.abc import Sequence

from app.cases.model import Case
from app.channels.gathering import Words
from app.dispatch import reasons, rules, texts
from app.languages.language import Language

_NAMED = {"email": 60}
_FEW = 3
"""How many parcels a text message names; a mail has room for more."""


def hint(language: Language, message_id: int) -> str:
    """How to answer it by a text message; `replies.read` reads what comes."""
    code = rules.code_of(message_id)
    return language.say("Or reply 1-B{code} to take all, 2-B{code} to pass all on.", code=code)


def bundle(
    language: Language, cases: Sequence[Case], url: str, channel: str, *, personal: bool
) -> Words:
    """Say what waits, the oldest first, and by when the first of it is decided by the courier."""
    say, count, many = language.say, language.count, len(cases)
    depots = {case.depot.name for case in cases}
    depot = next(iter(depots)) if len(depots) == 1 else ""
    named = cases[: _NAMED.get(channel, _FEW)]
    lines = [
        f"{case.parcel.label}: {texts.in_short(language, case, personal=personal)}"
        for case in named
    ]
    if more := many - len(named):
        lines.append(count("and {number} more", "and {number} more", more))
    listed = "\n" + "\n".join(lines) + "\n" if channel == "email" else f" {'; '.join(lines)}."
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
    else:
        subject = count(
            "{number} parcel: somebody is needed", "{number} parcels: somebody is needed", many
        )
        spoken = count(
            "Reknock: {number} parcel needs somebody.",
            "Reknock: {number} parcels need somebody.",
            many,
        )
    why, words = reasons.why_and_words(language, cases[0])
    first = say("The first: {reason}.", reason=why or words)
    by, take = _deadline(language, cases), say("Take them on: {url}", url=url)
    return Words(
        subject,
        f"{subject}.{listed}{by} {take}",
        f"{spoken} {first} {menu(language)}",
    )


def menu(language: Language) -> str:
    """The keys of a call about several."""
    return language.say(
        "Press 1 to take all of them on, 2 to pass them on, or 3 to hear this again."
    )


def _deadline(language: Language, cases: Sequence[Case]) -> str:
    due = [(case.act_by, case.depot.zone) for case in cases if case.act_by]
    return f" {texts.act_by(language, *min(due))}" if due else ""
