"""The operation that tells a customer of the points."""

from typing import TypedDict

from loyalty.points import of_user
from webstore_kit import Call, Operation, bearer_user


class Booked(TypedDict):
    """The points of one order."""

    number: str
    points: int


class Balance(TypedDict):
    """All points, and the orders that they are from."""

    points: int
    orders: list[Booked]


def get_points(call: Call[None]) -> Balance:
    """The points of the user who asks."""
    orders = [Booked(number=each["number"], points=each["points"]) for each in of_user(call.user_id)]
    return {"points": sum(each["points"] for each in orders), "orders": orders}


routes = [Operation("GET", "/api/loyalty/points/", get_points, authenticate=bearer_user)]
