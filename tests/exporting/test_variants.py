"""Variants: what title, values and pictures several products are one product with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webstore_kit.exporting.variants import SIGN, Pictures, Variants, alike, gallery, joined
from webstore_kit.importing.present import Present


def present(number: int, group: str | None = "g", brand: str | None = None) -> Present:
    return Present(number, {"group": group, "brand": brand})


@pytest.mark.parametrize(
    ("titles", "ways"),
    [
        (["Mug, red", "Mug, blue"], [Variants("Mug", [("red",), ("blue",)])]),
        (["Shirt, red, L", "Shirt, blue, M"], [Variants("Shirt", [("red", "L"), ("blue", "M")])]),
        (["Shirt, red", "Shirt, blue, M"], [Variants("Shirt", [("red",), ("blue, M",)])]),
        (["Shirt, a, b, c, d", "Shirt, e, f, g, h"], [Variants("Shirt", [("a", "b", "c, d"), ("e", "f", "g, h")])]),
        (
            ["Salt, fine, 1 kg", "Salt, fine, 2 kg"],
            [Variants("Salt, fine", [("1 kg",), ("2 kg",)]), Variants("Salt", [("fine", "1 kg"), ("fine", "2 kg")])],
        ),
        (["Mug", "Mug, red"], []),
        (["Mug", "Cup"], []),
        (["Mug"], []),
        (["Mug, red", "Mug, red"], []),
        (["Mug, red"], [Variants("Mug", [("red",)])]),
    ],
    ids=["one", "two", "uneven", "four", "choice", "bare", "unlike", "alone", "same", "single"],
)
def test_titles_are_a_common_one_and_the_values_behind_it(titles: list[str], ways: list[Variants]) -> None:
    assert list(joined(titles)) == ways


@given(titles=st.lists(st.text(st.sampled_from("ab, ")), min_size=1, max_size=4, unique=True))
def test_a_title_and_its_values_make_the_title_of_the_product(titles: list[str]) -> None:
    for variants in joined(titles):
        assert [SIGN.join((variants.title, *values)) for values in variants.values] == titles


@pytest.mark.parametrize(
    ("pictures", "shared", "own"),
    [
        ([("a", "b"), ("a", "b")], ("a", "b"), [(), ()]),
        ([("x", "a"), ("y", "a"), ("a",)], ("a",), [("x",), ("y",), ()]),
        ([("b", "a", "c"), ("c", "a", "b")], ("a", "b", "c"), [("b",), ("c",)]),
        ([("a",), ("b",)], (), [("a",), ("b",)]),
        ([(), ("b",)], (), [(), ("b",)]),
        ([(), ()], (), [(), ()]),
        ([("x", "y", "a"), ("z", "a")], ("a",), [("x", "y"), ("z",)]),
        ([("a",), ("b", "c")], (), [("a",), ("b", "c")]),
    ],
    ids=["same", "own", "among", "apart", "one", "none", "two-own", "unlike"],
)
def test_pictures_are_those_of_all_and_those_of_each(
    pictures: list[Pictures], shared: Pictures, own: list[Pictures]
) -> None:
    assert gallery(pictures) == (shared, own)


@given(
    pictures=st.lists(
        st.lists(st.sampled_from("abcd"), unique=True, max_size=4).map(tuple[str, ...]), min_size=1, max_size=4
    )
)
def test_own_and_shared_pictures_make_those_of_each_product(pictures: list[Pictures]) -> None:
    shared, own = gallery(pictures)
    assert [tuple(dict.fromkeys((*each, *shared))) for each in own] == pictures


def test_a_family_is_parted_where_its_members_differ_or_are_too_many() -> None:
    family = [present(1, brand="A"), present(2, brand="B"), present(3, brand="A"), present(4, brand="A")]
    parts = alike(family, lambda product: product.fields["brand"], most=2)
    assert [[product.id for product in part] for part in parts] == [[1, 3], [4], [2]]


def test_products_without_a_group_are_each_a_part() -> None:
    parts = alike([present(1, None), present(2, None)], lambda product: None, most=9)
    assert [[product.id for product in part] for part in parts] == [[1], [2]]
