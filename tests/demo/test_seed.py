"""`seed`: the packaged catalogue as an import, once, whatever became of the store or of the process before."""

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.factories import add_product
from webstore_kit import Store
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, ProductPicture, Review
from webstore_kit.core.database import rows
from webstore_kit.demo.services import Seeded, seed, seed_generated
from webstore_kit.importing.models import ImportChange, ImportRun
from webstore_kit.importing.undo import undo
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.inventory.services import change_stock
from webstore_kit.orders.models import Order

TABLES = (Brand, Category, Product, ProductCategory, ProductPicture, Review, LedgerEntry, ImportRun, ImportChange)


def everything(store: Store) -> list[Any]:
    with store.snapshot():
        return [rows(table.select().order_by(table.id)) for table in TABLES]


def stock_of(store: Store, sku: str) -> int:
    with store.snapshot():
        query = Product.select().where(Product.sku == sku)
        changes = LedgerEntry.select(LedgerEntry.change).where(LedgerEntry.product_id == query.get().id)
        return sum(entry.change for entry in changes)


def counts(store: Store) -> tuple[int, ...]:
    with store.snapshot():
        return tuple(table.select().count() for table in (Product, Review, ProductPicture, Brand, Category))


def runs(store: Store) -> list[tuple[str, str, str, int, int]]:
    with store.snapshot():
        found = ImportRun.select().order_by(ImportRun.id)
        return [(run.name, run.format, run.state, run.created, run.refused) for run in found]


def test_the_demo_catalogue_is_an_import_with_stock_pictures_and_reviews(store: Store) -> None:
    assert seed(store) == Seeded(products=72, reviews=110)
    assert counts(store) == (72, 110, 72, 6, 6)
    assert runs(store) == [("demo catalogue", "json", "done", 72, 0)]
    with store.snapshot():
        kettle = Product.get(Product.sku == "KIT-0001")
        assert (kettle.title, str(kettle.price), str(kettle.old_price)) == (
            "Enamel Kettle 1.2 l, cream",
            "49.90",
            "59.90",
        )
        shelves = Category.select(Category.title).join(ProductCategory).where(ProductCategory.product == kettle)
        assert sorted(shelf.title for shelf in shelves) == ["Coffee & Tea", "Kitchen"]
        photos = [product.photo or "" for product in Product.select(Product.photo)]
    assert stock_of(store, "KIT-0001") == 12
    assert len(set(photos)) == 72
    assert all((store.settings.media_dir / photo).read_bytes().startswith(b"\x89PNG") for photo in photos)
    assert {photo[:9] for photo in photos} == {"products/"}


def test_seeding_again_changes_nothing_even_where_the_shop_has_changed_and_sold_products(store: Store) -> None:
    seed(store)
    with store.transaction():
        kettle = Product.get(Product.sku == "KIT-0001")
        Product.update(price=Decimal("1.00")).where(Product.id == kettle.id).execute()
        assert change_stock(store, kettle.id, -5, "sale")
        Product.update(is_active=False, title="Mine").where(Product.sku == "KIT-0002").execute()
        Review.insert(product=kettle, review="Mine.").execute()
    before = everything(store)
    assert seed(store) == Seeded(products=0, reviews=0)
    assert everything(store) == before
    assert stock_of(store, "KIT-0001") == 7


def test_a_product_of_the_shop_with_such_an_sku_stays_as_it_is(store: Store) -> None:
    own = add_product(store, "Our own", "3.00", 4)
    with store.transaction():
        Product.update(sku="KIT-0001").where(Product.id == own).execute()
    assert seed(store) == Seeded(products=71, reviews=107)
    with store.snapshot():
        product = Product.get_by_id(own)
        assert (product.title, str(product.price), product.photo) == ("Our own", "3.00", None)
        assert not Review.select().where(Review.product == own).exists()
    assert stock_of(store, "KIT-0001") == 4
    assert runs(store) == [("demo catalogue", "json", "done", 71, 0)]


