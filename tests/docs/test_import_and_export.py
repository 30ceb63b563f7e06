"""The pages on import and export: what they show is what the commands print."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.cli.processes import ask, once_up, serving
from tests.docs import running
from tests.factories import add_customer
from webstore_kit import Settings, Store, create_app, provisioning
from webstore_kit.importing.services import import_catalogue

TOLD_ADDRESS = "http://127.0.0.1:8000"
KETTLES = """\
sku,title,price,old_price,quantity,brand,categories,group
KET-1,"Enamel Kettle, cream",49.90,59.90,12,Ågren,Kitchen > Kettles,kettle
KET-2,"Enamel Kettle, blue",49.90,,7,Ågren,Kitchen > Kettles,kettle
MUG-1,Stoneware Mug,14.50,,30,,Kitchen|Gifts,
"""


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with the commands `webstore` and `python` of this environment."""
    folder = tmp_path_factory.mktemp("bin")
    running.write_commands(folder)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty store."""
    for name in [name for name in os.environ if name.startswith("WEBSTORE_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "shop"
    folder.mkdir()
    provisioning.provision(lambda name, what: None, directory=folder)
    return folder


def stock_up_and_sell(folder: Path) -> None:
    """Give the store three products and one order of one of them."""
    app = create_app(Settings.load(directory=folder))
    store: Store = app.state.store
    (folder / "kettles.csv").write_text(KETTLES, encoding="utf-8")
    import_catalogue(store, folder / "kettles.csv")
    with TestClient(app) as client:
        token = add_customer(store)
        client.post("/api/order/cart/update/", json={"token": token, "product_id": 1, "quantity": 2})
        delivery = {"country": "France", "city": "Paris", "post_code": "01001", "address": "1 rue X"}
        who = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "token": token}
        assert client.put("/api/order/finalize/", json={**delivery, **who}).status_code == 200


def test_the_guide_to_the_import_shows_what_is_printed(shop: Path, path: str) -> None:
    asked = running.steps("guides/import.md")
    assert running.differences(asked, running.run(asked, shop, path)) == []


def test_the_guide_to_the_export_shows_what_is_printed(shop: Path, path: str) -> None:
    stock_up_and_sell(shop)
    asked = running.steps("guides/export.md")
    assert running.differences(asked, running.run(asked, shop, path)) == []


def test_the_programs_of_the_guide_to_own_formats_run(shop: Path, path: str) -> None:
    running.write_programs("guides/own-format.md", shop)
    asked = running.steps("guides/own-format.md")
    assert running.differences(asked, running.run(asked, shop, path)) == []


def test_the_tutorial_for_shopify_runs_as_it_stands(tmp_path: Path, path: str) -> None:
    install, *asked = running.steps("tutorial-shopify.md")
    assert "pip install webstore-kit" in install.commands
    (serve,) = [number for number, step in enumerate(asked) if step.commands == "webstore serve\n"]
    before, after = asked[:serve], asked[serve + 1 :]
    assert running.differences(before, running.run(before, tmp_path, path)) == []
    with serving(cwd=tmp_path / "shop") as (address, _process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        there = [replace(step, commands=step.commands.replace(TOLD_ADDRESS, address)) for step in after]
        outcomes = [
            replace(outcome, printed=outcome.printed.replace(address, TOLD_ADDRESS))
            for outcome in running.run(there, tmp_path / "shop", path)
        ]
    assert running.differences(after, outcomes) == []
