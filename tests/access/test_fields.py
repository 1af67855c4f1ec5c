"""What the API accepts is not lost: each field of each request is found again afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.db.connection import connection
from tests import courier
from tests.inline import settle
from tests.links import page_of
from tests.web import Web, rows, web

__all__ = ["web"]

METHODS = ("post", "put", "patch", "delete")
OFFERED = "the first slot that is offered"
ACT = {"note": "walked note of an act", "outcome": "deliver_again"}
SENT: dict[str, tuple[str, dict[str, Any]]] = {
    "POST /shipments": (
        "shipper",
        {
            "tracking_number": "walked-order",
            "order_ref": "walked-reference",
            "name": "Walked Name",
            "phone": "+447400123456",
            "email": "walked@example.com",
            "language": "pt-BR",
            "consent": "given",
            "texts_between": "10:00-19:00",
            "order_value": None,  # with its currency, in its smallest unit: see tests/aftercare
            "currency": None,
            "first_order": True,
            "customer_ref": None,  # only a digest of it is kept
            "survey_consent": False,
            "address": {
                "line1": "71 Walked Street",
                "line2": "Walked floor",
                "city": "Walkedham",
                "region": "Walkedshire",
                "postcode": "WK4 1KD",
                "country": "GB",
                "latitude": 51.0715,
                "longitude": -1.3127,
            },
        },
    ),
    "PUT /shipments/{tracking_number}/contact": (
        "shipper",
        {"phone": "+447400654321", "email": "supplied@example.com", "channel": ""},
    ),
    "PUT /shipments/{tracking_number}/address": (
        "shipper",
        {
            "line1": "1 Walked Rd",
            "line2": "Walked unit",
            "city": "Walkedville",
            "region": "Walkedshire",
            "postcode": "WK1 2ED",
            "country": "GB",
            "directions": "walked round the back",
        },
    ),
    "POST /cases/{case_id}/notes": (
        "dispatcher",
        {"text": "walked text of a note", "visibility": "shipper"},
    ),
    "POST /cases/{case_id}/contacts": (
        "dispatcher",
        {"channel": "walked chat", "text": "walked words", "visibility": "customer"},
    ),
    "POST /cases/{case_id}/booking": (
        "dispatcher",
        {
            "choice": OFFERED,
            "leave": "neighbour",
            "name": "Walked Nell",
            "where": "walked 12",
            "address": None,  # of another choice: see tests/booking/test_for_a_caller.py
        },
    ),
    "POST /cases/{case_id}/decision": (
        "shipper",
        {
            "decision": "refund",
            "note": "walked note of a decision",
            "note_for": "customer",
            "meant": False,
            "instead_of": None,  # it is compared, and kept nowhere
        },
    ),
    "PUT /cases/{case_id}/opt-outs": (
        "dispatcher",
        {"channel": "sms", "wanted": False, "words": "walked words of a refusal"},
    ),
    "POST /cases/{case_id}/answer": (
        "dispatcher",
        {"text": "walked answer to a question", "meant": False},
    ),
    "POST /cases/{case_id}/messages": (
        "dispatcher",
        {"text": "walked words to a customer", "meant": False},
    ),
    "POST /cases/{case_id}/close": ("dispatcher", {"resolution": "refunded"}),
    "POST /dispatch-tasks/{task_id}/acknowledge": ("dispatcher", ACT),
}
"""By operation, who calls it, and a body that gives every field a value of its own."""
ELSEWHERE = {
    "PUT /shippers/{shipper}/brand",
    "PUT /shippers/{shipper}/templates",
    "POST /cases/{case_id}/wrong-contact",
    "PUT /rotas/{rota}",
    "POST /rotas/{rota}/overrides",
    "POST /rotas/{rota}/swaps",
    "POST /rotas/{rota}/take",
    "POST /rotas/{rota}/import",
    "PUT /people/{person_id}/language",
    "PUT /depots/{slug}/ladder",
    "PUT /depots/{slug}/hours",
    "POST /depots/{slug}/closures",
    "POST /dispatch-tasks/{task_id}/longer",
    "POST /dispatch-tasks/{task_id}/resolve",
    "POST /cases/{case_id}/snooze",
    "POST /shipments/{tracking_number}/address/answer",
    "POST /dispatch-tasks/{task_id}/pass-on",
    "POST /webhook-endpoints",
    "PATCH /webhook-endpoints/{endpoint_id}",
    "POST /webhook-endpoints/{endpoint_id}/replay",
    "POST /erasures",
    "POST /access-requests",
    "PUT /shippers/{shipper}/gesture-rules",
    "POST /shippers/{shipper}/gesture-codes",
    "POST /gestures/{gesture_id}/grant",
}
"""What is read back whole in `tests/dispatch/test_rotas_api.py`: lists of times and of people; and
the level somebody knows of, which only refuses (`tests/dispatch/test_api.py`); what wants a task
that somebody has (`tests/dispatch/test_taken.py`), a person (`test_tongue.py`) or a wish for
another address (`test_corrections.py`); and what takes one of several fields (`test_snoozed.py`,
`test_api.py`); where shippers are told (`tests/outbound`); what a shipper
gives, and the code of it, which is kept sealed (`tests/gestures`); and what keeps
nothing (`tests/forgetting`)."""


@pytest.fixture(scope="module")
def operations(web: Web) -> dict[str, dict[str, Any]]:
    """By operation, the schema of its body, as the API's own document has it."""
    with web.app.app_context():
        document = web.app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    schemas = document["components"]["schemas"]
    found = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            content = item.get(method, {}).get("requestBody", {}).get("content", {})
            if path.startswith("/api/v1") and (schema := content.get("application/json")):
                name = f"{method.upper()} {path.removeprefix('/api/v1')}"
                found[name] = whole(schema["schema"], schemas)
    return found


