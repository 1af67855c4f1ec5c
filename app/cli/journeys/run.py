"""One run: the cast is drawn, the journeys happen, and what came of them is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app import clock, receive_facts
from app.cli.journeys import audit, cast, figures, played_courier, stage, store
from app.cli.journeys.cast import Journey
from app.cli.journeys.told import Hour, Told, Word
from app.cli.journeys.world import World
from app.db.connection import connection

BEGINS = (
    datetime(2033, 3, 25, 9, tzinfo=UTC),
    datetime(2033, 10, 1, 3, tzinfo=UTC),
    datetime(2033, 10, 22, 16, tzinfo=UTC),
    datetime(2033, 6, 12, 20, tzinfo=UTC),
    datetime(2033, 3, 10, 14, tzinfo=UTC),
    datetime(2033, 11, 21, 11, tzinfo=UTC),
    datetime(2033, 12, 20, 7, tzinfo=UTC),
)
"""Clocks change in the weeks after some of them, here forwards and there back; others are full of
holidays."""


def draw(seed: int, cases: int) -> list[Journey]:
    """The cast of a run."""
    begins = BEGINS[seed % len(BEGINS)] + timedelta(minutes=seed % 1440)
    return [cast.draw(seed, number, begins) for number in range(1, cases + 1)]


def play(journeys: Sequence[Journey], seed: int) -> list[Told]:
    """Let them happen in the configured database, which is empty."""
    receive_facts()
    with clock.held(), played_courier.playing():
        clock.hold(min(one.begins for one in journeys) - timedelta(days=1))
        wanted = {(one.place.depot, one.courier) for one in journeys}
        world = World(stage.build(wanted, clock.now()), journeys, seed)
        world.play()
        return _told(world)


def _told(world: World) -> list[Told]:
    conn = connection()
    stories: dict[int, Told] = {}
    for life in store.lives(conn):
        lived = world.whose(life.id)
        if lived is None:
            continue
        story = stories.get(lived.journey.number)
        if story is None:
            story = stories[lived.journey.number] = Told(
                lived.journey,
                calls=lived.calls,
                acts=lived.acts,
                chosen=lived.chosen,
                spoke=lived.spoke,
                until=clock.now(),
                opened_at=life.opened_at,
            )
        story.case_ids.append(life.id)
        story.closed_at, story.resolution = life.closed_at, life.resolution
        story.unkept |= life.id in world.keeperless or not life.kept
        story.unanswered += life.unanswered
        story.ways |= life.ways
    loose: list[Word] = []
    for handed in world.provider.handed:
        if handed.audience != "customer":
            continue
        word = Word(
            *(handed.at, handed.channel, handed.recipient),
            *(handed.topic, handed.arrived, handed.text),
            known=handed.known,
        )
        lived = world.of_case.get(handed.case_id)
        (stories[lived.journey.number].words if lived else loose).append(word)
    for hour in store.hours(conn):
        lived = world.of_case.get(hour.case_id)
        if lived is not None:
            stories[lived.journey.number].hours.append(
                Hour(
                    *(hour.kind, hour.made_at, hour.due_at, hour.wait_until),
                    *(hour.case_id, hour.state, hour.settled_at),
                )
            )
    _add_what_is_theirs(stories.values(), loose, world)
    return list(stories.values())


def _add_what_is_theirs(stories: Collection[Told], loose: Sequence[Word], world: World) -> None:
    """What people said and heard by the numbers and addresses that they have, for any parcel."""
    for story in stories:
        story.ways |= {(word.channel, word.recipient) for word in story.words}
        theirs = {recipient for _, recipient in story.ways}
        story.stopped = [one for one in world.stopped if one[2] in theirs]
        story.wrote = [at for at, sender in world.wrote if sender in theirs]
        story.started = [one for one in world.started if one[2] in theirs]
    by_recipient: dict[str, list[Word]] = defaultdict(list)
    for word in [*loose, *(word for story in stories for word in story.words)]:
        by_recipient[word.recipient].append(word)
    for story in stories:
        recipients = {recipient for _, recipient in story.ways}
        story.beside = [word for one in recipients for word in by_recipient[one]]


def judge(told: list[Told]) -> tuple[list[audit.Finding], dict[str, Any]]:
    """What must not be, and the figures."""
    found = audit.findings(told, stage.POLICY)
    return found, figures.of(told, found)
