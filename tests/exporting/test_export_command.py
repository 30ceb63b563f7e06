"""`webstore export`, as a shop owner uses it."""

import contextlib
import csv
import gzip
import io
import json
import os
import pty
import select
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.processes import COMMAND, environment, run
from tests.databases import migrated, settings_for
from tests.exporting.catalogues import exported, fill, kettle, read_back
from tests.factories import DELIVERY, add_customer
from webstore_kit import Store
from webstore_kit.catalog.models import Product
from webstore_kit.orders import services
from webstore_kit.orders.schemas import CartUpdate, Checkout

VARIABLES = {"WEBSTORE_SECRET_KEY": "x" * 40}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Store]:
    """A store with two products in a folder of its own; of the databases, this is about none."""
    (tmp_path / "shop").mkdir()
    store = Store(migrated(settings_for(tmp_path / "shop")))
    pictures = ("https://a.example/1.jpg",)
    fill(store, [kettle(), kettle(sku=None, key="pot", title="Pot [bold]", group="pots", pictures=pictures)])
    yield store
    store.close()


def webstore(shop: Store, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = run("export", *arguments, cwd=shop.settings.directory, **VARIABLES)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def add_many(shop: Store, count: int) -> None:
    rows = [(f"M-{number}", "Mug", Decimal(1), "x" * 1000) for number in range(count)]
    with shop.transaction():
        for start in range(0, count, 500):
            fields = [Product.sku, Product.title, Product.price, Product.description]
            Product.insert_many(rows[start : start + 500], fields=fields).execute()


def names(shop: Store) -> set[str]:
    return {path.name for path in shop.settings.directory.iterdir() if not path.name.startswith("store.sqlite3")}


# --- products ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("-",), ("products",), ("products", "-"), ("--format", "csv")], ids=str)
def test_without_a_file_the_catalogue_goes_to_standard_output(shop: Store, arguments: tuple[str, ...]) -> None:
    done = webstore(shop, *arguments)
    assert done.stdout == exported(shop, "csv").decode()
    assert done.stderr == "Exported 2 products as csv.\n"


@pytest.mark.parametrize("name", ["csv", "json", "ndjson", "xlsx"])
def test_the_name_of_the_file_tells_the_format(shop: Store, name: str) -> None:
    done = webstore(shop, f"all.{name}")
    assert (shop.settings.directory / f"all.{name}").read_bytes() == exported(shop, name)
    assert (done.stdout, done.stderr) == ("", f"Exported 2 products as {name} to all.{name}.\n")


def test_a_name_without_an_ending_is_csv_and_the_format_can_be_named(shop: Store) -> None:
    webstore(shop, "all")
    webstore(shop, "--format", "json", "list.txt")
    folder = shop.settings.directory
    assert (folder / "all").read_bytes() == exported(shop, "csv")
    assert (folder / "list.txt").read_bytes() == exported(shop, "json")


def test_an_ending_that_tells_no_format_is_refused(shop: Store) -> None:
    said = webstore(shop, "all.tsv", code=1).stderr
    assert said == "Error: No format is told by .tsv. Name the format with --format, or another file.\n"
    assert "all.tsv" not in names(shop)


def test_a_packed_file_holds_the_same(shop: Store) -> None:
    webstore(shop, "all.json.gz")
    content = (shop.settings.directory / "all.json.gz").read_bytes()
    assert gzip.decompress(content) == exported(shop, "json")


def test_the_store_can_be_in_another_folder_and_the_file_in_this_one(shop: Store, tmp_path: Path) -> None:
    run("export", "all.csv", "--dir", "shop", cwd=tmp_path, **VARIABLES)
    assert (tmp_path / "all.csv").read_bytes() == exported(shop, "csv")


def test_a_workbook_goes_into_a_pipe(shop: Store) -> None:
    done = subprocess.run(
        [*COMMAND, "export", "--format", "xlsx"],
        cwd=shop.settings.directory,
        env=environment(**VARIABLES),
        capture_output=True,
        check=True,
    )
    assert [product["title"] for product in read_back(done.stdout)] == ["Kettle", "Pot [bold]"]


def test_what_another_shop_cannot_hold_is_counted(shop: Store) -> None:
    fill(shop, [kettle(sku="3", paths=[("A",), ("B",)], pictures=("a.jpg",))])
    assert webstore(shop, "--format", "shopify", "s.csv").stderr == (
        "Exported 3 products as shopify to s.csv.\n"
        "Not the same in shopify: categories of 1 product, group of 1 product.\n"
        "1 product with pictures that are files: the importer of shopify fetches addresses.\n"
    )
    assert webstore(shop, "--format", "woocommerce").stderr == (
        "Exported 3 products as woocommerce.\n"
        "Not the same in woocommerce: sku of 1 product, key of 1 product, group of 1 product.\n"
        "1 product with pictures that are files: the importer of woocommerce fetches addresses.\n"
    )


def test_the_file_that_was_there_is_replaced(shop: Store) -> None:
    path = shop.settings.directory / "all.csv"
    path.write_text("old")
    webstore(shop, "all.csv")
    assert path.read_bytes() == exported(shop, "csv")
    assert names(shop) == {"all.csv"}


def test_an_export_that_fails_leaves_the_file_that_was_there(shop: Store) -> None:
    path = shop.settings.directory / "all.xlsx"
    path.write_text("old")
    fill(shop, [kettle(sku="3", description="x" * 40_000)])
    assert webstore(shop, "all.xlsx", code=1).stderr == (
        "Error: The description of the product 3 takes 40,000 characters, and a cell of a workbook holds 32,767. "
        "Export CSV or JSON.\n"
    )
    assert path.read_text() == "old"
    assert names(shop) == {"all.xlsx"}


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_an_export_that_is_killed_leaves_no_half_file(shop: Store, name: str, tmp_path: Path) -> None:
    add_many(shop, 20_000)
    path = shop.settings.directory / f"all.{name}"
    path.write_text("old")
    variables = environment(**VARIABLES, TMPDIR=str(tmp_path))
    process = subprocess.Popen([*COMMAND, "export", path.name], cwd=shop.settings.directory, env=variables)
    while not (drafts := list(shop.settings.directory.glob(f".all.{name}.*.part"))):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=30) == -signal.SIGKILL
    assert path.read_text() == "old"
    assert all(draft.exists() for draft in drafts)
    webstore(shop, path.name)
    assert len(read_back(path.read_bytes())) == 20_002


