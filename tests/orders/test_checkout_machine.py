"""Carts, stock, checkouts and what comes between, in any order that Hypothesis thinks of, beside a model in Python."""

import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.databases import empty_tables, settings_for
from tests.factories import DELIVERY, add_customer, add_product
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Product, Stock
from webstore_kit.core.errors import StoreError
from webstore_kit.customers.models import Address, Customer
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders import queries, services
from webstore_kit.orders.errors import (
    CartEmpty,
    LinesUnavailable,
    NotEnoughInStock,
    UnknownProduct,
    shortage,
    withdrawn,
)
from webstore_kit.orders.models import Order, OrderLine
from webstore_kit.orders.schemas import CartUpdate, Checkout

SOME = settings(max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REPEATABLE_FOR = timedelta(hours=24)
MOST = 4
"""Products and customers that there are at once: where they are few, they meet."""
STOCK = st.integers(min_value=0, max_value=12)
QUANTITIES = st.integers(min_value=0, max_value=6)
PRICES = st.integers(min_value=0, max_value=99_999).map(lambda cents: Decimal(cents) / 100)
TITLES = st.sampled_from(["Kettle", "Mug", "Pan", "Pot"])
CITIES = st.sampled_from(["Paris", "Lyon"])
PRODUCTS, DELETED, CUSTOMERS = Bundle[int]("products"), Bundle[int]("deleted"), Bundle[str]("customers")


@dataclass
class Ware:
    """A product of the model."""

    title: str
    price: Decimal
    stock: int
    is_on_sale: bool = True


@dataclass
class Line:
    """A line of the model, as it was last seen."""

    quantity: int
    title: str
    price: Decimal


@dataclass
class Buyer:
    """A customer of the model. The cart is in the order in which its lines came."""

    cart: dict[int, Line] = field(default_factory=dict)
    has_open_cart: bool = False
    orders: list[tuple[Checkout, datetime, Any]] = field(default_factory=list)


class RolledBack(Exception):
    """What a shop's code raises that thinks better of it."""


def rows_of(query: Any) -> list[Any]:
    """The rows of a select as tuples."""
    return list(query.tuples())


class CheckoutMachine(RuleBasedStateMachine):
    """Does everything twice, in a store and in the model, and compares."""

    new_settings: ClassVar[Callable[[], Settings]]
    """Settings of a store that is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.store = Store(type(self).new_settings(), now=lambda: self.time)
        self.wares: dict[int, Ware] = {}
        self.buyers: dict[str, Buyer] = {}
        self.ledger: list[tuple[int, int, str, int | None]] = []
        self.lines: list[tuple[int, int, int, str, Decimal]] = []
        self.numbers: dict[int, str] = {}
        self.addresses = 0

    def teardown(self) -> None:
        self.store.close()

    @initialize(target=PRODUCTS, quantity=STOCK)
    def open_with_a_kettle(self, quantity: int) -> int:
        return self._add("Kettle", Decimal("10.00"), 1 + quantity)

    @initialize(target=PRODUCTS, quantity=STOCK)
    def open_with_a_mug(self, quantity: int) -> int:
        return self._add("Mug", Decimal("3.00"), 1 + quantity)

    @initialize(target=CUSTOMERS)
    def open_with_a_customer(self) -> str:
        return self._welcome()

    @precondition(lambda self: self._number_on_sale() < MOST)
    @rule(target=PRODUCTS, title=TITLES, price=PRICES, quantity=STOCK)
    def add_a_product(self, title: str, price: Decimal, quantity: int) -> int:
        return self._add(title, price, quantity)

    @precondition(lambda self: len(self.buyers) < MOST)
    @rule(target=CUSTOMERS)
    def welcome_a_customer(self) -> str:
        return self._welcome()

    @rule(product=PRODUCTS, quantity=STOCK)
    def count_stock(self, product: int, quantity: int) -> None:
        ware = self.wares[product]
        assert self._do(lambda: set_stock(self.store, product, quantity)) == ware.stock
        self._enter(product, quantity - ware.stock, "count")
        ware.stock = quantity

    @rule(product=PRODUCTS, title=TITLES, price=PRICES)
    def relabel(self, product: int, title: str, price: Decimal) -> None:
        assert self._do(lambda: Product.update(title=title, price=price).where(Product.id == product).execute()) == 1
        self.wares[product].title, self.wares[product].price = title, price

    @precondition(lambda self: self._number_on_sale() > 1)
    @rule(target=DELETED, product=consumes(PRODUCTS))
    def delete_a_product(self, product: int) -> int:
        assert self._do(lambda: Product.delete().where(Product.id == product).execute()) == 1
        self.wares[product].is_on_sale = False
        return product

    @rule(token=CUSTOMERS, product=st.one_of(PRODUCTS, DELETED), quantity=QUANTITIES)
    def put_in_cart(self, token: str, product: int, quantity: int) -> None:
        form = CartUpdate(token=token, product_id=product, quantity=quantity)
        expected = self._put(self.buyers[token], product, quantity)
        assert self._do(lambda: services.set_quantity(self.store, form)) == expected

    @rule(token=CUSTOMERS, product=PRODUCTS)
    def put_all_there_is_in_cart(self, token: str, product: int) -> None:
        self.put_in_cart(token, product, self.wares[product].stock)

    @rule(token=CUSTOMERS, product=PRODUCTS, quantity=QUANTITIES, city=CITIES)
    def buy(self, token: str, product: int, quantity: int, city: str) -> None:
        self.put_in_cart(token, product, min(quantity, self.wares[product].stock))
        self.check_out(token, city)

    @rule(token=CUSTOMERS, product=PRODUCTS, title=TITLES, price=PRICES, city=CITIES)
    def buy_at_a_price_that_has_just_changed(
        self, token: str, product: int, title: str, price: Decimal, city: str
    ) -> None:
        self.put_in_cart(token, product, 1)
        self.relabel(product, title, price)
        self.check_out(token, city)

    @rule(token=CUSTOMERS, city=CITIES)
    def check_out(self, token: str, city: str) -> None:
        form = Checkout(token=token, **{**DELIVERY, "city": city})
        expected = self._refusal_or_earlier_order(self.buyers[token], form)
        result = self._do(lambda: services.finalize_order(self.store, form))
        if expected is None:
            self._sell(self.buyers[token], form, result)
        else:
            assert result == expected

    @precondition(lambda self: any(buyer.cart for buyer in self.buyers.values()))
    @rule(data=st.data())
    def check_out_and_think_better_of_it(self, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from([token for token, buyer in self.buyers.items() if buyer.cart]))
        form = Checkout(token=token, **DELIVERY)
        refusal = self._refusal_or_earlier_order(self.buyers[token], form)
        numbers = []

        def work() -> None:
            numbers.append(services.finalize_order(self.store, form)["number"])
            raise RolledBack

        if refusal:
            assert self._do(work) == refusal
        else:
            with pytest.raises(RolledBack):
                self._do(work)
            assert numbers == [self._next_number()]

    @precondition(lambda self: any(buyer.orders and not buyer.cart for buyer in self.buyers.values()))
    @rule(data=st.data())
    def check_out_the_same_again(self, data: st.DataObject) -> None:
        done = [buyer.orders[-1] for buyer in self.buyers.values() if buyer.orders and not buyer.cart]
        form, time, order = data.draw(st.sampled_from(done))
        fresh = self.time - time <= REPEATABLE_FOR
        assert self._do(lambda: services.finalize_order(self.store, form)) == (order if fresh else CartEmpty().detail)

    @rule(hours=st.sampled_from([1, 23, 24]))
    def wait(self, hours: int) -> None:
        self.time += timedelta(hours=hours)

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        with self.store.snapshot():
            self._compare_stock()
            self._compare_carts()
            self._compare_orders()

    def _compare_stock(self) -> None:
        entry = LedgerEntry.product_id, LedgerEntry.change, LedgerEntry.reason, LedgerEntry.order_id
        assert rows_of(LedgerEntry.select(*entry).order_by(LedgerEntry.id)) == self.ledger
        stock = dict(rows_of(Stock.select(Stock.product, Stock.quantity)))
        assert stock == {product: ware.stock for product, ware in self.wares.items() if ware.is_on_sale}
        for product, ware in self.wares.items():
            changes = [(change, reason) for number, change, reason, _ in self.ledger if number == product]
            counted = sum(change for change, reason in changes if reason == "count")
            sold = sum(quantity for _, number, quantity, _, _ in self.lines if number == product)
            assert ware.stock + sold == counted
            assert ware.stock == sum(change for change, _ in changes) >= 0

    def _compare_carts(self) -> None:
        open_carts = rows_of(Customer.select(Customer.token).join(Order).where(~Order.is_ordered))
        assert sorted(open_carts) == sorted((token,) for token, buyer in self.buyers.items() if buyer.has_open_cart)
        for token, buyer in self.buyers.items():
            lines = queries.cart_lines_of_token(token)
            assert [(line["product_number"], line["quantity"], line["title"], line["price"]) for line in lines] == [
                (product, line.quantity, *self._label(product, line)) for product, line in buyer.cart.items()
            ]

    def _compare_orders(self) -> None:
        assert dict(rows_of(Order.select(Order.id, Order.number).where(Order.is_ordered))) == self.numbers
        assert sorted(self.numbers.values()) == [str(1001 + number) for number in range(len(self.numbers))]
        line = OrderLine.order, OrderLine.product_number, OrderLine.quantity, OrderLine.title, OrderLine.price
        lines = OrderLine.select(*line).join(Order).where(Order.is_ordered)
        assert rows_of(lines.order_by(Order.number, OrderLine.id)) == self.lines
        assert Address.select().count() == len(self.numbers)

    def _number_on_sale(self) -> int:
        return sum(ware.is_on_sale for ware in self.wares.values())

    def _do(self, work: Callable[[], Any]) -> Any:
        """The result of the work in a transaction of its own; of a refusal, its sentence."""
        try:
            return self.store.write(work)
        except StoreError as error:
            return error.detail

    def _add(self, title: str, price: Decimal, quantity: int) -> int:
        product = add_product(self.store, title, str(price), quantity)
        self.wares[product] = Ware(title, price, stock=quantity)
        self._enter(product, quantity, "count")
        return product

    def _welcome(self) -> str:
        token = add_customer(self.store)
        self.buyers[token] = Buyer()
        return token

    def _enter(self, product: int, change: int, reason: str, order: int | None = None) -> None:
        if change:
            self.ledger.append((product, change, reason, order))

    def _next_number(self) -> str:
        return str(1001 + len(self.numbers))

    def _label(self, product: int, line: Line) -> tuple[str, Decimal]:
        """The title and price that a line of a cart has today."""
        ware = self.wares[product]
        return (ware.title, ware.price) if ware.is_on_sale else (line.title, line.price)

    def _put(self, buyer: Buyer, product: int, quantity: int) -> int | str:
        ware = self.wares[product]
        if quantity == 0:
            if product not in buyer.cart and not ware.is_on_sale:
                return UnknownProduct(product).detail
            buyer.cart.pop(product, None)
            return len(buyer.cart)
        if not ware.is_on_sale:
            return UnknownProduct(product).detail
        if quantity > ware.stock:
            return NotEnoughInStock(ware.title, ware.stock).detail
        line = buyer.cart.setdefault(product, Line(quantity, ware.title, ware.price))
        line.quantity, line.title, line.price = quantity, ware.title, ware.price
        buyer.has_open_cart = True
        return len(buyer.cart)

    def _refusal_or_earlier_order(self, buyer: Buyer, form: Checkout) -> Any:
        """What a checkout has to answer that sells nothing; None where it has to sell."""
        if not buyer.cart:
            same = [order for done, time, order in buyer.orders if done == form and self.time - time <= REPEATABLE_FOR]
            return same[-1] if same else CartEmpty().detail
        short = []
        for product, line in sorted(buyer.cart.items()):
            ware = self.wares[product]
            if not ware.is_on_sale:
                short.append(withdrawn(line.title))
            elif line.quantity > ware.stock:
                short.append(shortage(ware.title, ware.stock))
        return LinesUnavailable(short).detail if short else None

    def _sell(self, buyer: Buyer, form: Checkout, order: Any) -> None:
        assert (order["number"], order["time_checkout"]) == (self._next_number(), self.time)
        self.numbers[order["id"]] = order["number"]
        for product, line in buyer.cart.items():
            self.lines.append((order["id"], product, line.quantity, *self._label(product, line)))
        for product, line in sorted(buyer.cart.items()):
            self.wares[product].stock -= line.quantity
            self._enter(product, -line.quantity, "sale", order["id"])
        buyer.orders.append((form, self.time, order))
        buyer.cart, buyer.has_open_cart = {}, False


def test_any_order_of_carts_stock_and_checkouts_on_sqlite_ends_as_the_model_says(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    numbers = itertools.count()

    class OnSqlite(CheckoutMachine):
        @staticmethod
        def new_settings() -> Settings:
            directory = tmp_path / str(next(numbers))
            directory.mkdir()
            shutil.copyfile(migrated_sqlite, directory / "store.sqlite3")
            return settings_for(directory)

    run_state_machine_as_test(OnSqlite, settings=SOME)


def test_any_order_of_carts_stock_and_checkouts_on_postgresql_ends_as_the_model_says(
    migrated_postgresql: str, tmp_path: Path
) -> None:
    class OnPostgresql(CheckoutMachine):
        @staticmethod
        def new_settings() -> Settings:
            empty_tables(migrated_postgresql)
            return settings_for(tmp_path, migrated_postgresql)

    run_state_machine_as_test(OnPostgresql, settings=SOME)
