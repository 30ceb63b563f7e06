"""The catalogue of a self-test: some products, and too few of each."""

from decimal import Decimal

from webstore_kit.catalog.models import Product
from webstore_kit.core.store import Store
from webstore_kit.inventory.services import set_stock
from webstore_kit.selftest.report import Plan


def put_on_sale(store: Store, plan: Plan) -> dict[int, int]:
    """Make the products; answers how many units there are of each, by its id."""
    with store.transaction():
        return dict(_put_on_sale(store, number, plan.units) for number in range(1, plan.products + 1))


def _put_on_sale(store: Store, number: int, units: int) -> tuple[int, int]:
    title = f"Scarce product {number}"
    product = int(Product.insert(sku=f"SCARCE-{number}", title=title, price=Decimal("9.99")).execute())
    set_stock(store, product, units)
    return product, units
