"""What happens to customers."""

from dataclasses import dataclass

from webstore_kit.core.events import Event


@dataclass(frozen=True)
class CustomerRegistered(Event):
    """Somebody can log in from now on, as this customer; texts are empty where they were not told."""

    user_id: int
    customer_id: int
    username: str
    email: str
    first_name: str
    last_name: str
