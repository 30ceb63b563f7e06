"""Files for other shops: whatever is in the catalogue, they are read without a refusal, and what is lost is counted."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from tests.exporting.catalogues import CATALOGUES, FAMILIES, Fields, empty, exported, fill, presents, read_back
from webstore_kit import Store
from webstore_kit.exporting.tally import NO_ADDRESS, Tally
from webstore_kit.importing.entries import FIELDS
from webstore_kit.importing.woocommerce_cells import GUARDED

SOME = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SHOPS = ("shopify", "woocommerce")
ALL = FAMILIES | CATALOGUES.map(lambda products: [{**each, "quantity": place} for place, each in enumerate(products)])
NOTHING = {"categories": (), "pictures": ()}


def compared(store: Store, name: str, tally: Tally) -> list[tuple[Fields, Fields, set[str]]]:
    """Each product as it was, as it came back, and the fields that are not the same."""
    back = {each["quantity"]: each for each in read_back(exported(store, name, tally), name)}
    there = [product.fields for product in presents(store)]
    assert sorted(back) == sorted(fields["quantity"] for fields in there)
    pairs = [(fields, back[fields["quantity"]]) for fields in there]
    return [
        (was, now, {name for name in FIELDS if now.get(name, NOTHING.get(name)) != was[name]}) for was, now in pairs
    ]


@pytest.mark.parametrize("name", SHOPS)
@SOME
@given(catalogue=ALL)
def test_what_does_not_come_back_is_what_was_counted(store: Store, name: str, catalogue: list[Fields]) -> None:
    empty(store)
    fill(store, catalogue)
    tally = Tally()
    lost = Counter(field for _, _, fields in compared(store, name, tally) for field in fields)
    del tally.lost[NO_ADDRESS]
    assert +tally.lost == lost
    assert tally.count == len(catalogue)


@pytest.mark.parametrize("name", SHOPS)
@SOME
@given(catalogue=FAMILIES)
def test_only_members_of_one_group_come_back_in_one(store: Store, name: str, catalogue: list[Fields]) -> None:
    empty(store)
    fill(store, catalogue)
    groups: dict[str, set[str | None]] = {}
    for was, now, _ in compared(store, name, Tally()):
        if now.get("group"):
            groups.setdefault(now["group"], set()).add(was["group"])
    assert all(len(before) == 1 and None not in before for before in groups.values())


def outside_of_shopify(was: Fields) -> set[str]:
    """The fields that the docstring of `exporting.shopify` says it cannot hold, of this product."""
    lost = {"group"}
    if was["key"]:
        lost.add("key")
    if len(was["categories"]) > 1 or any(r"\>" in path for path in was["categories"]):
        lost.add("categories")
    if was["old_price"] is not None and was["old_price"] <= was["price"]:
        lost.add("old_price")
    return lost


def outside_of_woocommerce(was: Fields) -> set[str]:
    lost = {"group"}
    if was["key"]:
        lost.add("key")
        lost |= set() if was["sku"] else {"sku"}
    if any(r"\>" in path for path in was["categories"]):
        lost.add("categories")
    if was["old_price"] is not None and was["old_price"] <= was["price"]:
        lost.add("old_price")
    if was["brand"] and ">" in was["brand"]:
        lost.add("brand")
    if r"\n" in (was["description"] or ""):
        lost.add("description")
    lists = {name: was[name][0] for name in ("categories", "pictures") if was[name]}
    texts = {name: was[name] for name in ("sku", "title", "description", "brand", "key")} | lists
    return lost | {name for name, text in texts.items() if text and text.startswith(GUARDED)}


@SOME
@given(catalogue=ALL)
def test_shopify_holds_all_that_it_is_said_to_hold(store: Store, catalogue: list[Fields]) -> None:
    empty(store)
    fill(store, catalogue)
    for was, _, lost in compared(store, "shopify", Tally()):
        assert lost <= outside_of_shopify(was)


@SOME
@given(catalogue=ALL)
def test_woocommerce_holds_all_that_it_is_said_to_hold(store: Store, catalogue: list[Fields]) -> None:
    empty(store)
    fill(store, catalogue)
    for was, _, lost in compared(store, "woocommerce", Tally()):
        assert lost <= outside_of_woocommerce(was)
