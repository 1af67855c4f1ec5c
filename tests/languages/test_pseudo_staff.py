"""No page of the staff holds words of its own: it is read in a language with one letter only."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from babel.dates import get_day_names, get_month_names
from flask.testing import FlaskClient

from app import clock
from app.access import links, session
from app.cases import service as cases
from app.cases.timeline.facts import Note
from app.cases.timeline.kinds import Visibility
from app.channels.providers.apprise.services import SERVICES
from app.customer.asked import service as asked
from app.customer.attempts import service as attempts
from app.db.connection import connection, transaction
from app.dispatch import conversation
from app.dispatch.snoozed import service as snoozed
from app.dispatch.snoozed.events import Event
from app.disputes import evidence, forgetting
from app.disputes import store as disputes
from app.disputes.evidence import Kind, Source
from app.handover import connectors
from app.intake import couriers
from app.managing import people_store as people
from app.settings import Settings
from app.theme import names
from tests.application import create_app
from tests.inline import advance, settle
from tests.languages.conftest import PSEUDO
from tests.languages.test_pseudo import hard_coded
from tests.pages.staff import make_key, sign_in, token
from tests.play import Play

_SAID = frozenset({"aria-label", "placeholder", "title", "alt", "content"})
_GIVEN = frozenset(f"data-{name}" for name in ("stale", "none", "taking", "go", "find", "nothing"))
"""Words that a script takes from the page."""
_SILENT = frozenset({"script", "style", "kbd", "code", "textarea"})
_OURS = (
    "Cleo",
    "Standard Webhooks",
    "US",
    "Reknock",
    "UTC",
    "America/Los_Angeles",
    "Europe/Berlin",
    "BEGIN:VCALENDAR",
    "#anaheim-dispatch",
    "anaheim",
    "4.50 EUR",
    "duration-day",  # a unit that Babel has no word for in the language that is played
    "English",
    "parcels.example.com",
    *("{tracking_number}", "{order_ref}"),
    "hollow-oak",
    "standard",
    *("Token", "Dhl Webhook", "Dhl", "Webhook", "oak"),
    *("easypost", "onfleet", "standard-webhooks", "Custom"),
    *(one.title for one in connectors.registered()),
    *(one.words for one in SERVICES),
    *map(names.courier, couriers.NAMES),
    "API",
    "STOP",
    "demo.json",
    "reknock",
    "REKNOCK_HOME",
    "api_keys",
    *("twilio", "vonage"),
)
_KEYS = ("rk_…",)
_DAYS = [
    name
    for width in ("wide", "abbreviated")
    for name in get_day_names(width, "stand-alone", PSEUDO).values()
] + list(get_month_names("abbreviated", "format", PSEUDO).values())
_WRITTEN = re.compile(
    r'<b class="passphrase".*?</b>|<dl class="examples".*?</dl>|'
    r"<(del|ins|bdi|blockquote)\b[^>]*>.*?</\1>",
    re.DOTALL,
)
"""What stands there as somebody wrote it, or as it was remembered."""


_DISPUTE = "/console/cases/<int:case_id>/disputes/<int:dispute>"
_MANAGED = (
    *(
        "",
        "/brands",
        "/brands/<shipper>",
        "/brands/<shipper>/texts",
        "/changes",
        "/connect",
        "/couriers",
    ),
    *("/couriers/<account>", "/depots", "/depots/<slug>", "/keys", "/people"),
    *("/people/<id:person_id>", "/policies", "/policies/<shipper>"),
    "/policies/<shipper>/tries/<id:dry_run>",
    *("/shippers", "/shippers/<shipper>", "/gestures", "/gestures/<shipper>"),
    "/brands/<shipper>/retention",
)


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
    html = _WRITTEN.sub("", before + rest.partition("</select>")[2])
    reader = _Words()
    reader.feed(html)
    said = re.sub(r"https?://\S+", "", " ".join(reader.said))
    for known in sorted((*_OURS, *_KEYS, *_DAYS), key=len, reverse=True):
        said = re.sub(rf"(?<![\w#]){re.escape(known)}(?!\w)", "", said)
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
    look(ana, f"/console/cases/{case_id}/forget")
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
    for address in ("/console/sessions", "/console/passkeys", "/console/password"):
        look(ana, address)
    page = ana.get("/console/sessions").text
    ana.post("/sign-out", data={"csrf_token": token(page)})
    ana.set_cookie("language", pseudo)
    for address in ("/sign-in", "/sign-in/key", "/sign-in/password", "/t/none"):
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


def test_what_is_set_up_holds_no_words_of_its_own(ana: FlaskClient, play: Play):
    world, manage = play.world, "/console/manage"
    play.courier()
    with transaction() as conn:
        slugs = conn.execute(
            """SELECT (SELECT slug FROM depots LIMIT 1) AS depot,
                      (SELECT slug FROM courier_accounts LIMIT 1) AS account,
                      (SELECT slug FROM shippers LIMIT 1) AS shipper"""
        ).fetchone()
    assert slugs is not None
    depot, account = f"{manage}/depots/{slugs['depot']}", f"{manage}/couriers/{slugs['account']}"
    person = f"{manage}/people/{world.people['Ben']}"

    def press(at: str, **said: object) -> None:
        page = look(ana, at.removesuffix("/tries"))
        answer = ana.post(at, data={"csrf_token": token(page), **said}, follow_redirects=True)
        assert words(answer.text) == set(), said

    press(f"{manage}/people", name="", channel=["sms"], phone="12", email="1", role="dispatcher")
    press(person, name="Ben", phone="12", role="dispatcher")
    press(person, act="add_chat", endpoint="demo://", endpoint_name="þþ")
    press(depot, act="place", name="Anaheim depot", address="þþ", phone="")
    press(
        depot,
        act="add_window",
        weekday=["1"],
        starts="05:00",
        ends="06:00",
        capacity="3",
        cutoff="9",
    )
    press(depot, act="close", day=f"{clock.now() + timedelta(days=9):%Y-%m-%d}", why="þþ")
    press(
        depot,
        act="point",
        name="þþ",
        address="þþ",
        hours="8-20",
        ready_in="4",
        keeps_for="5",
        capacity="2",
    )
    press(
        depot,
        act="add_window",
        weekday=["1"],
        starts="05:30",
        ends="06:30",
        capacity="3",
        cutoff="9",
    )
    press(depot, act="point", capacity="many")
    press(depot, act="add_system", system="12")
    press(f"{manage}/keys", act="create", name="þþ", role="admin", lasts="90")
    press(f"{manage}/keys", act="create", name="", role="shipper", depot=[slugs["depot"]])
    press(f"{manage}/brands/{slugs['shipper']}", colour="#ffff00", domain="1", reply_to="1")
    given = f"{manage}/gestures/{slugs['shipper']}"
    press(given, act="rules", kind="credit", granted_by="codes", currency="EUR", share="many")
    press(given, act="rules", first="5.00", month="90.00", share="15", times="1", days="90",
          kind="voucher", granted_by="codes", currency="EUR", regular="5.00",
          regulars_after="48 h", not_for=["lost"])  # fmt: skip
    press(given, act="codes", codes="1; 5.00\n2; five")
    press(given, act="codes", codes="1; 5.00")
    press(f"{manage}/brands/{slugs['shipper']}/texts", text="", channel="sms", id="")
    for url in ("12", "https://1.1/", "https://1.1/{1}{order_ref}", "https://1@1.1/{order_ref}"):
        press(f"{manage}/shippers/{slugs['shipper']}", act="orders", url=url, percent="5")
    press(f"{manage}/shippers/{slugs['shipper']}", act="orders", url="", percent="many")
    press(account, act="owner", shipper="", depot=slugs["depot"])
    press(account, act="rules", attempts="many")
    press(account, act="rules", attempts="3")
    policy = f"{manage}/policies/{slugs['shipper']}"
    press(policy, act="values", gather_within="soon", quiet_hours="night")
    press(policy, act="values", gather_within="50 s")
    press(f"{policy}/tries", act="values", most="25", days="0", patience="2")
    look(ana, f"{manage}/policies")
    for address in (
        "people",
        "depots",
        "brands",
        "shippers",
        "shippers/oak",
        "gestures",
        "changes",
        "couriers",
        "connect",
    ):
        look(ana, f"{manage}/{address}")
    look(ana, f"{manage}/connect?courier=dhl")
    look(ana, f"{account}?connector=onfleet")
    with transaction() as conn:
        conn.execute(
            "INSERT INTO refusals (account, code, day, count) VALUES (%s, %s, %s, 3)",
            [slugs["account"], "stale_timestamp", clock.now().date()],
        )
    for address in ("/console/phone", "/couriers", "/dashboard?days=7"):
        look(ana, address)


def test_a_disputes_record_holds_no_words_of_its_own(ana: FlaskClient, play: Play):
    case_id = play.courier()
    attempts.answer(case_id, "þþ", [], clock.now(), came=False)
    settle()
    at, found = clock.now().isoformat(), disputes.of_case(connection(), case_id)[0]
    checks: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("hours", "contradicts", {"local_time": at, "depot_open": False}),
        ("window", "open", {"from": at, "to": at}),
        ("window", "contradicts", {"from": at, "to": at}),
        ("scan", "supports", {"out_for_delivery": at}),
        ("scan", "contradicts", {"out_for_delivery": None}),
        ("position", "supports", {"metres": 17}),
        ("photo", "supports", {"field": "þ"}),
    )
    pieces = [
        evidence.piece(Kind.CHECK, Source.REKNOCK, clock.now(), content, found.salt)
        for check, result, more in checks
        for content in ({"check": check, "result": result, **more},)
    ]
    with transaction() as conn:
        disputes.add(conn, found.id, pieces, clock.now())
    at_page = f"/console/cases/{case_id}/disputes/{found.id}"
    page = look(ana, at_page)
    answer = ana.post(at_page, data={"csrf_token": token(page), "as": "page"})
    assert answer.status_code == 303
    look(ana, at_page)
    for state in ("accepted", "rejected", "agreed"):
        with transaction() as conn:
            conn.execute("UPDATE disputes SET state = %s", [state])
        look(ana, at_page)
    with transaction() as conn:
        forgetting.forget(conn, [case_id], clock.now())
    look(ana, at_page)


def test_duties_are_changed_without_words_of_their_own(ana: FlaskClient, play: Play):
    page = look(ana, "/console/oncall")
    depot = ana.get("/console/oncall").headers["Location"]
    form = {"csrf_token": token(page), "act": "make", "name": "þþ 1"}
    rota = ana.post(depot, data=form).headers["Location"]
    page = look(ana, rota)

    def press(address: str, **said: object) -> None:
        form = {"csrf_token": token(page), **said}
        answer = ana.post(address, data=form, follow_redirects=True)
        assert words(answer.text) == set(), said

    shift = {"people-0": "Ana", "days-0": ["1", "2"], "starts-0": "08:00", "ends-0": "07:00"}
    turns = {"handover_from": "2026-01-05", "handover_at": "09:00", "handover_days": "7"}
    press(rota, act="change", version="1", name="þþ", zone="UTC", covers="always", **turns, **shift)
    press(rota, act="take", until=(clock.now() + timedelta(hours=5)).isoformat())
    press(rota, act="take")
    press(rota, act="import", calendar="þ")
    press(rota, act="swap")
    look(ana, rota)
    ladder = f"{depot}/ladder"
    look(ana, ladder)
    press(ladder, do="add")
    press(ladder, do="save", levels="1", last="")
    look(ana, f"{depot}")


def test_a_shippers_pages_hold_no_words_of_their_own(pseudo: str, play: Play, settings: Settings):
    lost = play.courier("lost")
    play.courier(phone=None, parcel="P2")
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    client.set_cookie("language", pseudo)
    sign_in(client, make_key("shipper", shipper_id=play.world.shipper_id, name="Ana"))
    pages = (
        "/shop",
        "/shop?q=0815",
        f"/shop/cases/{lost}",
        "/shop/webhooks",
        "/shop/brand",
        "/shop/retention",
    )
    for address in pages:
        look(client, address)


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
        "/console/cases/<int:case_id>/forget",
        "/console/days",
        "/console/days/<slug>/<day>",
        "/console/days/<slug>/<day>.csv",
        "/console/live",
        *(f"/console/manage{part}" for part in _MANAGED),
        "/console/oncall",
        "/console/oncall/<slug>",
        "/console/oncall/<slug>/ladder",
        "/console/passkeys",
        "/console/password",
        "/console/phone",
        "/console/rotas/<rota>",
        "/console/sessions",
        "/console/sheet",
        *("/console/tasks/<id:task_id>", "/console/cases/<id:case_id>"),
        *("/couriers", "/dashboard", "/dashboard.csv"),
        *(_DISPUTE, f"{_DISPUTE}/photos/<photo>"),
        *("/shop", "/shop/cases/<id:case_id>", "/shop/cases/<id:case_id>/photos/<photo>"),
        *("/shop/webhooks", "/shop/webhooks/<id:endpoint_id>", "/shop/brand", "/shop/retention"),
    }
