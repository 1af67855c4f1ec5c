"""What the people of a journey do: courier, customer and shipper, each as drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from app import clock
from app.booking import service as booking
from app.cases import service as cases
from app.channels import heard
from app.channels.heard import Fact, KeyPressed, Receipt
from app.cli.journeys import couriers
from app.cli.journeys.cast import HOUR, Act, Do, End
from app.cli.journeys.played import PROVIDER, Handed
from app.cli.journeys.store import Booked
from app.cli.journeys.told import Acted, Called
from app.contact import service as contact
from app.customer import service as customer
from app.customer.asked import service as asked
from app.db.connection import connection, transaction
from app.decisions import service as decisions
from app.decisions.model import Choice

if TYPE_CHECKING:
    from app.cli.journeys.world import Lived, World

_WORDS = (
    "Which day will it come?",
    "Bitte beim Nachbarn abgeben",
    "Je suis là après 18h",
    "¿Puede venir mañana?",
    "Proszę zadzwonić",
    "कल आइए",
    "متى يصل الطرد؟",
)
_AT_HOME = 0.7
_LISTENS = timedelta(seconds=20)
_KEYS = {
    Do.CHOOSE: "1",
    Do.CHANGE: "2",
    Do.REPLY: "3",
    Do.WRITE: "0",
    Do.ASK: "0",
    Do.COMPLAIN: "0",
    Do.STOP: "8",
}
"""What somebody presses who is called: one of the first three days, or to be called back, or not to
be called any more."""
_ALOUD = {"0": "question", "8": "refusal"}
"""What the words are about that are said back in the call; else the day that they chose."""


def begin(world: World, lived: Lived) -> None:
    """The courier says what went wrong; the shop may have announced the parcel before."""
    journey, now = lived.journey, clock.now()
    account = world.stage.accounts[journey.place.depot, journey.courier]
    raw, headers = couriers.first(journey, account, now)
    if journey.ordered:
        couriers.order(journey, account, raw, headers)
    if journey.by_itself is not None:
        if journey.early:
            _delivered(world, lived)
        else:
            world.after(journey.by_itself, partial(_delivered, world, lived))
    case_id = couriers.post(account, raw, headers, now)
    if case_id is not None:
        lived.case_id = case_id
        world.of_case[case_id] = lived
    if journey.repeated is not None:
        world.after(journey.repeated, partial(_repeat, world, lived, raw, now))
    if journey.worse is not None:
        kind, after = journey.worse
        world.after(after, partial(_worse, world, lived, kind))


def _repeat(world: World, lived: Lived, raw: bytes, said_at: datetime) -> None:
    """A courier that got no answer says the same again: the body is the same, byte for byte."""
    account = world.stage.accounts[lived.journey.place.depot, lived.journey.courier]
    again, headers = couriers.first(lived.journey, account, said_at)
    couriers.post(account, raw if raw == again else again, headers, said_at)


def _delivered(world: World, lived: Lived) -> None:
    account = world.stage.accounts[lived.journey.place.depot, lived.journey.courier]
    now = clock.now()
    couriers.post(account, *couriers.delivered(lived.journey, account, now), now)
    lived.delivered = True


def _worse(world: World, lived: Lived, kind: str) -> None:
    if lived.delivered or lived.journey.courier != "standard_webhooks":
        return
    account = world.stage.accounts[lived.journey.place.depot, lived.journey.courier]
    now = clock.now()
    couriers.post(account, *couriers.own(lived.journey, account, kind, now), now)


def deliver(world: World, booked: Booked) -> None:
    """Something was booked: the courier keeps it, or does not."""
    lived = world.whose(booked.case_id)
    if lived is None:
        return
    lived.chosen.append(clock.now())
    journey, place = lived.journey, min(lived.bookings, len(lived.journey.ends) - 1)
    lived.bookings += 1
    end = journey.ends[place] if lived.bookings <= len(journey.ends) else End.KEPT
    within = booked.starts_at + lived.courier.random() * (booked.ends_at - booked.starts_at)
    match end:
        case End.KEPT:
            world.at(within, partial(_bring, world, lived, booked))
        case End.LATE:
            late = booked.ends_at + lived.courier.random() * 8 * HOUR
            world.at(late, partial(_bring, world, lived, booked))
        case End.TRIED:
            world.at(within, partial(_try_in_vain, world, lived, booked))
        case End.FORGOTTEN:
            pass


def _stands(lived: Lived, booked: Booked) -> bool:
    standing = booking.standing(connection(), booked.case_id)
    return not lived.delivered and standing is not None and standing.id == booked.id


def _bring(world: World, lived: Lived, booked: Booked) -> None:
    if _stands(lived, booked):
        _delivered(world, lived)


def _try_in_vain(world: World, lived: Lived, booked: Booked) -> None:
    if _stands(lived, booked) and booked.kind == "redelivery":
        account = world.stage.accounts[lived.journey.place.depot, lived.journey.courier]
        now = clock.now()
        couriers.post(account, *couriers.again(lived.journey, account, now), now)


def rung(world: World, handed: Handed) -> None:
    """A customer's telephone rings: they listen, or are not there."""
    lived = world.whose(handed.case_id)
    handed.arrived = handed.arrived and lived is not None and lived.courier.random() < _AT_HOME
    said = Receipt(
        provider=PROVIDER.name,
        state="delivered" if handed.arrived else "failed",
        why=None if handed.arrived else "no_answer",
        message_id=handed.id,
    )
    world.after(timedelta(seconds=40), partial(tell, world, said))
    if handed.arrived:
        read(world, handed)


