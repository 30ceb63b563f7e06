"""The tables of the store and the types of their columns: for queries of extensions, and for foreign keys to them.

Extensions read these tables, and leave it to the store to write them; `metadata` is theirs. docs/explanation/data.md
explains each column.
"""

from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review, Stock
from webstore_kit.core.database import BaseModel as Model
from webstore_kit.core.fields import IdField, JsonField, MoneyField, UtcDateTimeField
from webstore_kit.customers.models import Address, Customer, User
from webstore_kit.orders.models import Order, OrderLine

__all__ = [
    "Address",
    "Brand",
    "Category",
    "Customer",
    "IdField",
    "JsonField",
    "Model",
    "MoneyField",
    "Order",
    "OrderLine",
    "Product",
    "ProductCategory",
    "Review",
    "Stock",
    "User",
    "UtcDateTimeField",
]
