"""Loyalty points: who buys gets points, in the same transaction as the order."""

from pathlib import Path

from loyalty.commands import app as commands
from loyalty.models import Points
from loyalty.points import LoyaltySettings, book, of_customers
from loyalty.routes import routes
from webstore_kit import AddedField, Extension, OrderPlaced, Subscriber

extension = Extension(
    name="loyalty",
    settings=LoyaltySettings,
    models=[Points],
    migrations=Path(__file__).parent / "migrations",
    routes=routes,
    before_commit=[Subscriber(OrderPlaced, book)],
    fields=[AddedField("customer", "points", int, of_customers)],
    commands=commands,
)
