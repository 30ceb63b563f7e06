"""The product CSV of Shopify.

The headers are those that Shopify's manual names (help.shopify.com/en/manual/products/import-export/using-csv), not
those of its older files, such as `Handle` and `Body (HTML)`.

What the format cannot hold, and what becomes of it:

- `key` and `group` are its handle. One that is no handle (small letters, digits and hyphens), or that is both a key and
  a group, becomes another one, with an id at its end. A product with a SKU has no key there beside it.
- `categories`: it takes one. The first goes out, as its path and, as Shopify knows only paths of its own taxonomy, its
  last title as the type. A path with a `>` in a title cannot go out.
- `old_price`: only one that is above the price is a compare-at price.
- `title`: a product has to have one. Without it goes out under its SKU or key.
- A variant has no description, vendor, category and state of its own, and one picture beside those of its product.
  Members of a group that differ in these, or whose titles have no beginning in common before a `, `, are products of
  their own there, and so are those beyond the 2,048th: they lose the group.
- Nothing guards a cell that begins like a formula: Shopify would take the guard for a part of the text.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from webstore_kit.catalog import models
from webstore_kit.core.money import money_text
from webstore_kit.exporting.names import free, taken
from webstore_kit.exporting.variants import Pictures, Variants, Written, alike, best, gallery, joined, lost, title_of
from webstore_kit.importing.entries import Row
from webstore_kit.importing.present import Present
from webstore_kit.importing.shop_columns import Columns
from webstore_kit.importing.shopify_columns import NAMES
from webstore_kit.importing.shopify_product import Product
from webstore_kit.importing.wanted import shelves

HEADER = (
    "Title",
    "URL handle",
    "Description",
    "Vendor",
    "Product category",
    "Type",
    "Published on online store",
    "Status",
    "SKU",
    *(f"Option{number} {part}" for number in (1, 2, 3) for part in ("name", "value")),
    "Price",
    "Compare-at price",
    "Inventory tracker",
    "Inventory quantity",
    "Product image URL",
    "Image position",
    "Variant image URL",
)
COLUMNS = Columns(HEADER, NAMES)
MOST_VARIANTS = 2048
LONGEST_SLUG = 100
_HANDLE = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Handles:
    """The handle of each product by its id, and that of each part of a group by the id of its first member."""

    of_products: Mapping[int, str]
    of_parts: Mapping[int, str]


def written(families: Sequence[Sequence[Present]]) -> Iterator[Written]:
    """The rows of some families: as one product with variants what can be one, and all others apart."""
    parts = [alike(family, _shared, MOST_VARIANTS) for family in families]
    handles = _handles(parts)
    for part in (part for family in parts for part in family):
        apart = _apart(part, handles)
        yield best(apart, _together(part, handles) if part[0].fields["group"] else ())


def _shared(product: Present) -> tuple[object, ...]:
    """What all variants of a product share."""
    fields = product.fields
    return fields["description"], fields["brand"], fields["is_active"], _category(product)


def _category(product: Present) -> tuple[str, ...]:
    """The titles of the shelves of the first category that can go out."""
    paths = (tuple(shelves(path)) for path in product.fields["categories"])
    return next((path for path in paths if not any(">" in title for title in path)), ())


# --- handles -------------------------------------------------------------------------------------------------------


def _handles(families: Sequence[Sequence[Sequence[Present]]]) -> Handles:
    products = [product for family in families for part in family for product in part]
    keys = {product.id: key for product in products if _HANDLE.fullmatch(key := product.fields["key"] or "")}
    groups = {
        family[0][0].id: group for family in families if _HANDLE.fullmatch(group := family[0][0].fields["group"] or "")
    }
    both = taken(groups.values(), models.Product.key)
    groups = {number: group for number, group in groups.items() if group not in both}
    made = {each.id: _made(f"{title_of(each)} {each.fields['sku'] or ''}", each) for each in products}
    firsts = [part[0] for family in families for part in family if part[0].fields["group"]]
    made_groups = {first.id: _made(first.fields["group"], first) for first in firsts}
    return Handles(_completed(keys, made), _completed(groups, made_groups))


def _completed(names: Mapping[int, str], made: Mapping[int, str]) -> dict[int, str]:
    missing = {number: name for number, name in made.items() if number not in names}
    return {**names, **free(missing, models.Product.key, models.Product.variant_group)}


def _made(text: str, product: Present) -> str:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_SLUG].strip("-")
    return f"{slug or 'product'}-{product.id}"


# --- rows ----------------------------------------------------------------------------------------------------------


def _apart(part: Sequence[Present], handles: Handles) -> Written:
    each = [_product(handles.of_products[product.id], [product], Variants(title_of(product), [()])) for product in part]
    return Written([row for one in each for row in one.rows], [fields for one in each for fields in one.lost])


def _together(part: Sequence[Present], handles: Handles) -> Iterator[Written]:
    for variants in joined([title_of(product) for product in part]):
        yield _product(handles.of_parts[part[0].id], part, variants)


def _product(handle: str, members: Sequence[Present], variants: Variants) -> Written:
    shared, own = gallery([member.fields["pictures"] for member in members])
    cells = [
        {"URL handle": handle, **_option_values(values), **_of_variant(member, pictures)}
        for member, values, pictures in zip(members, variants.values, own, strict=True)
    ]
    cells[0] = {"Title": variants.title, **cells[0], **_of_product(members[0]), **_option_names(variants.values[0])}
    rows = list(_with_pictures(handle, cells, shared))
    read = Product(handle, [Row(line, row) for line, row in enumerate(rows, 1)], COLUMNS).entries({})
    return Written(rows, lost(members, read))


def _with_pictures(handle: str, variants: Sequence[Cells], pictures: Pictures) -> Iterator[Cells]:
    """The variants, and beside them the pictures of the product, which go on below them."""
    for position, (cells, picture) in enumerate(zip_longest(variants, pictures), 1):
        image = {"Product image URL": picture, "Image position": str(position)} if picture else {}
        yield {**(cells or {"URL handle": handle}), **image}


def _of_product(product: Present) -> Cells:
    category = _category(product)
    is_active = product.fields["is_active"]
    return {
        "Description": product.fields["description"] or "",
        "Vendor": product.fields["brand"] or "",
        "Product category": " > ".join(category),
        "Type": category[-1] if category else "",
        "Published on online store": "TRUE" if is_active else "FALSE",
        "Status": "Active" if is_active else "Draft",
    }


def _of_variant(product: Present, pictures: Pictures) -> Cells:
    price, old_price = product.fields["price"], product.fields["old_price"]
    return {
        "SKU": product.fields["sku"] or "",
        "Price": money_text(price),
        "Compare-at price": money_text(old_price) if old_price is not None and old_price > price else "",
        "Inventory tracker": "shopify",
        "Inventory quantity": str(product.fields["quantity"]),
        "Variant image URL": next(iter(pictures), ""),
    }


def _option_names(values: tuple[str, ...]) -> Cells:
    if not values:
        return {"Option1 name": "Title", "Option1 value": "Default Title"}
    return {f"Option{number} name": f"Option {number}" for number in range(1, len(values) + 1)}


def _option_values(values: tuple[str, ...]) -> Cells:
    return {f"Option{number} value": value for number, value in enumerate(values, 1)}
