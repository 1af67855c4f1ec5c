"""Links of the chain that tell the customer: first news, a reminder, and never silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.chain.engine import Again, Done, Result, Step
from app.channels import service as channels
from app.customer import speak, texts
from app.db.connection import Connection


def notify_customer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Say what happened, what is being done, when the next news comes, and where to choose."""
    told = []
    drafts = []
    results: list[Result] = []
    for step in steps:
        case, policy = step.case, step.policy
        case.news_by = now + policy.seconds("news_every")
        said = texts.told(case, speak.link(case))
        once = f"{case.kind}:{case.round}"  # a parcel lost after a failed attempt is news again
        drafts.append(speak.draft(case, policy, "failure", once, said))
        told.append((case, "failure"))
        results.append(Done("told"))
    channels.enqueue(conn, drafts, now)
    speak.note_told(conn, told, now)
    return results


def remind_customer(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Ask once more, by the next channel, while there is something to choose."""
    told = []
    drafts = []
    for step in steps:
        case = step.case
        if case.state == "informed" and case.kind in {"failed", "refused"}:
            said = texts.reminder(case, speak.link(case))
            once = f"reminder:{case.kind}:{case.round}"
            drafts.append(
                speak.draft(
                    case, step.policy, "reminder", once, said, turn=1, not_after=case.choose_by
                )
            )
            told.append((case, "reminder"))
    channels.enqueue(conn, drafts, now)
    speak.note_told(conn, told, now)
    return [Done() for _ in steps]


def give_news(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Before the promised hour passes without news, say that we are still working on it."""
    told = []
    drafts = []
    results: list[Result] = []
    for step in steps:
        case, policy = step.case, step.policy
        margin = policy.seconds("news_margin")
        if case.state == "booked" or case.news_by is None:
            results.append(Done("booked"))
            continue
        if case.news_by - margin > now:  # another message has promised a later hour
            results.append(Again(case.news_by - margin, {}))
            continue
        promised = case.news_by
        case.news_by = now + policy.seconds("news_every")
        said = texts.still_working(case, speak.link(case))
        drafts.append(speak.draft(case, policy, "news", f"news:{promised.timestamp():.0f}", said))
        told.append((case, "news"))
        results.append(Again(case.news_by - margin, {}))
    channels.enqueue(conn, drafts, now)
    speak.note_told(conn, told, now)
    return results
