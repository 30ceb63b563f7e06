"""The undo: puts back all that an import did, leaves what was changed since, and says so."""

from decimal import Decimal
from typing import Any

import pytest

from tests.factories import DELIVERY, add_brand, add_category, add_customer, add_product
from tests.importing.catalogues import (
    CATALOGUE,
    MEANING,
    Stopped,
    StoppingStore,
    assert_adds_up,
    brands,
    categories,
    counts,
    csv_text,
    field,
    meaning,
    put_pictures,
    runs,
    shop,
    tables,
    take,
)
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory
from webstore_kit.core.database import rows, tuples
from webstore_kit.core.errors import CommandError
from webstore_kit.importing import pace
from webstore_kit.importing.models import ImportChange, ImportRun, Kind
from webstore_kit.importing.undo import Left, Undone, undo
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders import services
from webstore_kit.orders.models import OrderLine
from webstore_kit.orders.schemas import CartUpdate, Checkout

FIRST = csv_text(
    [
        {
            "sku": "A-1",
            "key": "kettle",
            "title": "Kettle",
            "price": "39.90",
            "old_price": "49.90",
            "quantity": "7",
            "description": "Boils.",
            "brand": "Acme",
            "categories": "Kitchen > Tea|Sale",
            "pictures": "kettle.png|back.png",
            "group": "kettles",
            "is_active": "no",
        },
        {"sku": "A-2", "title": "Mug", "price": "5", "quantity": "3", "brand": "Acme", "is_active": "yes"},
    ]
)
SECOND = csv_text(
    [
        {
            "sku": "A-1",
            "key": "teapot",
            "title": "Teapot",
            "price": "1",
            "old_price": "2",
            "quantity": "0",
            "description": "Pours.",
            "brand": "Zeta",
            "categories": "Kitchen > Pots > Tea|Men > Sale",
            "pictures": "other.png|kettle.png",
            "group": "pots",
            "is_active": "yes",
        },
        {"sku": "A-2", "quantity": "8", "pictures": "kettle.png"},
        {"sku": "A-3", "title": "Pan", "price": "1", "quantity": "2", "brand": "New", "categories": "Kitchen > Pans"},
        {"key": "cup", "title": "Cup", "price": "1", "brand": "New", "pictures": "other.png"},
    ]
)


def run_of(store: Store, text: str, **options: Any) -> int:
    run = take(store, text, **options).run
    assert run is not None
    return run


def sell(store: Store, product: int, quantity: int = 1) -> None:
    token = add_customer(store)
    with store.transaction():
        services.set_quantity(store, CartUpdate(token=token, product_id=product, quantity=quantity))
        services.finalize_order(store, Checkout(token=token, **DELIVERY))


def number_of(store: Store, sku: str) -> int:
    with store.snapshot():
        return int(Product.select(Product.id).where(Product.sku == sku).scalar())


def change(store: Store, sku: str, **fields: Any) -> None:
    with store.transaction():
        assert Product.update(**fields).where(Product.sku == sku).execute() == 1


@pytest.fixture
def pictured(store: Store) -> Store:
    """A store with two products, and the pictures that the files name."""
    put_pictures(store, "kettle.png", "back.png", "other.png")
    take(store, FIRST)
    return store


def test_everything_is_as_it_was_before(pictured: Store) -> None:
    before, links = meaning(pictured), tables(pictured, ("brands", "categories", "products", "stock"))
    run = run_of(pictured, SECOND)
    assert meaning(pictured) != before
    result = undo(pictured, run)
    assert (result.left, meaning(pictured)) == ((), before)
    assert tables(pictured, ("brands", "categories", "products", "stock")) == links
    assert runs(pictured)[-1] == ("undone", 2, 2, 0, 0, 0)
    assert_adds_up(pictured)


def test_an_empty_store_is_empty_again(store: Store) -> None:
    before = tables(store, MEANING)
    put_pictures(store, "kettle.png", "other.png")
    run = run_of(store, SECOND.replace("A-2,,", "A-2,,Mug").replace("Mug,,", "Mug,5,"))
    assert len(shop(store)) == 4
    assert undo(store, run).left == ()
    assert tables(store, MEANING) == before
    assert_adds_up(store)


def test_the_stock_that_is_put_back_goes_through_the_ledger(pictured: Store) -> None:
    undo(pictured, run_of(pictured, SECOND))
    assert field(pictured, "ledger") == {
        "A-1": [(7, "import"), (-7, "import"), (7, "import")],
        "A-2": [(3, "import"), (5, "import"), (-5, "import")],
    }


