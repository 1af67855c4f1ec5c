"""The list that a message for several parcels opens: GET shows it, POST takes all of them on."""

from __future__ import annotations

from flask import Blueprint, Response

from app import clock
from app.access import links
from app.db.connection import Connection, connection
from app.directory import store as directory
from app.directory.model import Person
from app.dispatch.bundles import service
from app.dispatch.bundles.service import Item, Taken
from app.dispatch.late import truth
from app.dispatch.texts import in_short
from app.errors import Problem
from app.theme import respond, speaking
from app.theme.times import When

blueprint = Blueprint("bundle_pages", __name__, template_folder="../templates")
respond.calm_errors(blueprint)


def _open(conn: Connection, token: str) -> tuple[int, Person, list[Item]]:
    """Open a link.

    Raises:
        Problem: 404 no link of ours; 200 all that it showed has ended.
    """
    message_id, person_id = links.read("calls", token)
    person = directory.person(conn, person_id)
    items = service.held(conn, message_id)
    if person is None or not items:
        raise Problem(404, "unknown_link", "This link is not known.")
    ends = [item.case.closed_at for item in items]
    if None not in ends:
        links.check_not_ended(max(end for end in ends if end), clock.now())
    return message_id, person, items


def _page(token: str, taken: Taken | None = None) -> Response:
    conn, now = connection(), clock.now()
    _, person, items = _open(conn, token)
    speaking.use(person.speaks)
    rows = [
        {
            "label": item.case.parcel.label,
            "what": in_short(person.speaks, item.case),
            "url": f"/t/{links.make('task', item.task.id, person.id)}",
            "open": item.open,
            "truth": truth(
                conn, person.speaks, item.task, item.case, person.name, now, level=item.level
            ),
            "act_by": item.case.act_by if item.open else None,
            "when": When(item.case.depot.zone, now, person.speaks),
        }
        for item in items
    ]
    return respond.page(
        "dispatch/bundle.html",
        token=token,
        person=person.name,
        depot=items[0].case.depot.name,
        rows=sorted(rows, key=lambda row: not row["open"]),
        open=sum(row["open"] for row in rows),
        taken=taken,
    )


@blueprint.get("/t/all/<token>")
def show(token: str) -> Response:
    """Every parcel of the message, what still needs somebody first, and one big button."""
    return _page(token)


@blueprint.post("/t/all/<token>")
def take(token: str) -> Response:
    """Take on all that is nobody's."""
    message_id, person, _ = _open(connection(), token)
    taken = service.take_all(connection(), message_id, person, clock.now())
    return _page(token, taken)
