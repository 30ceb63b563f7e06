"""The first tables: catalogue, stock, users, customers, addresses, carts and orders, and the record of an adoption.

The models are frozen copies: they say what this migration makes, whatever the models of later versions say.
"""

from typing import Any

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    CharField,
    Check,
    Database,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

from webstore_kit.core.fields import IdField, MoneyField, TitleField, UtcDateTimeField


class Table(Model):
    class Meta:
        legacy_table_names = False  # names of indexes are made of the table's name


class Brand(Table):
    id = IdField()
    title = TitleField(max_length=200)

    class Meta:
        table_name = "brands"


class Category(Table):
    id = IdField()
    title = TitleField(max_length=200)
    is_active = BooleanField(default=True)

    class Meta:
        table_name = "categories"


class Product(Table):
    id = IdField()
    sku = CharField(max_length=100, null=True, unique=True)
    title = TitleField(max_length=200)
    price = MoneyField(constraints=[Check("price >= 0")])
    old_price = MoneyField(null=True, constraints=[Check("old_price >= 0")])
    description = TextField(null=True)
    brand = ForeignKeyField(Brand, null=True, on_delete="SET NULL", index=False)
    photo = TextField(null=True)

    class Meta:
        table_name = "products"


Product.add_index(Product.price, Product.id, name="products_price")
Product.add_index(Product.price.desc(), Product.id, name="products_price_desc")
Product.add_index(Product.title, Product.id, name="products_title")
Product.add_index(Product.title.desc(), Product.id, name="products_title_desc")
Product.add_index(Product.brand, Product.id, name="products_brand")
Product.add_index(Product.brand, Product.price, Product.id, name="products_brand_price")


class ProductCategory(Table):
    id = IdField()
    category = ForeignKeyField(Category, on_delete="CASCADE", index=False)
    product = ForeignKeyField(Product, on_delete="CASCADE")

    class Meta:
        table_name = "product_categories"


ProductCategory.add_index(
    ProductCategory.category, ProductCategory.product, unique=True, name="product_categories_category_product"
)


class Review(Table):
    id = IdField()
    product = ForeignKeyField(Product, on_delete="CASCADE")
    review = TextField()

    class Meta:
        table_name = "reviews"


class Stock(Table):
    product = ForeignKeyField(Product, primary_key=True, on_delete="CASCADE")
    quantity = IntegerField(constraints=[Check("quantity >= 0")])

    class Meta:
        table_name = "stock"


class User(Table):
    id = IdField()
    username = CharField(max_length=150, unique=True)
    password = TextField()
    email = TextField(default="")
    first_name = TextField(default="")
    last_name = TextField(default="")
    is_active = BooleanField(default=True)
    is_staff = BooleanField(default=False)
    is_superuser = BooleanField(default=False)
    time_joined = UtcDateTimeField()
    time_last_login = UtcDateTimeField(null=True)

    class Meta:
        table_name = "users"


User.add_index(User.id, where=SQL("substr(\"password\", 1, 13) = 'pbkdf2_sha256'"), name="users_older_hash")


class Customer(Table):
    id = IdField()
    token = CharField(max_length=200, unique=True)
    user = ForeignKeyField(User, null=True, unique=True, on_delete="SET NULL")
    first_name = TextField(null=True)
    last_name = TextField(null=True)
    phone = TextField(null=True)
    email = TextField(null=True)
    time_created = UtcDateTimeField()

    class Meta:
        table_name = "customers"


class Address(Table):
    id = IdField()
    customer = ForeignKeyField(Customer, on_delete="CASCADE")
    country = TextField()
    city = TextField()
    post_code = TextField()
    address = TextField()

    class Meta:
        table_name = "addresses"


class Order(Table):
    id = IdField()
    customer = ForeignKeyField(Customer, on_delete="RESTRICT")
    shipping_address = ForeignKeyField(Address, null=True, on_delete="RESTRICT")
    is_ordered = BooleanField(default=False)
    time_created = UtcDateTimeField()
    time_checkout = UtcDateTimeField(null=True)
    time_delivery = UtcDateTimeField(null=True)
    checkout_digest = CharField(max_length=64, null=True)

    class Meta:
        table_name = "orders"


Order.add_index(Order.customer, unique=True, where=~Order.is_ordered, name="orders_one_open_cart")


class OrderLine(Table):
    id = IdField()
    order = ForeignKeyField(Order, on_delete="CASCADE", index=False)
    product = ForeignKeyField(Product, null=True, on_delete="SET NULL")
    product_number = BigIntegerField()
    quantity = IntegerField(constraints=[Check("quantity >= 0")])
    title = TitleField(max_length=200)
    price = MoneyField(constraints=[Check("price >= 0")])

    class Meta:
        table_name = "order_lines"


OrderLine.add_index(OrderLine.order, OrderLine.product_number, unique=True, name="order_lines_order_product")


class Adoption(Table):
    id = IdField()
    source = TextField()
    time_adopted = UtcDateTimeField()

    class Meta:
        table_name = "adoptions"


TABLES = [
    Brand,
    Category,
    Product,
    ProductCategory,
    Review,
    Stock,
    User,
    Customer,
    Address,
    Order,
    OrderLine,
    Adoption,
]


def up(migrator: Any, db: Database) -> None:
    """Make the tables, and on PostgreSQL the function by which texts are compared without regard to case."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            "CREATE FUNCTION webstore_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
            # As `core.database.fold`: one small sigma, and the dot of the Turkish capital I left out.
            f"AS $$ SELECT replace(replace(lower($1{_unicode_collation(db)}), 'ς', 'σ'), 'i' || chr(775), 'i') $$"
        )


def _unicode_collation(db: Database) -> str:
    # Where the database's own locale is C, lower() knows ASCII alone; these know every script. The first is part of
    # PostgreSQL 17 and later, the second of builds with ICU.
    for name in ("pg_c_utf8", "und-x-icu"):
        found = db.execute_sql("SELECT 1 FROM pg_collation WHERE collname = %s", (name,)).fetchone()
        if found:
            return f' COLLATE pg_catalog."{name}"'
    return ""
