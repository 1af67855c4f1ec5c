"""Mail that comes back, or is called spam: the next channel is used, and everybody sees why."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient

import app
from app import clock
from app.channels import heard, mail_reports
from app.channels.heard import AutomaticReply, MailReport
from app.channels.states import reason_words
from app.db.connection import transaction
from app.settings import Settings
from tests.application import create_app
from tests.channels.world import (
    EMAIL,
    MAIL,
    SMS,
    enqueue,
    make_case,
    read,
    run,
    send_due,
    states,
    timeline,
)

OURS = "<17.1.0123456789ab@shop.example>"


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    values = {"POSTMARK_INBOUND_PASSWORD": "open sesame", "MAILGUN_SIGNING_KEY": "a-key"}
    told = replace(settings, plug_ins={**settings.plug_ins, **values})
    return create_app(told).test_client()


@pytest.fixture
def case(client: FlaskClient) -> int:
    """An open case whose customer was written a mail, and has a telephone too."""
    app.receive_facts()
    made = make_case()
    enqueue(made, MAIL, SMS)
    run(
        """UPDATE messages SET state = 'sent', provider = 'smtp', provider_id = %s, tries = 1,
                  done_at = %s WHERE case_id = %s""",
        OURS,
        clock.now(),
        made,
    )
    return made


def postmark(client: FlaskClient, **said: Any) -> int:
    user = base64.b64encode(b"reknock:open sesame").decode()
    headers = {"Authorization": f"Basic {user}"}
    return client.post("/callbacks/postmark/events", json=said, headers=headers).status_code


def mailgun(client: FlaskClient, event: dict[str, Any], key: str = "a-key") -> int:
    stamp = str(int(clock.machine_now().timestamp()))
    signed = hmac.digest(key.encode(), f"{stamp}t-2".encode(), hashlib.sha256).hex()
    body = {
        "signature": {"timestamp": stamp, "token": "t-2", "signature": signed},
        "event-data": {
            "id": "e1",
            "recipient": EMAIL,
            "message": {"headers": {"message-id": OURS.strip("<>"), "to": EMAIL}},
            "user-variables": {},
            **event,
        },
    }
    return client.post("/callbacks/mailgun/events", json=body).status_code


def report(kind: str, part: str, ours: str = OURS) -> EmailMessage:
    """What a mail server sends back: RFC 3464 for a failure, RFC 5965 for a complaint."""
    text = f"""From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>
To: shop@shop.example
Subject: Returned mail
Message-ID: <report-1@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain

This is about a mail of yours.

--b
Content-Type: message/{kind}

{part}

--b
Content-Type: message/rfc822

Message-ID: {ours}
To: {EMAIL}
Subject: Your parcel

Your parcel

