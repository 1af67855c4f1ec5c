"""What a shipper gives from its own page: within its rules, and what only it can grant."""

from __future__ import annotations

from app.cases import service as cases
from app.db.connection import transaction
from app.managing import retention_store
from tests.gestures.conftest import codes, gives, rows, spent
from tests.inline import settle
from tests.pages.reading import fingerprint, text
from tests.shop.conftest import send


def test_what_the_rules_have_is_shown_and_given_once_by_name(play, enter):
    case_id = play.courier("damaged")
    gives(first="5.00")
    codes("3.00", "5.00")
    client = enter("oak")
    at = f"/shop/cases/{case_id}"
    before = fingerprint()
    page = text(client.get(at).text)
    assert "By your rules your customer gets a voucher of $5.00." in page
    assert fingerprint() == before
    assert send(client, at, act="give").status_code == 303
    settle()
    (made,) = rows()
    assert (made["state"], made["amount"], made["settled_by"]) == ("made", 500, "Kim of oak")
    page = text(client.get(at).text)
    assert "Saved. Your customer is told." in page
    assert "By your rules" not in page
    assert "Kim of oak" in page
    assert send(client, at, act="give").status_code == 409
    assert len(rows()) == 1


def test_what_the_rules_do_not_have_is_said_and_cannot_be_given(play, enter):
    case_id = play.courier("damaged")
    client = enter("oak")
    at = f"/shop/cases/{case_id}"
    assert "Make up for it" not in client.get(at).text  # it has no rules
    gives(first="5.00")
    assert "No code is left." in text(client.get(at).text)
    codes("5.00")
    gives(first="5.00", month="4.00")
    assert "This month’s budget is used up." in text(client.get(at).text)
    assert send(client, at, act="give").status_code == 409
    assert (rows(), spent()) == ([], 0)


def test_money_that_is_wanted_back_waits_on_the_first_page_and_is_settled_there(play, sides, enter):
    ours, theirs = sides
    asked, other = ours.gesture_id, theirs.gesture_id
    client = enter("oak")
    assert "Your yes to a gesture" in text(client.get("/shop").text)
    at = f"/shop/cases/{ours.case_id}"
    assert "Your customer wants their money back" in text(client.get(at).text)
    assert send(client, at, act="grant", gesture=other).status_code == 404
    assert send(client, at, act="grant", gesture=asked).status_code == 303
    settle()
    states = {row["id"]: (row["state"], row["settled_by"]) for row in rows()}
    assert states == {asked: ("made", "Kim of oak"), other: ("asked", None)}
    assert "Your yes to a gesture" not in text(client.get("/shop").text)
    assert send(client, at, act="no_gesture", gesture=asked).status_code == 409


def test_what_it_decides_is_remembered_by_the_name_of_who_did(play, sides, enter):
    lost = play.courier("lost", parcel="LOST1")
    client = enter("oak")
    at = f"/shop/cases/{lost}"
    send(client, at, act="write", words="We are sorry.")
    send(client, at, act="decide", decision="replacement")
    settle()
    page = text(client.get(at).text)
    assert "by Kim of oak" in page
    actors = {entry.actor for entry in cases_timeline(lost)}
    assert "Kim of oak" in actors
    assert "shipper" not in actors


def cases_timeline(case_id: int):
    """The story of a case."""
    with transaction() as conn:
        return cases.timeline(conn, case_id)


def test_how_long_customers_are_remembered_is_its_own_to_say(play, sides, enter):
    client = enter("oak")
    assert "How long your customers are remembered" in text(client.get("/shop/retention").text)
    assert send(client, "/shop/retention", words="5").status_code == 422
    assert send(client, "/shop/retention", words="200", contacts="200").status_code == 303
    assert "At present: 200." in text(client.get("/shop/retention").text)
    with transaction() as conn:
        assert retention_store.read(conn, "oak") == {"words": 200, "contacts": 200}
        assert retention_store.read(conn, "elm") == {}
