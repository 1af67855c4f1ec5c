"""A shipper's own pages: what waits for it, its parcels, and nobody else's."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from app.cases.search import service as search
from app.cli import environment
from app.cli.user import command
from app.db.connection import connection
from tests.access.two_depots import FAR
from tests.application import create_app
from tests.inline import settle
from tests.pages.looking import looked_at
from tests.pages.reading import fingerprint, text
from tests.pages.staff import make_key, sign_in, sign_in_with, token
from tests.pages.web import free_port, serving
from tests.shop.conftest import send


def test_what_waits_comes_first_and_is_decided_there(play, sides, enter):
    lost = play.courier("lost", parcel="LOST1")
    client = enter("oak")
    before = fingerprint()
    home = client.get("/shop").text
    said = text(home)
    assert fingerprint() == before
    assert "2 parcels wait for you" in said  # a gesture is asked of it as well
    assert said.index("Your decision: Kim Doe") < said.rindex("Your parcels")
    form = {"csrf_token": token(home), "act": "decide", "decision": "refund", "back": "1"}
    answer = client.post(f"/shop/cases/{lost}", data=form)
    assert (answer.status_code, answer.location) == (303, "/shop")
    settle()
    said = text(client.get("/shop").text)
    assert "Your customer is told." in said
    assert "1 parcel waits for you" in said
    assert "Your decision" not in said
    assert play.case(lost).resolution == "refunded"
    assert "This was decided already" in text(
        send(client, f"/shop/cases/{lost}", act="decide", decision="replacement").text
    )


def test_two_shippers_never_see_each_other(play, sides, enter):
    ours, theirs = sides
    oak, elm = enter("oak"), enter("elm")
    for client, own, other, name in ((oak, ours, theirs, FAR), (elm, theirs, ours, "Kim Doe")):
        for path in ("/shop", "/shop?state=all", f"/shop?q={other.tracking_number}", "/dashboard"):
            page = client.get(path)
            assert page.status_code == 200
            assert name not in page.text
            assert f"/cases/{other.case_id}" not in page.text
        assert f"/cases/{own.case_id}" in client.get("/shop").text
        assert client.get(f"/shop/cases/{own.case_id}").status_code == 200
        answer = client.get(f"/shop/cases/{other.case_id}")
        assert answer.status_code == 404
        assert name not in answer.text
        before = fingerprint()
        form = {"csrf_token": token(client.get("/shop").text), "act": "decide"}
        answer = client.post(f"/shop/cases/{other.case_id}", data=form | {"decision": "refund"})
        assert answer.status_code == 404
        assert fingerprint() == before
        assert client.get("/console").status_code == 403
        assert client.get("/console/manage/people").status_code == 403


def test_its_parcels_are_found_filtered_and_paged(play, sides, enter):
    lost = [play.courier("lost", parcel=f"MANY{number}") for number in range(21)]
    play.close(lost[0], "refunded")
    search.catch_up()
    client = enter("oak")
    page = client.get("/shop?state=open").text
    listed = re.findall(r'href="/shop/cases/(\d+)"><b>', page)
    assert listed == [str(one) for one in reversed(lost[1:])]
    older = re.search(r'href="(/shop\?[^"]*cursor=[^"]*)"', page)
    assert older
    page = client.get(older[1].replace("&amp;", "&")).text
    assert re.findall(r'href="/shop/cases/(\d+)"><b>', page) == [str(sides[0].case_id)]
    assert "waits for you" not in page  # what waits is on the first page
    page = client.get("/shop?state=closed").text
    assert f"/cases/{lost[0]}" in page
    assert "Closed: refunded." in page
    assert f'/cases/{lost[1]}"><b>' not in page
    for wanted in ("many3", "kim do"):
        assert f"/cases/{lost[3]}" in client.get("/shop", query_string={"q": wanted}).text
    assert "No parcel of yours matches" in client.get("/shop?q=nobody").text
    assert client.get("/shop?state=nonsense&cursor=x").status_code == 200


def test_one_parcels_story_shows_who_does_what_by_when_and_nothing_internal(play, sides, enter):
    ours, _ = sides
    play.acknowledge(ours.case_id, note="the gate is 4711")
    client = enter("oak")
    page = text(client.get(f"/shop/cases/{ours.case_id}").text)
    assert "Ana at the depot took it on." in page
    assert "4711" not in page
    assert "What comes next" in page
    assert "We write to your customer again by" in page
    answer = send(client, f"/shop/cases/{ours.case_id}", act="write", words="Blue or red?")
    assert answer.status_code == 303
    settle()
    page = text(client.get(f"/shop/cases/{ours.case_id}").text)
    assert "It is on its way to your customer." in page
    assert "You wrote to your customer." in page
    answer = send(client, f"/shop/cases/{ours.case_id}", phone="nobody")
    assert answer.status_code == 422
    assert 'id="phone-wrong"' in answer.text
    photo = f"/shop/cases/{ours.case_id}/photos/{ours.photo}"
    assert client.get(photo).content_type == "image/jpeg"


def test_a_missing_number_is_asked_for_and_given_there(play, enter):
    case_id = play.courier(phone=None)
    client = enter("oak")
    assert "A number that works: Kim Doe" in text(client.get("/shop").text)
    send(client, f"/shop/cases/{case_id}", phone="(714) 555-4231")
    settle()
    assert play.case(case_id).contact_phone == "+17145554231"
    assert "Nothing waits for you" in text(client.get("/shop").text)


def test_people_of_a_shipper_are_added_at_the_terminal_and_by_an_admin(
    play, settings, sides, monkeypatch
):
    monkeypatch.setattr(environment, "attach", lambda: settings)
    run = CliRunner().invoke(
        command, ["add", "--name", "Pat", "--email", "pat@oak.example", "--shipper", "oak"]
    )
    assert run.exit_code == 0, run.output
    wrong = CliRunner().invoke(
        command, ["add", "--name", "X", "--email", "x@oak.example", "--shipper", "nobody"]
    )
    assert wrong.exit_code != 0
    admin = create_app(settings).test_client()
    admin.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(admin, make_key("admin"))
    path = "/console/manage/people"
    form = {"name": "Max", "email": "max@elm.example", "channel": "email", "role": "shipper"}
    assert send(admin, path, **form).status_code == 422  # of which shipper?
    assert send(admin, path, **form, shipper="elm").status_code == 303
    rows = connection().execute(
        """SELECT p.name, p.role, p.depots, s.slug FROM people p
             JOIN shippers s ON s.id = p.shipper_id ORDER BY p.name"""
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Max", "shipper", [], "elm"),
        ("Pat", "shipper", [], "oak"),
    ]
    assert admin.get("/shop").status_code == 303  # an admin is of no shipper


@pytest.mark.browser
def test_in_a_real_browser(env, browser, play, sides):
    play.courier("lost", parcel="LOST1")
    play.courier(phone=None, parcel="NONE1")
    key = make_key("shipper", shipper_id=play.world.shipper_id)
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/shop")
        looked_at(browser, "shop")
        browser.open(f"{web}/shop/cases/{sides[0].case_id}")
        looked_at(browser, "shop-case")
        browser.open(f"{web}/shop")
        browser.click(".waits .decide [value=refund]")
        browser.until("document.querySelector('.alert.good')")
        assert browser.log == []