def test_pictures_and_photo_are_put_back_without_fetching_them_again(pictured: Store) -> None:
    before = {name: (each["pictures"], each["paths"], each["photo"]) for name, each in shop(pictured).items()}
    run = run_of(pictured, SECOND)
    assert shop(pictured)["A-1"]["photo"] != before["A-1"][2]
    for name in ("kettle.png", "back.png"):
        (pictured.settings.directory / name).unlink()
    undo(pictured, run)
    assert {name: (each["pictures"], each["paths"], each["photo"]) for name, each in shop(pictured).items()} == before


def test_pictures_that_were_cleared_are_put_back(pictured: Store) -> None:
    before = meaning(pictured)
    run = run_of(pictured, "sku,pictures\nA-1,\n", clear=True)
    assert (shop(pictured)["A-1"]["photo"], shop(pictured)["A-1"]["pictures"]) == (None, ())
    undo(pictured, run)
    assert meaning(pictured) == before


def test_a_photo_that_came_from_elsewhere_is_put_back(store: Store) -> None:
    put_pictures(store, "other.png")
    add_product(store, photo="products/old.jpg")
    (sku,) = shop(store)
    run = run_of(store, f"sku,pictures\n{sku},other.png\n")
    assert shop(store)[sku]["photo"] != "products/old.jpg"
    undo(store, run)
    assert (shop(store)[sku]["photo"], shop(store)[sku]["pictures"]) == ("products/old.jpg", ("products/old.jpg",))


def test_a_product_without_photo_has_none_again_though_it_names_a_picture(store: Store) -> None:
    take(store, "sku,title,price,pictures\nA-1,Kettle,10,nowhere.png\n")
    before = shop(store)
    put_pictures(store, "other.png")
    run = run_of(store, "sku,pictures\nA-1,other.png\n")
    assert shop(store)["A-1"]["photo"] is not None
    undo(store, run)
    assert shop(store) == before


def test_fields_that_were_changed_since_stay_and_the_others_are_put_back(store: Store) -> None:
    take(store, FIRST)
    run = run_of(store, "sku,title,price,quantity\nA-1,Teapot,1,2\nA-2,Cup,2,1\n")
    change(store, "A-1", title="Pot")
    result = undo(store, run)
    number = number_of(store, "A-1")
    assert result == Undone(1, (Left(Kind.PRODUCT, number, "A-1", "title was changed since"),))
    kettle = shop(store)["A-1"]
    assert (kettle["title"], kettle["price"], kettle["quantity"]) == ("Pot", Decimal("39.90"), 7)
    assert field(store, "title")["A-2"] == "Mug"


def test_stock_that_was_sold_since_stays(store: Store) -> None:
    take(store, FIRST)
    run = run_of(store, "sku,quantity,price\nA-2,8,6\n")
    sell(store, number_of(store, "A-2"), 2)
    result = undo(store, run)
    assert [left.reason for left in result.left] == ["quantity was changed since"]
    mug = shop(store)["A-2"]
    assert (mug["quantity"], mug["price"]) == (6, Decimal("5.00"))
    assert_adds_up(store)


def test_a_product_that_was_made_and_changed_since_stays(store: Store) -> None:
    run = run_of(store, SECOND.replace("A-2,,", "A-2,,Mug").replace("Mug,,", "Mug,5,"))
    change(store, "A-3", price=Decimal("2.00"))
    result = undo(store, run)
    assert [(left.kind, left.name, left.reason) for left in result.left] == [
        ("product", "A-3", "it was changed or sold since it was made"),
        ("brand", "New", "products are in it by now"),
        ("category", "Kitchen", "products are in it by now"),
        ("category", "Pans", "products are in it by now"),
    ]
    assert list(shop(store)) == ["A-3"]
    assert (brands(store), categories(store)) == (["New"], ["Kitchen", "Kitchen > Pans"])


def test_a_product_that_was_made_and_sold_since_stays(store: Store) -> None:
    run = run_of(store, "sku,title,price,quantity\nA-1,Kettle,10,5\nA-2,Mug,5,3\n")
    sell(store, number_of(store, "A-1"))
    result = undo(store, run)
    assert [(left.name, left.reason) for left in result.left] == [("A-1", "it was changed or sold since it was made")]
    assert field(store, "quantity") == {"A-1": 4}
    assert_adds_up(store)


def test_a_product_that_was_sold_stays_though_its_stock_is_as_it_was(store: Store) -> None:
    run = run_of(store, "sku,title,price,quantity\nA-1,Kettle,10,5\n")
    number = number_of(store, "A-1")
    sell(store, number)
    with store.transaction():
        set_stock(store, number, 5)
    result = undo(store, run)
    assert [(left.name, left.reason) for left in result.left] == [("A-1", "it was changed or sold since it was made")]
    with store.snapshot():
        assert [line["product"] for line in rows(OrderLine.select())] == [number]


