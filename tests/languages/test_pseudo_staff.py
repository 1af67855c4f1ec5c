"""No page of the staff holds words of its own: it is read in a language with one letter only."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from app import clock, create_app
from app.access import links, session
from app.cases import service as cases
from app.cases.timeline.facts import Note
from app.cases.timeline.kinds import Visibility
from app.customer.asked import service as asked
from app.db.connection import transaction
from app.dispatch import conversation
from app.dispatch.snoozed import service as snoozed
from app.dispatch.snoozed.events import Event
from app.managing import people_store as people
from app.settings import Settings
from tests.inline import advance, settle
from tests.languages.test_pseudo import hard_coded
from tests.pages.staff import make_key, sign_in, token
from tests.play import Play

_SAID = frozenset({"aria-label", "placeholder", "title", "alt", "content"})
_GIVEN = frozenset(f"data-{name}" for name in ("stale", "none", "taking", "go", "find", "nothing"))
"""Words that a script takes from the page."""
_SILENT = frozenset({"script", "style", "kbd", "code"})
_OURS = (
    "Cleo",
    "Standard Webhooks",
    "US",
    "Reknock",
    "UTC",
    "API",
    "STOP",
    "demo.json",
    "reknock",
    "REKNOCK_HOME",
    "api_keys",
)
_KEYS = ("rk_…",)


class _Words(HTMLParser):
    """What a page says: its text, and what attributes say aloud or a script takes from them."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in _SILENT
        self.said += [
            value
            for name, value in attrs
            if value
            and (name in _SAID or name in _GIVEN)
            and dict(attrs).get("name") not in {"viewport", "robots", "color-scheme", "htmx-config"}
        ]

    def handle_endtag(self, tag):
        self.silent -= tag in _SILENT

    def handle_data(self, data):
        if not self.silent:
            self.said.append(data)


def words(html: str) -> set[str]:
    """The words of a page that are no data and in no catalogue."""
    before, _, rest = html.partition('<select id="language"')
    html = re.sub(r'<b class="passphrase".*?</b>', "", before + rest.partition("</select>")[2])
    reader = _Words()
    reader.feed(html)
    said = " ".join(reader.said)
    for known in _OURS + _KEYS:
        said = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", "", said)
    return hard_coded(said)


@pytest.fixture
def ana(pseudo: str, play: Play, settings: Settings) -> FlaskClient:
    """Ana, who reads the language and is signed in as an admin."""
    with transaction() as conn:
        people.speak(conn, play.world.people["Ana"], pseudo)
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(client, make_key("admin", person_id=play.world.people["Ana"], name="Ana"))
    return client


def look(client: FlaskClient, address: str, status: int = 200) -> str:
    page = client.get(address, follow_redirects=True)
    assert page.status_code == status, address
    assert words(page.text) == set(), address
    return page.text


def of(play: Play, case_id: int, name: str = "Ana") -> str:
    return f"/t/{links.make('task', play.task(case_id).id, play.world.people[name])}"


def test_a_dispatchers_link_holds_no_words_of_its_own(ana: FlaskClient, play: Play):
    case_id = play.courier(address={"line1": "5 Katella Ave", "country": "US"})
    look(ana, of(play, case_id))
    snoozed.snooze(case_id, "Ben", None, clock.now(), Event.SCAN)
    look(ana, of(play, case_id))
    look(ana, f"{of(play, case_id)}/live?phase=open")
    asked.press(case_id, "speak", "", clock.now())
    look(ana, of(play, case_id))
    wrong = ana.post(of(play, case_id), data={"act": "answer", "answer": ""})
    assert words(wrong.text) == set()
    conversation.answer(case_id, "þþ", "Ben", clock.now())
    conversation.contacted(case_id, "phone", "þþ", "Ben", clock.now())
    case_id = play.courier(parcel="P2")
    play.acknowledge(case_id, "Ben")
    look(ana, of(play, case_id))
    with transaction() as conn:
        facts = Note(text="þþ", visibility=Visibility.SHIPPER)
        cases.note(conn, [cases.Entry(case_id, facts, "Ben")], clock.now())
    look(ana, of(play, case_id))
    play.choose(case_id, confirmed=False)
    look(ana, of(play, case_id))
    play.answer(case_id, "refused")
    look(ana, of(play, case_id))
    play.courier("delivered", parcel="P2")
    play.rate(case_id, 1, "þþ")
    look(ana, of(play, case_id))
    for number, kind in enumerate(("lost", "damaged", "returned", "refused", "held")):
        look(ana, of(play, play.courier(kind, f"Q{number}")))
    advance(hours=30)
    look(ana, of(play, play.courier(parcel="P3")))


