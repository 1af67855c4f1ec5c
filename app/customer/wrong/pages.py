"""The page on which somebody takes back that a parcel is not theirs; GET shows, POST acts."""

from __future__ import annotations

from flask import Blueprint, Response

from app import clock
from app.access import links, tongue
from app.cases import own_page
from app.customer.wrong import service
from app.theme import respond

blueprint = Blueprint("wrong_contacts", __name__, template_folder="templates")
respond.calm_errors(blueprint)


blueprint.before_request(tongue.as_asked)


@blueprint.get("/c/mine/<token>")
def ask(token: str) -> Response:
    """Whether it is theirs after all; nothing is said of the parcel before."""
    links.read(service.MINE, token)
    return respond.page("wrong/mine.html", token=token)


@blueprint.post("/c/mine/<token>")
def take_back(token: str) -> Response:
    """It is: their page opens again, by its new link."""
    (wrong_id,) = links.read(service.MINE, token)
    case = service.take_back(wrong_id, clock.now())
    return respond.see_other(f"/c/{own_page.token(case)}")
