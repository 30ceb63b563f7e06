"""What an import makes of products: new, changed, left or refused, and how each is known again."""

import json
from decimal import Decimal

import pytest

from tests.factories import add_brand, add_category, add_product
from tests.importing.catalogues import (
    brands,
    categories,
    counts,
    csv_text,
    field,
    pictures,
    put_pictures,
    refusals,
    runs,
    shop,
    tables,
    take,
)
from webstore_kit import Store
from webstore_kit.catalog.models import Category, Product
from webstore_kit.importing import pace
from webstore_kit.importing.plan import Mode

FULL = csv_text(
    [
        {
            "sku": "A-1",
            "key": "kettle",
            "title": "Kettle",
            "price": "39.90",
            "old_price": "49.90",
            "quantity": "7",
            "description": "Boils, of course.",
            "brand": "Acme",
            "categories": "Kitchen > Tea|Sale",
            "pictures": "kettle.png|back.png",
            "group": "kettles",
            "is_active": "no",
        }
    ]
)
HEADER = FULL.partition("\r\n")[0]
BLANK = f"{HEADER}\nA-1{',' * HEADER.count(',')}\n"
TWO = "sku,title,price,quantity\nA-1,Kettle,10,5\nA-2,Mug,5,3\n"
AGAIN = "names the product of line 2 again"


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row is a batch of its own."""
    monkeypatch.setattr(pace, "FIRST", 1)
    monkeypatch.setattr(pace, "FEWEST", 1)
    monkeypatch.setattr(pace, "MOST", 1)


def sku_of_id(store: Store, number: int) -> str | None:
    with store.snapshot():
        found: str | None = Product.select(Product.sku).where(Product.id == number).scalar()
        return found


def rename(store: Store, number: int, **fields: object) -> None:
    with store.transaction():
        Product.update(**fields).where(Product.id == number).execute()


def test_new_changed_unchanged_and_refused_products_are_counted_apart(store: Store) -> None:
    take(store, TWO)
    rows = "A-1,Kettle,10.00,5\nA-2,Mug,6,3\nA-3,Pan,7,1\nA-4,Pot,free,1\n,,,\n"
    report = take(store, "sku,title,price,quantity\n" + rows)
    assert (report.counts.read, counts(report)) == (4, (1, 1, 1, 1))
    assert refusals(report) == [(5, "price", "free", "is no amount")]
    assert field(store, "price") == {"A-1": Decimal("10.00"), "A-2": Decimal("6.00"), "A-3": Decimal("7.00")}
    assert runs(store) == [("done", 2, 0, 0, 0, 0), ("done", 1, 1, 1, 1, 0)]


def test_every_field_of_a_new_product_is_kept(store: Store) -> None:
    put_pictures(store, "kettle.png", "back.png")
    assert counts(take(store, FULL)) == (1, 0, 0, 0)
    kettle = shop(store)["A-1"]
    paths = kettle.pop("paths")
    assert kettle == {
        "sku": "A-1",
        "key": "kettle",
        "title": "Kettle",
        "price": Decimal("39.90"),
        "old_price": Decimal("49.90"),
        "quantity": 7,
        "description": "Boils, of course.",
        "brand": "Acme",
        "categories": ("Kitchen > Tea", "Sale"),
        "pictures": ("kettle.png", "back.png"),
        "group": "kettles",
        "is_active": False,
        "photo": paths["kettle.png"],
        "ledger": [(7, "import")],
    }
    assert len(set(paths.values())) == 2


@pytest.mark.parametrize("name", ["full", "two"])
def test_the_same_file_a_second_time_changes_no_row(store: Store, name: str) -> None:
    put_pictures(store, "kettle.png", "back.png")
    text = {"full": FULL, "two": TWO}[name]
    first = take(store, text)
    before = tables(store)
    second = take(store, text)
    assert counts(second) == (0, 0, first.counts.created, 0)
    assert tables(store) == before


def test_a_picture_that_cannot_be_had_is_asked_for_with_every_import_and_nothing_else_changes(store: Store) -> None:
    text = "sku,title,price,pictures\nA-1,Kettle,1,nowhere.png\n"
    assert take(store, text).pictures.failed_count == 1  # type: ignore[union-attr]
    before = shop(store)
    again = take(store, text)
    assert counts(again) == (0, 0, 1, 0)
    assert again.pictures.failed_count == 1  # type: ignore[union-attr]
    assert shop(store) == before
    put_pictures(store, "nowhere.png")
    assert take(store, text).pictures.fetched == 1  # type: ignore[union-attr]
    assert shop(store)["A-1"]["photo"] == shop(store)["A-1"]["paths"]["nowhere.png"]


def test_a_file_that_names_no_pictures_looks_for_none(store: Store) -> None:
    assert take(store, "sku,title,price,pictures\nA-1,Kettle,1,nowhere.png\n").pictures.failed_count == 1  # type: ignore[union-attr]
    put_pictures(store, "nowhere.png")
    report = take(store, "sku,price,pictures\nA-1,2,\n")
    assert (counts(report), report.pictures.fetched) == ((0, 1, 0, 0), 0)  # type: ignore[union-attr]


def test_a_column_that_is_not_there_keeps_what_is(store: Store) -> None:
    take(store, FULL)
    before = shop(store)["A-1"]
    assert counts(take(store, "sku,title\nA-1,Teapot\n")) == (0, 1, 0, 0)
    assert shop(store)["A-1"] == {**before, "title": "Teapot"}


def test_a_blank_cell_keeps_what_is(store: Store) -> None:
    put_pictures(store, "kettle.png", "back.png")
    take(store, FULL)
    before = tables(store)
    assert counts(take(store, BLANK)) == (0, 0, 1, 0)
    assert tables(store) == before


def test_a_blank_cell_clears_what_can_be_empty_where_that_is_asked_for(store: Store) -> None:
    take(store, FULL)
    assert counts(take(store, BLANK, clear=True)) == (0, 1, 0, 0)
    assert shop(store)["A-1"] == {
        "sku": "A-1",
        "key": "kettle",
        "title": "Kettle",
        "price": Decimal("39.90"),
        "old_price": None,
        "quantity": 0,
        "description": None,
        "brand": None,
        "categories": (),
        "pictures": (),
        "group": None,
        "is_active": False,
        "photo": None,
        "paths": {},
        "ledger": [(7, "import"), (-7, "import")],
    }
    assert counts(take(store, BLANK, clear=True)) == (0, 0, 1, 0)


def test_clearing_leaves_alone_what_the_file_has_no_column_for(store: Store) -> None:
    take(store, FULL)
    before = shop(store)["A-1"]
    assert counts(take(store, "sku,brand\nA-1,\n", clear=True)) == (0, 1, 0, 0)
    assert shop(store)["A-1"] == {**before, "brand": None}


def test_a_price_or_title_is_never_cleared(store: Store) -> None:
    take(store, TWO)
    before = tables(store)
    assert counts(take(store, "sku,title,price,is_active\nA-1,,,\n", clear=True)) == (0, 0, 1, 0)
    assert tables(store) == before


def test_a_new_product_without_title_or_price_is_refused_for_both(store: Store) -> None:
    report = take(store, "sku,title,price\nA-1,,\n")
    assert (counts(report), runs(store)) == ((0, 0, 0, 1), [("done", 0, 0, 0, 1, 0)])
    needs = "is blank, and a new product needs a"
    assert refusals(report) == [(2, "title", "", f"{needs} title"), (2, "price", "", f"{needs} price")]
    assert shop(store) == {}


@pytest.mark.parametrize(
    ("mode", "expected", "refused", "titles"),
    [
        (Mode.CREATE, (1, 0, 0, 1), [(2, "sku", "A-1", "is in the store already")], {"A-1": "Kettle", "A-2": "Mug"}),
        (Mode.UPDATE, (0, 1, 0, 1), [(3, "sku", "A-2", "is not in the store")], {"A-1": "Teapot"}),
        (Mode.UPSERT, (1, 1, 0, 0), [], {"A-1": "Teapot", "A-2": "Mug"}),
    ],
)
def test_the_mode_says_which_products_may_be_touched(
    store: Store,
    mode: Mode,
    expected: tuple[int, int, int, int],
    refused: list[tuple[int, str, str, str]],
    titles: dict[str, str],
) -> None:
    take(store, "sku,title,price\nA-1,Kettle,10\n")
    report = take(store, "sku,title,price\nA-1,Teapot,10\nA-2,Mug,5\n", mode=mode)
    assert (counts(report), refusals(report), field(store, "title")) == (expected, refused, titles)


# --- how a product is known again ----------------------------------------------------------------------------------


def test_a_product_without_sku_is_known_again_by_its_key(store: Store) -> None:
    assert counts(take(store, "key,title,price\nmug/red,Mug,5\nmug/blue,Mug,5\n")) == (2, 0, 0, 0)
    assert counts(take(store, "key,title,price\nmug/blue,Mug,6\nmug/red,Mug,5\n")) == (0, 1, 1, 0)
    assert field(store, "price") == {"mug/red": Decimal("5.00"), "mug/blue": Decimal("6.00")}


def test_a_sku_can_be_given_later_to_a_product_that_had_a_key_alone(store: Store) -> None:
    take(store, "key,title,price,quantity\nmug/red,Mug,5,4\n")
    text = "sku,key,title\nM-1,mug/red,Mug\n"
    assert counts(take(store, text)) == (0, 1, 0, 0)
    assert counts(take(store, text)) == (0, 0, 1, 0)
    assert [(each["sku"], each["key"], each["quantity"]) for each in shop(store).values()] == [("M-1", "mug/red", 4)]
    assert counts(take(store, "sku,title\nM-1,Cup\n")) == (0, 1, 0, 0)


def test_a_product_without_sku_and_key_is_named_by_its_id_and_can_be_given_a_sku(store: Store) -> None:
    number = add_product(store, "Kettle", "10.00", 5)
    rename(store, number, sku=None)
    assert list(shop(store)) == [f"product:{number}"]
    assert counts(take(store, f"key,title\nproduct:{number},Teapot\n")) == (0, 1, 0, 0)
    given = f"sku,key,title\nT-1,product:{number},Teapot\n"
    assert counts(take(store, given)) == (0, 1, 0, 0)
    before = tables(store)
    assert counts(take(store, given)) == (0, 0, 1, 0)
    assert tables(store) == before
    assert (sku_of_id(store, number), list(shop(store))) == ("T-1", ["T-1"])


def test_a_key_of_another_product_is_refused(store: Store) -> None:
    take(store, "sku,key,title,price\nA-1,one,Kettle,10\nA-2,two,Mug,5\n,three,Pan,5\n")
    before = tables(store)
    report = take(store, "sku,key,price\nA-1,two,1\nA-2,three,1\nA-9,one,1\n")
    assert refusals(report) == [
        (2, "key", "two", "is the key of another product, of the SKU A-2"),
        (3, "key", "three", "is the key of another product"),
        (4, "key", "one", "is the key of another product, of the SKU A-1"),
    ]
    assert tables(store) == before


def test_a_product_known_by_its_sku_can_be_given_another_key(store: Store) -> None:
    take(store, "sku,key,title,price\nA-1,one,Kettle,10\n")
    assert counts(take(store, "sku,key\nA-1,uno\n")) == (0, 1, 0, 0)
    assert field(store, "key") == {"A-1": "uno"}


def test_skus_that_differ_in_case_are_two_products(store: Store) -> None:
    assert counts(take(store, "sku,title,price\na-1,Kettle,10\nA-1,Mug,5\n")) == (2, 0, 0, 0)


@pytest.mark.parametrize("sku", ["' OR 1=1 --", 'a"b', "a\\b", "ключ", "🫖", "a%_b", "null", "[1]"])
def test_any_sku_is_known_again(store: Store, sku: str) -> None:
    text = csv_text([{"sku": sku, "title": sku, "price": "1", "brand": sku, "categories": sku.replace("\\", "\\\\")}])
    assert counts(take(store, text)) == (1, 0, 0, 0)
    assert counts(take(store, text)) == (0, 0, 1, 0)
    assert (list(shop(store)), brands(store), field(store, "title")) == ([sku], [sku], {sku: sku})


# --- the same product twice in a file ------------------------------------------------------------------------------


def test_the_second_row_of_a_sku_is_refused_and_told_which_the_first_is(store: Store) -> None:
    report = take(store, "sku,title,price\nA-1,Kettle,10\nA-2,Mug,5\n A-1 ,Teapot,11\n")
    assert counts(report) == (2, 0, 0, 1)
    assert refusals(report) == [(4, "sku", "A-1", AGAIN)]
    assert field(store, "title") == {"A-1": "Kettle", "A-2": "Mug"}


def test_the_second_row_is_refused_where_the_first_one_was_refused_too(store: Store) -> None:
    report = take(store, "sku,title,price\nA-1,Kettle,free\nA-1,Kettle,10\n")
    assert refusals(report) == [(2, "price", "free", "is no amount"), (3, "sku", "A-1", AGAIN)]


def test_two_rows_of_one_key_are_one_product(store: Store) -> None:
    report = take(store, "sku,key,title,price\nA-1,k,Kettle,10\nA-2,k,Mug,5\n,k,Pan,5\n")
    assert refusals(report) == [(3, "key", "k", AGAIN), (4, "key", "k", AGAIN)]


def test_a_row_by_sku_and_another_by_key_can_mean_one_product(store: Store) -> None:
    take(store, "sku,key,title,price\nA-1,k,Kettle,10\n")
    report = take(store, "sku,key,title\nA-1,,Teapot\n,k,Mug\n")
    assert (counts(report), refusals(report)) == ((0, 1, 0, 1), [(3, "key", "k", AGAIN)])
    assert field(store, "title") == {"A-1": "Teapot"}


@pytest.mark.usefixtures("small_batches")
def test_the_first_row_is_known_in_later_batches_too(store: Store) -> None:
    take(store, "sku,key,title,price\nA-1,k,Kettle,10\n")
    text = "sku,key,title,price\nA-1,,Teapot,10\nA-2,,Pan,1\n,k,Mug,5\nA-3,,Pan,1\nA-1,,Mug,5\n"
    report = take(store, text)
    assert (counts(report), refusals(report)) == ((2, 1, 0, 2), [(4, "key", "k", AGAIN), (6, "sku", "A-1", AGAIN)])


@pytest.mark.parametrize("batches", ["one", "many"])
def test_a_key_that_the_file_itself_has_set_free_is_not_taken_by_a_later_row(
    store: Store, monkeypatch: pytest.MonkeyPatch, batches: str
) -> None:
    take(store, "sku,key,title,price\nA-1,old,Kettle,10\n")
    if batches == "many":
        monkeypatch.setattr(pace, "FIRST", 1)
    report = take(store, "sku,key,title,price\nA-1,new,Kettle,10\n,old,Mug,5\n")
    assert (counts(report), refusals(report)) == ((0, 1, 0, 1), [(3, "key", "old", AGAIN)])
    assert field(store, "key") == {"A-1": "new"}


def test_the_same_sku_twice_on_one_line_of_json_is_refused_too(store: Store) -> None:
    mug = {"sku": "A-1", "title": "Mug", "price": 5}
    report = take(store, json.dumps([mug, {**mug, "title": "Cup"}, {**mug, "sku": "A-2"}]), "shop.json")
    assert (counts(report), refusals(report)) == (
        (2, 0, 0, 1),
        [(1, "sku", "A-1", "names the product of line 1 again")],
    )
    assert field(store, "title") == {"A-1": "Mug", "A-2": "Mug"}


def test_many_objects_on_one_line_of_json_are_all_taken(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "FIRST", 3)
    products = [{"sku": f"A-{number % 20}", "title": "Mug", "price": number} for number in range(30)]
    report = take(store, json.dumps(products), "shop.json")
    assert counts(report) == (20, 0, 0, 10)
    assert field(store, "price") == {f"A-{number}": Decimal(number) for number in range(20)}


# --- brands and categories -----------------------------------------------------------------------------------------


def test_brands_are_made_once_and_known_again(store: Store) -> None:
    take(store, "sku,title,price,brand\nA-1,Kettle,1,Acme\nA-2,Mug,1,Acme\nA-3,Pan,1,ACME\n")
    assert brands(store) == ["ACME", "Acme"]
    take(store, "sku,title,price,brand\nA-4,Pot,1,Acme\nA-1,Kettle,1,Zeta\n")
    assert brands(store) == ["ACME", "Acme", "Zeta"]
    assert field(store, "brand") == {"A-1": "Zeta", "A-2": "Acme", "A-3": "ACME", "A-4": "Acme"}


def test_of_brands_and_categories_that_are_there_twice_the_older_is_taken(store: Store) -> None:
    first_brand, _ = add_brand(store, "Acme"), add_brand(store, "Acme")
    first, second = add_category(store, "Tea"), add_category(store, "Tea")
    take(store, "sku,title,price,brand,categories\nA-1,Kettle,1,Acme,Tea > Green\n")
    with store.snapshot():
        assert Product.select(Product.brand).where(Product.sku == "A-1").scalar() == first_brand
        assert Category.get(Category.title == "Green").parent_id == first
    assert (brands(store), categories(store)) == (["Acme", "Acme"], ["Tea", "Tea", "Tea > Green"])
    assert second != first


def test_a_product_stays_on_the_newer_of_two_shelves_of_one_title(store: Store) -> None:
    _, newer = add_category(store, "Tea"), add_category(store, "Tea")
    add_product(store, categories=[newer])
    (sku,) = shop(store)
    before = tables(store)
    assert counts(take(store, f"sku,categories\n{sku},Tea\n")) == (0, 0, 1, 0)
    assert tables(store) == before


def test_a_tree_of_categories_is_made_once(store: Store) -> None:
    rows = "A-1,Kettle,1,Kitchen > Tea > Kettles\nA-2,Mug,1,Kitchen > Tea\nA-3,Pan,1,Sale|Kitchen\n"
    take(store, f"sku,title,price,categories\n{rows}")
    everything = ["Kitchen", "Kitchen > Tea", "Kitchen > Tea > Kettles", "Sale"]
    assert categories(store) == everything
    take(store, "sku,title,price,categories\nA-4,Pot,1,Kitchen>Tea>Kettles\nA-5,Cup,1, Kitchen >  Tea \n")
    assert categories(store) == everything
    assert field(store, "categories") == {
        "A-1": ("Kitchen > Tea > Kettles",),
        "A-2": ("Kitchen > Tea",),
        "A-3": ("Kitchen", "Sale"),
        "A-4": ("Kitchen > Tea > Kettles",),
        "A-5": ("Kitchen > Tea",),
    }


def test_one_title_under_two_parents_is_two_categories(store: Store) -> None:
    take(store, "sku,title,price,categories\nA-1,Kettle,1,Men > Shoes|Women > Shoes\nA-2,Mug,1,Shoes > Shoes\n")
    assert categories(store) == ["Men", "Men > Shoes", "Shoes", "Shoes > Shoes", "Women", "Women > Shoes"]
    assert field(store, "categories") == {"A-1": ("Men > Shoes", "Women > Shoes"), "A-2": ("Shoes > Shoes",)}


def test_a_sign_in_a_title_does_not_part_it_where_it_is_escaped(store: Store) -> None:
    text = "sku,title,price,categories\nA-1,Kettle,1,Price \\> 10 > C:\\\\|A\\|B\n"
    take(store, text)
    with store.snapshot():
        assert sorted(each.title for each in Category.select()) == ["A|B", "C:\\", "Price > 10"]
    assert counts(take(store, text)) == (0, 0, 1, 0)


def test_a_product_is_moved_from_shelf_to_shelf(store: Store) -> None:
    take(store, "sku,title,price,categories\nA-1,Kettle,1,One|Two\n")
    assert counts(take(store, "sku,categories\nA-1,Two|One|One\n")) == (0, 0, 1, 0)
    assert counts(take(store, "sku,categories\nA-1,Two|Three\n")) == (0, 1, 0, 0)
    assert field(store, "categories") == {"A-1": ("Three", "Two")}


def test_a_path_that_no_shop_has_is_refused(store: Store) -> None:
    report = take(store, f"sku,title,price,categories\nA-1,Kettle,1,{'>'.join('a' * 400_000)}\n")
    assert [(line, column) for line, column, _, _ in refusals(report)] == [(2, "categories")]
    assert categories(store) == []


def test_pictures_keep_their_order_and_are_named_once(store: Store) -> None:
    take(store, "sku,title,price,pictures\nA-1,Kettle,1,b.png|a.png|b.png\n")
    assert pictures(store) == [("A-1", 1, "b.png", False), ("A-1", 2, "a.png", False)]
    take(store, "sku,pictures\nA-1,a.png|b.png\n")
    assert pictures(store) == [("A-1", 1, "a.png", False), ("A-1", 2, "b.png", False)]


def test_a_photo_that_came_from_elsewhere_stays_until_another_picture_is_named(store: Store) -> None:
    add_product(store, photo="products/old.jpg")
    (sku,) = shop(store)
    assert counts(take(store, f"sku,pictures\n{sku},products/old.jpg\n")) == (0, 0, 1, 0)
    take(store, f"sku,pictures\n{sku},nowhere.png\n")
    assert shop(store)[sku]["photo"] == "products/old.jpg"
    put_pictures(store, "nowhere.png")
    take(store, f"sku,pictures\n{sku},nowhere.png\n")
    assert shop(store)[sku]["photo"] == shop(store)[sku]["paths"]["nowhere.png"]
