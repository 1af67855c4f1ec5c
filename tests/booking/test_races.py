"""Many at once: places are never given away twice, and nobody waits for anybody in a ring."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg

from app.booking import service
from app.db.connection import close, transaction
from app.errors import Problem
from tests.booking.world import NOW, World, lock, read


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """The results of all acts, begun at the same moment, or the code of the refusal."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Problem as problem:
            return problem.code
        finally:
            close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_forty_want_a_slot_of_three(world: World) -> None:
    cases = [world.case() for _ in range(40)]
    slot = world.options(cases[0]).slots[0]
    results = at_once([partial(world.choose, case, slot.choice) for case in cases])
    booked = [r for r in results if isinstance(r, service.Booking)]
    assert len(booked) == 3
    assert [r for r in results if r not in booked] == ["slot_full"] * 37
    assert world.taken(slot.choice) == 3
    standing = read("SELECT case_id FROM bookings WHERE slot_id = %s", slot.id)
    assert {row["case_id"] for row in standing} == {b.case_id for b in booked}


def test_changes_in_opposite_directions_do_not_lock_each_other_out(bare: World) -> None:
    bare.rule(4, 8, 12, capacity=40)
    bare.rule(4, 16, 20, capacity=40)
    bare.point("Kiosk", capacity=40)
    cases = [bare.case() for _ in range(24)]
    offered = bare.options(cases[0])
    ring = [offered.slots[0].choice, offered.slots[1].choice, offered.pickup_points[0].choice]
    for n, case in enumerate(cases):
        bare.choose(case, ring[n % 3])
    for turn in (1, 2, 4):
        results = at_once(
            [
                partial(bare.choose, case, ring[(n * turn + turn) % 3])
                for n, case in enumerate(cases)
            ]
        )
        assert [r.choice for r in results if isinstance(r, service.Booking)] == [
            ring[(n * turn + turn) % 3] for n in range(len(cases))
        ]
        for choice in ring:
            held = [r for r in results if isinstance(r, service.Booking) and r.choice == choice]
            assert bare.taken(choice) == len(held)


def test_two_swap_full_slots_and_the_counts_stay_right(bare: World) -> None:
    bare.rule(4, 8, 12, capacity=10)
    bare.rule(4, 16, 20, capacity=10)
    cases = [bare.case() for _ in range(18)]
    one, two = (s.choice for s in bare.options(cases[0]).slots[:2])
    for n, case in enumerate(cases):
        bare.choose(case, (one, two)[n % 2])
    acts = [partial(bare.choose, case, (two, one)[n % 2]) for n, case in enumerate(cases)]
    results = at_once(acts)
    assert all(isinstance(r, service.Booking) or r == "slot_full" for r in results)
    for choice in (one, two):
        standing = read(
            "SELECT 1 FROM bookings WHERE slot_id = %s AND state = 'standing'",
            int(choice.removeprefix("slot:")),
        )
        assert bare.taken(choice) == len(standing) <= 10


def test_silent_customers_share_what_is_left(bare: World) -> None:
    bare.rule(4, 8, 12, capacity=2)
    bare.rule(4, 16, 20, capacity=3)
    bare.point("Kiosk", capacity=1)
    cases = [bare.case() for _ in range(12)]
    results = at_once([partial(bare.choose_default, case) for case in cases])
    kinds = [r.kind for r in results if isinstance(r, service.Booking)]
    assert sorted(kinds) == ["pickup"] + ["redelivery"] * 5
    assert results.count(None) == 6
    assert len(bare.slots()) == len({row["starts_at"] for row in bare.slots()})


def test_a_default_that_lost_the_last_place_takes_the_next(bare: World, database: str) -> None:
    """The rival takes the last place between the policy's look and its booking."""
    bare.rule(4, 8, 12, capacity=1)
    bare.rule(4, 16, 20, capacity=1)
    rival, silent = bare.case(), bare.case()
    first, second = (slot.choice for slot in bare.options(silent).slots)
    taken = threading.Event()

    def take_the_last() -> object:
        with transaction() as conn:
            booked = service.choose(conn, lock(rival), first, service.ChosenBy.CUSTOMER, NOW)
            taken.set()
            me = conn.info.backend_pid
            while not waits_for(me):
                pass
        return booked.booking

    def book_for_the_silent() -> object:
        assert taken.wait(20)
        with transaction() as conn:
            booked = service.choose_default(conn, lock(silent), NOW)
            with psycopg.connect(database) as other:  # what was lost is not held on to
                other.execute(
                    "SELECT 1 FROM slots WHERE id = %s FOR NO KEY UPDATE NOWAIT",
                    [int(first.removeprefix("slot:"))],
                )
        return booked and booked.booking

    results = at_once([take_the_last, book_for_the_silent])
    assert [r.choice for r in results if isinstance(r, service.Booking)] == [first, second]


def waits_for(backend: int) -> bool:
    """Whether another backend is held up by this one."""
    return bool(read("SELECT 1 FROM pg_locks WHERE %s = ANY(pg_blocking_pids(pid))", backend))
