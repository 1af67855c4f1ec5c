"""Links of the chain that tell the customer: first news, a reminder, and never silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.chain.engine import Again, Done, Result, Step
from app.customer import speak, texts
from app.db.connection import Connection


def notify_customer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Say what happened, what is being done, when the next news comes, and where to choose."""
    sayings = []
    results: list[Result] = []
    for step in steps:
        case, policy = step.case, step.policy
        if case.state == "booked":  # a new number of somebody who chose: the booking is the news
            results.append(Done("booked"))
            continue
        before, case.news_by = case.news_by, now + policy.seconds("news_every")
        said = texts.told(case, speak.link(case))
        once = f"{case.kind}:{case.round}"  # a parcel lost after a failed attempt is news again
        sayings.append(speak.Saying(case, speak.draft(case, policy, "failure", once, said), before))
        results.append(Done("told" if speak.routes(case) else "unreachable"))
    speak.say(conn, sayings, now)
    return results


def remind_customer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Ask once more, by the next channel, while there is something to choose."""
    sayings = []
    for step in steps:
        case = step.case
        if case.state == "informed" and case.kind in {"failed", "refused"}:
            said = texts.reminder(case, speak.link(case))
            once = f"reminder:{case.kind}:{case.round}"
            draft = speak.draft(
                case, step.policy, "reminder", once, said, turn=1, not_after=case.choose_by
            )
            sayings.append(speak.Saying(case, draft, case.news_by))
    speak.say(conn, sayings, now)
    return [Done() for _ in steps]


def give_news(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Before the promised hour passes without news, say that we are still working on it."""
    sayings = []
    results: list[Result] = []
    for step in steps:
        case, policy = step.case, step.policy
        margin = policy.seconds("news_margin")
        if case.state == "booked" or case.news_by is None or not speak.routes(case):
            results.append(Done("nothing_promised"))
            continue
        if case.news_by - margin > now:  # another message has promised a later hour
            results.append(Again(case.news_by - margin, {}))
            continue
        promised, case.news_by = case.news_by, now + policy.seconds("news_every")
        said = texts.still_working(case, speak.link(case))
        draft = speak.draft(case, policy, "news", f"news:{promised.timestamp():.0f}", said)
        sayings.append(speak.Saying(case, draft, case.news_by))
        results.append(Again(case.news_by - margin, {}))
    speak.say(conn, sayings, now)
    return results
