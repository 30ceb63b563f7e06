"""The steps that take over orders, open carts and their lines."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, groupby

from webstore_kit.adoption.catalogue import LONGEST_TITLE
from webstore_kit.adoption.readings import LARGEST_QUANTITY, Reading, exact, flag, shown, text
from webstore_kit.adoption.run import Row, Run

ORDERS = """
    SELECT o.id, o.time_created, o.time_checkout, o.time_delivery, o.is_ordered, o.customer_id,
           o.customer_shipping_address_id, c.id AS known_customer, a.id AS known_address
    FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id
    LEFT JOIN customers_addresses AS a ON a.id = o.customer_shipping_address_id
    ORDER BY o.customer_id, o.id
"""
LINES = """
    SELECT l.id, l.quantity, l.price, l.order_id, l.product_id, p.id AS known_product, p.title,
           o.id AS known_order, o.is_ordered, o.time_checkout
    FROM orders_products AS l LEFT JOIN orders AS o ON o.id = l.order_id
    LEFT JOIN products AS p ON p.id = l.product_id
    ORDER BY l.order_id, l.id
"""


@dataclass
class Line:
    """A line on its way into the store, with the values that it is to have there."""

    id: int
    order: int
    product: int | None
    product_number: int
    quantity: int
    title: str
    price: Decimal

    @property
    def money(self) -> Decimal:
        """What the line comes to."""
        return self.price * self.quantity


def orders(run: Run) -> Iterator[Row]:
    """Every order and open cart, but of a customer's open carts the newest alone, which takes the others' lines."""
    for _, group in groupby(run.source.readings(ORDERS), key=lambda row: row["customer_id"]):
        rows = [(row, _is_finished(row)) for row in group]
        carts = [row for row, finished in rows if not finished]
        run.merged.update({older.id: carts[-1].id for older in carts[:-1]})
        for row, finished in rows:
            if row.id in run.merged:
                what = f"an older open cart of customer {shown(row['customer_id'])}: merged into cart {carts[-1].id}"
                run.ledger.note("orders", row.id, what, rows=-1)
            else:
                yield _order(run, row, finished)


def order_lines(run: Run) -> Iterator[Row]:
    """Every line of an order or cart that is there; in each of them a product is in one line, as the store wants it."""
    growing = set(run.merged.values())
    merging: dict[int, list[Line]] = defaultdict(list)
    for order_id, group in groupby(run.source.readings(LINES), key=lambda row: row["order_id"]):
        rows = list(group)
        cart_id = run.merged.get(order_id, order_id)
        if rows[0]["known_order"] is None:
            _refuse(run, rows)
        elif _is_finished(rows[0]):
            yield from _lines_of_order(run, _lines(run, rows))
        elif cart_id in growing:
            merging[cart_id] += _lines(run, rows)
        else:
            yield from _lines_of_cart(run, cart_id, _lines(run, rows))
    for cart_id, lines in merging.items():
        yield from _lines_of_cart(run, cart_id, lines)


def _is_finished(row: Reading) -> bool:
    # Where it does not say, a time of checkout does; an order must not come back as a cart.
    finished, unclear = flag(row["is_ordered"])
    return finished or (unclear is not None and row["time_checkout"] is not None)


def _order(run: Run, row: Reading, is_finished: bool) -> Row:
    if flag(row["is_ordered"])[1]:
        row.changed("is_ordered", f"is unclear: taken as {'a finished order' if is_finished else 'an open cart'}")
    if row["known_address"] is None and row["customer_shipping_address_id"] is not None:
        row.changed("customer_shipping_address_id", "is a missing address: taken without one")
    customer = row["known_customer"]
    order = {
        "id": row.id,
        "customer": run.recreated[row["customer_id"]] if customer is None else customer,
        "shipping_address": row["known_address"],
        "is_ordered": is_finished,
        "time_created": row.moment("time_created", run.now),
        "time_checkout": row.optional_moment("time_checkout"),
        "time_delivery": row.optional_moment("time_delivery"),
        # What the customers were told; `marks` lets our own numbers begin above.
        "number": str(row.id) if is_finished else None,
        "is_adopted": is_finished,
    }
    run.ledger.note_changes("orders", row)
    return order


def _lines(run: Run, rows: list[Reading]) -> list[Line]:
    return [_line(run, row) for row in rows]


def _line(run: Run, row: Reading) -> Line:
    number = row["product_id"] if isinstance(row["product_id"], int) else -row.id
    line = Line(
        id=row.id,
        order=row["order_id"],
        product=row["known_product"],
        product_number=number,
        quantity=row.quantity("quantity"),
        title=f"Product {number}" if row["known_product"] is None else text(row["title"], LONGEST_TITLE)[0],
        price=row.money("price"),
    )
    if line.product is None:
        row.changed("product_id", f"is a missing product: taken without it as {shown(line.title)}")
    run.ledger.note_changes(
        "orders_products",
        row,
        quantity=line.quantity - exact(row["quantity"]),
        money=line.money - exact(row["price"]) * exact(row["quantity"]),
    )
    return line


def _lines_of_cart(run: Run, cart_id: int, lines: list[Line]) -> Iterator[Row]:
    """The newest line of each product. What is in no cart, as nobody wants any of it, is left out."""
    newest: dict[int, Line] = {}
    for line in sorted(lines, key=lambda line: (line.order, line.id), reverse=True):
        kept = newest.setdefault(line.product_number, line)
        if kept is not line:
            _leave_out(run, line, f"the newer line {kept.id} has the same product")
        elif line.quantity == 0:
            _leave_out(run, line, "nothing is wanted of it")
    for line in newest.values():
        if line.quantity:
            yield {**vars(line), "order": cart_id}


def _lines_of_order(run: Run, lines: list[Line]) -> Iterator[Row]:
    """All lines of a finished order, without losing a piece or a cent where a product is in several.

    With one price they become one line. With two, both were paid: the store allows one line for each
    `product_number`, so the later one stays as it is but for that number, which is minus its id, and for its product,
    which is null.
    """
    kept: dict[int, Line] = {}
    for line in lines:
        first = kept.setdefault(line.product_number, line)
        if first is line:
            continue
        if first.price == line.price and first.quantity + line.quantity <= LARGEST_QUANTITY:
            first.quantity += line.quantity
            what = f"{_twice(line)}: its quantity of {line.quantity} is added to line {first.id}"
            run.ledger.note("orders_products", line.id, what, rows=-1)
        else:
            _set_apart(run, line, kept)
    yield from map(vars, kept.values())


def _set_apart(run: Run, line: Line, kept: dict[int, Line]) -> None:
    run.ledger.note("orders_products", line.id, f"{_twice(line)}, at another price: kept apart, without the product")
    numbers = count(-abs(line.id), -1)
    line.product, line.product_number = None, next(number for number in numbers if number not in kept)
    kept[line.product_number] = line


def _twice(line: Line) -> str:
    return f"product {line.product_number} is in order {line.order} twice"


def _leave_out(run: Run, line: Line, why: str) -> None:
    what = f"{line.quantity} x {shown(line.title)} at {line.price} in cart {line.order}, not taken: {why}"
    run.ledger.note("orders_products", line.id, what, rows=-1, quantity=-line.quantity, money=-line.money)


def _refuse(run: Run, rows: list[Reading]) -> None:
    for row in rows:
        quantity, price = exact(row["quantity"]), exact(row["price"])
        what = (
            f"{shown(row['quantity'])} x product {shown(row['product_id'])} ({shown(row['title'])}) at "
            f"{shown(row['price'])} in order {shown(row['order_id'])}, not taken: the order is missing"
        )
        run.ledger.note("orders_products", row.id, what, rows=-1, quantity=-quantity, money=-quantity * price)
