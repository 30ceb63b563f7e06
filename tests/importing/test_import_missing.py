"""Products that a file does not name are taken out of sale, where that is asked for and the file is whole."""

import pytest
from starlette.testclient import TestClient

from tests.factories import add_product
from tests.importing.catalogues import Stopped, StoppingStore, counts, csv_text, field, runs, shop, tables, take
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Product
from webstore_kit.core.errors import CommandError
from webstore_kit.importing import missing, pace
from webstore_kit.importing.undo import undo

THREE = "sku,key,title,price,quantity\nA-1,one,Kettle,10,5\nA-2,two,Mug,5,3\n,three,Pan,5,1\n"


def on_sale(store: Store) -> dict[str, bool]:
    return field(store, "is_active")


def test_what_a_file_does_not_name_is_taken_out_of_sale(store: Store) -> None:
    take(store, THREE)
    before = shop(store)
    report = take(store, "sku,title,price\nA-1,Kettle,10\nA-9,Pot,1\n", deactivate_missing=True)
    assert (counts(report), report.counts.deactivated) == ((1, 0, 1, 0), 2)
    assert on_sale(store) == {"A-1": True, "A-2": False, "three": False, "A-9": True}
    assert shop(store)["A-2"] == {**before["A-2"], "is_active": False}
    assert runs(store)[-1] == ("done", 1, 0, 1, 0, 2)


def test_what_is_out_of_sale_is_in_no_list_and_cannot_be_asked_for(client: TestClient) -> None:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    take(store, "sku,title,price\nA-1,Kettle,10\nA-2,Mug,5\n")
    take(store, "sku,title,price\nA-2,Mug,5\n", deactivate_missing=True)
    assert [each["title"] for each in client.get("/api/product/all/").json()["result"]] == ["Mug"]
    assert [client.get(f"/api/product/get/{number}/").status_code for number in (1, 2)] == [404, 200]


def test_a_product_is_named_by_its_key_or_its_id_too(store: Store) -> None:
    take(store, THREE)
    number = add_product(store, "Pot")
    with store.transaction():
        store.database.execute_sql(f"UPDATE products SET sku = NULL WHERE id = {number}")
    text = f"key\none\nthree\nproduct:{number}\n"
    assert take(store, text, deactivate_missing=True).counts.deactivated == 1
    assert on_sale(store) == {"A-1": True, "A-2": False, "three": True, f"product:{number}": True}


def test_what_an_import_took_out_of_sale_comes_back_when_it_is_named_again(store: Store) -> None:
    take(store, THREE)
    take(store, "sku\nA-1\n", deactivate_missing=True)
    take(store, "sku,price\nA-1,10\nA-2,5\n")
    assert on_sale(store) == {"A-1": True, "A-2": False, "three": False}  # that file did not claim to name all
    back = take(store, "sku,is_active\nA-1,\nA-2,\n", deactivate_missing=True)
    assert (counts(back), back.counts.deactivated) == ((0, 1, 1, 0), 0)
    assert on_sale(store) == {"A-1": True, "A-2": True, "three": False}
    take(store, "sku,is_active\nA-1,no\nA-2,yes\n", deactivate_missing=True)
    assert on_sale(store) == {"A-1": False, "A-2": True, "three": False}


def test_what_the_shop_took_out_of_sale_stays_out(store: Store) -> None:
    take(store, THREE)
    with store.transaction():
        Product.update(is_active=False).where(Product.sku == "A-2").execute()
    take(store, THREE, deactivate_missing=True)
    assert on_sale(store) == {"A-1": True, "A-2": False, "three": True}


@pytest.mark.parametrize("row", ["A-2,Mug,free", "A-1,Kettle,10", ",Pot,1"])
def test_nothing_is_taken_out_of_sale_where_a_row_was_refused(store: Store, row: str) -> None:
    take(store, THREE)
    report = take(store, f"sku,title,price\nA-1,Kettle,10\n{row}\n", deactivate_missing=True)
    assert (report.counts.refused, report.counts.deactivated) == (1, 0)
    assert on_sale(store) == {"A-1": True, "A-2": True, "three": True}


def test_a_file_without_products_takes_nothing_out_of_sale(store: Store) -> None:
    take(store, THREE)
    before = tables(store)
    with pytest.raises(CommandError, match=r"^.*shop\.csv has no products in it\.$"):
        take(store, "sku,title,price\n", deactivate_missing=True)
    with pytest.raises(CommandError, match=r"has no products in it\.$"):
        take(store, "[]", "shop.json", deactivate_missing=True)
    assert tables(store) == before


def test_a_file_that_breaks_off_takes_nothing_out_of_sale(store: Store) -> None:
    take(store, THREE)
    with pytest.raises(CommandError, match="never closed"):
        take(store, 'sku,title,price\nA-1,Kettle,10\nA-2,"Mug,5\n', deactivate_missing=True)
    assert on_sale(store) == {"A-1": True, "A-2": True, "three": True}


def test_a_second_time_takes_no_more_out_of_sale(store: Store) -> None:
    take(store, THREE)
    text = "sku\nA-1\n"
    assert take(store, text, deactivate_missing=True).counts.deactivated == 2
    assert take(store, text, deactivate_missing=True).counts.deactivated == 0


def test_an_undo_brings_them_back(store: Store) -> None:
    take(store, THREE)
    before = tables(store)
    run = take(store, "sku\nA-1\n", deactivate_missing=True).run
    assert run is not None
    assert (undo(store, run).restored, tables(store)) == (2, before)


def test_what_an_undone_import_put_back_on_sale_is_out_of_it_as_if_it_had_never_been_named(store: Store) -> None:
    take(store, THREE)
    first = take(store, "sku\nA-1\n", deactivate_missing=True).run
    second = take(store, "sku\nA-1\nA-2\n", deactivate_missing=True).run
    assert first is not None
    assert second is not None
    assert on_sale(store) == {"A-1": True, "A-2": True, "three": False}
    undo(store, second)
    assert on_sale(store) == {"A-1": True, "A-2": False, "three": False}
    third = take(store, "sku\nA-1\nA-2\n", deactivate_missing=True).run
    assert on_sale(store) == {"A-1": True, "A-2": True, "three": False}
    assert third is not None
    undo(store, third)
    assert undo(store, first).left == ()
    assert set(on_sale(store).values()) == {True}


@pytest.mark.parametrize("writes", range(2, 10))
def test_it_is_right_too_where_the_import_was_stopped(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    monkeypatch.setattr(pace, "FIRST", 10)
    monkeypatch.setattr(pace, "MOST", 10)
    monkeypatch.setattr(missing, "PAGE", 7)
    take(store, csv_text({"sku": f"OLD-{number}", "title": "Old", "price": 1} for number in range(24)))
    rows = [{"sku": f"NEW-{number}", "title": "New", "price": 1} for number in range(10)]
    text = csv_text([*rows[:5], *({"sku": f"OLD-{number}"} for number in range(0, 24, 4)), *rows[5:]])
    stopping = StoppingStore(settings, writes)
    with pytest.raises(Stopped):
        take(stopping, text, deactivate_missing=True)
    stopping.close()
    report = take(store, text, deactivate_missing=True)
    assert (counts(report), report.counts.deactivated) == ((10, 0, 6, 0), 18)
    assert runs(store)[-1] == ("done", 10, 0, 6, 0, 18)
    expected = {f"OLD-{number}": number % 4 == 0 for number in range(24)}
    assert on_sale(store) == expected | {f"NEW-{number}": True for number in range(10)}
