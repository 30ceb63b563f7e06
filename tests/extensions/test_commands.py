"""Extensions in the processes that a shop owner starts: their commands, their list, and the end of a server."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.cli.processes import ask, once_up, run, serving

SHOP = """
import time
from pathlib import Path

import typer
from pydantic import BaseModel

from webstore_kit import AddedField, Extension, ImportFinished, OrderPlaced, StockChanged, Subscriber, Tax

HERE = Path(__file__).parent
KINDS = ImportFinished, OrderPlaced, StockChanged
commands = typer.Typer(help="Points for those who buy again.")


class Loyalty(BaseModel):
    greeting: str = "Hello"


@commands.command()
def hello(name: str) -> None:
    print("Hello", name)


@commands.command()
def bye() -> None:
    print("Bye")


def write_down(store, event):
    time.sleep(0.3)
    with (HERE / "told.txt").open("a") as file:
        file.write(f"{store.settings_of(Loyalty).greeting} {event}\\n")


class Tenth:
    def tax(self, store, basket, shipping):
        return Tax(round(basket.subtotal / 10, 2))


extension = Extension(
    name="loyalty",
    settings=Loyalty,
    commands=commands,
    after_commit=[Subscriber(kind, write_down) for kind in KINDS],
    fields=[AddedField("order", "points", int, lambda store, ids: {})],
    providers={"tax": Tenth()},
)
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with an extension."""
    folder = tmp_path_factory.mktemp("commands") / "shop"
    assert run("init", "shop", cwd=folder.parent).returncode == 0
    (folder / "shop.py").write_text(SHOP, encoding="utf-8")
    (folder / "webstore.toml").write_text('extensions = ["shop:extension"]\n[extension.loyalty]\ngreeting = "Ciao"\n')
    products = "sku,title,price,quantity\nA,Mug,5.00,9\n"
    assert run("import", "-", cwd=folder, stdin=products).returncode == 0
    return folder


def told(shop: Path) -> list[str]:
    """What the extension wrote down, up to the first value of each event."""
    return [line.partition(",")[0] for line in (shop / "told.txt").read_text().splitlines()]


def test_a_command_ends_once_its_events_are_told(shop: Path) -> None:
    assert told(shop) == ["Ciao StockChanged(product_id=1", "Ciao ImportFinished(run_id=1"]


def test_the_commands_of_an_extension_are_called_by_its_name(shop: Path) -> None:
    assert run("loyalty", "hello", "Ann", f"--dir={shop}", cwd=shop.parent).returncode == 2  # it has no --dir itself
    assert run("loyalty", "hello", "Ann", cwd=shop).stdout == "Hello Ann\n"
    assert "Points for those who buy again." in run("--help", cwd=shop.parent, WEBSTORE_DIRECTORY=str(shop)).stdout


def test_the_list_says_where_each_comes_from_and_what_it_adds(shop: Path) -> None:
    assert json.loads(run("extension", "list", "--json", "--dir", str(shop), cwd=shop.parent).stdout) == [
        {
            "name": "loyalty",
            "source": '"shop:extension" of the setting extensions',
            "adds": ["settings", "3 subscribers", "1 field", "provider tax", "commands"],
        }
    ]
    assert run("extension", "list", cwd=shop.parent).stdout.startswith("There are none. ")


def test_an_extension_called_as_a_command_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "import typer\nfrom webstore_kit import Extension\n"
        "extension = Extension(name='stock', commands=typer.Typer())\n"
    )
    failed = run("stock", "list", cwd=tmp_path, WEBSTORE_EXTENSIONS="shop:extension")
    assert failed.returncode == 1
    assert failed.stderr == 'Error: The extension "stock" is called as a command of webstore. Rename it.\n'


def test_a_server_that_is_stopped_tells_what_it_has_committed(shop: Path) -> None:
    (shop / "told.txt").write_text("")
    with serving(cwd=shop) as (url, process):
        token = once_up(lambda: ask(f"{url}/api/customer/create/", "POST"))["customer_token"]
        ask(f"{url}/api/order/cart/update/", "POST", {"token": token, "product_id": 1, "quantity": 2})
        delivery = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "address": "1 rue X"}
        where = {"country": "France", "city": "Paris", "post_code": "01001"}
        totals = ask(f"{url}/api/order/cart/totals/{token}/")
        assert (totals["tax"], totals["total"]) == ("1.00", "11.00")
        begun = time.monotonic()
        ask(f"{url}/api/order/finalize/", "PUT", {"token": token, **delivery, **where})
        assert time.monotonic() - begun < 5
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    assert told(shop) == ["Ciao StockChanged(product_id=1", "Ciao OrderPlaced(order_id=1"]
    shown = run("order", "show", "1001", cwd=shop).stdout
    assert [line.strip("│ ").split()[1:][-1] for line in shown.splitlines() if "tax" in line or "total" in line] == [
        "1.00",
        "11.00",
    ]
    header, order = run("export", "orders", "-", cwd=shop).stdout.splitlines()
    assert dict(zip(header.split(","), order.split(","), strict=False))["tax"] == "1.00"