def test_a_product_that_the_shop_deleted_is_added_again_alone(store: Store) -> None:
    seed(store)
    with store.transaction():
        Product.delete().where(Product.sku == "KIT-0001").execute()
    assert seed(store) == Seeded(products=1, reviews=3)
    assert counts(store) == (72, 110, 72, 6, 6)


def test_the_import_can_be_taken_back_and_the_catalogue_added_again(store: Store) -> None:
    seed(store)
    assert undo(store, 1).left == ()
    assert counts(store) == (0, 0, 0, 0, 0)
    assert seed(store) == Seeded(products=72, reviews=110)
    assert [run[2] for run in runs(store)] == ["undone", "done"]


@pytest.mark.parametrize("last", ["products", "pictures"])
def test_a_seeding_that_was_stopped_is_finished_by_the_next(store: Store, last: str) -> None:
    def stop(stage: str, done: int, share: float | None) -> None:
        if stage == last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed(store, stop)
    assert runs(store) == [("demo catalogue", "json", "running", 72, 0)]
    assert seed(store) == Seeded(products=72, reviews=110)
    assert counts(store) == (72, 110, 72, 6, 6)
    assert runs(store) == [("demo catalogue", "json", "done", 72, 0)]
    with store.snapshot():
        assert Product.select().where(Product.photo.is_null()).count() == 0
    assert seed(store) == Seeded(products=0, reviews=0)


def test_a_stopped_seeding_that_has_written_nothing_is_ended_where_all_is_there_by_now(store: Store) -> None:
    seed(store)
    with store.transaction():
        ImportChange.delete().execute()
        ImportRun.update(state="running", position=0, created=0).execute()
    before = counts(store)
    assert seed(store) == Seeded(products=0, reviews=0)
    assert counts(store) == before
    assert runs(store) == [("demo catalogue", "json", "done", 0, 72)]
    assert seed(store) == Seeded(products=0, reviews=0)


def test_reviews_that_were_never_added_are_added_by_the_next_seeding(store: Store) -> None:
    seed(store)
    with store.transaction():
        kettle = Product.get(Product.sku == "KIT-0001")
        Review.delete().execute()
        Review.insert(product=kettle, review="Ours.").execute()
    assert seed(store) == Seeded(products=0, reviews=107)
    with store.snapshot():
        assert [each.review for each in Review.select().where(Review.product == kettle)] == ["Ours."]
    assert seed(store) == Seeded(products=0, reviews=0)


def test_pictures_come_back_where_the_media_folder_is_new(store: Store) -> None:
    seed(store)
    media = store.settings.media_dir
    before = files(media)
    shutil.rmtree(media)
    rows_before = everything(store)
    assert seed(store) == Seeded(products=0, reviews=0)
    assert files(media) == before
    assert everything(store) == rows_before


def test_pictures_over_the_limits_of_the_settings_are_left_out(store: Store) -> None:
    small = Store(store.settings.model_copy(update={"picture_max_size": 1024}))
    try:
        seeded = seed(small)
    finally:
        small.close()
    assert (seeded.products, seeded.reviews, seeded.failed_pictures) == (72, 110, 72)
    assert seed(store) == Seeded(products=0, reviews=0)


def test_a_generated_catalogue_is_an_import_too(store: Store) -> None:
    report = seed_generated(store, 300, 5)
    assert (report.counts.created, report.counts.refused) == (300, 0)
    assert runs(store) == [("generated catalogue (300 products, seed 5)", "generated", "done", 300, 0)]
    assert seed_generated(store, 400, 5).counts.created == 100
    assert seed_generated(store, 400, 5).counts.unchanged == 400
    with store.snapshot():
        assert Order.select().count() == 0
        assert ProductCategory.select().count() == 3 * 400
    undo(store, 1)
    assert counts(store)[0] == 100


def test_a_generated_catalogue_that_was_stopped_goes_on_where_it_was(store: Store) -> None:
    def stop(stage: str, done: int, share: float | None) -> None:
        if done >= 400:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed_generated(store, 1000, 5, stop)
    report = seed_generated(store, 1000, 5)
    assert report.gone_on_at >= 400
    assert (report.counts.created, counts(store)[0]) == (1000, 1000)
    assert len(runs(store)) == 1


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.png")}
