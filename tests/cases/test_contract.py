"""What holds for every address of the API: who may ask, and how a refusal looks."""

from __future__ import annotations

import re

import pytest

from tests import courier
from tests.inline import settle
from tests.web import Web, problem, rows, web

__all__ = ["web"]


OPEN = {"/track/1"}
"""Anybody may read how far a parcel is, by a token that says nothing of anybody."""


def addresses(web: Web) -> list[tuple[str, str]]:
    """Every method and path of the API, with 1 for every part that varies."""
    return [
        (method, re.sub(r"<[^>]+>", "1", rule.rule).removeprefix("/api/v1"))
        for rule in web.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_nothing_is_answered_without_a_key(web: Web):
    found = addresses(web)
    assert len(found) > 12
    for method, path in found:
        answer = web.api(method, path, by="", json={})
        if path in OPEN:
            assert (method, answer.status_code) == ("GET", 404)
            continue
        assert answer.status_code == 401, (method, path)
        assert problem(answer)["code"] == "key_needed"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("key", ["", "rk_", "rk_unknown", "\xe4", "a b", "x" * 9000])
def test_a_wrong_key_is_as_good_as_none(web: Web, key: str):
    answer = web.client.get("/api/v1/cases", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    problem(answer)


def test_a_revoked_key_opens_nothing(web: Web):
    key = web.key("admin")
    head = {"Authorization": f"Bearer {key}"}
    assert web.client.get("/api/v1/cases", headers=head).status_code == 200
    newest = "SELECT max(id) FROM api_keys"
    rows(f"UPDATE api_keys SET revoked_at = now() WHERE id = ({newest}) RETURNING id")
    assert web.client.get("/api/v1/cases", headers=head).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/dispatch-tasks"),
        ("POST", "/dispatch-tasks/1/acknowledge"),
        ("POST", "/dispatch-tasks/1/pass-on"),
        ("POST", "/dispatch-tasks/1/resolve"),
        ("POST", "/cases/1/escalate"),
        ("POST", "/cases/1/snooze"),
        ("POST", "/cases/1/close"),
    ],
)
def test_a_shipper_may_not_act_for_dispatchers(web: Web, method: str, path: str):
    answer = web.api(method, path, "shipper", json={})
    assert (answer.status_code, problem(answer)["code"]) == (403, "not_allowed")


def test_a_dispatcher_may_not_order_for_shippers(web: Web):
    assert web.api("POST", "/shipments", "dispatcher", json={}).status_code == 403


def test_an_admin_may_do_what_the_others_may(web: Web):
    assert web.api("GET", "/cases", "admin").status_code == 200
    assert web.api("GET", "/dispatch-tasks", "admin").status_code == 200


def test_refusals_have_one_shape_and_a_code(web: Web):
    case_id = web.post(courier.said(parcel="shape")).get_json()["case_id"]
    settle()
    refused = {
        "not_found": web.api("GET", "/nothing-here"),
        "no_such_case": web.api("GET", "/cases/999999"),
        "no_such_task": web.api("POST", "/dispatch-tasks/999999/acknowledge"),
        "method_not_allowed": web.api("DELETE", f"/cases/{case_id}"),
        "invalid": web.api("GET", "/cases?limit=0"),
        "no_such_outcome": web.api("POST", "/dispatch-tasks/1/resolve", json={"outcome": "?"}),
    }
    for code, answer in refused.items():
        assert problem(answer)["code"] == code
    broken = web.api("POST", f"/cases/{case_id}/notes", data=b"{", content_type="application/json")
    assert problem(broken)["code"] == "not_json"
    assert refused["method_not_allowed"].headers["Allow"] == "GET, HEAD, OPTIONS"
    assert problem(refused["invalid"])["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "", "a/b"])
def test_what_is_sent_is_read_whatever_it_is_called(web: Web, kind: str):
    case_id = web.post(courier.said(parcel=f"called {kind}")).get_json()["case_id"]
    settle()
    (task,) = rows("SELECT id FROM dispatch_tasks WHERE case_id = %s", case_id)
    path = f"/dispatch-tasks/{task['id']}/acknowledge"
    form = web.api("POST", path, data=b"note=by+form", content_type=kind)
    assert problem(form)["code"] == "not_json"
    sent = web.api("POST", path, data=b'{"note": "called otherwise"}', content_type=kind)
    assert sent.status_code == 200
    assert b"called otherwise" in web.api("GET", f"/cases/{case_id}/timeline").data


@pytest.mark.parametrize(
    "number",
    ["0", "-1", "99999999999999999999", "1e3", "%00", "٣", "１"],
)
def test_a_number_that_is_none_finds_nothing(web: Web, number: str):
    for path in ("/cases/{}", "/cases/{}/timeline", "/cases/{}/disputes"):
        assert web.api("GET", path.format(number)).status_code in {404, 422}
    answer = web.api("POST", f"/dispatch-tasks/{number}/acknowledge")
    assert answer.status_code in {404, 422}
    problem(answer)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_what_cannot_be_kept_is_refused_and_nothing_breaks(web: Web, text: str):
    case_id = web.post(courier.said(parcel="odd")).get_json()["case_id"]
    settle()
    task = rows("SELECT id FROM dispatch_tasks WHERE case_id = %s", case_id)[0]["id"]
    asked = [
        web.api("POST", f"/cases/{case_id}/notes", json={"text": text}),
        web.api("POST", f"/cases/{case_id}/contacts", json={"channel": text, "text": "x"}),
        web.api("POST", f"/dispatch-tasks/{task}/acknowledge", json={"note": text}),
        web.api("PUT", "/shipments/odd/contact", json={"phone": text}),
    ]
    for answer in asked:
        assert answer.status_code == 422, answer.data
        problem(answer)
    if "\0" in text:
        assert web.api("GET", "/cases?q=%00").status_code == 422
        assert (
            web.api("PUT", "/shipments/%00/contact", json={"phone": courier.PHONE}).status_code
            == 422
        )
