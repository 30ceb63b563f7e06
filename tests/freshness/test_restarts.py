"""Servers that were down while the catalogue changed, and catalogues that an import changes and an undo puts back."""

import os
import signal

import pytest

from tests.cli.processes import run
from tests.factories import add_product
from tests.freshness.running import Shop, environment_of, served
from webstore_kit import Settings
from webstore_kit.catalog.models import Product

PRODUCT = "/api/product/get/{}/"
FILE = "sku,title,price,quantity,brand\nIMPORTED-1,Iron,12.50,7,Imported\nIMPORTED-2,Board,3,4,Imported\n"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_what_changed_while_the_server_was_down_is_seen(database: Settings) -> None:
    with served(database) as shop:
        product = add_product(shop.store, "Kettle", quantity=5)
        path = PRODUCT.format(product)
        tags = [answer.etag or "" for answer in shop.seen(path)]
        os.killpg(shop.server, signal.SIGKILL)
        shop.shell(f"UPDATE stock SET quantity = 3 WHERE product_id = {product}")
    with served(database) as shop:
        for worker, tag in zip(shop.workers, tags, strict=True):
            answer = worker.get(path, If_None_Match=tag)
            assert (answer.status, answer.json["quantity"]) == (200, 3)
        shop.shell(f"UPDATE products SET title = 'New' WHERE id = {product}")
        assert shop.values(path, "title") == ["New", "New"]


def test_an_import_and_its_undo_are_seen_by_servers_that_run(shop: Shop) -> None:
    iron = add_product(shop.store, "Old iron", "20.00", 2)
    with shop.store.transaction():
        Product.update(sku="IMPORTED-1").where(Product.id == iron).execute()

    def seen() -> list[tuple[list[str], str, int]]:
        """What each worker says of the brand's products, and of the iron's price and stock."""
        lists = shop.values("/api/product/all/?brand=imported&ordering=title", "result")
        irons = [answer.json for answer in shop.seen(PRODUCT.format(iron))]
        return [
            ([each["title"] for each in found], one["price"], one["quantity"])
            for found, one in zip(lists, irons, strict=True)
        ]

    def webstore(*arguments: str) -> None:
        ended = run(*arguments, cwd=shop.settings.directory, **environment_of(shop.settings))
        assert ended.returncode == 0, ended.stdout + ended.stderr

    (shop.settings.directory / "shop.csv").write_text(FILE)
    assert seen() == [([], "20.00", 2)] * 2
    webstore("import", "shop.csv")
    assert seen() == [(["Board", "Iron"], "12.50", 7)] * 2
    webstore("import", "undo", "1")
    assert seen() == [([], "20.00", 2)] * 2
