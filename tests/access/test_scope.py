"""Every route, for every role and every scope: what is others' is not there, and stays as it is.

The routes are walked as the app has them. A route that nobody has declared, by `require`, by
`require_session` or below with a reason, fails here, and so does a part of an address that
`app/access/scope.py` does not know.
"""

from __future__ import annotations

from urllib.parse import urlencode

import psycopg
import pytest

from app.access.scope import ANYBODYS, THINGS
from app.db.connection import connection, transaction
from tests.access import two_depots
from tests.access.two_depots import FAR
from tests.application import create_app
from tests.pages.reading import fingerprint
from tests.pages.staff import sign_in

OPEN = {
    "access_pages": "where one arrives and leaves",
    "sign_in_pages": "the door itself",
    "passkey_pages": "the door itself",
    "password_pages": "the door itself",
    "theme": "styles and icons",
    "docs": "the reference",
    "api-docs": "the reference",
    "error_pages": "the reference",
    "metrics": "for figures; with a token of their own",
    "health": "for probes; the figures have a token of their own",
    "webhooks": "signed by the courier",
    "callbacks": "signed by the provider",
    "handover_callbacks": "signed by whoever carries out bookings",
    "customer_pages": "the link holds a signed token",
    "track": "its token says how far a parcel is, and opens and does nothing",
    "genuine": "it says nothing that the code or the link does not open",
    "wrong_contacts": "the link holds a signed token",
    "brands": "colours and logos that customers see",
    "delegates": "the link holds a token of which only a digest is kept",
    "bundle_pages": "the link holds a signed token",
    "dispatch_pages": "the link holds a signed token",
    "cover_pages": "the link holds a signed token",
    "rota_feed": "the link holds a signed token",
    "shipper_pages": "the link holds a signed token",
    "playground": "the demo only",
    "playground_answers": "the demo only",
    "playground_texts": "the demo only",
    "playground_visit": "the demo only",
    "intake_pages": "the demo only",
}
"""Blueprints that ask nobody for a key or a session, and why they need not."""
ASKS_ITSELF = {"day_list_pages.as_calendar": ("dispatcher",)}
"""A calendar's link carries a token; without one it is a page like others."""
NAMES_NOTHING = {
    "access_pages.end_sessions": "only ever one's own",
    "access_pages.speak": "only one's own language",
    "passkey_pages.ask_to_add": "only one's own passkeys",
    "passkey_pages.change": "only one's own passkeys",
    "password_pages.change": "only one's own password",
    "console_acts.take_back": "what one's own session did",
    "shop_webhooks.add": "only ever one's own shipper's",
    "shop_brand.act": "only one's own shipper",
    "shop_retention.act": "only one's own shipper",
    "phone_pages.act": "only ever one's own",
}
"""Forms that name nothing which could be somebody else's."""
RANK = ("dispatcher", "supervisor", "admin")


