"""What the people of a depot do when they are called: each as drawn."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from app import clock
from app.channels.heard import KeyPressed, Receipt
from app.cli.journeys import people, store
from app.cli.journeys.cast import HOUR, MINUTE
from app.cli.journeys.played import PROVIDER, Handed
from app.cli.journeys.store import Call
from app.cli.journeys.told import Called
from app.db.connection import connection
from app.dispatch import conversation
from app.dispatch import service as dispatch

if TYPE_CHECKING:
    from app.cli.journeys.world import Lived, World

_IN_BED = range(22, 30)
"""Hours in which hardly anybody at a depot looks at a text message."""


def called(world: World, handed: Handed, person_id: int | None) -> None:
    """Somebody at a depot is called: they take it on, pass it on, or do nothing."""
    for call in store.calls(connection(), handed.id):
        lived = world.whose(call.case_id)
        if lived is None:
            continue
        lived.calls.append(Called(clock.now(), "dispatcher", call.kind))
        r = lived.dispatch
        zone = world.stage.zones.get(person_id or 0, "UTC")
        hour = clock.local(clock.now(), zone).hour
        asleep = handed.channel != "voice" and (hour in _IN_BED or hour + 24 in _IN_BED)
        does = r.choices(("takes", "passes", "nothing"), (52, 8, 40))[0]
        wait = MINUTE * (1 + 12 * r.random())
        if asleep or not handed.arrived:
            does = "nothing"
        if handed.channel == "voice":
            _ring(world, handed, takes=does == "takes")
            if does == "takes":
                world.after(MINUTE + wait * 5, partial(_finish, world, lived, call))
        elif does == "takes":
            world.after(wait, partial(_take_on, world, lived, call))
        elif does == "passes":
            world.after(wait, partial(pass_on, call))


def _ring(world: World, handed: Handed, *, takes: bool) -> None:
    """The telephone rings until somebody presses a key, or nobody does."""
    if takes:
        pressed = KeyPressed(provider=PROVIDER.name, message_id=handed.id, digit="1")
        world.after(timedelta(seconds=25), partial(people.tell, world, pressed))
        answered = Receipt(provider=PROVIDER.name, state="delivered", message_id=handed.id)
        world.after(timedelta(seconds=40), partial(people.tell, world, answered))
    else:
        silent = Receipt(
            provider=PROVIDER.name, state="failed", why="no_answer", message_id=handed.id
        )
        world.after(timedelta(seconds=30), partial(people.tell, world, silent))


def pass_on(call: Call) -> None:
    """It goes to the next level."""
    dispatch.pass_on(call.id, "Ana", clock.now())


def _take_on(world: World, lived: Lived, call: Call) -> None:
    if call.kind not in {"handover", "question"}:
        dispatch.acknowledge(call.id, "Ana", "", "", clock.now())
    if lived.dispatch.random() < 0.75:
        world.after(5 * HOUR * lived.dispatch.random(), partial(_finish, world, lived, call))


def _finish(world: World, lived: Lived, call: Call) -> None:  # noqa: ARG001 - as all acts
    """They do what they were called for."""
    now, r = clock.now(), lived.dispatch
    match call.kind:
        case "handover":
            said = r.choices(("confirmed", "refused"), (88, 12))[0]
            dispatch.resolve(call.id, "Ana", said, "", now)
        case "question" if r.random() < 0.8:
            conversation.answer_task(call.id, f"We look after it today ({call.id}).", "Ana", now)
        case "question":
            lived.spoke.append(now)
            dispatch.resolve(call.id, "Ana", "reached_customer", "", now)
        case _:
            done = r.choice(("deliver_again", "wait_for_customer", "search", "other"))
            dispatch.resolve(call.id, "Ana", done, "", now)
