"""The steps of an adoption in their order: from which table of the source into which of ours, and what is compared."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from webstore_kit.adoption import catalogue, orders, people
from webstore_kit.adoption.readings import NO_MONEY, ZERO
from webstore_kit.adoption.run import Row, Run
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review, Stock
from webstore_kit.core.database import BaseModel
from webstore_kit.customers.models import Address, Customer, User
from webstore_kit.orders.models import Order, OrderLine


@dataclass(frozen=True)
class Sum:
    """A sum over all rows of a column, or of the product of two: columns of the source, fields of the store."""

    columns: tuple[str, ...]
    fields: tuple[Any, ...]
    zero: Decimal = NO_MONEY
    """Where it starts: a sum of money has at least two decimals."""


@dataclass(frozen=True)
class Step:
    """One table of the store, and where its rows come from."""

    source: str
    table: str
    model: type[BaseModel]
    rows: Callable[[Run], Iterator[Row]]
    sums: Mapping[str, Sum] = field(default_factory=dict)

    @property
    def has_ids(self) -> bool:
        """Whether its rows have ids of their own; stock is what the store keeps apart of a product."""
        return self.model is not Stock


# A table comes after those that it refers to.
STEPS = (
    Step("brands", "brands", Brand, catalogue.brands),
    Step("categories", "categories", Category, catalogue.categories),
    Step(
        "products",
        "products",
        Product,
        catalogue.products,
        {"price": Sum(("price",), (Product.price,)), "old_price": Sum(("old_price",), (Product.old_price,))},
    ),
    Step("products", "stock", Stock, catalogue.stock, {"quantity": Sum(("quantity",), (Stock.quantity,), ZERO)}),
    Step("products_categories", "product_categories", ProductCategory, catalogue.links),
    Step("products_reviews", "reviews", Review, catalogue.reviews),
    Step("auth_user", "users", User, people.users),
    Step("customers", "customers", Customer, people.customers),
    Step("customers_addresses", "addresses", Address, people.addresses),
    Step("orders", "orders", Order, orders.orders),
    Step(
        "orders_products",
        "order_lines",
        OrderLine,
        orders.order_lines,
        {
            "quantity": Sum(("quantity",), (OrderLine.quantity,), ZERO),
            "money": Sum(("price", "quantity"), (OrderLine.price, OrderLine.quantity)),
        },
    ),
)
