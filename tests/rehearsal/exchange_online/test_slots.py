"""Slots at an endpoint."""

from __future__ import annotations

from functools import partial

from rehearsal.exchange_online.slots import SlotPool


def test_slots_go_in_the_order_of_asking() -> None:
    """It should give a freed slot to whoever waits longest, and skip those who no longer want it."""
    pool, given = SlotPool(lambda: 1), list[str]()

    def taker(name: str, *, wanted: bool = True) -> bool:
        given.extend([name] if wanted else [])
        return wanted

    pool.ask(lambda: taker("a"))
    pool.ask(lambda: taker("gone", wanted=False))
    pool.ask(lambda: taker("b"))
    before = list(given)
    pool.release()

    assert (["a"], ["a", "b"], 1) == (before, given, pool.active)


def test_a_smaller_pool_takes_no_slot_away() -> None:
    """It should give nothing until enough slots have come back."""
    size, given = 2, list[int]()
    pool = SlotPool(lambda: size)

    def taker(n: int) -> bool:
        given.append(n)
        return True

    for n in range(3):
        pool.ask(partial(taker, n))
    size = 1

    pool.release()
    after_one = list(given)
    pool.release()

    assert ([0, 1], [0, 1, 2]) == (after_one, given)
