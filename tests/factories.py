"""Makes what tests need in a store: what `webstore_kit.testing` offers shops is what we use ourselves."""

from webstore_kit.testing import (
    DELIVERY,
    PASSWORD,
    SECRET,
    add_brand,
    add_category,
    add_customer,
    add_product,
    add_user,
    place_order,
)

__all__ = [
    "DELIVERY",
    "PASSWORD",
    "SECRET",
    "add_brand",
    "add_category",
    "add_customer",
    "add_product",
    "add_user",
    "place_order",
]
