"""Policy: which links follow which, after how long, and the limits they run by.

A policy is data. Every case holds on to the row it was opened with, and rows never change,
so editing a policy means inserting a new one and never disturbs a running case.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from psycopg.types.json import Jsonb

from app.cases.model import Case
from app.db.connection import Connection

LINKS = (
    "validate_contact",
    "look_up_contact",
    "request_contact",
    "call_dispatcher",
    "notify_customer",
    "remind_customer",
    "give_news",
    "choose_default",
    "schedule_redelivery",
    "schedule_pickup",
    "keep_promise",
    "hear_courier",
    "stand_down",
    "follow_up",
    "recover",
    "thank",
)
"""Every link there is, in the order of the story."""

TIMES = ("opened_at", "news_by", "choose_by", "return_by")
"""A case's times that a policy can count from."""

MINUTE, HOUR, DAY = 60, 3600, 86400

_CHOSEN = [
    {"cancel": link}
    for link in (
        "notify_customer",
        "remind_customer",
        "give_news",
        "choose_default",
        "keep_promise",
    )
]
"""What no longer has to happen once something is booked."""

STANDARD: dict[str, Any] = {
    "start": "validate_contact",
    # link → outcome → what follows: `arm` a link, `hasten` one that waits (make it due now),
    # or `cancel` it. An armed link is due `in` seconds from the outcome, or from the case's
    # time named by `at`, but never in the past.
    "after": {
        "validate_contact": {
            "reachable": [
                {"arm": "call_dispatcher"},
                {"arm": "notify_customer", "at": "opened_at", "in": 20 * MINUTE},
                {"arm": "choose_default", "at": "choose_by"},
            ],
            "email_only": [
                {"arm": "look_up_contact"},
                {"arm": "call_dispatcher"},
                {"arm": "notify_customer", "at": "opened_at", "in": 20 * MINUTE},
                {"arm": "choose_default", "at": "choose_by"},
            ],
            "unreachable": [
                {"arm": "look_up_contact"},
                {"arm": "call_dispatcher"},
                {"arm": "choose_default", "at": "choose_by"},
            ],
            # a number that came later: the customer hears as soon as the patience allows
            "supplied": [
                {"cancel": "look_up_contact"},
                {"cancel": "request_contact"},
                {"arm": "notify_customer", "at": "opened_at", "in": 20 * MINUTE},
            ],
            "supplied_acknowledged": [
                {"cancel": "look_up_contact"},
                {"cancel": "request_contact"},
                {"arm": "notify_customer"},
            ],
        },
        # found: it is supplied; else, or where there is nothing to ask, a person is asked
        "look_up_contact": {"*": [{"arm": "request_contact"}]},
        "supply_contact": {"*": [{"arm": "validate_contact"}]},
        "send": {"undeliverable": [{"arm": "request_contact"}]},
        "call_dispatcher": {
            "acknowledged": [{"hasten": "notify_customer"}],
            "exhausted": [{"hasten": "notify_customer"}],
        },
        "notify_customer": {
            "told": [
                {"arm": "remind_customer", "in": 4 * HOUR},
                {"arm": "give_news", "at": "news_by", "in": -1 * HOUR},
            ],
            # a number that came after the choice: what stands is confirmed there too
            "booked": [{"arm": "schedule_redelivery"}],
        },
        "choose": {
            "redelivery": [{"arm": "schedule_redelivery"}, *_CHOSEN],
            "pickup": [{"arm": "schedule_pickup"}, *_CHOSEN],
        },
        "schedule_redelivery": {
            "confirmed": [{"arm": "keep_promise", "at": "news_by", "in": -1 * HOUR}]
        },
        "schedule_pickup": {
            "confirmed": [{"arm": "keep_promise", "at": "news_by", "in": -1 * HOUR}]
        },
        "keep_promise": {
            "broken": [
                {"arm": "call_dispatcher"},
                {"arm": "remind_customer", "in": 4 * HOUR},
                {"arm": "give_news", "at": "news_by", "in": -1 * HOUR},
                {"arm": "choose_default", "at": "choose_by"},
            ],
        },
        "hear_courier": {
            "promise_broken": [{"arm": "keep_promise"}],
            "worse": [
                {"cancel": "keep_promise"},
                {"arm": "call_dispatcher"},
                {"arm": "notify_customer"},
                {"arm": "choose_default", "at": "choose_by"},
            ],
        },
        "close": {
            "delivered": [{"arm": "stand_down"}, {"arm": "follow_up", "in": 2 * HOUR}],
            "*": [{"arm": "stand_down"}],
        },
        "survey": {"low": [{"arm": "recover"}], "good": [{"arm": "thank"}]},
    },
    "return_after": 7 * DAY,  # from the first failed attempt, when the courier says nothing
    "return_margin": 1 * DAY,  # a silent customer's default is booked this long before that
    "choose_within": 2 * DAY,  # then the policy chooses for them
    "news_every": 24 * HOUR,  # the customer never waits longer for a word
    "news_margin": 1 * HOUR,  # the word goes out this long before it was promised
    "ask_again": 24 * HOUR,  # between two requests for a missing contact
    "ask_times": 3,
    "catch_all_every": 15 * MINUTE,
    "catch_all_times": 3,
    "default": "redelivery",
    "promise_grace": 2 * HOUR,  # after the window, before we call it broken
    "survey_again": 2 * DAY,
    "survey_ends": 7 * DAY,
    "low_score": 3,  # up to this the dispatcher is called to make it good
    "quiet_hours": None,  # {"from": "21:00", "to": "08:00"} at the depot's clock
}


