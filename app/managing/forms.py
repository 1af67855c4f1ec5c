"""What a form says, as the verbs want it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from flask import request

from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import again, sentence
from app.theme.speaking import plain

KEEPS = {
    "0": mark("no longer"),
    "1": mark("1 hour"),
    "24": mark("24 hours"),
    "168": mark("7 days"),
}
"""For how many hours what was replaced stays valid."""
_FIELDS = {
    "capacity": mark("Places"),
    "cutoff": mark("Booked until (hours before)"),
    "keeps_for": mark("Keeps for (days)"),
    "ready_in": mark("Ready in (hours)"),
}


def words(name: str, longest: int = 200) -> str:
    """A line of text, its white space tidied."""
    return " ".join(request.form.get(name, "").split())[:longest]


def number(text: str) -> int:
    """A number as it was typed; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def whole(name: str, most: int) -> int:
    """A number of the form.

    Raises:
        Problem: 422, it is none, or more than that.
    """
    text = request.form.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        what = partial(again, said=_FIELDS.get(name, name))
        raise Problem(
            422,
            "bad_number",
            sentence("{field} is a whole number up to {most}.", field=what, most=str(most)),
        )
    return int(text)


def hours(name: str) -> timedelta:
    """A span in hours, of a month at most."""
    return timedelta(hours=whole(name, 24 * 30))


def saved(fresh: bool, done: str = "") -> str:
    """What is said after a change: what was `done`, or that it was so already."""
    return (done or plain("Saved.")) if fresh else plain("Nothing was changed.")


def keep() -> timedelta:
    """For how long what is replaced stays valid: one of `KEEPS`."""
    chosen = request.form.get("keep", "24")
    return timedelta(hours=int(chosen) if chosen in KEEPS else 24)
