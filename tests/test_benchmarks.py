"""The benchmarks run to their end, and bare SQL does what the server does. How fast anything is, is not asked here."""

import json
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks import bare, checkout, children, importing
from benchmarks.children import Passage
from benchmarks.comparison import BARE, CONNECTIONS, WORKERS, Bare
from benchmarks.load import Request
from benchmarks.servers import Template
from tests.cli.processes import environment
from webstore_kit import Store
from webstore_kit.customers.models import Address
from webstore_kit.orders.models import Order

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Template:
    server_url = request.getfixturevalue("server_url") if request.param == "postgresql" else None
    return Template(tmp_path, server_url, partial(checkout.fill, buyers=3))


def benchmarks(subject: str, figures: Path) -> tuple[str, dict[str, Any]]:
    """What a quick run prints, and its figures."""
    options = "--quick", "--only", "sqlite", "--subject", subject, "--json", str(figures)
    command = [sys.executable, "-m", "benchmarks", *options]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(figures.read_text(encoding="utf-8"))


def verdicts(printed: str) -> int:
    return printed.count("reached") + printed.count("missed")


def test_the_benchmarks_of_carts_and_checkouts_run_to_their_end(tmp_path: Path) -> None:
    printed, report = benchmarks("checkout", tmp_path / "figures.json")
    rows = report["rows"]
    servers = [(workers, count) for workers in WORKERS for count in CONNECTIONS]
    assert [(row["operation"], row["workers"], row["connections"]) for row in rows] == [
        *(("cart update", *side) for side in [(BARE, 1), *servers]),
        *(("finalize", *side) for side in [(BARE, 1), *servers]),
        ("create, cart, finalize", 2, 64),
    ]
    assert {(row["busy"], row["unexpected"]) for row in rows} == {(0, 0)}
    for title in ("cart update on sqlite", "finalize on sqlite", "create, cart, finalize on sqlite"):
        assert title in printed
    assert verdicts(printed) == sum(bool(row["target"]) for row in rows)


def test_the_benchmarks_of_imports_run_to_their_end(tmp_path: Path) -> None:
    printed, report = benchmarks("importing", tmp_path / "figures.json")
    imports, waits = report["imports"], report["waits"]
    assert [(row["what"], row["products"]) for row in imports] == [
        ("bare", 2000),
        ("first import", 2000),
        ("same file again", 2000),
        ("beside writes", 2000),
    ]
    assert [(row["of_bare"] is None, row["of_first"] is None) for row in imports] == [
        (True, True),
        (False, True),
        (False, False),
        (False, False),
    ]
    assert [(row["what"], row["busy"]) for row in waits] == [("alone", 0), ("beside", 0)]
    assert waits[0]["writes"] == importing.WRITES_ALONE
    assert all(20 < row["peak_mb"] < 500 for row in imports)
    for title in ("import of 2,000 products on sqlite", "cart updates, one after the other, on sqlite"):
        assert title in printed
    assert verdicts(printed) == sum(bool(row["target"]) for row in [*imports, *waits]) == 3


def test_bare_sql_does_for_each_buyer_what_the_server_does(template: Template) -> None:
    with ExitStack() as exits:
        side = Bare(template, checkout.SUBJECT.operations, exits)
        for operation in checkout.SUBJECT.operations:
            assert side.run(operation, range(1, 4), 1).statuses == {200: 3}
    store = Store(side.settings)
    with store.snapshot():
        checkout.verify(3, 0)
        orders = Order.select(Order.number, Order.customer, Address.customer.alias("sent_to")).join(Address)
        assert list(orders.order_by(Order.id).tuples()) == [
            (f"BENCHMARK-{buyer}", checkout.CUSTOMERS + buyer, checkout.CUSTOMERS + buyer) for buyer in (1, 2, 3)
        ]
    store.close()


def test_a_request_that_is_refused_is_not_measured(template: Template) -> None:
    with pytest.raises(bare.Drifted, match="PUT /api/order/finalize/ was answered 400"):
        bare.recorded(template.copy(), [Request("PUT", "/api/order/finalize/", {"token": "nobody"})])


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Template:
    server_url = request.getfixturevalue("server_url") if request.param == "postgresql" else None
    return Template(tmp_path, server_url, lambda store: None)


def test_bare_sql_writes_of_a_file_what_the_import_writes(empty: Template, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    importing.write_file(file, 1500)
    bare_settings, ours = empty.copy(), empty.copy()
    for module, settings in (("importing_bare", bare_settings), ("importing_ours", ours)):
        assert children.run(module, settings, file).seconds > 0
    written = importing.content(ours)
    assert importing.content(bare_settings) == written
    assert written[0] == 1500
    assert children.run("importing_ours", ours, file).seconds > 0
    assert importing.content(ours) == written


def test_writes_beside_an_import_are_those_while_it_is_at_work(empty: Template) -> None:
    settings = empty.copy()
    importing.open_shop(settings)

    def half_a_second() -> Passage:
        started = time.monotonic()
        time.sleep(0.5)
        return Passage(started, 0.3, 0, 0)

    _, outcome = importing.write_beside(settings, half_a_second)
    assert outcome.statuses[503] == 0
    assert 0 < outcome.seconds <= 0.3
    assert importing.write_alone(settings, 70).statuses == Counter({200: 70})


def test_a_child_that_fails_is_told(empty: Template, tmp_path: Path) -> None:
    with pytest.raises(children.Failed, match="There is no file"):
        children.run("importing_ours", empty.copy(), tmp_path / "none.csv")