def test_a_product_that_was_deleted_since_is_told(store: Store) -> None:
    take(store, FIRST)
    run = run_of(store, "sku,title,price\nA-1,Teapot,1\nA-9,Pan,1\n")
    number = number_of(store, "A-1")
    with store.transaction():
        Product.delete().where(Product.sku.in_(["A-1", "A-9"])).execute()
    assert undo(store, run) == Undone(1, (Left(Kind.PRODUCT, number, "", "it was deleted"),))


def test_brands_and_categories_that_others_use_by_now_stay(store: Store) -> None:
    run = run_of(store, "sku,title,price,brand,categories\nA-1,Kettle,1,Acme,Tea > Green\nA-2,Mug,1,Zeta,Sale\n")
    take(store, "sku,title,price,brand,categories\nB-1,Pan,1,Acme,Tea\n", "other.csv")
    result = undo(store, run)
    assert [(left.kind, left.name) for left in result.left] == [("brand", "Acme"), ("category", "Tea")]
    assert (list(shop(store)), brands(store), categories(store)) == (["B-1"], ["Acme"], ["Tea"])


def test_brands_and_categories_that_were_there_before_stay_though_nobody_uses_them(store: Store) -> None:
    add_brand(store, "Acme")
    add_category(store, "Tea")
    undo(store, run_of(store, "sku,title,price,brand,categories\nA-1,Kettle,1,Acme,Tea > Green\n"))
    assert (brands(store), categories(store)) == (["Acme"], ["Tea"])


def test_a_brand_and_a_category_that_the_product_had_are_made_again_where_they_are_gone(store: Store) -> None:
    take(store, "sku,title,price,brand,categories\nA-1,Kettle,1,Acme,Tea\n")
    run = run_of(store, "sku,brand,categories\nA-1,Zeta,Sale\n")
    with store.transaction():
        Brand.delete().where(Brand.title == "Acme").execute()
        Category.delete().where(Category.title == "Tea").execute()
    undo(store, run)
    assert (field(store, "brand"), field(store, "categories")) == ({"A-1": "Acme"}, {"A-1": ("Tea",)})
    assert (brands(store), categories(store)) == (["Acme"], ["Tea"])


def test_of_two_brands_and_shelves_of_one_title_the_older_is_put_back(store: Store) -> None:
    """As the record says titles. Only a store that was adopted has such."""
    older = add_brand(store, "Acme"), add_category(store, "Tea")
    brand, shelf = add_brand(store, "Acme"), add_category(store, "Tea")
    number = add_product(store, brand=brand, categories=[shelf])
    (sku,) = shop(store)
    undo(store, run_of(store, f"sku,brand,categories\n{sku},Zeta,Sale\n"))
    with store.snapshot():
        links = tuples(ProductCategory.select(ProductCategory.category, ProductCategory.product))
        assert (Product.select(Product.brand).where(Product.id == number).scalar(), links) == (
            older[0],
            [(older[1], number)],
        )
    assert (brands(store), categories(store)) == (["Acme", "Acme"], ["Tea", "Tea"])


def test_a_sku_and_a_key_that_were_given_are_taken_back(store: Store) -> None:
    take(store, "key,title,price\nmug,Mug,1\n")
    before = tables(store)
    undo(store, run_of(store, "sku,key\nM-1,mug\n"))
    assert tables(store) == before


def test_a_key_that_another_product_has_by_now_is_not_put_back(store: Store) -> None:
    take(store, "sku,key,title,price\nA-1,old,Kettle,1\n")
    run = run_of(store, "sku,key,price\nA-1,new,2\n")
    take(store, "sku,key,title,price\nA-2,old,Mug,1\n", "other.csv")
    result = undo(store, run)
    assert [(left.name, left.reason) for left in result.left] == [("A-1", "another product is called as it was before")]
    assert field(store, "key") == {"A-1": "new", "A-2": "old"}


def test_what_an_import_left_as_it_was_is_not_touched(store: Store) -> None:
    take(store, FIRST)
    run = run_of(store, FIRST)
    change(store, "A-1", title="Pot")
    assert undo(store, run) == Undone(0, ())
    assert field(store, "title")["A-1"] == "Pot"


def test_two_imports_are_undone_one_after_the_other(pictured: Store) -> None:
    before = meaning(pictured)
    first = run_of(pictured, SECOND)
    middle = meaning(pictured)
    second = run_of(pictured, SECOND.replace("Teapot", "Pot").replace("Zeta", "Acme").replace("Pan,", "Wok,"))
    assert (undo(pictured, second).left, meaning(pictured)) == ((), middle)
    assert (undo(pictured, first).left, meaning(pictured)) == ((), before)


