"""Sentences that only the page says: who answers, who was called, what comes by itself."""

from __future__ import annotations

from app.cases import speech
from app.cases.model import Case
from app.customer import hours, parts
from app.customer.outlook import Act, Otherwise
from app.dispatch.in_vain_store import InVain
from app.promises.service import Promise
from app.questions.keepers import either
from app.theme.times import When


def without_you(case: Case, phase: str, otherwise: Otherwise | None, when: When) -> str:
    """What happens if the customer does nothing, and by when; empty where it is nothing."""
    if otherwise is None:
        return ""
    say, at = speech.about(case), when.moment(otherwise.at)
    if phase == "waiting":  # nothing can be booked as things are
        return say(
            "If no delivery can be booked by {moment}, we'll ask {shipper} what comes next.",
            moment=at,
        )
    if phase == "sender" and otherwise.act is Act.ASK:
        return say(
            "By {moment} we'll ask {shipper} for a new parcel or your money back.", moment=at
        )
    return parts.without_you(case, otherwise)


def tried(case: Case, calls: InVain | None, call: Promise | None, when: When) -> str:
    """How often the depot was called in vain, and when it is called again; else empty."""
    if calls is None:
        return ""
    say, since = speech.about(case), when.moment(calls.since)
    if not calls.exhausted:
        return say("We called them {since}, and nobody has responded yet.", since=since)
    often = hours.often(case, calls.rings)
    if call and when.ahead(call.due_at):
        return say(
            "Nobody there has responded yet. We’ve called them {often} since {since}, and "
            "we’ll call again by {moment}.",
            often=often,
            since=since,
            moment=when.moment(call.due_at),
        )
    return say(
        "Nobody there has responded yet. We’ve called them {often} since {since}, and we’ll "
        "keep calling until somebody does.",
        often=often,
        since=since,
    )


def answers(case: Case, keeper: str, answer: Promise | None, when: When) -> str:
    """Who answers what was asked last, and by when."""
    say = speech.about(case)
    names = either(when.language, keeper)
    if answer is None:
        if keeper:
            return say("{names} at the depot will answer.", names=names)
        return say("The depot will answer.")
    moment = when.moment(answer.due_at)
    if keeper:
        return say("{names} at the depot will answer by {moment}.", names=names, moment=moment)
    return say("The depot will answer by {moment}.", moment=moment)


def wish_answers(case: Case, keeper: str, decided_by: Promise | None, when: When) -> str:
    """Who says whether it can go to another address, and by when."""
    say = speech.about(case)
    names = either(when.language, keeper)
    moment = when.moment(decided_by.due_at) if decided_by else ""
    if keeper and moment:
        return say(
            "{names} at the depot will tell you by {moment} whether that can be done; until "
            "then nothing changes.",
            names=names,
            moment=moment,
        )
    if moment:
        return say(
            "The depot will tell you by {moment} whether that can be done; until then nothing "
            "changes.",
            moment=moment,
        )
    return say("The depot will tell you whether that can be done; until then nothing changes.")
