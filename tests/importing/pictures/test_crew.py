"""The threads that work on tasks."""

import threading
from collections.abc import Iterator

import pytest

from webstore_kit.importing.pictures.crew import Crew


def square(number: int) -> int:
    return number * number


def test_every_task_has_its_result() -> None:
    with Crew(square, 3) as crew:
        found = [result for results in crew.results(range(100), under_way=10, together=4) for result in results]
    assert sorted(found) == [number * number for number in range(100)]


def test_no_more_tasks_are_taken_than_may_be_under_way() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(50):
            taken.append(number)
            yield number

    with Crew(square, 2) as crew:
        results = crew.results(tasks(), under_way=5, together=2)
        assert 1 <= len(next(results)) <= 2
        assert taken == [0, 1, 2, 3, 4]


def test_a_fault_is_raised_to_who_waits_for_the_results() -> None:
    def work(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError), Crew(work, 2) as crew:
        list(crew.results([1, 0], under_way=2, together=1))


def test_no_task_is_begun_after_the_end() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work(number: int) -> None:
        begun.set()
        go_on.wait(5)
        done.append(number)

    with Crew(work, 1) as crew:
        threading.Thread(target=lambda: list(crew.results(range(9), under_way=9, together=1)), daemon=True).start()
        begun.wait(5)
        threading.Timer(0.05, go_on.set).start()
    assert done == [0]
