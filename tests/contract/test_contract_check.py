"""`webstore contract check`: a right server passes, and each way to deviate is found by name."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Scope

from tests.contract.sabotages import SABOTAGES, at_random, on_json, with_key
from tests.contract.served import Deviating, Reply, Sabotage, served
from tests.factories import add_product
from webstore_kit import Settings, Store, create_app
from webstore_kit.contract.client import Client
from webstore_kit.contract.report import Outcome, Plan, Report, State
from webstore_kit.contract.run import check
from webstore_kit.core.errors import CommandError
from webstore_kit.customers.models import Customer, User
from webstore_kit.demo.services import seed
from webstore_kit.orders.models import Order


@pytest.fixture(scope="module")
def asking(served_store: tuple[str, Deviating]) -> Iterator[Client]:
    """A client of the store that deviates."""
    with Client(served_store[0], timeout=20) as client:
        yield client


def outcome_of(client: Client, **plan: Any) -> Report:
    """What a check finds out, with an order more than it places by itself."""
    return check(client, Plan(**{"orders": 2, **plan}), announce=lambda _: None, show=lambda *_: None)


def checked(address: str, **plan: Any) -> Report:
    """The same of the server at an address."""
    with Client(address, timeout=20) as client:
        return outcome_of(client, **plan)


def not_right(report: Report) -> list[Outcome]:
    return [outcome for outcome in report.outcomes if outcome.state is not State.RIGHT]


def test_the_adopted_data_of_the_reference_server_is_served_as_the_contract_says(adopted: Settings) -> None:
    with served(create_app(adopted)) as address:
        report = checked(address)
    assert not_right(report) == []
    assert len(report.outcomes) > 200


def test_the_demo_catalogue_is_served_as_the_contract_says(settings: Settings, store: Store) -> None:
    seed(store)
    with served(create_app(settings)) as address:
        report = checked(address)
    assert [(outcome.name, outcome.why) for outcome in not_right(report)] == [
        ("An inactive category is answered too", "No inactive category was found.")
    ]


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_server_that_deviates_is_found_out(name: str, asking: Client, deviating: Deviating) -> None:
    deviating.sabotage, finds = SABOTAGES[name]
    only = "Lists of products" if finds.startswith("GET ") else finds
    found = [outcome.name for outcome in outcome_of(asking, only=only).of(State.DIFFERS)]
    assert finds in found


def test_the_first_difference_says_where_and_how(asking: Client, deviating: Deviating) -> None:
    deviating.sabotage, finds = SABOTAGES["writes money as a number in the cart"]
    (outcome,) = outcome_of(asking, only=finds).of(State.DIFFERS)
    (difference,) = outcome.differences
    assert difference.where == "[0].price"
    assert difference.expected == f'"{float(difference.found):.2f}"'
    assert re.fullmatch(rf"curl -gi {asking.address}/api/order/cart/list/[0-9a-f-]{{36}}/", outcome.sent)


def test_a_store_under_a_prefix_is_checked_there(shared: Settings) -> None:
    with served(Starlette(routes=[Mount("/shop", create_app(shared))])) as address:
        report = checked(f"{address}/shop", read_only=True)
    assert not_right(report) == []


def test_links_may_begin_with_another_address(shared: Settings) -> None:
    app = create_app(shared.model_copy(update={"base_url": "https://example.com/shop"}))
    with served(app) as address:
        assert not_right(checked(address, only="Lists", public_address="https://example.com/shop")) == []
        (second, *_) = checked(address, only="The second page").of(State.DIFFERS)
    assert second.differences[0].where == "links.next"
    assert second.differences[0].found == '"https://example.com/shop/api/product/all/?page=3"'


def test_of_many_products_those_of_a_category_are_checked(address: str) -> None:
    report = checked(address, only="Lists", most_products=20)
    why = "It has 60 products, and no more than 20 are read."
    assert [(outcome.name, outcome.state, outcome.why) for outcome in not_right(report)] == [
        ("All products are in the list of all", State.SKIPPED, why)
    ]
    (sorted_,) = (outcome for outcome in report.outcomes if outcome.name == "ordering=title sorts by title")
    assert re.search(r"/api/product/category/\d/products/\?ordering=title'$", sorted_.sent)


def test_an_empty_store_differs_in_nothing_but_leaves_much_unchecked(settings: Settings) -> None:
    with served(create_app(settings)) as address:
        report = checked(address)
    assert report.of(State.DIFFERS) == []
    whys = {outcome.why for outcome in report.of(State.UNCHECKED) if "“" not in outcome.why}
    assert whys == {
        "The store has no list of products that can be read.",
        "There is no active category with products in it, and few enough of them.",
    }
    assert len(report.of(State.RIGHT)) > 100


def test_read_only_sends_nothing_that_changes_the_store(settings: Settings, store: Store) -> None:
    add_product(store, quantity=9)
    with served(create_app(settings)) as address:
        report = checked(address, read_only=True)
    assert report.of(State.DIFFERS) == []
    assert report.left_out > 50
    with store.snapshot():
        assert [model.select().count() for model in (Customer, User, Order)] == [0, 0, 0]


def test_a_whole_check_places_one_order_unless_told_otherwise(settings: Settings, store: Store) -> None:
    for title in ("Kettle", "Mug"):
        add_product(store, title, quantity=9)
    placed = []
    with served(create_app(settings)) as address:
        for orders in (0, 1, 2):
            checked(address, orders=orders, only="Orders")
            with store.snapshot():
                placed.append(Order.select().where(Order.is_ordered).count())
    assert placed == [0, 1, 3]


def test_only_runs_what_is_named_and_what_it_needs(asking: Client) -> None:
    report = outcome_of(asking, only="THE QUANTITY IS SET")
    assert [outcome.name for outcome in report.outcomes] == [
        "A fresh customer gets a token",
        "A product is put into the cart",
        "The quantity is set, not added, and may be a text",
    ]


def test_a_name_that_nothing_has_is_an_error(asking: Client) -> None:
    with pytest.raises(CommandError, match='No chapter and no exchange has "xyzzy" in its name'):
        outcome_of(asking, only="xyzzy")


def test_a_check_of_nothing_but_writes_is_an_error_where_nothing_may_be_written(asking: Client) -> None:
    with pytest.raises(CommandError, match="Nothing is left to check of 1 exchanges"):
        outcome_of(asking, only="A fresh customer gets a token", read_only=True)


def test_after_three_requests_without_an_answer_no_more_are_sent(asking: Client, deviating: Deviating) -> None:
    broken: list[str] = []

    def breaks(scope: Scope, reply: Reply) -> Reply:
        if scope["path"].startswith("/api/nothing") or broken:
            broken.append(scope["path"])
            return Reply(0, [], b"")
        return reply

    deviating.sabotage = Sabotage(answered=breaks)
    report = outcome_of(asking, only="Rules", read_only=True)
    assert len(report.of(State.DIFFERS)) == len(broken) == 3
    whys = {outcome.why for outcome in report.of(State.UNCHECKED)}
    assert report.of(State.DIFFERS)[0].differences[0].found.startswith("The request was answered with something")
    assert whys == {"3 requests one after the other were not answered."}


@pytest.mark.parametrize("chance", [0.002, 0.02, 0.2])
def test_a_server_that_answers_anything_at_all_is_found_out_too(
    chance: float, asking: Client, deviating: Deviating
) -> None:
    deviating.sabotage = at_random(Random(27), chance)
    assert len(outcome_of(asking).of(State.DIFFERS)) > 5


def test_a_token_that_fits_no_header_breaks_nothing(asking: Client, deviating: Deviating) -> None:
    deviating.sabotage = on_json(with_key("access", lambda token: "é\nx"))
    (login, user) = outcome_of(asking, only="getuser answers the customer").of(State.DIFFERS)
    assert (login.name, login.differences[0].where) == ("Who has registered can log in", "access")
    assert user.differences[0].found.startswith("The request broke off: ")


@pytest.mark.parametrize(("times", "right"), [(2, True), (3, False)])
def test_a_server_that_is_busy_is_asked_again_twice(
    times: int, right: bool, asking: Client, deviating: Deviating
) -> None:
    refused: list[str] = []

    def busy(scope: Scope, reply: Reply) -> Reply:
        if scope["path"] != "/api/nothing/here" or len(refused) == times:
            return reply
        refused.append(scope["path"])
        return Reply(503, [("retry-after", "0")], b"")

    deviating.sabotage = Sabotage(answered=busy)
    report = outcome_of(asking, only="An unknown path without the slash")
    assert (not_right(report) == []) is right
    assert len(refused) == times
