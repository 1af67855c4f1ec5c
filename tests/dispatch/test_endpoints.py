"""Chat rooms and the like as ways to call somebody: a person's own, and a depot's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.access import vault
from app.channels import voice
from app.channels.service import Route
from app.db.connection import transaction
from app.directory import endpoints_store, ladders
from app.directory.changes import ITSELF
from app.directory.endpoints_store import Owner
from app.directory.ladders import CalledWhen, NewRung
from app.directory.model import Person, depot_itself
from app.dispatch import rules
from tests.channels.services import PAGERDUTY, Services, services
from tests.inline import advance
from tests.messages import said
from tests.play import Play

__all__ = ["services"]

ANA = "+17145554101"


def give(
    play: Play,
    channel: str = "chat",
    *,
    name: str = "",
    also: bool = True,
    service: str = "playground",
    address: str = "playground://",
) -> str:
    """Let a person, or without a name the depot, be written to by this channel; in the demo."""
    person = play.world.people[name] if name else None
    owner = Owner(person, None) if name else Owner(None, play.world.depot_id)
    with transaction() as conn:
        made = endpoints_store.add(
            conn, owner, channel, service, "Room", vault.seal(address), clock.now()
        )
        if name and also:
            conn.execute(
                "UPDATE people SET channels = channels || %s WHERE id = %s", [[channel], person]
            )
    return f"{service}-{made}"


def rungs(play: Play, *ways: dict[str, Any]) -> None:
    """A ladder of one level for Ana, tried by these ways."""
    rung = NewRung(
        people=[play.world.people["Ana"]],
        rotas=[],
        everyone=False,
        wait=timedelta(minutes=10),
        called=CalledWhen.ALWAYS,
        ways=[{"wait": 300, "tries": 1} | way for way in ways],
    )
    with transaction() as conn:
        ladders.put(conn, ITSELF, "anaheim", [rung], play.world.people["Cleo"], clock.now())


def reached(play: Play, case_id: int) -> list[tuple[str, str]]:
    """By what and where the depot was told, oldest first."""
    return [(m["channel"], m["recipient"]) for m in play.messages(case_id, audience="dispatcher")]


def test_somebody_with_a_chat_reads_it_there_too_with_everything_to_act(play: Play) -> None:
    chat = give(play, name="Ana")
    case_id = play.courier()
    assert sorted(reached(play, case_id)) == [("chat", chat), ("sms", ANA)]
    said = {m["channel"]: m["text"] for m in play.messages(case_id, audience="dispatcher")}
    assert said["chat"] == said["sms"], "the same words, with the person's own link"
    assert "/t/" in said["chat"]
    play.acknowledge(case_id)
    advance(hours=1)
    assert len(reached(play, case_id)) == 2, "whoever has it is not called again"


def test_a_level_goes_through_its_channels_in_its_order(play: Play) -> None:
    chat = give(play, name="Ana", also=False)
    rungs(play, {"channel": "chat"}, {"channel": "sms"})
    case_id = play.courier()
    assert reached(play, case_id) == [("chat", chat)]
    advance(minutes=5)
    assert reached(play, case_id) == [("chat", chat), ("sms", ANA)]


def test_a_room_of_the_depot_hears_of_every_call_and_everybody_acts_as_themselves(
    play: Play,
) -> None:
    room = give(play)
    case_id = play.courier()
    assert sorted(reached(play, case_id)) == [("chat", room), ("sms", ANA)]
    (told,) = play.messages(case_id, recipient=room)
    task = play.task(case_id).id
    assert f"/console/tasks/{task}" in told["text"]
    assert "/t/" not in told["text"], "a link of one person has no business in a room"
    advance(minutes=5)
    assert reached(play, case_id).count(("chat", room)) == 2, "the next level is heard of as well"


def test_a_room_alone_is_enough_for_a_try_by_chat(play: Play) -> None:
    room = give(play)
    rungs(play, {"channel": "chat"}, {"channel": "sms"})
    case_id = play.courier()
    assert reached(play, case_id) == [("chat", room)], "and nobody is said to be unreachable"
    advance(minutes=5)
    assert reached(play, case_id) == [("chat", room), ("sms", ANA)]


def test_many_parcels_are_one_message_in_the_room(play: Play) -> None:
    room = give(play)
    for number in range(12):
        play.courier(parcel=f"V-{number}")
        advance(seconds=5)
    advance(minutes=6)
    rows = said(
        """SELECT packed, subject, text FROM messages JOIN message_words ON message_id = id
            WHERE recipient = %s AND state = 'delivered' ORDER BY id""",
        room,
    )
    assert [row["subject"][:10] for row in rows][:2] == ["Delivery f", "11 parcels"]
    assert rows[1]["text"].endswith("/console")


@pytest.mark.parametrize("rings", [True, False])
def test_chat_goes_beside_a_ring_and_does_not_wait_for_it(rings: bool) -> None:
    channels = (["voice"] if rings else []) + ["sms", "email", "chat"]
    ana = Person(1, "Ana", ANA, "ana@example.com", channels, ["chat slack-7", "push chrome-8"])
    ways = rules.ways(ana, "US")
    assert [Route("chat", "slack-7")] in ways
    assert len(ways) == (2 if rings else 3)
    assert rules.ways(ana, "US", "push") == [[Route("push", "chrome-8")]]
    assert rules.ways(depot_itself(3, "Anaheim", []), "US") == []


def test_an_alarm_about_several_ends_when_the_last_of_them_is_taken_on(
    play: Play, services: Services
) -> None:
    give(play, service="pagerduty", address=PAGERDUTY)

    def heard() -> list[tuple[str, str]]:
        for call in voice.to_recall():
            voice.recall(call)
        said = services.of("events.pagerduty.com")
        return [(one["event_action"], one["dedup_key"]) for one in said]

    first, second, third = (play.courier(parcel=f"V-{number}") for number in range(3))
    ((_, alone),) = heard()
    play.acknowledge(first)
    assert heard() == [("trigger", alone), ("resolve", alone)]
    advance(minutes=6)
    about_both = heard()[2]
    assert about_both[0] == "trigger"
    play.acknowledge(second, by="Ben")
    assert len(heard()) == 3, "one of them is still open"
    play.acknowledge(third, by="Ben")
    assert heard()[3:] == [("resolve", about_both[1])]
    assert services.faults == []
