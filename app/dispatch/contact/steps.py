"""Chain steps for a recipient who cannot be written to: ask the shipper, say that one can call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from app.access import links
from app.cases import service as cases
from app.cases.timeline.facts import ContactFailed, ContactRequested
from app.chain.step import TELL_UNTOLD, Again, Done, Plain, Result, Step, StepType
from app.channels import service as channels
from app.channels import shipper
from app.channels.rules import reminds_at
from app.db.connection import Connection
from app.dispatch import rules, store
from app.dispatch.contact import service, texts
from app.languages.language import mark


class Requested(StrEnum):
    """What came of asking the shipper for a contact; one that is given is supplied."""

    UNANSWERED = "unanswered"


def request_contact(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Requested]]:
    """Ask the shipper for a number that works, again each day, a few times.

    Where a message may not have arrived, and not for their number, it is asked once for another.
    """
    drafts, notes = [], []
    results: list[Result[Requested]] = []
    ids = [step.case.id for step in steps]
    lately = channels.lately(conn, ids)
    came = channels.came(conn, ids, now, audience="shipper", topic="contact")
    for step in steps:
        case, asked = step.case, step.data.get("asked", 0)
        doubt = case.id in lately.in_doubt and not case.contact_fault
        if step.data.get("doubt") and (doubt or case.id in lately.arrived):
            results.append(Done(Requested.UNANSWERED))
            continue
        every = step.policy.seconds("ask_again")
        again = reminds_at(came.get(case.id), every, now) if asked else now
        if again > now:
            results.append(Again(again, step.data))
            continue
        if asked >= step.policy.body["ask_times"]:
            notes.append(cases.Entry(case.id, ContactFailed()))
            results.append(Done(Requested.UNANSWERED))
            continue
        url = links.url("contact", case.id)
        mail = texts.ask_for_another(case, url) if doubt else texts.ask_for_number(case, url)
        key = f"case-{case.id}:contact:{step.id}:{step.attempt}"
        drafts.append(shipper.about(case, "contact", key, mail))
        notes.append(cases.Entry(case.id, ContactRequested()))
        results.append(Again(now + every, {"asked": asked + 1, "doubt": doubt}))
    channels.enqueue(conn, drafts, now)
    cases.note(conn, notes, now)
    return results


def tell_to_call(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell whoever has the case, or was called last, that the recipient can be called now.

    Whoever is called from now on reads it in their call.
    """
    drafts = []
    for step in steps:
        case = step.case
        live = [t for t in store.of_case(conn, case.id) if t.state.live and t.kind.of_delivery]
        for person in service.concerned(conn, step, live[0], now) if live else ():
            subject, text = texts.to_call(
                person.speaks, case, links.url("task", live[0].id, person.id)
            )
            drafts.append(
                channels.Draft(
                    case_id=case.id,
                    audience="dispatcher",
                    topic=f"task-{live[0].id}",
                    idempotency_key=f"task-{live[0].id}:to-call:{step.id}:{person.id}",
                    routes=rules.routes(person, case.shipper.country),
                    subject=subject,
                    text=text,
                    language=person.speaks.code,
                    request_id=step.request_id,
                )
            )
    channels.enqueue(conn, drafts, now)
    return [Done(Plain.DONE) for _ in steps]


def tell_untold(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell the shipper, where nothing has told the customer meanwhile how their case ended."""
    drafts = []
    for step in steps:
        case, last = step.case, channels.message(conn, step.data["message"])
        if not case.closed or last is None or last.state in _TOLD:
            continue
        mail = texts.end_untold(case, links.url("contact", case.id))
        drafts.append(shipper.about(case, "contact", f"message-{last.id}:untold", mail, "closed"))
    channels.enqueue(conn, drafts, now)
    return [Done(Plain.DONE) for _ in steps]


_TOLD = frozenset({"sent", "delivered", "suppressed"})
"""It came, or it need not come any more."""


DECLARED = (
    StepType(
        name="request_contact",
        handler=request_contact,
        outcomes=Requested,
        label=mark("ask the shipper for a contact"),
    ),
    StepType(
        name="tell_to_call",
        handler=tell_to_call,
        outcomes=Plain,
        label=mark("say that the recipient can only be called"),
    ),
    StepType(
        name=TELL_UNTOLD,
        handler=tell_untold,
        outcomes=Plain,
        after_close=True,
        label=mark("tell the shipper that the customer could not be told how it ended"),
    ),
)
