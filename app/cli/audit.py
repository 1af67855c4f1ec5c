"""`reknock audit`: is somebody answering for every case?"""

from __future__ import annotations

import sys

import click

from app import clock
from app.chain import audit
from app.cli import environment
from app.db.connection import connection
from app.dispatch import queue_counts_store
from app.handover import audit as handover
from app.insight import rollups
from app.insight import store as gauges
from app.plain import counted
from app.promises import service as promises
from app.questions import audit as questions


@click.command("audit")
@click.option(
    "--days",
    type=click.IntRange(0, rollups.KEPT.days),
    default=7,
    show_default=True,
    help="Compare the figures of the cases of so many days.",
)
def command(days: int) -> None:
    """Find open cases that nothing moves and steps that are stuck; heal the first, show both.

    Promises that nothing is going to keep are named. The counts that pages and figures read are
    compared with what they count; figures of a day that are wrong are counted anew. Ends with 1
    when it found something.

    Example: reknock audit --days 90
    """
    environment.attach()
    found = audit.run(clock.now(), all_open=True)
    for case_id in found.orphans:
        click.echo(f"case {case_id}: nothing was going to move it; its chain goes on now")
    for case_id in found.in_vain:
        click.echo(
            f"case {case_id}: its chain came to nothing again and again; look at its policy "
            f"(reknock why {case_id})"
        )
    unasked = questions.run(clock.now())
    for case_id in unasked:
        click.echo(f"case {case_id}: nobody looked after a question's hour; its clock runs again")
    for step in found.stuck:
        click.echo(
            f"case {step['case_id']}: {step['name']} was due at {step['due_at']:%Y-%m-%d %H:%M}, "
            f"tried {counted(step['tries'], 'time')}: "
            f"{step['last_error'] or 'no error; are workers up?'}"
        )
    unanswered = handover.heal(clock.now())
    for case_id in unanswered:
        click.echo(
            f"case {case_id}: nobody was going to confirm its booking; somebody is asked now"
        )
    unkept = promises.unkept(connection())
    for promise in unkept:
        click.echo(
            f"case {promise.case_id}: {promise.kind} was promised by "
            f"{promise.due_at:%Y-%m-%d %H:%M}, and no step and no person's task stands for it"
        )
    wrong = [
        *queue_counts_store.wrong_counts(connection(), clock.now()),
        *gauges.wrong_gauges(connection()),
    ]
    for row in wrong:
        what = ", ".join(f"{name} {value}" for name, value in row.items())
        click.echo(f"a count that is kept differs from what it counts: {what}")
    for day, differs in rollups.audit(days):
        wrong += differs
        click.echo(
            f"figures of {day:%Y-%m-%d}: {len(differs)} differ from the cases, such as "
            f"{differs[0]['key']}: {differs[0]['kept']} kept, {differs[0]['real']} counted; "
            "the day is counted anew"
        )
    rollups.catch_up()
    if not (any(found) or wrong or unanswered or unasked or unkept):
        click.echo("Every open case has its next step; none is late, none fails.")
        click.echo("Every promise has somebody or something that will keep it.")
    sys.exit(any(found) or bool(wrong or unanswered or unasked or unkept))