@pytest.fixture
def app(settings, play):
    """The whole app; forms need no token here, which other tests are about."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def roles(app, endpoint):
    """Who may call it; None: it asks nobody."""
    view = app.view_functions[endpoint]
    return getattr(view, "roles", None) or ASKS_ITSELF.get(endpoint)


def allowed(role, by):
    """Whether the role, or one below it, is asked for."""
    if role not in RANK:
        return role in by
    return role == "admin" or any(r in by for r in RANK[: RANK.index(role) + 1])


def guarded(app):
    """`(rule, method, roles)` of everything that asks who calls."""
    return [
        (rule, method, by)
        for rule in app.url_map.iter_rules()
        if (by := roles(app, rule.endpoint))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def test_every_route_says_who_may_call_it_and_whose_things_it_names(app):
    for rule in app.url_map.iter_rules():
        if roles(app, rule.endpoint) is None:
            blueprint = rule.endpoint.partition(".")[0]
            assert blueprint in OPEN, f"{rule}: who may call {rule.endpoint}?"
        else:
            unknown = rule.arguments - set(THINGS) - ANYBODYS
            assert not unknown, f"{rule}: say in app/access/scope.py whose {unknown} is"


def test_every_route_for_every_role_and_scope(app, play):
    sides = dict(zip(("ours", "theirs"), two_depots.build(play), strict=True))
    asked = refused = 0
    for caller in two_depots.callers():
        client = app.test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        sign_in(client, caller.key)
        connection().execute("UPDATE sessions SET seen_at = seen_at + interval '1 day'")
        for rule, method, by in guarded(app):
            for side, things in sides.items():
                may = allowed(caller.role, by)
                where = f"{caller.name}: {method} {rule} of {side}"
                is_api = rule.rule.startswith("/api/")
                form_names_things = (
                    method == "POST" and not is_api and rule.endpoint not in NAMES_NOTHING
                )
                body = _body(things)
                sent = {"json": {}} if is_api else {"data": body}
                probe = "" if method != "GET" else f"?{urlencode(_probe(things))}"
                headers = {"Authorization": f"Bearer {caller.key}"} if is_api else {}
                with transaction() as conn:
                    before = two_depots.written(conn)
                    answer = client.open(
                        things.fill(rule) + probe, method=method, headers=headers, **sent
                    )
                    asked += 1
                    assert answer.status_code < 500, where
                    if "theirs" not in caller.sees:
                        assert FAR.encode() not in answer.data, where
                    elif f"{method} {rule}" == "GET /console" and side == "theirs" and may:
                        assert FAR in answer.text, where  # what is looked for can be found
                    if not may:
                        assert answer.status_code == 403, where
                    elif side not in caller.sees and (rule.arguments or form_names_things):
                        assert answer.status_code == 404, where
                        refused += 1
                    elif caller.sees:  # who sees nothing is told so by some pages
                        assert answer.status_code not in {401, 403, 404}, where
                    if answer.status_code in {403, 404}:
                        assert two_depots.written(conn) == before, where
                    raise psycopg.Rollback
    assert asked > 500
    assert refused > 100


def test_nobody_gets_in_without_a_key_or_a_session(app, play):
    ours, _ = two_depots.build(play)
    client = app.test_client()
    before = fingerprint()
    for rule, method, _ in guarded(app):
        answer = client.open(ours.fill(rule), method=method)
        wanted = 401 if rule.rule.startswith("/api/") else 303
        assert answer.status_code == wanted, rule
    assert fingerprint() == before


def test_who_sees_one_depot_finds_its_cases_and_counts_no_others(app, play):
    ours, _ = two_depots.build(play)
    found = {caller.name: caller for caller in two_depots.callers()}
    for name, cases in (("dispatcher of anaheim", [ours.case_id]), ("dispatcher of none", [])):
        client = app.test_client()
        headers = {"Authorization": f"Bearer {found[name].key}"}
        answer = client.get("/api/v1/cases", headers=headers).json
        assert [case["id"] for case in answer["items"]] == cases
        answer = client.get("/api/v1/dispatch-tasks", headers=headers).json
        assert [task["case_id"] for task in answer["items"]] == cases
        answer = client.get("/api/v1/cases?depot=fresno", headers=headers)
        assert answer.status_code == 422  # as for a depot that is not there
        sign_in(client, found[name].key)
        page = client.get("/console").text
        assert ("Kim Doe" in page) is bool(cases)
        for foreign in (FAR, "Fresno"):
            assert foreign not in page
            assert foreign not in client.get("/console/days").text
            assert foreign not in client.get("/couriers").text


def _body(things):
    """A form that names a task in every way a page takes one, and a depot."""
    fields = ("task", "one", "answer", "begin")
    tasks = dict.fromkeys(fields, str(things.task_id)) | {f"words-{things.task_id}": "Yes."}
    return tasks | {"depot": things.slug}


def _probe(things):
    """A query that asks for these by everything that is looked at."""
    return {"shown": things.task_id, "picked": things.task_id, "q": things.tracking_number}
