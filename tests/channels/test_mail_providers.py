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
from app import clock
from app.channels import inbox, reply_address
from app.settings import Settings
from tests.application import create_app
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

    mails: dict[int, bytes]
    bodies: list[int]
    """The numbers of the mails that were fetched whole."""

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
                self._say(f"* {len(self.mails)} EXISTS")
                self._say("* OK [UIDVALIDITY 1774] so they are numbered")
            elif said.startswith("SEARCH"):
                self._say(f"* SEARCH {' '.join(map(str, self.mails))}")
            elif said.startswith("FETCH"):
                assert "BODY.PEEK" in said  # reading leaves no trace
                self._fetch([int(uid) for uid in said.split()[1].split(",")], said)
            self._say(f"{tag} OK done")

    def _fetch(self, uids: list[int], said: str) -> None:
        for uid in uids:
            if "MESSAGE-ID" in said:  # some servers say the number first, and some last
                head = self.mails[uid].partition(b"\n\n")[0].splitlines()
                named = [line for line in head if line.startswith(b"Message-ID")]
                first, part, last = "", "BODY[HEADER.FIELDS (MESSAGE-ID)]", f" UID {uid}"
                literal = b"\r\n".join([*named, b"", b""])
            else:
                self.bodies.append(uid)
                first, part, last, literal = f"UID {uid} ", "BODY[]<0>", "", self.mails[uid]
            self._say(f"* {uid} FETCH ({first}{part} {{{len(literal)}}}")
            self.wfile.write(literal + f"{last})\r\n".encode())

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _to(case: int, text: str, name: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Kim <{KIM}>"
    if name:
        mail["Message-ID"] = name
    mail["To"] = reply_address.make("reply@in.example", case)
    mail.set_content(f"{text}\n")
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    return mail.as_bytes()


@pytest.fixture
def holds(case):
    return {7: _to(case, "Bitte läuten.", "<2@example.com>")}


@pytest.fixture
def fetched():
    return []


@pytest.fixture
def mailbox(holds, fetched):
    handler = type("Handler", (_Mailbox,), {"mails": holds, "bodies": fetched})
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


def test_of_mail_that_is_known_only_its_name_is_asked_for(mailbox, holds, fetched, case, settings):
    url = f"imap://us:secret@{mailbox}/INBOX"
    looking = replace(settings, plug_ins={**settings.plug_ins, "IMAP_URL": url})
    holds |= {uid: _to(case, f"Word {uid}.", f"<{uid}@example.com>") for uid in range(8, 70)}
    holds[70] = _to(case, "Nobody gave this a name.")
    assert inbox.fetch_missed(looking) == 64
    assert sorted(fetched) == list(range(7, 71))
    fetched.clear()
    assert inbox.fetch_missed(looking) == 0
    assert fetched == []
    holds[71] = _to(case, "One more.", "<71@example.com>")
    assert inbox.fetch_missed(looking) == 1
    assert fetched == [71]
