"""webstore-kit: a store back end with a REST API that any front end can use.

What is named here is public; everything else may change from one version to the next.
"""

from webstore_kit.app import create_app
from webstore_kit.catalog.events import Change, ProductChanged
from webstore_kit.core.database import BaseModel as Model
from webstore_kit.core.errors import (
    Conflict,
    DatabaseNotReady,
    ExtensionError,
    InvalidInput,
    NotFound,
    SettingsError,
    StoreError,
    WebstoreError,
)
from webstore_kit.core.events import Event, Subscriber
from webstore_kit.core.parts import AddedField
from webstore_kit.core.providers import (
    Basket,
    CatalogPrices,
    Clock,
    Count,
    Destination,
    FreeShipping,
    Line,
    Mailer,
    MailFolder,
    NoTax,
    OrderNumbering,
    PriceRule,
    RunningNumbers,
    SellAll,
    ShippingRule,
    StockPolicy,
    Tax,
    TaxRule,
)
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.customers.auth import bearer_user
from webstore_kit.customers.events import CustomerRegistered
from webstore_kit.extensions.extension import Extension
from webstore_kit.http.operation import Call, Operation, Work
from webstore_kit.http.query import Parameter
from webstore_kit.importing.events import ImportFinished
from webstore_kit.inventory.events import StockChanged
from webstore_kit.metadata import change_metadata, metadata_field, read_metadata
from webstore_kit.orders.events import CartUpdated, OrderPlaced, OrderStatusChanged

__version__ = "0.1.0"

__all__ = [
    "AddedField",
    "Basket",
    "Call",
    "CartUpdated",
    "CatalogPrices",
    "Change",
    "Clock",
    "Conflict",
    "Count",
    "CustomerRegistered",
    "DatabaseNotReady",
    "Destination",
    "Event",
    "Extension",
    "ExtensionError",
    "FreeShipping",
    "ImportFinished",
    "InvalidInput",
    "Line",
    "MailFolder",
    "Mailer",
    "Model",
    "NoTax",
    "NotFound",
    "Operation",
    "OrderNumbering",
    "OrderPlaced",
    "OrderStatusChanged",
    "Parameter",
    "PriceRule",
    "ProductChanged",
    "RunningNumbers",
    "SellAll",
    "Settings",
    "SettingsError",
    "ShippingRule",
    "StockChanged",
    "StockPolicy",
    "Store",
    "StoreError",
    "Subscriber",
    "Tax",
    "TaxRule",
    "WebstoreError",
    "Work",
    "__version__",
    "bearer_user",
    "change_metadata",
    "create_app",
    "metadata_field",
    "read_metadata",
]