--b--
"""
    found = message_from_string(text, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def failure(status: str = "5.1.1", action: str = "failed", ours: str = OURS) -> EmailMessage:
    fields = f"""Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {EMAIL}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user"""
    return report("delivery-status", fields, ours)


def hears(mail: EmailMessage, name: str = "<report-1@mx.example>") -> None:
    """It is found in our mailbox."""
    fact = AutomaticReply(
        provider="imap",
        provider_id=name,
        channel="email",
        sender="mailer-daemon@mx.example",
        words="",
        report=mail_reports.read("imap", mail),
    )
    with transaction() as conn:
        heard.tell(conn, fact, clock.now())


def refusals() -> list[tuple[str, str]]:
    rows = read("SELECT channel, recipient FROM opt_outs WHERE lifted_at IS NULL")
    return [(row["channel"], row["recipient"]) for row in rows]


def notes(case: int) -> list[str]:
    return [facts["text"] for kind, facts in timeline(case) if kind == "note"]


DEAD: dict[str, dict[str, Any]] = {
    "postmark": {"RecordType": "Bounce", "Type": "HardBounce", "Email": EMAIL, "Details": "gone"},
    "mailgun": {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "delivery-status": {"code": 550, "message": "5.1.1 The account does not exist"},
    },
    "imap": {},
}


@pytest.mark.parametrize("provider", DEAD)
def test_an_address_that_is_not_there_is_not_written_to_again_and_all_see_why(
    client: FlaskClient, case: int, provider: str
) -> None:
    for _ in range(2):  # told twice is told once
        match provider:
            case "postmark":
                assert postmark(client, **DEAD[provider]) == 204
            case "mailgun":
                assert mailgun(client, DEAD[provider]) == 204
            case _:
                hears(failure())
    assert send_due() == ["delivered"]
    assert states(case)[:2] == [("email", "failed", "nobody_there"), ("sms", "delivered", None)]
    assert reason_words("nobody_there").startswith("mail to this address comes back")
    (note,) = notes(case)
    assert "nobody is reached at that address" in note
    assert EMAIL not in note
    (proof,) = read("SELECT recipient, code, provider FROM bounced_addresses")
    assert (proof["recipient"], proof["provider"]) == (EMAIL, provider)
    enqueue(case, MAIL, SMS, idempotency_key="next")  # the next one does not try it at all
    assert send_due() == ["suppressed"]
    assert send_due() == ["delivered"]
    assert states(case)[-2:] == [
        ("email", "suppressed", "nobody_there"),
        ("sms", "delivered", None),
    ]


def test_what_was_not_taken_once_goes_another_way_and_the_address_stays(
    client: FlaskClient, case: int
) -> None:
    hears(failure("5.2.2"))
    assert send_due() == ["delivered"]
    assert states(case)[0] == ("email", "failed", "came_back")
    assert read("SELECT 1 FROM bounced_addresses") == []


@pytest.mark.parametrize(
    "mail",
    [
        failure("4.4.7", "delayed"),
        failure(ours="<17.1.0123456789ab@elsewhere.example>"),
        failure(ours="<18.1.ffffffffffff@shop.example>"),
        report("delivery-status", "Action: failed"),
        report("feedback-report", "Feedback-Type: not-spam"),
        report("disposition-notification", "Disposition: automatic-action"),
    ],
)
def test_a_delay_or_a_report_on_no_mail_of_ours_changes_nothing(
    client: FlaskClient, case: int, mail: EmailMessage
) -> None:
    hears(mail)
    assert states(case) == [("email", "sent", None)]
    assert read("SELECT 1 FROM bounced_addresses") == []


COMPLAINTS: dict[str, dict[str, Any]] = {
    "postmark": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Email": EMAIL},
    "postmark-stopped": {
        "RecordType": "SubscriptionChange",
        "Recipient": EMAIL,
        "SuppressSending": True,
        "SuppressionReason": "ManualSuppression",
    },
    "mailgun": {"event": "complained"},
    "imap": {},
}


@pytest.mark.parametrize("provider", COMPLAINTS)
def test_who_calls_a_mail_spam_gets_no_more_of_them_and_texts_go_on(
    client: FlaskClient, case: int, provider: str
) -> None:
    if provider.startswith("postmark"):
        assert postmark(client, **COMPLAINTS[provider]) == 204
    elif provider == "mailgun":
        assert mailgun(client, COMPLAINTS[provider]) == 204
    else:
        hears(report("feedback-report", "Feedback-Type: abuse\nUser-Agent: FBL/1"))
    assert refusals() == [("email", EMAIL)]
    enqueue(case, MAIL, SMS, idempotency_key="next")
    assert send_due() == ["suppressed"]
    send_due()
    assert states(case)[-2:] == [("email", "suppressed", "opted_out"), ("sms", "delivered", None)]


def test_who_writes_from_an_address_is_there_after_all(client: FlaskClient, case: int) -> None:
    hears(failure())
    wrote = heard.incoming(
        provider="p", provider_id="1", channel="email", sender=EMAIL, words="When will it come?"
    )
    with transaction() as conn:
        heard.tell(conn, wrote, clock.now())
    assert read("SELECT 1 FROM bounced_addresses") == []


def test_what_is_not_signed_or_not_a_failure_changes_nothing(
    client: FlaskClient, case: int
) -> None:
    assert mailgun(client, DEAD["mailgun"], "other") == 403
    assert client.post("/callbacks/mailgun/events", data=b"[").status_code == 403
    assert client.post("/callbacks/postmark/events", json=DEAD["postmark"]).status_code == 403
    assert mailgun(client, {"event": "opened"}) == 204
    assert mailgun(client, {"event": "failed", "severity": "temporary"}) == 204
    assert mailgun(client, {"event": "failed", "delivery-status": 7}) == 422
    assert postmark(client, RecordType="Delivery", Recipient=EMAIL) == 204
    assert postmark(client, RecordType="Bounce", Type="Transient", Email=EMAIL) == 204
    assert postmark(client, Type="HardBounce") == 422
    assert states(case) == [("email", "sent", None)]


def test_any_report_is_read_or_left() -> None:
    for text in ("", "Content-Type: multipart/report\n\n", "Content-Type: message/rfc822\n\n"):
        mail = message_from_string(text, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        found: MailReport | None = mail_reports.read("imap", mail)
        assert found is None