def whole(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """A schema's fields by name; those of an object inside it are a dictionary again.

    Of a body that is one thing or a list of such, the fields of the one.
    """
    schema = next(iter(schema.get("oneOf") or schema.get("anyOf") or [schema]))
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[-1]]
    return {
        name: whole(field, schemas) if "$ref" in field else {}
        for name, field in schema.get("properties", {}).items()
    }


def names(body: dict[str, Any]) -> dict[str, Any]:
    """The fields that a body gives."""
    return {key: names(value) if isinstance(value, dict) else {} for key, value in body.items()}


def values(body: dict[str, Any]) -> Iterator[Any]:
    for value in body.values():
        if isinstance(value, dict):
            yield from values(value)
        elif value is not None:
            yield value


def kept() -> str:
    """All that stands in the database, as one text."""
    tables = rows(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema='public'"
    )
    parts = []
    for table in tables:
        found = connection().execute(f'SELECT to_jsonb(t) AS row FROM "{table["name"]}" t')
        parts += [json.dumps(row["row"], ensure_ascii=False) for row in found]
    return "\n".join(parts)


def times_found(value: Any, text: str) -> int:
    """How often a value stands in the text; minutes stand there as the time they lead to."""
    if isinstance(value, int) and not isinstance(value, bool):
        ends = clock.now() + timedelta(minutes=value)
        early = ends - timedelta(minutes=1)
        return sum(text.count(f"{at:%Y-%m-%dT%H:%M:}") for at in (early, ends))
    return text.count(json.dumps(value, ensure_ascii=False))


def test_every_operation_with_a_body_is_walked_with_all_its_fields(operations):
    with_fields = {
        name: fields for name, fields in operations.items() if fields and name not in ELSEWHERE
    }
    assert {name: names(body) for name, (_, body) in SENT.items()} == with_fields


@pytest.mark.parametrize("operation", SENT)
def test_every_field_is_found_again(web: Web, operation: str):
    by, body = SENT[operation]
    parcel = f"walk-{list(SENT).index(operation)}"
    case_id = web.post(courier.said(parcel=parcel)).get_json()["case_id"]
    settle()
    (task,) = rows("SELECT id FROM dispatch_tasks WHERE case_id = %s", case_id)
    method, path = operation.split()
    path = path.format(tracking_number=parcel, case_id=case_id, task_id=task["id"])
    if operation.endswith("/answer"):
        page = page_of(case_id)
        web.client.post(page, data={"ask": "write", "message": "Walked?"})
        settle()
    if OFFERED in body.values():
        offered = web.api("GET", f"/cases/{case_id}/options").get_json()["slots"]
        body = body | {"choice": offered[0]["choice"]}
    before = kept()
    answer = web.api(method, path, by, json=body)
    assert answer.status_code in {200, 201, 202, 204}, answer.get_data(as_text=True)
    after = kept() + answer.get_data(as_text=True)
    lost = [v for v in values(body) if times_found(v, after) <= times_found(v, before)]
    assert lost == []
