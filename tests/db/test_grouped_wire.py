"""Whatever the server says or does not say, a request gets its own answer or soon goes alone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.counted import families
from app.db import grouped
from app.db.grouped import GroupedWriter
from tests.db.wire import SYNC, Peer, Spoken, Twist, error, message

PATIENCE = 30  # seconds a stuck test may take
NOTES = [
    error(b"NOTICE", b"00000", b"N"),
    message(b"S", b"TimeZone\0UTC\0"),
    message(b"A", b"\0\0\0\1channel\0\0"),
]
FATAL = error(b"FATAL", b"57P01")

Story = Callable[[Peer, GroupedWriter], Awaitable[None]]


def run(monkeypatch: pytest.MonkeyPatch, story: Story) -> None:
    """Play it in an event loop, in a thread of its own: in this one a browser's may run."""

    async def played() -> None:
        peer = Peer()
        monkeypatch.setattr("app.db.grouped.db.connect", peer.connect)
        group = GroupedWriter("SELECT %s")
        async with peer.listening():
            try:
                async with asyncio.timeout(PATIENCE):
                    await story(peer, group)
            finally:
                if group._pipeline is not None:
                    group._pipeline.lose("tested")

    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, played()).result()


async def asked(group: GroupedWriter, number: int = 4) -> list[str | None]:
    """The answers of one who sets out by itself, and of others who share the next group."""
    if group._pipeline is None or group._pipeline.lost:
        assert await group.text(("",)) is None
        assert group._opening is not None
        await group._opening
    return await asyncio.gather(*(group.text((name,)) for name in names(number)))


def names(number: int = 4) -> list[str]:
    return [f"n{n}" for n in range(number)]


def test_the_peer_speaks_as_postgres_does(monkeypatch: pytest.MonkeyPatch):
    async def story(peer: Peer, group: GroupedWriter) -> None:
        assert await asked(group) == names()
        peer.slowly = True
        assert await asked(group) == names()

    run(monkeypatch, story)


def test_what_may_be_said_at_any_time_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    async def story(peer: Peer, group: GroupedWriter) -> None:
        peer.twist = lambda said: [one for each in said for one in (*NOTES, each)] + NOTES
        for _ in range(3):
            assert await asked(group) == names()

    run(monkeypatch, story)


def swapped(said: Spoken) -> Spoken:
    """The rows of the first and the second statement."""
    said = [*said]
    if len(said) > 8:
        said[2], said[6] = said[6], said[2]
    return said


TWISTS: dict[str, tuple[str, Twist]] = {
    "another's answer": ("out_of_step", swapped),
    "no row": ("out_of_step", lambda said: [*said[:2], *said[3:]]),
    "one answer fewer": ("out_of_step", lambda said: said[4:]),
    "one answer twice": ("out_of_step", lambda said: [*said[:4], *said]),
    "committed too early": ("out_of_step", lambda said: [SYNC, *said]),
    "committed twice": ("out_of_step", lambda said: [*said, SYNC, SYNC]),
    "refused at the commit": ("out_of_step", lambda said: [*said[:-1], error(), SYNC]),
    "what nobody knows": ("out_of_step", lambda said: [message(b"?", b"?"), *said]),
    "not the protocol": ("out_of_step", lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9]),
    "good-bye before": ("broken", lambda _: [FATAL, b""]),
    "good-bye within": ("broken", lambda said: [*said[:4], FATAL, b""]),
    "good-bye before the commit": ("out_of_step", lambda said: [*said[:-1], FATAL, b""]),
    "gone": ("broken", lambda _: [b""]),
    "forgotten": ("forgotten", lambda _: [error(state=b"26000"), SYNC]),
    "silent": ("silent", lambda _: []),
    "silent within": ("silent", lambda said: said[:-3]),
    "silent before the commit": ("silent", lambda said: said[:-1]),
}


@pytest.mark.parametrize("twist", TWISTS)
def test_anything_else_loses_the_connection_and_nobody_hears_what_is_not_his(
    monkeypatch: pytest.MonkeyPatch, twist: str
):
    why, how = TWISTS[twist]
    whys: list[str] = []
    monkeypatch.setattr(families.GROUPS_LOST, "add", whys.append)

    def of_a_group(said: Spoken) -> Spoken:
        if len(said) > 5:
            return how(said)
        monkeypatch.setattr(grouped, "PATIENCE", 0.0 if why == "silent" else float(PATIENCE))
        return said

    async def story(peer: Peer, group: GroupedWriter) -> None:
        peer.twist = of_a_group
        answers = await asked(group)
        if twist == "committed twice":  # it is the next one who cannot tell what is his
            assert answers == names()
            await asyncio.gather(*(asked(group) for _ in range(2)))
        else:
            assert answers == ["n0", None, None, None]
            assert group._pipeline is not None
            assert group._pipeline.lost
            assert whys == [why]
        peer.twist = lambda said: said
        monkeypatch.setattr(grouped, "PATIENCE", float(PATIENCE))
        if group._pipeline is not None:
            group._pipeline.lose("tested")
        assert await asked(group) == names()

    run(monkeypatch, story)


def test_wherever_an_answer_is_cut_off_everybody_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    whole = at = 0

    def cut(said: Spoken) -> Spoken:
        nonlocal whole
        if len(said) <= 5:  # of the one who sets out by itself
            return said
        whole = len(b"".join(said))
        return [b"".join(said)[:at], b""]  # an empty piece ends it

    async def story(peer: Peer, group: GroupedWriter) -> None:
        nonlocal at
        peer.twist = cut
        while at == 0 or at < whole:
            assert await asked(group, 3) == ["n0", None, None], at
            at += 1

    run(monkeypatch, story)


def mixed_up(chance: random.Random) -> Twist:
    """Messages left out, said twice, in another order, or others between them."""

    def twist(said: Spoken) -> Spoken:
        said = [*said]
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(said) + 1)
            match chance.randrange(6):
                case 0:
                    del said[at : at + chance.randrange(1, 5)]
                case 1:
                    said[at:at] = said[chance.randrange(len(said) + 1) :][:4]
                case 2:
                    said.insert(at, chance.choice([*NOTES, error(), FATAL, SYNC, b""]))
                case 3:
                    said[at:] = [b"".join(said[at:])[: chance.randrange(1, 40)]]
                case 4:
                    said = swapped(said)
                case 5:
                    said.insert(at, chance.randbytes(chance.randrange(1, 9)))
        return said

    return twist


@pytest.mark.parametrize("seed", range(4))
def test_however_answers_are_mixed_up_none_reaches_another(
    monkeypatch: pytest.MonkeyPatch, seed: int
):
    chance = random.Random(seed)
    monkeypatch.setattr(grouped, "PATIENCE", 0.02)
    told: list[str | None] = []

    async def story(peer: Peer, group: GroupedWriter) -> None:
        for number in range(150):
            peer.twist = mixed_up(chance)
            peer.slowly = number % 5 == 0
            answers = await asked(group, chance.randrange(1, 40))
            for name, answer in zip(names(len(answers)), answers, strict=True):
                assert answer in {name, None}
            told.extend(answers)
        assert not group._opening

    run(monkeypatch, story)
    assert {None} < set(told)
