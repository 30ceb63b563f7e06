"""The visits: decided by the seed, for a few products at a time, in every manner."""

from webstore_kit.selftest.report import Plan
from webstore_kit.selftest.traffic import times
from webstore_kit.selftest.visits import Manner, visit

PRODUCTS = range(101, 113)


def test_the_same_seed_makes_the_same_visits_and_another_one_others() -> None:
    first, again, other = (
        [visit(plan, PRODUCTS, number) for number in range(50)] for plan in (Plan(seed=1), Plan(seed=1), Plan(seed=2))
    )
    assert first == again
    assert first != other


def test_a_visit_wants_one_to_three_products_once_or_twice_each() -> None:
    visits = [visit(Plan(visits=400), PRODUCTS, number) for number in range(400)]
    assert {len(found.basket) for found in visits} == {1, 2, 3}
    assert {quantity for found in visits for _, quantity in found.basket} == {1, 2}
    assert all(len(dict(found.basket)) == len(found.basket) for found in visits)
    assert {found.manner for found in visits} == set(Manner)
    assert {found.changes_server for found in visits} == {True, False}


def test_all_products_are_wanted_a_few_at_a_time() -> None:
    visits = [visit(Plan(visits=90), PRODUCTS, number) for number in range(120)]
    wanted = [{product for product, _ in found.basket} for found in visits]
    assert set().union(*wanted) == set(PRODUCTS)
    assert set().union(*wanted[:10]) == set(PRODUCTS[:4])
    assert set().union(*wanted[80:]) == set(PRODUCTS[-4:])  # those after the last planned one too


def test_fewer_products_than_are_wanted_at_a_time_will_do() -> None:
    assert {len(visit(Plan(), [7], number).basket) for number in range(20)} == {1}


def test_times_are_in_milliseconds() -> None:
    found = times([number / 1000 for number in range(1, 102)])
    assert (found.p50, found.p99, found.longest) == (51.0, 100.0, 101.0)
    assert (times([0.5]).p50, times([0.5]).longest, times([]).longest) == (500.0, 500.0, 0.0)
