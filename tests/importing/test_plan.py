"""The plan: each entry makes a product, changes one, leaves it, or is refused, and says which."""

from decimal import Decimal
from typing import Any

import pytest

from webstore_kit.importing.entries import Entry, Refusal
from webstore_kit.importing.plan import Creation, Mode, Unchanged, Update, step
from webstore_kit.importing.present import Present
from webstore_kit.importing.wanted import Wanted

ENTRY = Entry(4, {}, {"sku": "SKU", "price": "Price"})
PRESENT = Present(
    7,
    {
        "sku": "A-1",
        "title": "Kettle",
        "price": Decimal("10.00"),
        "old_price": Decimal("12.00"),
        "brand": None,
        "categories": ("Tea",),
    },
)


def want(**fields: Any) -> Wanted:
    return Wanted(4, {"sku": "A-1", **fields})


def test_a_product_that_is_not_there_is_made() -> None:
    wanted = want(title="Kettle", price=Decimal("10.00"))
    assert step(ENTRY, wanted, None) == step(ENTRY, wanted, None, Mode.CREATE) == Creation(wanted)


def test_a_product_that_is_as_wanted_stays() -> None:
    assert step(ENTRY, want(title="Kettle", categories=("Tea",)), PRESENT) == Unchanged(PRESENT)
    assert step(ENTRY, want(), PRESENT) == Unchanged(PRESENT)


def test_of_a_product_that_differs_only_the_differences_are_changed() -> None:
    wanted = want(title="Kettle", price=Decimal("9.00"), brand="Acme")
    expected = Update(PRESENT, after={"price": Decimal("9.00"), "brand": "Acme"})
    assert step(ENTRY, wanted, PRESENT) == step(ENTRY, wanted, PRESENT, Mode.UPDATE) == expected


def test_a_field_is_emptied_where_that_is_wanted() -> None:
    assert step(ENTRY, want(categories=()), PRESENT) == Update(PRESENT, {"categories": ()})


def test_a_price_that_reaches_the_old_one_ends_the_sale_unless_the_file_says_otherwise() -> None:
    for price in (Decimal("12.00"), Decimal("13.00")):
        assert step(ENTRY, want(price=price), PRESENT) == Update(PRESENT, {"price": price, "old_price": None})
        spoken = want(price=price, old_price=Decimal("12.00"))
        assert step(ENTRY, spoken, PRESENT) == Update(PRESENT, {"price": price})
    assert step(ENTRY, want(price=Decimal("11.99")), PRESENT) == Update(PRESENT, {"price": Decimal("11.99")})


def test_a_new_product_needs_a_title_and_a_price() -> None:
    reasons = "is blank, and a new product needs a title", "is blank, and a new product needs a price"
    assert step(ENTRY, want(brand="Acme"), None) == [
        Refusal(4, "title", "", reasons[0], "write one"),
        Refusal(4, "Price", "", reasons[1], "write one"),
    ]


@pytest.mark.parametrize(
    ("mode", "present", "reason"),
    [(Mode.CREATE, PRESENT, "is in the store already"), (Mode.UPDATE, None, "is not in the store")],
)
def test_what_the_mode_does_not_allow_is_refused(mode: Mode, present: Present | None, reason: str) -> None:
    fix = "leave the row out, or give --mode upsert"
    wanted = want(title="Kettle", price=Decimal("1.00"))
    assert step(ENTRY, wanted, present, mode) == [Refusal(4, "SKU", "A-1", reason, fix)]


def test_a_product_without_a_sku_is_named_by_its_key() -> None:
    refused = step(Entry(2, {}), Wanted(2, {"key": "mug/red"}), None, Mode.UPDATE)
    assert refused == [Refusal(2, "key", "mug/red", "is not in the store", "leave the row out, or give --mode upsert")]