def test_an_undo_in_the_wrong_order_leaves_what_the_later_import_said(store: Store) -> None:
    take(store, FIRST)
    first = run_of(store, "sku,price,title\nA-1,2,Teapot\n")
    take(store, "sku,price\nA-1,3\n")
    assert [left.reason for left in undo(store, first).left] == ["price was changed since"]
    assert (shop(store)["A-1"]["price"], shop(store)["A-1"]["title"]) == (Decimal("3.00"), "Kettle")


def test_a_second_undo_does_nothing(pictured: Store) -> None:
    run = run_of(pictured, SECOND)
    undo(pictured, run)
    before = tables(pictured)
    assert undo(pictured, run) == Undone(0, ())
    assert (tables(pictured), runs(pictured)[-1][0]) == (before, "undone")


def test_a_second_undo_puts_back_what_can_be_by_then(store: Store) -> None:
    run = run_of(store, "sku,title,price\nA-1,Kettle,10\n")
    change(store, "A-1", price=Decimal("11.00"))
    assert len(undo(store, run).left) == 1
    change(store, "A-1", price=Decimal("10.00"))
    assert (undo(store, run), shop(store)) == (Undone(1, ()), {})


def test_an_unknown_run_is_told(store: Store) -> None:
    with pytest.raises(CommandError, match=r"^There is no import 7\. `webstore import list` shows those there are\.$"):
        undo(store, 7)


def test_after_an_undo_the_same_file_is_imported_from_its_beginning(pictured: Store) -> None:
    run = run_of(pictured, SECOND)
    after = meaning(pictured)
    undo(pictured, run)
    report = take(pictured, SECOND)
    assert (counts(report), report.gone_on_at, report.run) == ((2, 2, 0, 0), 0, run + 1)
    assert meaning(pictured) == after


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row at a time."""
    for name in ("FIRST", "FEWEST", "MOST"):
        monkeypatch.setattr(pace, name, 1)


@pytest.mark.usefixtures("small_batches")
def test_an_import_that_was_stopped_is_put_back_and_then_begins_anew(settings: Settings, pictured: Store) -> None:
    before = meaning(pictured)
    stopping = StoppingStore(settings, 5)
    with pytest.raises(Stopped):
        take(stopping, SECOND)
    stopping.close()
    assert runs(pictured)[-1] == ("running", 0, 2, 0, 0, 0)
    assert undo(pictured, 2).left == ()
    assert meaning(pictured) == before
    report = take(pictured, SECOND)
    assert (counts(report), report.gone_on_at, report.run) == ((2, 2, 0, 0), 0, 3)
    assert [row[0] for row in runs(pictured)] == ["done", "undone", "done"]


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("stop", [1, 3, 6, 99])
def test_an_undo_that_was_stopped_goes_on(pictured: Store, stop: int) -> None:
    before = meaning(pictured)
    run = run_of(pictured, SECOND)
    with pictured.snapshot():
        changes = ImportChange.select().where(ImportChange.run == run).count()

    def say(done: int) -> None:
        if done >= min(stop, changes):
            raise Stopped

    with pytest.raises(Stopped):
        undo(pictured, run, say)
    assert runs(pictured)[-1][0] == "undoing"
    assert undo(pictured, run) == Undone(changes - min(stop, changes), ())
    assert (meaning(pictured), runs(pictured)[-1][0]) == (before, "undone")
    with pictured.snapshot():
        assert ImportRun.get(ImportRun.id == run).time_undone is not None


@pytest.mark.usefixtures("small_batches")
def test_an_undo_beside_another_ends_and_all_is_put_back(pictured: Store) -> None:
    before = meaning(pictured)
    run = run_of(pictured, SECOND)
    results: list[Undone] = []

    def say(_: int) -> None:
        if not results:
            results.append(undo(pictured, run))

    with pytest.raises(CommandError, match="Another process has taken this import over"):
        undo(pictured, run, say)
    assert [result.left for result in results] == [()]
    assert meaning(pictured) == before


def test_the_changes_of_a_long_import_are_all_put_back(store: Store) -> None:
    take(store, csv_text({"sku": f"OLD-{number}", "title": "Old", "price": 1, "quantity": 1} for number in range(300)))
    before = tables(store, CATALOGUE[:-1])
    names = [f"OLD-{number}" for number in range(300)] + [f"NEW-{number}" for number in range(700)]
    text = csv_text(
        {
            "sku": name,
            "title": "T",
            "price": 2,
            "quantity": place % 5,
            "brand": f"B{place}",
            "categories": f"A > {place}",
        }
        for place, name in enumerate(names)
    )
    told: list[int] = []
    result = undo(store, run_of(store, text), told.append)
    assert (result, told[-1]) == (Undone(3001, ()), 3001)
    assert tables(store, CATALOGUE[:-1]) == before
    assert_adds_up(store)