def read(world: World, handed: Handed) -> None:
    """A customer has a message before them; what they do then was drawn."""
    lived = world.whose(handed.case_id) if handed.case_id else None
    if lived is None or handed.topic == "survey":
        if lived is not None and lived.journey.score and not lived.rated:
            lived.rated = True
            wait = 10 * HOUR * lived.courier.random()
            world.after(wait, partial(_rate, lived, handed))
        return
    lived.words += 1
    for act in lived.journey.acts:
        if act.word == lived.words:
            in_call = handed.channel == "voice" and act.do in _KEYS
            after = _LISTENS if in_call else act.after
            world.after(after, partial(_press if in_call else _act, world, lived, act, handed))


def _rate(lived: Lived, handed: Handed) -> None:
    if lived.journey.score:
        customer.rate(handed.case_id, lived.journey.score, "", clock.now())
        lived.acts.append(Acted(clock.now(), Do.RATE, case_id=handed.case_id))


def _act(world: World, lived: Lived, act: Act, handed: Handed) -> None:
    now, case_id = clock.now(), handed.case_id
    acted = Acted(now, act.do, done=False, case_id=case_id)
    lived.acts.append(acted)
    match act.do:
        case Do.CHOOSE | Do.CHANGE:
            if not _choose(lived, case_id):
                return
        case Do.WRITE:
            tell(world, _written(world, lived, handed, lived.courier.choice(_WORDS)))
        case Do.REPLY:
            tell(world, _written(world, lived, handed, lived.courier.choice(("1", "2", "3", "0"))))
        case Do.ASK:
            asked.press(case_id, "write", "Which day will it come?", now)
        case Do.COMPLAIN:
            asked.press(case_id, lived.courier.choice(("speak", "in_charge")), "", now)
        case Do.STOP | Do.START:
            _refuse(world, lived, handed, act.do)
        case Do.SPEAK:
            customer.speak(case_id, lived.courier.choice(("en", "de", "pl", "ar", "hi")))
        case _:
            line1 = f"{70 + len(lived.acts)} Other Street"
            elsewhere = {"line1": line1, "city": lived.journey.place.city}
            form = {"act": "move", **lived.journey.place.address(1), **elsewhere}
            customer.correct(case_id, form, now)
    acted.done = True


def _press(world: World, lived: Lived, act: Act, handed: Handed) -> None:
    """They press a key while they are called, and hear at once what came of it: that is a word."""
    now, key = clock.now(), _KEYS[act.do]
    if act.do is Do.STOP:
        world.stopped.append((now, handed.channel, handed.recipient))
    fact = KeyPressed(provider=PROVIDER.name, message_id=handed.id, digit=key)
    with transaction() as conn:
        said = heard.tell(conn, fact, now)
    lived.acts.append(Acted(now, act.do, case_id=handed.case_id))
    topic = _ALOUD.get(key, "booking")
    world.provider.handed.append(replace(handed, at=now, topic=topic, text=" ".join(said)))


def _refuse(world: World, lived: Lived, handed: Handed, do: Do) -> None:
    """They refuse what comes this way, or take that back; a mail cannot be answered so."""
    if handed.channel == "email":
        return
    said = (clock.now(), handed.channel, handed.recipient)
    (world.stopped if do is Do.STOP else world.started).append(said)
    tell(world, _written(world, lived, handed, do.upper()))


def _choose(lived: Lived, case_id: int) -> bool:
    """Take one of what is offered; False when nothing is, or they had chosen it before."""
    now = clock.now()
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            return False
        offered = booking.options(conn, case, now)
        before = booking.standing(conn, case_id)
    choices = [slot.choice for slot in offered.slots[:8]]
    choices += [point.choice for point in offered.pickup_points]
    if not choices:
        return False
    customer.choose(case_id, lived.courier.choice(choices), now)
    after = booking.standing(connection(), case_id)
    return after is not None and (before is None or before.id != after.id)


def _written(world: World, lived: Lived, handed: Handed, words: str) -> Fact:
    world.wrote.append((clock.now(), handed.recipient))
    return heard.incoming(
        provider=PROVIDER.name,
        provider_id=f"{lived.journey.name}-{len(lived.acts)}-{clock.now().timestamp()}",
        channel=handed.channel,
        sender=handed.recipient,
        words=words,
        at=clock.now(),
    )


def ask_shipper(world: World, handed: Handed) -> None:
    """The shipper reads its mail: it decides, knows a number, or does neither."""
    lived = world.whose(handed.case_id) if handed.case_id else None
    if lived is None:
        return
    lived.calls.append(Called(clock.now(), "shipper", handed.topic))
    if lived.asked or lived.journey.shipper is None:
        return
    lived.asked = True
    choice, after = lived.journey.shipper
    if lived.journey.reach == "nothing":
        world.after(after / 2, partial(_supply, lived, handed.case_id))
    world.after(after, partial(_decide, handed.case_id, choice))


def _supply(lived: Lived, case_id: int) -> None:
    contact.supply(case_id, lived.journey.phone, "", "shipper", clock.now())


def _decide(case_id: int, choice: str) -> None:
    decisions.decide(case_id, Choice(choice), "shipper", clock.now())


def tell(_world: World, fact: Fact) -> None:
    """A provider tells something, or somebody wrote."""
    with transaction() as conn:
        heard.tell(conn, fact, clock.now())
