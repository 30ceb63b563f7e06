"""The generated catalogue: the same everywhere, believable, and as large as one likes."""

import hashlib
import json
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from tests.cli.processes import environment
from webstore_kit.demo.generator import FIELDS, digest, products
from webstore_kit.importing.entries import LIST, Entry
from webstore_kit.importing.wanted import Wanted, shelves, wanted

OF_SEED_7 = "71af7e5cfabce06ae8e3b5e5fc6490ee602bd89bda7850d97205fc0afb4b8568"
"""Of the first thousand products. If it changes, `generator.EDITION` has to go up."""
PROGRAM = """
from tests.demo.test_generator import fingerprint
from webstore_kit.demo.generator import products
print(fingerprint(products(1000, 7)))
"""


def fingerprint(entries: Iterable[Entry]) -> str:
    lines = [json.dumps([entry.line, dict(sorted(entry.fields.items()))]) for entry in entries]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_a_number_and_a_seed_always_make_the_same_products() -> None:
    assert fingerprint(products(1000, 7)) == OF_SEED_7
    assert dict(next(products(1, 7)).fields) == {
        "sku": "CUT-7-0000001",
        "title": "Light Steel Fork Miramoor 490",
        "price": "44.99",
        "old_price": "",
        "quantity": "225",
        "description": "This fork is made in small batches and finished by hand. Edges are rounded, joints are tight, "
        "and there is nothing on it that can come off. Keep it out of the dishwasher, and out of the rain.",
        "brand": "Tarnvik & Søn",
        "categories": LIST.join(["Kitchen", "Kitchen > Tableware", "Kitchen > Tableware > Cutlery"]),
        "group": "",
    }


def test_another_process_makes_the_same() -> None:
    command = [sys.executable, "-c", PROGRAM]
    said = subprocess.run(command, env=environment(PYTHONHASHSEED="12345"), capture_output=True, text=True, check=True)
    assert said.stdout.strip() == OF_SEED_7


def test_a_smaller_catalogue_is_the_beginning_of_a_larger_one() -> None:
    larger = list(products(500, 3))
    for count in (0, 1, 7, 499):
        assert list(products(count, 3)) == larger[:count]


def test_no_two_seeds_share_an_sku_or_a_digest() -> None:
    skus = [entry.fields["sku"] for seed in (0, 1, 10, 11) for entry in products(2000, seed)]
    assert len(set(skus)) == 8000
    assert len({digest(1, 11), digest(11, 1), digest(1, 1), digest(11, 11)}) == 4


def test_every_product_can_be_imported_as_it_is() -> None:
    entries = list(products(5000, 2))
    assert [entry.line for entry in entries] == list(range(1, 5001))
    assert {frozenset(entry.fields) for entry in entries} == {frozenset(FIELDS)}
    assert all(isinstance(wanted(entry), Wanted) for entry in entries)


def test_the_catalogue_looks_like_one() -> None:
    entries = [entry.fields for entry in products(10_000, 2)]
    paths = [fields["categories"].split(LIST) for fields in entries]
    assert {len(those) for those in paths} == {3}
    assert Counter(len(shelves(path)) for path in {path for those in paths for path in those}) == {1: 4, 2: 10, 3: 26}
    reduced = [fields for fields in entries if fields["old_price"]]
    assert all(Decimal(fields["old_price"]) > Decimal(fields["price"]) for fields in reduced)
    sold_out = sum(fields["quantity"] == "0" for fields in entries)
    assert (len(reduced), sold_out) == (1970, 801)
    assert Counter(fields["price"].partition(".")[2] for fields in entries).keys() == {"99", "95", "90", "50", "00"}


def test_brands_are_known_as_zipf_says() -> None:
    brands = Counter(fields["brand"] for fields in (entry.fields for entry in products(50_000, 2)))
    (first, often), (second, less) = brands.most_common(2)
    assert (len(brands), first, second) == (200, "Tarnvik & Søn", "Orrimoor Works")
    assert 1.7 < often / less < 2.3


def test_variants_share_all_but_sku_title_and_quantity() -> None:
    groups: dict[str, list[Entry]] = {}
    for entry in products(2000, 2):
        if group := entry.fields["group"]:
            groups.setdefault(group, []).append(entry)
    groups.popitem()  # which may be cut off by the end
    assert {len(variants) for variants in groups.values()} == {2, 3, 4, 5, 6}
    own = {"sku", "title", "quantity"}
    for handle, variants in groups.items():
        assert variants[0].fields["sku"] == handle
        assert len({tuple(entry.fields[name] for name in FIELDS if name not in own) for entry in variants}) == 1
        assert len({entry.fields["title"] for entry in variants}) == len(variants)


def test_titles_tell_products_apart_in_a_search() -> None:
    titles = [entry.fields["title"] for entry in products(20_000, 2)]
    assert len(set(titles)) == 20_000
    often = Counter(word for title in titles for word in set(title.split()))
    assert all(min(often[word] for word in title.split()) < 20_000 / 250 for title in titles)


def test_a_large_catalogue_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in products(50_000, 1))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 50_000
    assert peak < 100_000
