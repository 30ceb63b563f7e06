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
from benchmarks.load import Group, Request, client, once_each, repeated
from benchmarks.reading import bare_apps, plots
from benchmarks.reading.bare_apps import Answer, asgi_app, starlette_app
from benchmarks.reading.bench import SMALL
from benchmarks.reading.figures import Growth, Rate, Target
from benchmarks.reading.growth import KINDS
from benchmarks.reading.peers import Peer
from benchmarks.reading.shop import Paths, Shop
from benchmarks.reading.wire import fetched, get
from benchmarks.servers import Template
from tests.cli.processes import environment
from webstore_kit import Store
from webstore_kit.customers.models import Address
from webstore_kit.demo.services import seed_generated
from webstore_kit.orders.models import Order

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Template:
    server_url = request.getfixturevalue("server_url") if request.param == "postgresql" else None
    return Template(tmp_path, server_url, partial(checkout.fill, buyers=3))


def benchmarks(subject: str, figures: Path, *more: str) -> tuple[str, dict[str, Any]]:
    """What a quick run prints, and its figures."""
    options = "--quick", "--only", "sqlite", "--subject", subject, "--json", str(figures)
    command = [sys.executable, "-m", "benchmarks", *options, *more]
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


def test_the_benchmarks_of_reading_run_to_their_end_with_a_peer_where_that_has_what_is_read(tmp_path: Path) -> None:
    with bare_apps.served([(starlette_app, Answer("/api/product/category/list/", b"[]"))]) as (address,):
        printed, report = benchmarks("reading", tmp_path / "figures.json", "--peer", f"theirs={address}")
    rates, growth, amounts = (report["reading"][name] for name in ("rates", "growth", "amounts"))
    theirs = [row for row in rates if row["side"] == "theirs"]
    assert [(row["what"], row["other"]) for row in theirs] == [("categories", 0), ("all kinds in turn", SMALL.cold)]
    tables = Counter(row["table"] for row in rates if row not in theirs)
    assert tables == {
        "hot reads on sqlite": 5 * 4,
        "cold lists on sqlite": 8,
        "workers and connections on sqlite, hot list": 2 * 2 * len(SMALL.connections),
        "reads beside carts and checkouts on sqlite": 2 * 3,
        "reads beside an import of 300 products on sqlite": 2,
    }
    assert {row["other"] for row in rates if row not in theirs} == {0}
    assert [row["what"] for row in growth] == [*KINDS, "hot list"]
    assert [row["unit"] for row in amounts if row["what"].startswith("start")] == ["s", "s"]
    for title in (*tables, "growth on sqlite"):
        assert title in printed
    assert verdicts(printed) == sum(len(row["targets"]) for row in [*rates, *growth, *amounts])


def test_the_client_asks_as_often_as_told_at_the_pace_told_and_until_told(tmp_path: Path) -> None:
    requests, end = [get("/"), get("/", accept_encoding="gzip")], tmp_path / "end"
    with bare_apps.served([(asgi_app, Answer("/", b"[]"))]) as (address,), client() as other_process:
        assert other_process.ask(address, 2, partial(once_each, 5 * requests)).statuses == {200: 10}
        groups = [
            Group(2, partial(repeated, requests, 2, 0.2)),
            Group(4, partial(repeated, requests, 4, 60), pace=0.25),
        ]
        first, second = (len(outcome.latencies) for outcome in other_process.ask_together(address, groups).result())
        assert first / 8 < second <= first / 4 + 1
        asking = other_process.ask_together(address, [Group(2, partial(repeated, requests, 2, 60, end))])
        time.sleep(0.2)
        assert not asking.done()
        end.touch()
        (outcome,) = asking.result(20)
        assert len(outcome.ends) == len(outcome.latencies) > 0
        assert fetched(address, "/").body == b"[]"


def test_requests_that_nobody_repeats_are_all_different_and_the_same_in_each_run(empty: Template) -> None:
    settings = empty.copy()
    store = Store(settings)
    seed_generated(store, 200, 1)
    store.close()
    shop = Shop.of(settings)
    found, again = (Paths(shop).some(60, *KINDS.values()) for _ in range(2))
    assert found == again
    assert len(set(found)) == 60


@pytest.mark.parametrize("text", ["nameless", "=http://127.0.0.1:1", "theirs=127.0.0.1:1"])
def test_a_peer_without_a_name_or_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no NAME=URL"):
        Peer.told(text)


def test_the_plots_of_the_same_figures_are_the_same_files(tmp_path: Path) -> None:
    row = partial(Rate, workers=1, connections=32, per_second=1, p50_ms=1, p99_ms=1, longest_ms=1, other=0, client_us=1)
    rates = [
        row("hot reads on sqlite", "list", "ours", of_starlette=1.2, targets=[Target("1.0 of Starlette", True)]),
        row("hot reads on sqlite", "list", "ours, 304", of_starlette=1.4),
        row("cold lists on sqlite", "all kinds in turn", "ours", of_starlette=0.1),
    ]
    growth = [Growth(what, products, ms=2) for what in KINDS for products in (1000, 10_000)]
    drawn, again = (plots.draw(rates, growth, tmp_path / name) for name in ("drawn", "again"))
    assert [path.name for path in drawn] == ["reading.png", "reading.svg", "growth.png", "growth.svg"]
    assert [path.read_bytes() for path in drawn] == [path.read_bytes() for path in again]
    assert plots.draw([], [], tmp_path / "none") == []


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
