"""What can stand in the way of a cart or a checkout."""

from collections.abc import Sequence

from webstore_kit.core.errors import Conflict


class UnknownCustomer(Conflict):
    """No customer has this token."""

    def __init__(self) -> None:
        sentence = "Unknown customer token."
        super().__init__(sentence, {"token": [sentence]})


class UnknownProduct(Conflict):
    """No product has this id."""

    def __init__(self, product_id: int) -> None:
        sentence = f"There is no product {product_id}."
        super().__init__(sentence, {"product_id": [sentence]})


class NotEnoughInStock(Conflict):
    """More was asked for than there is."""

    def __init__(self, title: str, available: int) -> None:
        sentence = shortage(title, available)
        super().__init__(sentence, {"quantity": [sentence]})


class CartEmpty(Conflict):
    """There is no open cart with anything in it."""

    def __init__(self) -> None:
        super().__init__("The cart is empty.")


class LinesUnavailable(Conflict):
    """A checkout that cannot be met; the sentence names each line that is short and what is left of it."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))


class TooMuch(Conflict):
    """The cart comes to more than there can be of money."""

    def __init__(self) -> None:
        super().__init__("The cart comes to too much to be bought at once.")


def shortage(title: str, available: int) -> str:
    """What is left of a product that more was asked of."""
    if available == 0:
        return f'"{title}" is sold out.'
    return f'Only {available} of "{title}" {"is" if available == 1 else "are"} available.'


def withdrawn(title: str) -> str:
    """What is said of a product that the shop has deleted, or sells no more."""
    return f'"{title}" is no longer sold; please take it out of the cart.'
