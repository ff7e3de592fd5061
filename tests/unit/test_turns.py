"""Threads have their turns in the order in which these were drawn."""

from concurrent.futures import ThreadPoolExecutor

from callistics.cli.importing.turns import Turns


def test_they_go_in_order_whichever_is_ready_first() -> None:
    turns, went = Turns(), list[int]()
    numbers = [turns.draw() for _ in range(6)]

    def go(number: int) -> None:
        try:
            if number != 2:
                turns.wait(number)
                went.append(number)
        finally:
            turns.done(number)
            turns.done(number)

    with ThreadPoolExecutor(len(numbers)) as pool:
        for done in [pool.submit(go, number) for number in reversed(numbers)]:
            done.result(timeout=60)
    assert went == [0, 1, 3, 4, 5]
