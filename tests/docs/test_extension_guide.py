"""The guide to extensions: each of its programs does what the guide says, in a store that it is installed in."""

import importlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.cli.processes import run
from tests.docs.pages import blocks, text_of
from tests.docs.running import differences, steps, write_commands, write_programs
from tests.docs.running import run as run_steps
from tests.factories import DELIVERY, PASSWORD, add_customer, add_product
from webstore_kit import Extension, Settings, Store, create_app, migrations
from webstore_kit.extensions.assembly import put_together

PAGE = "guides/extensions.md"


@pytest.fixture
def folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The store's folder, with the programs of the guide in it."""
    write_programs(PAGE, settings.directory)
    before = set(sys.modules)
    monkeypatch.syspath_prepend(settings.directory)
    yield settings.directory
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(settings.directory) in str(sys.modules[name].__file__):
            del sys.modules[name]


class Shop:
    """A store with one of the extensions, and somebody who buys there."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.extension: Extension = importlib.import_module(name).extension
        store = Store(settings, parts=put_together(settings, [self.extension]))
        migrations.migrate(store)
        store.close()
        self.client = TestClient(create_app(settings, extensions=[self.extension]))
        self.store: Store = self.client.app.state.store  # type: ignore[attr-defined]
        self.product = add_product(self.store, "Mug", "10.50", 9)
        self.token = add_customer(self.store)

    def buy(self, quantity: int = 2, **delivery: str) -> Any:
        body = {"token": self.token, "product_id": self.product, "quantity": quantity}
        assert self.client.post("/api/order/cart/update/", json=body).status_code == 200
        answer = self.client.put("/api/order/finalize/", json={**DELIVERY, **delivery, "token": self.token})
        self.store.events.settle()
        return answer

    def number(self) -> str:
        with self.store.snapshot():
            rows = self.store.database.execute_sql("SELECT number FROM orders ORDER BY id DESC LIMIT 1").fetchall()
        return str(rows[0][0])


def check_hours(shop: Shop) -> None:
    assert shop.client.get("/api/hours").json() == {"monday": "9-17", "saturday": "10-14"}


def check_thanks(shop: Shop) -> None:
    assert shop.buy().status_code == 200
    (file,) = (shop.store.settings.directory / "mails").iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("ann@example.com", "Your order 1001")
    assert "2 x Mug\nfor 21.00 altogether." in mail.get_content().replace("\r\n", "\n")


def check_limits(shop: Shop) -> None:
    refused = shop.buy(country="Spain")
    assert (refused.status_code, refused.json()) == (400, {"error": "We send to France only."})
    assert len(shop.client.get(f"/api/order/cart/list/{shop.token}/").json()) == 1
    assert shop.buy().status_code == 200


def check_points(shop: Shop) -> None:
    form = {"username": "ann", "password": PASSWORD, "token": shop.token}
    assert shop.client.post("/api/customer/registration/", json=form).status_code == 201
    access = shop.client.post("/api/jwt/auth/", json=form).json()["access"]

    def points() -> Any:
        return shop.client.get("/api/customer/getuser/", headers={"Authorization": f"Bearer {access}"}).json()["points"]

    assert points() == 0
    shop.buy()
    shop.buy(1)
    assert points() == 31


def check_colours(shop: Shop) -> None:
    assert shop.client.get(f"/api/product/get/{shop.product}/").json()["colour"] is None
    importlib.import_module("colours").paint(shop.store, shop.product, "red")
    assert shop.client.get(f"/api/product/get/{shop.product}/").json()["colour"] == "red"


def check_delivery(shop: Shop) -> None:
    body = {"token": shop.token, "product_id": shop.product, "quantity": 2}
    shop.client.post("/api/order/cart/update/", json=body)
    assert shop.client.get(f"/api/order/cart/totals/{shop.token}/").json() == {
        "subtotal": "21.00",
        "shipping": "5.00",
        "tax": "4.33",
        "tax_is_included": True,
        "total": "26.00",
    }
    shop.client.post("/api/order/cart/update/", json={**body, "quantity": 5})
    assert shop.client.get(f"/api/order/cart/totals/{shop.token}/").json()["total"] == "52.50"


def check_yearly(shop: Shop) -> None:
    numbers = []
    for year in (2026, 2026, 2027):
        shop.store.now = lambda year=year: datetime(year, 5, 1, tzinfo=UTC)  # type: ignore[misc]
        shop.buy(1)
        numbers.append(shop.number())
    assert numbers == ["2026-0001", "2026-0002", "2027-0001"]


CHECKS: dict[str, Callable[[Shop], None]] = {
    "hours": check_hours,
    "thanks": check_thanks,
    "limits": check_limits,
    "points": check_points,
    "colours": check_colours,
    "delivery": check_delivery,
    "yearly": check_yearly,
}


def test_every_program_of_the_guide_is_checked() -> None:
    first = [block.text.partition("\n")[0] for block in blocks(text_of(PAGE), "python")]
    names = [name.removeprefix("# ").removesuffix(".py") for name in first if "/" not in name]
    assert [name for name in names if name != "test_extensions"] == list(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_an_extension_of_the_guide_does_what_it_says(name: str, settings: Settings, folder: Path) -> None:
    shop = Shop(settings, name)
    with shop.client:
        CHECKS[name](shop)


def test_the_commands_of_the_guide_print_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    write_commands(tmp_path / "bin")
    shop = tmp_path / "shop"
    run("init", "shop", cwd=tmp_path)
    write_programs(PAGE, shop)
    told = {block.text for block in blocks(text_of(PAGE), "toml")}
    section = next(text for text in told if text.startswith("[extension.points]"))
    (shop / "webstore.toml").write_text(f'extensions = ["points:extension"]\n{section}', encoding="utf-8")
    asked = steps(PAGE)
    assert len(asked) == 3
    outcomes = run_steps(asked, shop, f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert differences(asked, outcomes) == []
    assert "1 passed" in outcomes[-1].printed