class _Quiet(Schema):
    start = fields.String(required=True, data_key="from")
    end = fields.String(required=True, data_key="to")


class PolicySchema(Schema):
    """The shape of a policy's body; durations are seconds."""

    start = fields.String(required=True, validate=validate.OneOf(LINKS))
    after = fields.Dict(required=True)
    return_after = fields.Integer(required=True, validate=validate.Range(min=HOUR))
    return_margin = fields.Integer(required=True, validate=validate.Range(min=0))
    choose_within = fields.Integer(required=True, validate=validate.Range(min=HOUR))
    news_every = fields.Integer(required=True, validate=validate.Range(min=HOUR))
    news_margin = fields.Integer(required=True, validate=validate.Range(min=MINUTE))
    ask_again = fields.Integer(required=True, validate=validate.Range(min=MINUTE))
    ask_times = fields.Integer(required=True, validate=validate.Range(min=1, max=10))
    catch_all_every = fields.Integer(required=True, validate=validate.Range(min=MINUTE))
    catch_all_times = fields.Integer(required=True, validate=validate.Range(min=1, max=10))
    default = fields.String(required=True, validate=validate.OneOf(["redelivery", "pickup"]))
    promise_grace = fields.Integer(required=True, validate=validate.Range(min=0))
    survey_again = fields.Integer(required=True, validate=validate.Range(min=HOUR))
    survey_ends = fields.Integer(required=True, validate=validate.Range(min=HOUR))
    low_score = fields.Integer(required=True, validate=validate.Range(min=1, max=4))
    quiet_hours = fields.Nested(_Quiet, required=True, allow_none=True)


def check(body: dict[str, Any]) -> None:
    """Refuse a policy that could leave a case hanging.

    Raises:
        ValidationError: by field, what is wrong.
    """
    PolicySchema().load(body)
    for link, outcomes in body["after"].items():
        for outcome, follows in outcomes.items():
            for follow in follows:
                target = follow.get("arm") or follow.get("hasten") or follow.get("cancel")
                if target not in LINKS:
                    raise ValidationError(
                        {"after": [f"{link}.{outcome}: there is no link {target!r}"]}
                    )
                if follow.get("at", "opened_at") not in TIMES:
                    raise ValidationError(
                        {"after": [f"{link}.{outcome}: a case has no time {follow['at']!r}"]}
                    )


class Policy:
    """One immutable policy row."""

    def __init__(self, policy_id: int, body: dict[str, Any]) -> None:
        self.id = policy_id
        self.body = body

    def seconds(self, name: str) -> timedelta:
        """A duration of this policy by its name."""
        return timedelta(seconds=self.body[name])

    def follows(self, link: str, outcome: str) -> list[dict[str, Any]]:
        """What follows when `link` ended with `outcome`."""
        outcomes = self.body["after"].get(link, {})
        follows: list[dict[str, Any]] = outcomes.get(outcome) or outcomes.get("*") or []
        return follows


def due(follow: dict[str, Any], case: Case, now: datetime) -> datetime:
    """When an `arm` entry becomes due for this case; never before `now`."""
    since = getattr(case, follow["at"]) if "at" in follow else None
    return max(now, (since or now) + timedelta(seconds=follow.get("in", 0)))


def create(conn: Connection, name: str, body: dict[str, Any], now: datetime) -> int:
    """Insert a checked policy; its id."""
    check(body)
    row = conn.execute(
        "INSERT INTO policies (name, body, created_at) VALUES (%s, %s, %s) RETURNING id",
        [name, Jsonb(body), now],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


_known: dict[tuple[str, int], Policy] = {}


def get(conn: Connection, policy_id: int) -> Policy:
    """The policy with this id; read once per process, since rows never change.

    Raises:
        LookupError: there is none.
    """
    key = (conn.info.dbname, policy_id)
    if key not in _known:
        row = conn.execute("SELECT body FROM policies WHERE id = %s", [policy_id]).fetchone()
        if row is None:
            raise LookupError(f"there is no policy {policy_id}")
        _known[key] = Policy(policy_id, row["body"])
    return _known[key]
