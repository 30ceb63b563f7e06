"""The tables of the catalogue, with the constraints and indexes that the database itself keeps."""

from peewee import SQL, BigIntegerField, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from webstore_kit.core.database import BaseModel
from webstore_kit.core.fields import IdField, JsonField, MoneyField, TitleField


class Brand(BaseModel):
    """Who makes a product."""

    id = IdField()
    title = TitleField(max_length=200)

    class Meta:
        table_name = "brands"


Brand.add_index(Brand.title, Brand.id, name="brands_title")


class Category(BaseModel):
    """A shelf of the shop, which may stand in another one; an inactive one is not listed but can still be asked for."""

    id = IdField()
    title = TitleField(max_length=200)
    is_active = BooleanField(default=True)
    parent_id = BigIntegerField(null=True, constraints=[SQL('REFERENCES "categories" ("id") ON DELETE SET NULL')])

    class Meta:
        table_name = "categories"


Category.add_index(Category.title, Category.id, name="categories_title")
Category.add_index(Category.parent_id, name="categories_parent")


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
    """The path of its main picture in the media folder."""
    key = CharField(max_length=200, null=True)
    """What it is called in the shop that it comes from: by this an import knows it again where it has no SKU."""
    variant_group = CharField(max_length=200, null=True)
    """What the variants of one product share: the handle, or the SKU, of that product in the shop they come from."""
    is_active = BooleanField(default=True, constraints=[SQL("DEFAULT TRUE")])
    """Whether it is sold; if not, it is in no list, cannot be asked for, and cannot be bought."""
    metadata = JsonField(constraints=[SQL("DEFAULT '{}'")])
    """What the shop notes about it, as a JSON object."""

    class Meta:
        table_name = "products"


# An index for each order that a list comes in. Ties go by rising id in either direction, so each way has its own. All
# begin with whether the product is sold, and end with what a list is narrowed by, so that the rest of a product is not
# looked at where a list passes it over.
_SOLD, _NARROWED_BY = Product.is_active, (Product.price, Product.brand)
Product.add_index(_SOLD, Product.id, *_NARROWED_BY, name="products_listed")
Product.add_index(_SOLD, Product.price, Product.id, Product.brand, name="products_price")
Product.add_index(_SOLD, Product.price.desc(), Product.id, Product.brand, name="products_price_desc")
Product.add_index(_SOLD, Product.title, Product.id, *_NARROWED_BY, name="products_title")
Product.add_index(_SOLD, Product.title.desc(), Product.id, *_NARROWED_BY, name="products_title_desc")
Product.add_index(Product.brand, _SOLD, Product.id, name="products_brand")
Product.add_index(Product.brand, _SOLD, Product.price, Product.id, name="products_brand_price")
Product.add_index(Product.key, unique=True, name="products_key", where=Product.key.is_null(False))
Product.add_index(
    Product.variant_group, Product.id, name="products_variant_group", where=Product.variant_group.is_null(False)
)


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


class ProductPicture(BaseModel):
    """A picture of a product, as the file of an import names it; the first that was had is the product's `photo`.

    With neither `path` nor `error` it is still to be fetched, by the import run that `run_id` names.
    """

    id = IdField()
    product = ForeignKeyField(Product, on_delete="CASCADE", index=False)
    position = IntegerField()
    """Its place among the product's pictures, from 1."""
    source = TextField()
    """A file's name or an address."""
    path = TextField(null=True)
    """Its path in the media folder."""
    error = TextField(null=True)
    """Why it could not be had."""
    run_id = BigIntegerField(null=True)

    class Meta:
        table_name = "product_pictures"


ProductPicture.add_index(
    ProductPicture.product, ProductPicture.position, unique=True, name="product_pictures_product_position"
)
ProductPicture.add_index(
    ProductPicture.run_id,
    ProductPicture.source,
    name="product_pictures_to_fetch",
    where=SQL("path IS NULL AND error IS NULL"),
)
ProductPicture.add_index(ProductPicture.source, name="product_pictures_had", where=SQL("path IS NOT NULL"))


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


MODELS = [Brand, Category, Product, ProductCategory, ProductPicture, Review, Stock]
