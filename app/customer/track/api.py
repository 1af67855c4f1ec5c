"""How far a parcel is, as JSON that any page may read: no key, no cookie, nothing personal."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from app import clock
from app.access.api import Blueprint
from app.access.openapi import Answer, may_answer, one_of
from app.booking import service as booking
from app.booking.rows import BookingKind
from app.cases import own_page, speech, track
from app.cases import service as cases
from app.cases.model import Case, CaseState, Resolution
from app.chain import policy
from app.customer.track import words
from app.db.connection import Connection, connection
from app.decisions import service as decisions
from app.errors import Problem
from app.promises import service as promises
from app.theme.times import When

blueprint = Blueprint(
    "track",
    __name__,
    url_prefix="/api/v1/track",
    description="How far a parcel is, for a shop's own pages",
)

_FRESH = "public, max-age=30, stale-while-revalidate=120"


class TrackBookingOut(Answer):
    """When it comes, or can be collected."""

    kind = one_of(list(BookingKind))
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String(
        allow_none=True, metadata={"description": "The pickup point; null where it is brought."}
    )
    confirmed = fields.Boolean()


class TrackOut(Answer):
    """How far a parcel is. Once `ended`, nothing more is said of it."""

    ended = fields.Boolean(
        metadata={"description": "The days in which this is shown are over; the rest is null."}
    )
    state = one_of(CaseState, metadata={"example": "booked"})
    resolution = one_of(Resolution, allow_none=True, metadata={"example": None})
    headline = fields.String(
        metadata={
            "description": "In one line, in the customer's language.",
            "example": "Your parcel comes tomorrow, 09:00–12:00",
        }
    )
    next = fields.String(metadata={"description": "What comes next; empty where nothing does."})
    news = fields.String(metadata={"description": "By when they hear from us again, or empty."})
    booking = fields.Nested(TrackBookingOut, allow_none=True)
    news_by = fields.AwareDateTime(allow_none=True)
    language = fields.String(metadata={"example": "en"})
    direction = one_of(["ltr", "rtl"])
    timezone = fields.String(allow_none=True, metadata={"example": "Europe/Berlin"})
    shipper = fields.String(allow_none=True)
    colour = fields.String(metadata={"description": "The shipper's own, or empty."})
    colour_dark = fields.String()


@blueprint.get("/<token>")
@blueprint.response(200, TrackOut)
@blueprint.doc(security=[])
@may_answer("unknown_link")
def read(token: str) -> dict[str, Any]:
    """How far a parcel is, by the `track_token` of its case.

    Any page may ask: there is no key, and the token opens nothing and can do nothing. Names,
    addresses and numbers are never in the answer.
    """
    conn = connection()
    case = _case(conn, token)
    if case is None:
        return _over()
    return _shown(conn, case)


def _case(conn: Connection, token: str) -> Case | None:
    """The case of a token; None when the days in which it is shown are over.

    Raises:
        Problem: 404, the token is not known.
    """
    case = cases.by_ids(conn, [case_id := track.read(token)]).get(case_id)
    if case is None:
        raise Problem(404, "unknown_link", "This token is not known.")
    kept = policy.get(conn, case.policy_id).seconds("link_kept")
    return None if own_page.over(case, kept, clock.now()) else case


def _shown(conn: Connection, case: Case) -> dict[str, Any]:
    language = speech.of(case)
    when = When(case.zone, clock.now(), language)
    stands = booking.standing(conn, case.id)
    decides = decisions.known(conn, case).pending is not None
    news = next(
        (
            one.due_at
            for one in promises.of_case(conn, case.id)
            if one.kind is promises.Kind.NEWS and one.state is promises.State.OPEN
        ),
        None,
    )
    brand = case.shipper.brand
    return {
        "ended": False,
        "state": case.state,
        "resolution": case.resolution,
        "headline": words.headline(case, stands, when),
        "next": words.onward(case, stands, when, decides=decides),
        "news": words.news(news, when) if news else "",
        "booking": stands
        and {
            "kind": stands.kind,
            "starts_at": stands.starts_at,
            "ends_at": stands.ends_at,
            "place": stands.place if stands.kind is BookingKind.PICKUP else None,
            "confirmed": stands.confirmed_at is not None,
        },
        "news_by": news,
        "language": language.code,
        "direction": language.direction,
        "timezone": when.zone,
        "shipper": case.shipper.name,
        "colour": f"#{brand.colour}" if brand.colour else "",
        "colour_dark": f"#{brand.dark}" if brand.dark else "",
    }


def _over() -> dict[str, Any]:
    empty = dict.fromkeys(("resolution", "booking", "news_by", "timezone", "shipper"))
    said = dict.fromkeys(("headline", "next", "news", "colour", "colour_dark"), "")
    english = {"language": "en", "direction": "ltr"}
    return {**empty, **said, **english, "ended": True, "state": CaseState.CLOSED}


@blueprint.after_request
def _for_any_page(answer: Response) -> Response:
    """Any page may read it, and caches keep it for a moment."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = _FRESH if answer.status_code == 200 else "no-store"
    return answer
