"""The benchmarks run to their end, and bare SQL does what the server does. How fast anything is, is not asked here."""

import json
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from benchmarks import bare, checkout
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


def test_the_benchmarks_run_to_their_end(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "sqlite", "--json", str(figures)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(figures.read_text(encoding="utf-8"))["rows"]
    servers = [(workers, count) for workers in WORKERS for count in CONNECTIONS]
    assert [(row["operation"], row["workers"], row["connections"]) for row in rows] == [
        *(("cart update", *side) for side in [(BARE, 1), *servers]),
        *(("finalize", *side) for side in [(BARE, 1), *servers]),
        ("create, cart, finalize", 2, 64),
    ]
    assert {(row["busy"], row["unexpected"]) for row in rows} == {(0, 0)}
    for title in ("cart update on sqlite", "finalize on sqlite", "create, cart, finalize on sqlite"):
        assert title in done.stdout
    assert done.stdout.count("reached") + done.stdout.count("missed") == sum(bool(row["target"]) for row in rows)


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
