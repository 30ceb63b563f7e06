"""The headers of Shopify's product CSV, in both of its dialects."""

NAMES = {
    "handle": ("Handle", "URL handle"),
    "title": ("Title",),
    "description": ("Body (HTML)", "Description"),
    "vendor": ("Vendor",),
    "category": ("Product Category",),
    "type": ("Type",),
    "published": ("Published", "Published on online store"),
    "status": ("Status",),
    "option1 name": ("Option1 Name",),
    "option1 value": ("Option1 Value",),
    "option2 value": ("Option2 Value",),
    "option3 value": ("Option3 Value",),
    "sku": ("Variant SKU", "SKU"),
    "price": ("Variant Price", "Price"),
    "compare-at price": ("Variant Compare At Price", "Compare-at price"),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
    "quantity": ("Variant Inventory Qty", "Inventory quantity"),
    "image": ("Image Src", "Product image URL"),
    "position": ("Image Position",),
    "variant image": ("Variant Image", "Variant image URL"),
}
"""What we read, and how it is spelled: the older dialect (beta.help.shopify.com) first, then the newer one
(help.shopify.com/en/manual/products/import-export/using-csv). Case does not count; all other columns are left alone.
"""
OPTIONS = ("option1 value", "option2 value", "option3 value")
VARIANT = (*OPTIONS, "sku", "price", "compare-at price", "quantity", "variant image")
"""A row with text in one of these is a variant; one without is a picture or says more of its product."""

TELLTALES = {
    "handle",
    "url handle",
    "body (html)",
    "option1 name",
    "option1 value",
    "variant sku",
    "variant price",
    "variant compare at price",
    "variant inventory tracker",
    "variant inventory qty",
    "image src",
    "variant image",
    "published on online store",
    "compare-at price",
    "inventory tracker",
    "inventory quantity",
    "product image url",
    "variant image url",
}
"""Headers that hardly any other file has; two of them make a file one of Shopify's."""
