"""What a shop needs to test its extensions: fresh stores, what is in them, a client, and providers that obey a test.

`webstore_kit.testing.fixtures` has them as fixtures of pytest.
"""

from webstore_kit.testing.client import StoreClient
from webstore_kit.testing.factories import (
    DELIVERY,
    PASSWORD,
    add_brand,
    add_category,
    add_customer,
    add_product,
    add_user,
    place_order,
)
from webstore_kit.testing.fakes import (
    CountingNumbers,
    FakeMailer,
    FixedClock,
    FixedPrices,
    FlatShipping,
    FlatTax,
    Heard,
    KeepBack,
    Unlimited,
)
from webstore_kit.testing.postgresql import NotForTests
from webstore_kit.testing.stores import SECRET, fresh_client, fresh_settings, fresh_store

__all__ = [
    "DELIVERY",
    "PASSWORD",
    "SECRET",
    "CountingNumbers",
    "FakeMailer",
    "FixedClock",
    "FixedPrices",
    "FlatShipping",
    "FlatTax",
    "Heard",
    "KeepBack",
    "NotForTests",
    "StoreClient",
    "Unlimited",
    "add_brand",
    "add_category",
    "add_customer",
    "add_product",
    "add_user",
    "fresh_client",
    "fresh_settings",
    "fresh_store",
    "place_order",
]
