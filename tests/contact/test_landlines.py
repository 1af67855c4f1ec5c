"""Where numbers do not tell landlines, the carrier does: such a number is called from then on."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
import pytest

from app import clock, receive_facts
from app.cases.model import Case, Contact
from app.channels import heard
from app.channels.providers.base import Accepted, Outgoing, Refused
from app.channels.providers.playground.sending import Playground
from app.contact import steps as contact
from app.db.connection import Connection, connection, transaction
from app.settings import Settings
from tests import courier
from tests.inline import advance, settle
from tests.play import Play

EMAIL = "kim@example.com"
MOBILE = "+4915112345678"
"""In a plan that tells: no carrier's word makes a landline of it."""


@pytest.fixture
def carrier(play: Play, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A carrier that takes no text message to any number; to which it refused one."""
    send, refused = Playground.send, []

    def sends(self: Playground, message: Outgoing) -> Accepted:
        if message.channel == "sms" and message.recipient in {courier.PHONE, MOBILE}:
            refused.append(message.recipient)
            raise Refused("not_a_mobile", permanent=True)
        return send(self, message)

    monkeypatch.setattr(Playground, "send", sends)
    return refused


def ways(play: Play, case_id: int) -> list[tuple[str, str, str | None]]:
    found = play.messages(case_id, audience="customer")
    return [(one["channel"], one["state"], one["why"]) for one in found]


def test_what_could_not_be_texted_is_said_in_a_call_at_once(play: Play, carrier: list[str]):
    case_id = play.courier()
    advance(minutes=20)
    assert ways(play, case_id) == [("sms", "failed", "not_a_mobile"), ("voice", "sent", None)]
    case = play.case(case_id)
    assert (case.contact_phone, case.contact_call) == (None, courier.PHONE)
    assert (case.contact_line, case.contact_fault) == ("fixed", "no_text_messages")
    assert "request_contact" not in play.waiting(case_id), "they are reached"


def test_it_is_never_texted_again_also_about_another_parcel(play: Play, carrier: list[str]):
    play.courier()
    advance(minutes=20)
    other = play.courier(parcel="P2")
    advance(minutes=20)
    assert ways(play, other) == [("voice", "sent", None)]
    advance(days=2)
    assert carrier == [courier.PHONE]


def test_a_message_that_waited_already_is_said_in_a_call_too(play: Play, carrier: list[str]):
    first, second = play.courier(), play.courier(parcel="P2")
    advance(minutes=20)
    for case_id in (first, second):
        assert ways(play, case_id)[-1] == ("voice", "sent", None)
        assert play.case(case_id).contact_call == courier.PHONE
    assert len(carrier) <= 2


def test_mail_comes_after_the_call_of_what_can_be_answered_by_a_key(play: Play, carrier: list[str]):
    case_id = play.courier(email=EMAIL)
    advance(minutes=20)
    assert ways(play, case_id) == [("sms", "failed", "not_a_mobile"), ("voice", "sent", None)]
    assert play.messages(case_id, audience="customer")[-1]["recipient"] == courier.PHONE


def test_a_mobile_by_its_number_is_none_because_its_carrier_is_away(play: Play, carrier: list[str]):
    case_id = play.courier(phone=MOBILE)
    advance(minutes=20)
    assert play.case(case_id).contact_phone == MOBILE
    assert [way for way, _, _ in ways(play, case_id)] == ["sms"]


def test_whoever_texts_from_it_is_texted_again(
    play: Play, carrier: list[str], monkeypatch: pytest.MonkeyPatch
):
    receive_facts()
    play.courier()
    advance(minutes=20)
    monkeypatch.undo()  # the carrier was wrong
    wrote = heard.incoming(
        provider="p", provider_id="1", channel="sms", sender=courier.PHONE, words="Who is this?"
    )
    with transaction() as conn:
        heard.tell(conn, wrote, clock.now())
    settle()
    assert connection().execute("SELECT 1 FROM bounced_addresses").fetchall() == []
    other = play.courier(parcel="P2")
    assert play.case(other).contact_phone == courier.PHONE


def test_whose_number_is_corrected_at_the_same_moment_waits_for_it(
    play: Play, carrier: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    both = {play.courier(), play.courier(parcel="P2")}
    contacts, looked_at = contact.contacts, set()

    def looks(conn: Connection, found: Sequence[Case]) -> Sequence[Contact]:
        for case in found:
            with (
                psycopg.connect(settings.database_url) as other,
                pytest.raises(psycopg.errors.LockNotAvailable),
            ):
                other.execute("SELECT FROM cases WHERE id = %s FOR UPDATE NOWAIT", [case.id])
            looked_at.add(case.id)
        return contacts(conn, found)

    monkeypatch.setattr(contact, "contacts", looks)
    advance(minutes=20)
    assert looked_at == both
    assert all(play.case(one).contact_call == courier.PHONE for one in both)
