"""The points: how they are booked, and who has how many."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from peewee import fn
from pydantic import BaseModel, ConfigDict, Field

from loyalty.models import Points
from webstore_kit import OrderPlaced, Store
from webstore_kit.models import Customer, Order


class LoyaltySettings(BaseModel):
    """`[extension.loyalty]` in webstore.toml, or WEBSTORE_LOYALTY_* variables."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points_per_unit: Decimal = Field(Decimal(1), ge=0, le=1000)
    """Points for each unit of money that the products cost; what is less than a point is dropped."""


def book(store: Store, order: OrderPlaced) -> None:
    """Book the points of an order. It is called before the commit, so there is no order without its points."""
    points = int(order.subtotal * store.settings_of(LoyaltySettings).points_per_unit)
    if points:
        booked = {"customer": order.customer_id, "order": order.order_id, "points": points}
        Points.insert(**booked, time_booked=store.now()).execute()


def of_customers(store: Store, customer_ids: Sequence[int]) -> Mapping[int, int]:
    """How many points each of the customers has."""
    query = Points.select(Points.customer, fn.SUM(Points.points)).where(Points.customer.in_(customer_ids))
    rows: Any = query.group_by(Points.customer).tuples()
    return {**dict.fromkeys(customer_ids, 0), **{customer_id: int(points) for customer_id, points in rows}}


def of_user(user_id: int) -> list[dict[str, Any]]:
    """What the user's customer got: the number of each order, and its points, oldest first."""
    query = Points.select(Order.number, Points.points).join(Order).join_from(Points, Customer)
    rows: Any = query.where(Customer.user == user_id).order_by(Points.id).dicts()
    return list(rows)


def top(limit: int) -> list[tuple[str, int]]:
    """The customers who have most points: their e-mail addresses and how many, most first."""
    total = fn.SUM(Points.points)
    query = Points.select(Customer.email, total).join(Customer).group_by(Customer.id)
    rows: Any = query.order_by(total.desc(), Customer.id).limit(limit).tuples()
    return [(email, int(points)) for email, points in rows]
