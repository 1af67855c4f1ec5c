"""Every courier's button begins a story that a newcomer can play to its end, led by the guide."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from app import clock
from app.cases import service as cases
from app.cases.timeline.facts import SurveyAnswered
from app.db.connection import connection
from app.intake import accounts, bodies, samples
from app.intake.couriers import NAMES, _keys
from app.intake.event import Incoming
from app.json_body import parse
from app.playground import customers, scene, sender
from tests.application import create_app
from tests.inline import settle

MOST_TURNS = 12
BUTTON = r'id="go"[^>]*'


def first(pattern, html):
    """What the pattern's first match is, or its group."""
    return re.findall(pattern, html)[0]


@pytest.fixture
def visitor(settings, document, monkeypatch):
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,*/*;q=0.8"
    served = client.get("/playground/keys/shipengine").get_json()["keys"]
    keys = dict(filter(None, map(_keys._key, served)))
    _keys._sets.clear()
    monkeypatch.setattr(_keys, "_fetch", lambda _address: keys)

    def post(_settings, slug, raw, headers):
        answer = client.post(f"/webhooks/{slug}", data=raw, headers=headers)
        return answer.status_code, answer.get_json()

    monkeypatch.setattr(sender, "post", post)
    yield Visitor(client)
    _keys._sets.clear()


class Visitor:
    """Somebody who knows nothing and does what the guide says, by forms and links alone."""

    def __init__(self, client):
        self.client = client
        self.turns = []

    def begins(self, courier, what="failure"):
        slug = courier.replace("_", "-")
        answer = self.client.post("/playground/send", data={"account": slug, "what": what})
        assert answer.status_code == 303
        settle()
        return sender.answers(self.client.application.config["SETTINGS"])[0].body["case_id"]

    def follows(self, case_id, stars="5"):
        """Play to the end; whose turns it was."""
        for _ in range(MOST_TURNS):
            guide = scene.of(connection(), case_id).guide
            page = self.client.get(f"/playground?case={case_id}").text
            assert f"Next: {guide.who}." in page
            self.turns.append(guide.where)
            if guide.where == "courier" and not guide.report:
                return self.turns
            getattr(self, guide.where)(first(BUTTON, page), page, stars)
            settle()
        raise AssertionError(f"no end after {self.turns}")

    def courier(self, _button, page, _stars):
        form = page.split('id="go"')[0].rsplit("<form", 1)[1]
        slug = first(r'name="account" value="([^"]+)"', form)
        answer = self.client.post("/playground/send", data={"account": slug, "what": "delivered"})
        assert answer.status_code == 303

    def clock(self, button, _page, _stars):
        seconds = first(r'value="(\d+)"', button)
        self.client.post("/playground/clock", data={"advance_seconds": seconds})

    def depot(self, button, _page, _stars):
        link = self.link("depot", button)
        if 'value="confirmed"' in self.client.get(link).text:
            self.answers(link, act="resolve", outcome="confirmed")
        else:
            self.answers(link, act="acknowledge")

    def shipper(self, button, _page, _stars):
        self.answers(self.link("customer", button), phone="+1 714 555 4231")

    def customer(self, button, _page, stars):
        link = self.link("customer", button)
        html = self.client.get(link).text
        choice = re.search(r'name="choice" value="([^"]+)"', html)
        self.answers(link, **({"choice": choice[1]} if choice else {"score": stars}))

    def link(self, phone, button):
        """The newest link on the phone that the guide's button opens."""
        address = first(r'href="([^"]+)"', button).replace("&amp;", "&")
        box = parse_qs(urlsplit(address).query)["box"][0]
        shown = self.client.get(f"/playground/phone/{phone}?box={box}")
        found = re.search(r'<a href="(/[tcs]/[^"]+)"', shown.text)
        assert found, f"nothing to open in {box}"
        return found[1]

    def answers(self, link, **form):
        assert "<form" in self.client.get(link).text, "there is nothing to do"
        answer = self.client.post(link, data=form)
        assert answer.status_code in {200, 303}, answer.text


def survey(case_id):
    facts = [entry.facts for entry in cases.timeline(connection(), case_id)]
    return [fact.score for fact in facts if isinstance(fact, SurveyAnswered)]


@pytest.mark.parametrize("courier", NAMES)
def test_every_courier_plays_a_whole_story(visitor, courier):
    case_id = visitor.begins(courier)
    turns = visitor.follows(case_id)
    case = cases.by_ids(connection(), [case_id])[case_id]
    assert (case.closed, case.resolution, survey(case_id)) == (True, "delivered", [5])
    assert turns == ["depot", "customer", "depot", "courier", "clock", "customer", "courier"]
    assert case.parcel.name
    assert case.contact_phone


@pytest.mark.parametrize("then", ["again", "delivered"])
def test_what_happens_next_is_never_taken_for_what_happened_before(visitor, then):
    """Also with couriers whose events are told apart by the second alone, within one second."""
    for courier in NAMES:
        slug = courier.replace("_", "-")
        for what in ("failure", then):
            visitor.client.post("/playground/send", data={"account": slug, "what": what})
        second, before = sender.answers(visitor.client.application.config["SETTINGS"])[:2]
        assert (before.body["status"], second.body["status"]) == ("accepted", "accepted"), courier
        assert before.body["case_id"] == second.body["case_id"], courier


@pytest.mark.parametrize("courier", NAMES)
def test_without_a_number_the_shipper_is_next(visitor, courier):
    case_id = visitor.begins(courier, "no_number")
    case = cases.by_ids(connection(), [case_id])[case_id]
    assert (case.contact_phone, case.contact_email) == (None, None)
    turns = visitor.follows(case_id)
    assert turns[:3] == ["shipper", "depot", "customer"]
    advertising = (case.parcel.address or {}).get("country") in {"DE", "AT"}
    assert survey(case_id) == ([] if advertising else [5])


def test_few_stars_call_the_depot_again(visitor):
    case_id = visitor.begins("easypost")
    assert visitor.follows(case_id, stars="1")[-3:] == ["customer", "depot", "courier"]
    assert survey(case_id) == [1]


@pytest.mark.parametrize("courier", NAMES)
def test_samples_carry_todays_times(document, courier):
    account = accounts.find(courier.replace("_", "-"))
    assert account
    raw, headers = samples.failure(account, clock.now(), shipment="RK7654321")
    incoming = Incoming(headers=headers, query={}, raw=raw, received_at=clock.machine_now())
    (event,) = bodies.read(parse(raw), account, incoming)
    assert event.occurred_at
    assert abs((clock.now() - event.occurred_at).total_seconds()) < 600


def test_the_same_parcel_has_the_same_customer(document):
    account = accounts.find("dhl")
    assert account
    raw, headers = samples.failure(account, clock.now(), shipment="RK7654321")
    (event,) = customers._events(account, raw, headers)
    assert customers._order(event) == customers._order(event)


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("Please ring twice", "the customer knows who answers by when"),
        ("STOP", "nothing more is sent to this number"),
        ("Start", "messages go to this number again"),
        ("help", "a provider answers it"),
    ],
)
def test_the_customers_phone_answers_and_the_guide_says_what_came_of_it(visitor, text, came):
    case_id = visitor.begins("ups")
    visitor.depot(first(BUTTON, visitor.client.get("/playground").text), "", "")
    settle()
    html = visitor.client.get("/playground/phone/customer").text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
    answer = visitor.client.post("/playground/reply", data=fields | {"text": text})
    assert answer.status_code == 303
    shown = visitor.client.get(answer.location).text
    assert "Heard." in shown
    assert re.search(rf'class="bubble mine"><p>{text}<', shown, re.IGNORECASE)
    assert came in visitor.client.get(f"/playground?case={case_id}").text
    assert scene.of(connection(), case_id).guide.where == "customer"


def test_a_dispatchers_text_is_heard_and_belongs_to_no_case(visitor):
    visitor.begins("ups")
    html = visitor.client.get("/playground/phone/depot").text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
    answer = visitor.client.post("/playground/reply", data=fields | {"text": "On my way"})
    assert "the answer says what to do instead" in visitor.client.get(answer.location).text
