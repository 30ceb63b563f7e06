"""The tables of the catalogue, with the constraints and indexes that the database itself keeps."""

from peewee import BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from webstore_kit.core.database import BaseModel
from webstore_kit.core.fields import IdField, MoneyField, TitleField


class Brand(BaseModel):
    """Who makes a product."""

    id = IdField()
    title = TitleField(max_length=200)

    class Meta:
        table_name = "brands"


class Category(BaseModel):
    """A shelf of the shop; an inactive one is not listed but can still be asked for."""

    id = IdField()
    title = TitleField(max_length=200)
    is_active = BooleanField(default=True)

    class Meta:
        table_name = "categories"


class Product(BaseModel):
    """A thing for sale. How many there are is in `Stock`, so that a checkout leaves this table alone."""

    id = IdField()
    sku = CharField(max_length=100, null=True, unique=True)
    title = TitleField(max_length=200)
    price = MoneyField(constraints=[Check("price >= 0")])
    old_price = MoneyField(null=True, constraints=[Check("old_price >= 0")])
    description = TextField(null=True)
    brand = ForeignKeyField(Brand, null=True, on_delete="SET NULL", index=False)
    photo = TextField(null=True)
    """The picture's path in the media folder."""

    class Meta:
        table_name = "products"


# An index for each order that a list comes in. Ties go by rising id in either direction, so each way has its own.
Product.add_index(Product.price, Product.id, name="products_price")
Product.add_index(Product.price.desc(), Product.id, name="products_price_desc")
Product.add_index(Product.title, Product.id, name="products_title")
Product.add_index(Product.title.desc(), Product.id, name="products_title_desc")
Product.add_index(Product.brand, Product.id, name="products_brand")
Product.add_index(Product.brand, Product.price, Product.id, name="products_brand_price")


class ProductCategory(BaseModel):
    """A product on a shelf; it may be on several, and once on each."""

    id = IdField()
    category = ForeignKeyField(Category, on_delete="CASCADE", index=False)
    product = ForeignKeyField(Product, on_delete="CASCADE")

    class Meta:
        table_name = "product_categories"


ProductCategory.add_index(
    ProductCategory.category, ProductCategory.product, unique=True, name="product_categories_category_product"
)


class Review(BaseModel):
    """What someone wrote of a product."""

    id = IdField()
    product = ForeignKeyField(Product, on_delete="CASCADE")
    review = TextField()

    class Meta:
        table_name = "reviews"


class Stock(BaseModel):
    """How many of a product are on hand; of a product without a row there are none.

    Written by `inventory.services` alone, once an adoption has filled it.
    """

    product = ForeignKeyField(Product, primary_key=True, on_delete="CASCADE")
    quantity = IntegerField(constraints=[Check("quantity >= 0")])

    class Meta:
        table_name = "stock"


MODELS = [Brand, Category, Product, ProductCategory, Review, Stock]