def test_whoever_reads_may_stop(shop: Store) -> None:
    add_many(shop, 2000)
    process = subprocess.Popen(
        [*COMMAND, "export"],
        cwd=shop.settings.directory,
        env=environment(**VARIABLES),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        assert process.stdout.readline().startswith(b"sku,key,")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 1


def on_a_terminal(shop: Store, *arguments: str) -> str:
    """What a person sees: standard output and standard error are a terminal."""
    master, terminal = pty.openpty()
    variables = {**environment(**VARIABLES), "TERM": "xterm"}
    process = subprocess.Popen(
        [*COMMAND, "export", *arguments], cwd=shop.settings.directory, env=variables, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    seen = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while select.select([master], [], [], 30)[0] and (some := os.read(master, 65536)):
            seen += some
    os.close(master)
    process.wait(timeout=30)
    return seen.decode()


def test_a_person_sees_how_far_it_is(shop: Store) -> None:
    add_many(shop, 5000)
    assert " products, " in (seen := on_a_terminal(shop, "all.csv"))
    assert " a second" in seen
    assert "Exported 5,002 products as csv to all.csv." in seen


def test_a_terminal_gets_the_rows_alone_and_no_workbook(shop: Store) -> None:
    add_many(shop, 1000)
    assert " a second" not in on_a_terminal(shop)
    assert "A workbook is no text that a terminal shows. Name a file." in on_a_terminal(shop, "--format", "xlsx")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no/all.csv",), "There is no folder "),
        ((".",), ". is a folder. Name a file in it."),
        (("a.xlsx.gz",), "A workbook is packed as it is. Leave out .gz."),
        (("--format", "csv", "orders"), "Write `webstore export orders` with all options behind it, or ./orders for "),
        (("orders", "a.xlsx"), "Orders go out as csv or json, not as xlsx. Name another file."),
        (("orders", "--from", "2026-02-01", "--to", "2026-01-01"), "No day is from 2026-02-01 to 2026-01-01. "),
    ],
    ids=["folder", "is-folder", "packed", "orders", "workbook", "days"],
)
def test_what_cannot_be_is_said_in_a_sentence(shop: Store, arguments: tuple[str, ...], sentence: str) -> None:
    assert webstore(shop, *arguments, code=1).stderr.startswith(f"Error: {sentence}")
    assert names(shop) == set()


@pytest.mark.parametrize(
    "arguments",
    [("--format", "pdf"), ("orders", "--format", "shopify"), ("orders", "--from", "1/2/26"), ("a", "b"), ("--what",)],
    ids=["format", "order-format", "date", "two", "option"],
)
def test_wrong_usage_ends_with_2(shop: Store, arguments: tuple[str, ...]) -> None:
    webstore(shop, *arguments, code=2)


def test_a_file_may_be_called_orders(shop: Store) -> None:
    webstore(shop, "./orders")
    assert (shop.settings.directory / "orders").read_bytes() == exported(shop, "csv")


def test_the_help_names_both_commands(shop: Store) -> None:
    shown = webstore(shop, "--help").stdout
    assert "products" in shown
    assert "orders" in shown


# --- orders --------------------------------------------------------------------------------------------------------


@pytest.fixture
def sold(shop: Store) -> Store:
    """The shop with an order of two kettles."""
    token = add_customer(shop)
    with shop.transaction():
        services.set_quantity(shop, CartUpdate(token=token, product_id=1, quantity=2))
        services.finalize_order(shop, Checkout(token=token, **DELIVERY, phone="0123"))
    return shop


def test_orders_go_to_standard_output_too(sold: Store) -> None:
    done = webstore(sold, "orders")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["number"], row["sku"], row["line_total"]) == ("1001", "K-1", "24.20")
    assert done.stderr == "Exported 1 order as csv.\n"


def test_a_file_of_orders_is_its_owners_alone(sold: Store) -> None:
    webstore(sold, "orders", "all.json")
    path = sold.settings.directory / "all.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (order,) = json.loads(path.read_text())
    assert (order["number"], order["order_total"]) == ("1001", "24.20")


def test_days_limit_the_orders(sold: Store) -> None:
    yesterday = f"{sold.now() - timedelta(days=1):%Y-%m-%d}"
    assert '"number": "1001"' in webstore(sold, "orders", "--from", yesterday, "--format", "json").stdout
    assert webstore(sold, "orders", "--to", "2020-01-01", "--format", "json").stdout == "[]\n"
