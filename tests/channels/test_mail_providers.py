"""Mail that providers post to us reaches its case; who does not prove to be them does not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import replace
from email.message import EmailMessage
from io import BytesIO
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

import app
from app import clock, create_app
from app.channels import inbox, reply_address
from app.settings import Settings
from tests.channels.world import make_case, read

KIM = "kim@example.com"


@pytest.fixture
def mail_settings(settings: Settings) -> Settings:
    values = {"POSTMARK_INBOUND_PASSWORD": "open sesame", "MAILGUN_SIGNING_KEY": "a-key"}
    return replace(settings, plug_ins={**settings.plug_ins, **values})


@pytest.fixture
def client(mail_settings):
    return create_app(mail_settings).test_client()


@pytest.fixture
def case(client):
    app.receive_facts()
    return make_case()


def _asked(case_id):
    rows = read("SELECT text, channel FROM questions WHERE case_id = %s ORDER BY id", case_id)
    return [(row["text"], row["channel"]) for row in rows]


def _postmark(case_id, **more):
    return {
        "MessageID": "pm-1",
        "From": KIM,
        "ToFull": [{"Email": reply_address.make("reply@in.example", case_id)}],
        "Date": "Tue, 24 Nov 2026 09:00:00 +0100",
        "TextBody": "Please ring twice.\n\n> Your parcel",
        "StrippedTextReply": "Please ring twice.",
        "Headers": [{"Name": "Message-ID", "Value": "<1@example.com>"}],
        "Attachments": [{"Name": "door.jpg", "Content": "AAAA"}],
        **more,
    }


def _basic(password):
    user = base64.b64encode(f"reknock:{password}".encode()).decode()
    return {"Authorization": f"Basic {user}"}


def test_postmark_is_known_by_its_password(client, case):
    address, body = "/callbacks/postmark/inbound", _postmark(case)
    for headers in ({}, _basic("open"), _basic(""), {"Authorization": "Basic ???"}):
        assert client.post(address, json=body, headers=headers).status_code == 403
    assert _asked(case) == []
    for _ in range(2):  # it repeats what it does not know to be taken
        answer = client.post(address, json=body, headers=_basic("open sesame"))
        assert answer.status_code == 204
    assert _asked(case) == [("Please ring twice.", "email")]


@pytest.mark.parametrize("body", [b"[1", b"[]", b"{}", b'{"MessageID": 7}'])
def test_what_postmark_never_sends_is_refused_in_words(client, body):
    headers = {**_basic("open sesame"), "Content-Type": "application/json"}
    answer = client.post("/callbacks/postmark/inbound", data=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.json["code"]


def _mailgun(case_id, key="a-key", age=0, **more):
    stamp = str(int(clock.machine_now().timestamp()) - age)
    signed = hmac.digest(key.encode(), f"{stamp}t-1".encode(), hashlib.sha256).hex()
    return {
        "timestamp": stamp,
        "token": "t-1",
        "signature": signed,
        "recipient": reply_address.make("reply@in.example", case_id),
        "from": f"Kim <{KIM}>",
        "Message-Id": "<1@example.com>",
        "body-plain": "Please ring twice.\n> Your parcel",
        "message-headers": json.dumps([["Date", "Tue, 24 Nov 2026 09:00:00 +0100"]]),
        **more,
    }


def test_mailgun_is_known_by_its_signature_of_today(client, case):
    address = "/callbacks/mailgun/inbound"
    for form in (_mailgun(case, key="other"), _mailgun(case, age=90_000), {"signature": "ü"}):
        assert client.post(address, data=form).status_code == 403
    assert _asked(case) == []
    picture = {"attachment-1": (BytesIO(b"\xff" * 300_000), "door.jpg")}
    assert client.post(address, data={**_mailgun(case), **picture}).status_code == 204
    assert client.post(address, data=_mailgun(case)).status_code == 204
    assert _asked(case) == [("Please ring twice.", "email")]


def test_a_machine_that_answers_is_not_answered(client, case):
    headers = json.dumps([["Auto-Submitted", "auto-replied"]])
    form = _mailgun(case, **{"message-headers": headers})
    assert client.post("/callbacks/mailgun/inbound", data=form).status_code == 204
    assert _asked(case) == []
    assert read("SELECT count(*) AS found FROM messages WHERE case_id = %s", case)[0]["found"] == 0


class _Mailbox(StreamRequestHandler):
    """As much of an IMAP server as a reader needs (RFC 3501)."""

    raw = b""

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, command, *rest = line.split(" ", 2)
            said = " ".join(rest)
            if command == "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1")
            elif command == "LOGIN" and '"secret' not in said:
                self._say(f"{tag} NO wrong")
                continue
            elif command == "EXAMINE":
                self._say("* 1 EXISTS")
            elif said.startswith("SEARCH"):
                self._say("* SEARCH 7")
            elif said.startswith("FETCH"):
                assert "BODY.PEEK" in said  # reading leaves no trace
                self._say(f"* 1 FETCH (UID 7 BODY[]<0> {{{len(self.raw)}}}")
                self.wfile.write(self.raw + b")\r\n")
            self._say(f"{tag} OK done")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mailbox(case):
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = f"Kim <{KIM}>", "<2@example.com>"
    mail["To"] = reply_address.make("reply@in.example", case)
    mail.set_content("Bitte läuten.\n")
    mail.add_alternative("<p>Bitte läuten.</p>", subtype="html")
    handler = type("Handler", (_Mailbox,), {"raw": mail.as_bytes()})
    with ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_mailbox_is_looked_into_and_heard_once(mailbox, case, settings):
    url = f"imap://us:secret@{mailbox}/INBOX"
    looking = replace(settings, plug_ins={**settings.plug_ins, "IMAP_URL": url})
    assert inbox.fetch_missed(looking) == 1
    assert inbox.fetch_missed(looking) == 0
    assert _asked(case) == [("Bitte läuten.", "email")]


def test_a_mailbox_that_lets_nobody_in_is_looked_into_later(mailbox, case, settings, capfd):
    url = f"imap://us:wrong@{mailbox}/INBOX"
    looking = replace(settings, plug_ins={**settings.plug_ins, "IMAP_URL": url})
    assert inbox.fetch_missed(looking) == 0
    assert "wrong" not in capfd.readouterr().err
