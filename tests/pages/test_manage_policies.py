"""Policies on a page: in words, changed as a form or whole, every version remembered."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from app.chain import policy
from app.cli import environment
from app.cli.policy import command
from app.db.connection import connection
from tests.access import two_depots
from tests.application import create_app
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import sign_in, sign_in_with, token
from tests.pages.web import free_port, serving

PAGE = "/console/manage/policies/oak"
WAIT = "wait-notify_customer-opened_at-1200"


@pytest.fixture
def admin(settings, play):
    two_depots.build(play)
    key = next(one.key for one in two_depots.callers() if one.role == "admin")
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(client, key)
    return client


def send(client, **form):
    return client.post(PAGE, data={"csrf_token": token(client.get(PAGE).text), **form})


def in_use():
    return (
        connection()
        .execute(
            """SELECT p.id, p.body FROM shippers s JOIN policies p ON p.id = s.policy_id
            WHERE s.slug = 'oak'"""
        )
        .fetchone()
    )


def test_a_value_is_changed_for_new_cases_and_running_ones_keep_theirs(admin, play):
    running, before = play.courier(parcel="P7"), in_use()
    assert (
        send(admin, act="values", **{WAIT: "40 min", "catch_all_every": "30 min"}).status_code
        == 303
    )
    after = in_use()
    assert after["id"] != before["id"]
    assert after["body"]["catch_all_every"] == 1800
    assert {**after["body"], "after": 0} == {**before["body"], "after": 0, "catch_all_every": 1800}
    assert play.case(running).policy_id == before["id"]
    assert play.case(play.courier(parcel="P8")).policy_id == after["id"]
    assert f"Version {after['id']} holds for new cases." in text(admin.get(PAGE).text)
    said = text(admin.get("/console/manage/changes").text)
    assert "The last level is called again after 15 min 30 min" in said
    assert "Policy: Hollow Oak Books" in said
    assert "20 min after the failure" in said
    assert "40 min after the failure" in said
    send(admin, act="values", catch_all_every="30 min")
    assert "Nothing was changed." in text(admin.get(PAGE).text)


def test_a_former_version_can_be_read_and_taken_back_into_use(admin):
    before = in_use()
    send(admin, act="values", choose_within="3 days")
    former = admin.get(f"{PAGE}?version={before['id']}")
    assert 'name="choose_within" value="2 days"' in former.text
    assert "which new cases no longer run by" in text(former.text)
    send(admin, act="values", version=str(before["id"]))
    assert in_use()["body"] == before["body"]
    elm = connection().execute("SELECT policy_id FROM shippers WHERE slug = 'elm'").fetchone()
    assert elm
    assert admin.get(f"{PAGE}?version={elm['policy_id']}").status_code == 404


def test_the_whole_document_is_changed_and_a_fault_is_told_by_its_line(admin):
    body = json.loads(json.dumps(policy.STANDARD))
    body["after"]["survey"]["good"] = [{"arm": "thank", "in": 60}]
    assert send(admin, act="document", document=json.dumps(body)).status_code == 303
    assert in_use()["body"]["after"]["survey"]["good"] == [{"arm": "thank", "in": 60}]
    kept = in_use()["id"]
    body["after"]["survey"]["goood"] = body["after"]["survey"].pop("good")
    document = json.dumps(body, indent=1)
    number = 1 + next(n for n, line in enumerate(document.split("\n")) if "goood" in line)
    answer = send(admin, act="document", document=document)
    assert answer.status_code == 422
    assert f"Line {number} after.survey.goood survey has no such outcome" in text(answer.text)
    assert "goood" in answer.text.partition("<textarea")[2]  # what was typed is still there
    answer = send(admin, act="document", document='{\n"start": oops')
    assert "Line 2 This is not JSON" in text(answer.text)
    assert in_use()["id"] == kept


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"choose_within": "soon"}, "Write a span like"),
        ({"choose_within": "5 s"}, "Must be greater than or equal to 3600"),
        ({"catch_all_times": "99"}, "Must be greater than or equal to 1 and less"),
        ({"default": "burn"}, "Must be one of"),
        ({WAIT: "400 days"}, "at most 366 days"),
        ({"version": "999999"}, "There is nothing here"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_changes(admin, form, said):
    before = in_use()["id"]
    answer = send(admin, act="values", **form)
    assert answer.status_code in {404, 422}
    assert said in text(answer.text)
    assert in_use()["id"] == before


def test_the_terminal_is_remembered_too(admin, settings, monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "attach", lambda: settings)
    file = tmp_path / "patient.json"
    file.write_text(json.dumps({**policy.STANDARD, "catch_all_times": 5}))
    for said in ("from now on; running cases keep theirs", "has this policy already"):
        done = CliRunner().invoke(command, ["set", "oak", str(file)])
        assert said in done.output
    page = text(admin.get("/console/manage/changes").text)
    assert page.count("somebody at the terminal") == 1
    assert "So often, then the pause doubles 3 5" in page


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desktop"])
def test_in_a_real_browser(env, browser, play, size):
    two_depots.build(play)
    key = next(one.key for one in two_depots.callers() if one.role == "admin")
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/console/manage/policies")
        browser.size(*size)
        if size[0] > 400:
            looked_at(browser, "policies")
            browser.size(*size)
        browser.open(f"{web}{PAGE}")
        if size[0] > 400:
            looked_at(browser, "policy")
            browser.size(*size)
        browser.page.fill("#catch_all_every", "25 min")
        browser.click("[value=values]:not([formaction])")
        browser.until("document.querySelector('.alert.good')")
        assert browser.ask("document.querySelector('#catch_all_every').value") == "25 min"
        assert in_use()["body"]["catch_all_every"] == 1500
        assert browser.log == []