def test_the_queue_holds_no_words_of_its_own(ana: FlaskClient, play: Play):
    look(ana, "/console")
    one, two, three = (play.courier(parcel=f"P{number}") for number in range(3))
    asked.press(one, "speak", "", clock.now())
    snoozed.snooze(two, "Ben", None, clock.now(), Event.REPLY)
    play.acknowledge(three, "Ben")
    settle()
    advance(minutes=20)
    for tab in ("open", "nobody", "mine", "taken", "aside", "done"):
        look(ana, f"/console?tab={tab}")
    look(ana, "/console?q=Anaheim")
    look(ana, "/console?q=þþ")
    look(ana, "/console?tab=open&kind=handover")
    page = look(ana, "/console")
    tasks = [str(play.task(case_id).id) for case_id in (one, two)]
    for act in ("snooze", "resolve", "note"):
        look(ana, f"/console/sheet?act={act}&task={tasks[0]}&task={tasks[1]}")

    def press(**said: object) -> str:
        answer = ana.post("/console", data={"csrf_token": token(page), **said})
        assert answer.status_code == 303, answer.text
        shown = ana.get("/console").text
        assert words(shown) == set(), said
        return shown

    later = (clock.now() + timedelta(hours=1)).isoformat()
    press(task=tasks, act="snooze", until=later)
    press(task=tasks, act="pass_on")
    press(task=tasks, act="take")
    shown = press(task=tasks, act="note", note="þþ")
    found = re.search(r'name="undo" value="(\d+)"', shown)
    assert found
    ana.post("/console/undo", data={"csrf_token": token(page), "undo": found[1]})
    look(ana, "/console")
    ana.post("/console/undo", data={"csrf_token": token(page), "undo": found[1]})
    look(ana, "/console")
    press(task=tasks, act="resolve", outcome="other", note="")
    press(act="take")
    press(task=tasks, act="take")


def test_lists_and_duties_hold_no_words_of_their_own(ana: FlaskClient, play: Play):
    look(ana, "/console/days")
    look(ana, "/console/oncall")
    case_id = play.courier()
    play.choose(case_id)
    booked = next(slot for slot in play.options(case_id).slots)
    day = f"{booked.starts_at:%Y-%m-%d}"
    slug = re.search(r"/console/days/([\w-]+)/", ana.get("/console/days").headers["Location"])
    assert slug
    page = look(ana, f"/console/days/{slug[1]}/{day}")
    ana.post(f"/console/days/{slug[1]}/{day}", data={"csrf_token": token(page)})
    other = play.courier(parcel="P2")
    play.choose(other)
    look(ana, f"/console/days/{slug[1]}/{day}")
    assert words(ana.get(f"/console/days/{slug[1]}/2026-13-01").text) == set()


def test_the_door_and_ones_own_pages_hold_no_words_of_their_own(ana: FlaskClient, pseudo: str):
    for address in ("/console/sessions", "/console/passkeys"):
        look(ana, address)
    page = ana.get("/console/sessions").text
    ana.post("/sign-out", data={"csrf_token": token(page)})
    ana.set_cookie("language", pseudo)
    for address in ("/sign-in", "/sign-in/key", "/t/none"):
        shown = ana.get(address)
        before, _, _ = shown.text.partition('<details class="small">')
        assert words(before) == set(), address
    page = ana.get("/sign-in").text
    for form in ({"to": "12"}, {"key": "rk_wrong"}, {"to": "ana@example.com"}):
        address = "/sign-in" if "key" in form else "/sign-in/code"
        shown = ana.post(address, data={"csrf_token": token(page), **form}, follow_redirects=True)
        before, _, _ = shown.text.partition('<details class="small">')
        said = before.replace("ana@example.com", "")
        assert words(said) == set(), form


def test_every_page_that_asks_who_is_here_is_looked_at(ana: FlaskClient):
    """What is not said in other languages yet is named, and nothing else is left out."""
    app = ana.application
    rest = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "roles", None) and "GET" in (rule.methods or ()):
            blueprint = rule.endpoint.partition(".")[0]
            if not str(rule).startswith("/api/") and blueprint not in session.IN_ENGLISH:
                rest.add(str(rule))
    assert rest == {
        "/console",
        "/console/days",
        "/console/days/<slug>/<day>",
        "/console/days/<slug>/<day>.csv",
        "/console/live",
        "/console/oncall",
        "/console/oncall/<slug>",
        "/console/passkeys",
        "/console/sessions",
        "/console/sheet",
        "/console/tasks/<id:task_id>",
    }
