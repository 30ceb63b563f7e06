"""The accounts: what buyers were told beside what the books say."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from webstore_kit.selftest.books import Books
from webstore_kit.selftest.purchases import Answer, Purchase
from webstore_kit.selftest.report import Check

CASES = 3
"""How many of the cases of a failed check are shown."""


class Accounts:
    """Compares. `units` is how many there were of each product before the first sale."""

    def __init__(self, books: Books, purchases: Sequence[Purchase], units: Mapping[int, int]) -> None:
        self._books = books
        self._purchases = purchases
        self._units = units

    def checks(self) -> list[Check]:
        """Every check, those that matter most to a buyer first."""
        return [
            self._told_orders_exist(),
            self._orders_were_told(),
            self._one_order_a_cart(),
            self._told_to_the_buyer_alone(),
            self._same_answer_again(),
            self._numbers(),
            self._baskets(),
            self._addresses(),
            self._no_oversell(),
            self._stock_and_sales(),
            self._stock_not_negative(),
            self._ledger_and_stock(),
            self._ledger_and_lines(),
        ]

    @cached_property
    def _told(self) -> Counter[int]:
        """To how many buyers each order was told."""
        return Counter(order for purchase in self._purchases for order in purchase.orders)

    @cached_property
    def _bought(self) -> list[tuple[int, Purchase]]:
        """The orders that were told and are there, each with what its buyer knows."""
        pairs = ((order, purchase) for purchase in self._purchases for order in purchase.orders)
        return [(order, purchase) for order, purchase in pairs if order in self._books.orders]

    def _told_orders_exist(self) -> Check:
        lost = [f"order {order} is not there" for order in sorted(self._told.keys() - self._books.orders.keys())]
        return _all("Every order that a buyer was told is in the database", len(self._told), lost)

    def _orders_were_told(self) -> Check:
        untold = [f"order {order}" for order in sorted(self._books.orders.keys() - self._told.keys())]
        return _all("Every order in the database was told to a buyer", len(self._books.orders), untold)

    def _one_order_a_cart(self) -> Check:
        several = [f"orders {sorted(found.orders)}" for found in self._purchases if len(found.orders) > 1]
        return _none("No buyer was told two orders for one cart", several)

    def _told_to_the_buyer_alone(self) -> Check:
        shared = {order for order, buyers in self._told.items() if buyers > 1}
        strange = {order for order, buyer in self._bought if self._books.orders[order].token != buyer.token}
        cases = [f"order {order}" for order in sorted(shared | strange)]
        return _all("Each order was told to its own buyer alone", len(self._told), cases)

    def _same_answer_again(self) -> Check:
        several = [found.answers for found in self._purchases if len(found.answers) > 1]
        cases = [f"{first.body!r} and {again.body!r}" for first, again in several if not _alike(first, again)]
        return _all("A checkout that was sent twice had one answer", len(several), cases)

    def _numbers(self) -> Check:
        numbers = Counter(order.number for order in self._books.orders.values())
        cases = [f"{count} orders have {number}" for number, count in numbers.items() if number is None or count > 1]
        return Check(
            "Each order has a number of its own",
            len(self._books.orders),
            len(numbers.keys() - {None}),
            tuple(cases[:CASES]),
        )

    def _baskets(self) -> Check:
        found = [(order, self._books.baskets[order], buyer.basket) for order, buyer in self._bought]
        cases = [f"order {order} has {got}, not {put}" for order, got, put in found if got != put]
        return _all("Each order has what its buyer had put in the cart", len(self._bought), cases)

    def _addresses(self) -> Check:
        found = [(order, self._books.orders[order].address, buyer.address) for order, buyer in self._bought]
        cases = [f"order {order} goes to {got}, not to {said}" for order, got, said in found if got != said]
        return _all("Each order goes to the address that its buyer gave", len(self._bought), cases)

    def _no_oversell(self) -> Check:
        over = {product: self._books.sold[product] - units for product, units in self._units.items()}
        cases = tuple(f"product {product}: {more} too many" for product, more in over.items() if more > 0)
        name = "No units were sold beyond those that there were"
        return Check(name, 0, sum(more for more in over.values() if more > 0), cases[:CASES])

    def _stock_and_sales(self) -> Check:
        cases = [
            f"product {product}: {units} less {self._books.sold[product]} sold, but {self._books.stock[product]} left"
            for product, units in self._units.items()
            if units - self._books.sold[product] != self._books.stock[product]
        ]
        return _all("Each product's stock is what there was less what was sold", len(self._units), cases)

    def _stock_not_negative(self) -> Check:
        cases = [f"product {product}: {left}" for product, left in self._books.stock.items() if left < 0]
        return _none("No stock is below 0", cases)

    def _ledger_and_stock(self) -> Check:
        cases = [
            f"product {product}: {self._books.ledger.get(product, 0)} by the ledger, but {self._books.stock[product]}"
            for product in self._units
            if self._books.ledger.get(product, 0) != self._books.stock[product]
        ]
        return _all("Each product's stock is what the ledger adds up to", len(self._units), cases)

    def _ledger_and_lines(self) -> Check:
        lines, sales = self._books.lines, self._books.sales
        cases = [
            f"order {order}: {units} x product {product}" for order, product, units in (lines - sales) | (sales - lines)
        ]
        return _all("The sales in the ledger are the lines of the orders", (lines | sales).total(), cases)


def _alike(first: Answer, again: Answer) -> bool:
    # A refusal says how many are left, and that may be fewer the second time.
    return first.status == again.status and (not first.is_order or first.body == again.body)


def _all(name: str, expected: int, wrong: Sequence[str]) -> Check:
    return Check(name, expected, expected - len(wrong), tuple(wrong[:CASES]))


def _none(name: str, wrong: Sequence[str]) -> Check:
    return Check(name, 0, len(wrong), tuple(wrong[:CASES]))
