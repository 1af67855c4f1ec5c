"""What developers are given: examples that work, Python that runs, a collection that loads."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from werkzeug.serving import make_server

from app.access import limits
from app.access.examples import METHODS, operations
from app.db import connection as db
from app.errors import PROBLEM_TYPE
from tests import courier
from tests.inline import settle
from tests.web import Web, rows, web

__all__ = ["web"]

ABOUT_TIME = {"closures", "replay", "gesture-codes"}
"""Refused when their days have passed, as they have on the tests' calendar."""
# Of https://schema.getpostman.com/json/collection/v2.1.0/collection.json what we make use of,
# in our own words and without anything that is not there.
_TEXT = {"type": "string"}
_PAIR = {"type": "object", "required": ["key", "value"], "properties": {"key": _TEXT}}
_REQUEST = {
    "type": "object",
    "required": ["method", "url", "header"],
    "properties": {
        "method": {"enum": [method.upper() for method in METHODS]},
        "description": _TEXT,
        "header": {"type": "array", "items": _PAIR},
        "url": {
            "type": "object",
            "required": ["raw", "host", "path"],
            "properties": {
                "raw": {"type": "string", "pattern": "^\\{\\{base_url\\}\\}/api/v1/"},
                "host": {"const": ["{{base_url}}"]},
                "path": {"type": "array", "items": _TEXT},
                "query": {"type": "array", "items": _PAIR},
                "variable": {"type": "array", "items": _PAIR},
            },
            "additionalProperties": False,
        },
        "body": {
            "type": "object",
            "required": ["mode", "raw"],
            "properties": {"mode": {"const": "raw"}, "raw": _TEXT, "options": {"type": "object"}},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
_FOLDER = {
    "type": "object",
    "required": ["name", "item"],
    "properties": {
        "name": _TEXT,
        "item": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "request"],
                "properties": {
                    "name": _TEXT,
                    "request": _REQUEST,
                    "response": {"type": "array"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
COLLECTION = {
    "type": "object",
    "required": ["info", "item"],
    "properties": {
        "info": {
            "type": "object",
            "required": ["name", "schema"],
            "properties": {"schema": {"pattern": "/collection/v2\\.1\\.0/collection\\.json$"}},
        },
        "auth": {"required": ["type", "bearer"], "properties": {"type": {"const": "bearer"}}},
        "variable": {"type": "array", "items": _PAIR},
        "item": {"type": "array", "items": _FOLDER},
    },
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def spec(web: Web) -> dict[str, Any]:
    described: dict[str, Any] = web.client.get("/openapi.json").get_json()
    return described


@pytest.fixture
def address(web: Web) -> Iterator[str]:
    """The app behind a real socket."""
    limits.configure(web.servers.redis.url, 100_000)
    server = make_server("127.0.0.1", 0, web.app)

    def serve() -> None:
        try:
            server.serve_forever()
        finally:
            db.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def of_programs(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation that takes a key."""
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item and item[method].get("security") is None:
                yield method, path, item[method]


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(spec: dict[str, Any]):
    names = [operation["operationId"] for operation in operations(spec)]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for operation in operations(spec))


def test_every_body_and_every_answer_has_an_example_that_fits(spec: dict[str, Any]):
    seen = 0
    for operation in operations(spec):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            content = part.get("content", {}).get("application/json")
            if content:
                schema = {**content["schema"], "components": spec["components"]}
                jsonschema_rs.validator_for(schema).validate(content["example"])
                seen += 1
    assert seen > 90


def test_every_refusal_has_an_example_whose_type_is_a_page(spec: dict[str, Any], web: Web):
    shown = spec["components"]["examples"]
    for operation in operations(spec):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get(PROBLEM_TYPE)
            if content:
                assert content["examples"], operation["operationId"]
                of = {one["$ref"].rsplit("/", 1)[1] for one in content["examples"].values()}
                assert {str(shown[code]["value"]["status"]) for code in of} == {status}
    fits = jsonschema_rs.validator_for(
        {"$ref": "#/components/schemas/Problem", "components": spec["components"]}
    )
    for code, example in shown.items():
        fits.validate(example["value"])
        assert example["value"]["code"] == code
        assert web.client.get(example["value"]["type"]).status_code == 200


def test_every_example_of_a_body_is_understood(spec: dict[str, Any], web: Web):
    """It may be about what is not there; it is never one that the schema's own rules refuse."""
    limits.configure(web.servers.redis.url, 100_000)
    case_id = web.post(courier.said("failed", "example")).get_json()["case_id"]
    settle()
    known = {
        "case_id": case_id,
        "task_id": rows("SELECT id FROM dispatch_tasks WHERE case_id = %s", case_id)[0]["id"],
        "tracking_number": "example",
        "slug": "anaheim",
        "shipper": rows("SELECT slug FROM shippers ORDER BY id LIMIT 1")[0]["slug"],
    }
    faults = []
    for method, path, operation in of_programs(spec):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if not content or path.rsplit("/", 1)[1] in ABOUT_TIME:
            continue
        filled = re.sub(r"\{(\w+)\}", lambda part: str(known.get(part[1], 1)), path)
        by = "shipper" if "shipments" in path or "webhook" in path else "admin"
        answer = web.api(
            method.upper(), filled.removeprefix("/api/v1"), by, json=content["example"]
        )
        if answer.status_code in {400, 415} or (answer.get_json(silent=True) or {}).get("errors"):
            faults.append((operation["operationId"], answer.text))
    assert faults == []


def test_the_python_file_runs_against_a_real_server(web: Web, address: str, tmp_path: Path):
    (tmp_path / "reknock.py").write_text(web.client.get("/docs/reknock.py").text)
    case_id = web.post(courier.said("failed", "from-python")).get_json()["case_id"]
    settle()
    (tmp_path / "mine.py").write_text(f"""
import sys
from reknock import Reknock, Refused

base, shipper, staff = sys.argv[1:]
api = Reknock(shipper, base)
order = {{
    "tracking_number": "py 1", "name": "Anna Weber", "phone": "+491712345678",
    "address": {{"line1": "Hauptstraße 5", "city": "Berlin", "country": "DE"}},
}}
first = api.orders_post(order, idempotency_key="once")
assert first["items"][0]["status"] == "created", first
assert api.orders_post(order, idempotency_key="once") == first
try:
    api.orders_post(order | {{"name": "Other"}}, idempotency_key="once")
except Refused as refused:
    assert (refused.status, refused.code) == (422, "idempotency_key_reused")
else:
    raise AssertionError
api.contact_put("py 1", {{"phone": "+491712345679"}})
desk = Reknock(staff, base)
for number in range(3):
    desk.cases_note({case_id}, {{"text": f"note {{number}}"}})
assert {case_id} in [case["id"] for case in api.pages(api.cases_listing, limit=1)]
assert desk.cases_one({case_id})["tracking_number"] == "from-python"
try:
    desk.dispatch_snooze({case_id}, {{"minutes": -1}})
except Refused as refused:
    assert refused.errors[0]["field"] == "minutes", refused.problem
else:
    raise AssertionError
assert b"from-python" in api.exports_cases_csv()
api.close(), desk.close()
""")
    ran = subprocess.run(
        [sys.executable, "mine.py", address, web.keys["shipper"], web.keys["admin"]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_the_python_file_waits_as_long_as_it_is_told(web: Web, address: str, tmp_path: Path):
    (tmp_path / "reknock.py").write_text(web.client.get("/docs/reknock.py").text)
    limits.configure(web.servers.redis.url, 1)
    (tmp_path / "mine.py").write_text("""
import sys, time
from reknock import Reknock, Refused
waited = []
time.sleep = waited.append
api = Reknock(sys.argv[2], sys.argv[1])
try:
    [api.cases_listing() for _ in range(2)]
except Refused as refused:
    assert refused.code == "too_many_requests"
assert len(waited) == 4 and all(1 <= seconds <= 60 for seconds in waited), waited
""")
    ran = subprocess.run(
        [sys.executable, "mine.py", address, web.keys["dispatcher"]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_every_operation_is_a_method_of_the_python_file(spec: dict[str, Any], web: Web):
    written = web.client.get("/docs/reknock.py")
    assert "filename" in written.headers["Content-Disposition"]
    methods = set(re.findall(r"^    def (\w+)", written.text, re.MULTILINE))
    missing = {o["operationId"] for _, _, o in of_programs(spec)} - methods
    assert missing == set()


def test_the_collection_is_one_that_postman_reads(spec: dict[str, Any], web: Web):
    made = web.client.get("/docs/postman.json").get_json()
    jsonschema_rs.validator_for(COLLECTION).validate(made)
    requests = [one["request"] for folder in made["item"] for one in folder["item"]]
    asked = {
        (one["method"].lower(), re.sub(r":(\w+)", r"{\1}", one["url"]["raw"])) for one in requests
    }
    assert asked == {(m, f"{{{{base_url}}}}{path}") for m, path, _ in of_programs(spec)}
    for one in requests:
        named = {part[1:] for part in one["url"]["path"] if part.startswith(":")}
        assert {variable["key"] for variable in one["url"]["variable"]} == named


def test_the_reference_leads_to_all_of_it(web: Web):
    page = web.client.get("/docs").text
    assert 'href="/docs/reknock.py"' in page
    assert 'href="/docs/postman.json"' in page
    assert "api.cases_note(1, {" in page.replace("&#39;", "'")
