"""The product CSV of WooCommerce.

Columns that we have nothing for, such as `GTIN, UPC, EAN, or ISBN`, are left out: WooCommerce keeps what it has where a
column is absent, and empties it where one is blank.

What the format cannot hold, and what becomes of it:

- `key`, but for one such as `id:12`, which is the ID in a WooCommerce shop. A product without a SKU goes out under its
  key as SKU: with an ID of ours it could overwrite another product there. A product with a SKU has no key beside it.
- `group` is the SKU of the parent. One that is the SKU or key of a product becomes another one, with an id at its end.
- `categories`: a path with a `>` in a title cannot go out.
- `old_price`: only one that is above the price, which is the sale price then.
- `title`: one that is blank goes out as the SKU or key.
- `brand`: one with a `>` in it is taken for a path.
- A variation has no brand and no categories of its own. Members of a group that differ in these, or whose titles have
  no beginning in common before a `, `, go out as simple products: they lose the group.
- A text that begins with `'=`, `'+`, `'-` or `'@` loses the `'`, and in a description a `\\n` becomes a line end.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webstore_kit.catalog import models
from webstore_kit.core.money import money_text
from webstore_kit.exporting.names import free, taken
from webstore_kit.exporting.variants import (
    MOST_OPTIONS,
    Pictures,
    Written,
    alike,
    best,
    gallery,
    joined,
    lost,
    title_of,
)
from webstore_kit.importing.entries import Row
from webstore_kit.importing.present import Present
from webstore_kit.importing.wanted import LONGEST_SKU, shelves
from webstore_kit.importing.woocommerce import outcomes
from webstore_kit.importing.woocommerce_cells import guarded, imploded, of_paths, unwritten, without_commas
from webstore_kit.importing.woocommerce_fields import Fields

HEADER = (
    "ID",
    "Type",
    "SKU",
    "Name",
    "Published",
    "Description",
    "In stock?",
    "Stock",
    "Sale price",
    "Regular price",
    "Categories",
    "Images",
    "Parent",
    *(
        f"Attribute {number} {part}"
        for number in range(1, MOST_OPTIONS + 1)
        for part in ("name", "value(s)", "visible", "global")
    ),
    "Brands",
)
FIELDS = Fields(HEADER, date.min)
"""Of this header. The day is of no account, as no sale has one."""
MOST_VARIATIONS = 10_000
"""How many variations a product goes out with; WooCommerce has no limit of its own."""
_ID = re.compile(r"id:(\d+)", re.ASCII)
Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """The SKU or ID of each product by its id, and that of each part of a group by the id of its first member."""

    of_products: Mapping[int, Cells]
    of_parts: Mapping[int, Cells]


def written(families: Sequence[Sequence[Present]]) -> Iterator[Written]:
    """The rows of some families: as variations of one product what can be that, and all others as simple ones."""
    parts = [alike(family, _shared, MOST_VARIATIONS) for family in families]
    names = _names(parts)
    for part in (part for family in parts for part in family):
        apart = _apart(part, names)
        yield best(apart, _together(part, names) if part[0].fields["group"] else ())


def _shared(product: Present) -> tuple[object, ...]:
    """What all variations of a product share."""
    return product.fields["brand"], product.fields["categories"]


# --- names ---------------------------------------------------------------------------------------------------------


def _names(families: Sequence[Sequence[Sequence[Present]]]) -> Names:
    products = [product for family in families for part in family for product in part]
    firsts = [part[0] for family in families for part in family if part[0].fields["group"]]
    skus = {product.id: sku for product in products if (sku := product.fields["sku"])}
    keys = {product.id: product.fields["key"] for product in products if product.id not in skus}
    groups = {family[0][0].id: group for family in families if (group := family[0][0].fields["group"])}
    parts = {first.id: first.fields["group"] for first in firsts}
    of_products = _unlike(keys, keys, models.Product.sku)
    of_parts = _unlike(groups, parts, models.Product.sku, models.Product.key)
    return Names(
        {number: {"SKU": sku} for number, sku in skus.items()} | _called(of_products),
        _called(of_parts),
    )


def _unlike(names: Mapping[int, str], texts: Mapping[int, str], *columns: Any) -> dict[int, str]:
    """The names that no product has in one of the columns; for each other id one that is made of the text."""
    held = taken(names.values(), *columns)
    kept = {number: name for number, name in names.items() if name not in held and len(name) <= LONGEST_SKU}
    made = {number: _made(text, number) for number, text in texts.items() if number not in kept}
    return kept | free(made, models.Product.sku, models.Product.key, models.Product.variant_group)


def _made(text: str, number: int) -> str:
    end = f"-{number}"
    return f"{text[: LONGEST_SKU - len(end)].rstrip()}{end}"


def _called(names: Mapping[int, str]) -> dict[int, Cells]:
    """The names as SKUs; as IDs those that the reader makes of these."""
    found = {number: _ID.fullmatch(name) for number, name in names.items()}
    return {number: {"ID": match[1]} if (match := found[number]) else {"SKU": name} for number, name in names.items()}


# --- rows ----------------------------------------------------------------------------------------------------------


def _apart(part: Sequence[Present], names: Names) -> Written:
    rows = [
        names.of_products[product.id]
        | {"Type": "simple", "Name": title_of(product), "Published": "1" if product.fields["is_active"] else "-1"}
        | _shared_cells(product)
        | {"Description": product.fields["description"] or "", "Images": imploded(product.fields["pictures"])}
        | _offer(product)
        for product in part
    ]
    return _written(rows, part)


def _together(part: Sequence[Present], names: Names) -> Iterator[Written]:
    shared, own = gallery([member.fields["pictures"] for member in part])
    descriptions = {member.fields["description"] for member in part}
    parent = names.of_parts[part[0].id]
    called = parent.get("SKU") or f"id:{parent['ID']}"
    family = {
        **parent,
        "Type": "variable",
        "Published": "1" if any(member.fields["is_active"] for member in part) else "-1",
        "In stock?": str(int(any(member.fields["quantity"] for member in part))),
        "Description": next(iter(descriptions)) or "" if len(descriptions) == 1 else "",
        "Images": imploded(shared),
        **_shared_cells(part[0]),
    }
    for variants in joined([title_of(product) for product in part]):
        rows = [family | {"Name": variants.title} | _attributes(variants.values)]
        for member, pictures, values in zip(part, own, variants.values, strict=True):
            cells = names.of_products[member.id] | {"Type": "variation", "Parent": called}
            if len(descriptions) > 1:
                cells["Description"] = member.fields["description"] or ""
            rows.append(cells | _variation(member, pictures) | _attribute_values(values))
        yield _written(rows, part)


def _variation(member: Present, pictures: Pictures) -> Cells:
    # A variation knows no draft: what is not sold is private there, which its page shows as not enabled.
    published = "1" if member.fields["is_active"] else "0"
    return {"Name": title_of(member), "Published": published, "Images": imploded(pictures), **_offer(member)}


def _shared_cells(product: Present) -> Cells:
    paths = [shelves(path) for path in product.fields["categories"]]
    brand = product.fields["brand"]
    return {
        "Categories": of_paths(path for path in paths if not any(">" in title for title in path)),
        "Brands": imploded([brand] if brand else []),
    }


def _offer(product: Present) -> Cells:
    price, old_price, quantity = (product.fields[name] for name in ("price", "old_price", "quantity"))
    is_sale = old_price is not None and old_price > price
    return {
        "In stock?": str(int(quantity > 0)),
        "Stock": str(quantity),
        "Sale price": money_text(price) if is_sale else "",
        "Regular price": money_text(old_price if is_sale else price),
    }


def _attributes(values: Sequence[tuple[str, ...]]) -> Cells:
    """The attributes of the parent, each with all values that its variations have."""
    cells = {}
    for number, all_values in enumerate(zip(*values, strict=True), 1):
        cells[f"Attribute {number} name"] = f"Option {number}"
        cells[f"Attribute {number} value(s)"] = imploded(dict.fromkeys(all_values))
        cells[f"Attribute {number} visible"] = "1"
        cells[f"Attribute {number} global"] = "0"
    return cells


def _attribute_values(values: tuple[str, ...]) -> Cells:
    cells = {}
    for number, value in enumerate(values, 1):
        cells[f"Attribute {number} name"] = f"Option {number}"
        cells[f"Attribute {number} value(s)"] = without_commas(value)
        cells[f"Attribute {number} global"] = "0"
    return cells


def _written(rows: Sequence[Cells], products: Sequence[Present]) -> Written:
    cells = [{name: _cell(name, text) for name, text in row.items()} for row in rows]
    read = outcomes([Row(line, row) for line, row in enumerate(cells, 1)], FIELDS)
    return Written(cells, lost(products, read))


def _cell(name: str, text: str) -> str:
    return guarded(unwritten(text) if name == "Description" else text)
