"""Many who read one key while it changes: each is told a state that was there between its question and its answer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from threading import Event
from typing import Any

from tests.factories import DELIVERY, add_category, add_customer, add_product
from tests.freshness.running import Shop, Worker

READERS = 8
CHANGES = 300


class Stream:
    """Changes that count: the nth makes everything n, in one transaction."""

    def __init__(self) -> None:
        self.begun = 0
        self.committed = 0
        self.over = Event()

    def run(self, shop: Shop, product: int) -> None:
        begin = "BEGIN" if shop.store.postgresql else "BEGIN IMMEDIATE"
        try:
            for n in range(1, CHANGES + 1):
                shop.shell(begin)
                shop.shell(f"UPDATE stock SET quantity = {n} WHERE product_id = {product}")
                shop.shell(f"UPDATE products SET price = {n}00, description = '{n}' WHERE id = {product}")
                self.begun = n
                shop.shell("COMMIT")
                self.committed = n
        finally:
            self.over.set()


def read(stream: Stream, address: str, product: int, category: int) -> Iterator[tuple[bool, Any]]:
    """Ask until the stream is over; answers whether each answer was right, and what it said."""
    with closing(Worker(address)) as worker:
        etag = ""
        said: Any = None
        while not stream.over.is_set():
            earliest = stream.committed
            one = worker.get(f"/api/product/get/{product}/", **({"If_None_Match": etag} if etag else {}))
            if one.status != 304:
                etag, said = one.etag or "", one.json
            numbers = {int(Decimal(said["price"])), said["quantity"], int(said["description"])}
            yield len(numbers) == 1 and earliest <= min(numbers) <= stream.begun, (earliest, numbers, stream.begun)
            earliest = stream.committed
            page = worker.get(f"/api/product/category/{category}/products/").json
            price = int(Decimal(page["result"][0]["price"]))
            yield earliest <= price <= stream.begun, (earliest, price, stream.begun)


def test_who_reads_what_changes_is_told_a_state_of_that_moment(shop: Shop) -> None:
    category = add_category(shop.store)
    product = add_product(shop.store, "Kettle", "0.00", 0, description="0", categories=[category])
    stream = Stream()
    with ThreadPoolExecutor(READERS) as threads:
        readers = [threads.submit(lambda: list(read(stream, shop.address, product, category))) for _ in range(READERS)]
        stream.run(shop, product)
        answers = [answer for reader in readers for answer in reader.result()]
    assert stream.committed == CHANGES
    assert [said for is_right, said in answers if not is_right] == []
    assert len(answers) > CHANGES
    for answer in shop.seen(f"/api/product/get/{product}/"):
        assert (answer.json["price"], answer.json["quantity"]) == (f"{CHANGES}.00", CHANGES)


def test_stock_is_exact_on_one_worker_after_each_checkout_on_the_other(shop: Shop) -> None:
    product = add_product(shop.store, quantity=20)
    seller, shown = shop.workers
    path = f"/api/product/get/{product}/"
    for left in range(19, -1, -1):
        token = add_customer(shop.store)
        assert [answer.json["quantity"] for answer in shop.seen(path)] == [left + 1, left + 1]
        cart = {"token": token, "product_id": product, "quantity": 1}
        assert seller.send("POST", "/api/order/cart/update/", cart).status == 200
        assert seller.send("PUT", "/api/order/finalize/", {**DELIVERY, "token": token}).status == 200
        assert shown.get(path).json["quantity"] == left
        seller, shown = shown, seller
