"""`webstore selftest` as a process: it proves what it says, and leaves nothing behind."""

import json
import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.cli.processes import COMMAND, environment, run
from tests.databases import migrated, new_postgresql_database, settings_for
from tests.docs.pages import DOCS
from tests.factories import add_customer, add_product
from webstore_kit import Store

SMALL = ("--visits", "150", "--products", "6", "--units", "24", "--buyers", "12", "--seed", "7")
TABLES = ("products", "stock", "stock_ledger", "customers", "orders", "order_lines")


class Shop:
    """A shop with data of its own, whose database the self-test is pointed at."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        with closing(Store(migrated(settings_for(folder, url)))) as store:
            add_product(store, "Kettle", quantity=5)
            add_customer(store)

    def selftest(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        named = ("--database-url", self.url)
        return run("selftest", *SMALL, *named, *arguments, cwd=self.folder, TMPDIR=str(self.temporary))

    def contents(self) -> dict[str, list[Any]]:
        """All that the shop has, and all that is beside it."""
        store = Store(settings_for(self.folder, self.url))
        with closing(store), store.snapshot():
            found = {name: list(store.database.execute_sql(f"SELECT * FROM {name}")) for name in TABLES}
            if store.postgresql:
                schemas = "SELECT nspname FROM pg_namespace WHERE NOT starts_with(nspname, 'pg_') ORDER BY nspname"
                found["schemas"] = list(store.database.execute_sql(schemas))
        return {**found, "files": sorted(path.name for path in self.folder.rglob("*"))}


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    if request.param == "sqlite":
        return Shop(tmp_path, f"sqlite:///{tmp_path}/store.sqlite3")
    return Shop(tmp_path, new_postgresql_database(request.getfixturevalue("server_url")))


def test_every_check_holds_though_servers_are_killed_and_nothing_is_left_behind(shop: Shop) -> None:
    before = shop.contents()
    ended = shop.selftest("--kills", "2", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads(ended.stdout)
    assert [check["name"] for check in report["checks"] if not check["holds"]] == []
    assert (report["holds"], report["kept"], len(report["checks"])) == (True, None, 19)
    assert (report["servers"], report["buyers"], report["units"], report["seed"], report["kills"]) == (2, 12, 144, 7, 2)
    assert 0 < report["units_sold"] <= 144
    assert report["visits"] >= 150
    assert report["requests"] > 2 * report["visits"]
    assert report["refusals"] >= report["refused_checkouts"] > 0
    assert report["checkout"]["p50"] <= report["checkout"]["p99"] <= report["checkout"]["longest"]
    found = {check["name"]: check["found"] for check in report["checks"]}
    assert found["Every order that a buyer was told is in the database"] == report["orders"] > 0
    assert found["Every order in the database was told to a buyer"] == report["orders"]
    assert found["Each order has a number of its own"] == report["orders"]
    assert found["A checkout that was sent twice had one answer"] > 0
    assert found["Servers were killed as often as asked"] == 2
    assert shop.contents() == before


def test_a_shop_owner_reads_figures_checks_and_a_last_sentence(tmp_path: Path) -> None:
    ended = run("selftest", *SMALL, "--workers", "1", "--kills", "0", cwd=tmp_path, TMPDIR=str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.search(r"│ units sold +│ 1\d\d of 144 +│", ended.stdout)
    assert re.search(r"│ servers +│ 1, killed 0 times +│", ended.stdout)
    assert re.search(r"│ connections broken +│ none +│", ended.stdout)
    assert len(re.findall(r"│ holds │$", ended.stdout, re.MULTILINE)) == 19
    assert ended.stdout.splitlines()[-1] == "Every check holds."
    assert "FAILS" not in ended.stdout
    assert figures(ended.stdout) == figures((DOCS / "guides" / "selftest.md").read_text(encoding="utf-8"))
    assert ended.stderr.splitlines()[-1] == "Stopped the servers; comparing what was told with the database"
    assert list(tmp_path.iterdir()) == []


def figures(text: str) -> list[str]:
    """The names of the figures, in a table of two columns."""
    return re.findall(r"^│ ([^│]+?) +│ [^│]+│$", text, re.MULTILINE)


def test_a_run_in_which_nobody_had_to_be_refused_proves_nothing_and_fails(tmp_path: Path) -> None:
    ended = run("selftest", "--workers", "1", "--visits", "2", "--kills", "0", cwd=tmp_path, TMPDIR=str(tmp_path))
    assert ended.returncode == 1
    why = "nothing was refused, so the run proves little; take more visits or fewer units"
    assert ended.stdout.splitlines()[-2:] == [f"More was wanted than there was: {why}", "1 check failed."]


def test_buyers_go_on_until_the_last_server_has_been_killed(tmp_path: Path) -> None:
    few = ("--workers", "1", "--buyers", "4", "--visits", "4", "--units", "1", "--kills", "3")
    ended = run("selftest", *few, "--json", cwd=tmp_path, TMPDIR=str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads(ended.stdout)
    assert report["kills"] == 3
    assert report["visits"] > 4


def test_what_is_kept_is_where_it_says(shop: Shop) -> None:
    ended = shop.selftest("--kills", "1", "--keep", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads(ended.stdout)
    where, logs = re.fullmatch(r"(.+); logs in (.+)", report["kept"]).groups()  # type: ignore[union-attr]
    assert f"Made a database of its own: {where}\n" in ended.stderr
    assert len(list(Path(logs).glob("server-*.log"))) == 2
    assert kept_orders(shop, where) == report["orders"]


def kept_orders(shop: Shop, where: str) -> int:
    query = "SELECT count(*) FROM {}orders WHERE is_ordered"
    if shop.url.startswith("sqlite"):
        assert re.fullmatch(re.escape(str(shop.folder)) + r"/store\.selftest-[0-9a-f]{8}\.sqlite3", where)
        database = sqlite3.connect(where)
        (number,) = database.execute(query.format("")).fetchone()
        database.close()
        return int(number)
    schema = re.fullmatch(r"the schema (webstore_selftest_[0-9a-f]{8}) of the database test_\d+", where)
    assert schema
    with psycopg.connect(shop.url) as connection:
        (number,) = connection.execute(query.format(f"{schema.group(1)}.")).fetchone() or (None,)
    return int(str(number))


@pytest.mark.parametrize(("sent", "to_all"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_who_interrupts_it_finds_nothing_left_behind(shop: Shop, sent: signal.Signals, to_all: bool) -> None:
    before = shop.contents()
    with begun(shop) as process:
        if to_all:  # as Ctrl+C in a terminal does
            os.killpg(process.pid, sent)
        else:
            process.send_signal(sent)
        process.communicate(timeout=30)
        assert process.returncode == 130
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)  # neither it nor any server is there
    assert shop.contents() == before


@contextmanager
def begun(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    """A long self-test whose servers run."""
    process = subprocess.Popen(
        [*COMMAND, "selftest", "--visits", "100000", "--database-url", shop.url],
        cwd=shop.folder,
        env=environment(TMPDIR=str(shop.temporary), PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(2)]
        assert said[-1] == "Started 2 servers on it; buying begins\n", said
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://x", "--database-url must start with sqlite:/// or postgresql://."),
        ("store.sqlite3", "--database-url must start with sqlite:/// or postgresql://."),
        ("postgresql://u:hidden@127.0.0.1:1/x", "The database cannot be had: connection failed: connection to server"),
        (
            "sqlite:////nowhere/store.sqlite3",
            "The database refused: unable to open database file. The folder /nowhere has to be there, and",
        ),
    ],
)
def test_a_database_that_cannot_be_made_is_one_sentence(tmp_path: Path, url: str, sentence: str) -> None:
    failed = run("selftest", "--database-url", url, cwd=tmp_path, TMPDIR=str(tmp_path))
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith(f"Error: {sentence}")
    assert "Traceback" not in failed.stderr
    assert "hidden" not in failed.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def guest_url(server_url: str) -> Iterator[str]:
    """The URL of a database for a user who may use it, but make no schema in it."""
    url = new_postgresql_database(server_url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
        yield url.replace("//postgres:", "//guest:")
        connection.execute("DROP ROLE guest")


def test_a_user_who_may_make_no_schema_is_told_what_to_grant(tmp_path: Path, guest_url: str) -> None:
    failed = run("selftest", "--database-url", guest_url, cwd=tmp_path, TMPDIR=str(tmp_path))
    assert failed.returncode == 1
    (database,) = re.findall(r"/(test_\d+)\?", guest_url)
    assert failed.stderr == (
        f"Error: The database refused: permission denied for database {database}. "
        "Check --database-url, and that its user may make a schema (GRANT CREATE ON DATABASE ... TO ...).\n"
    )


def test_settings_of_the_shop_do_not_leak_into_its_servers(tmp_path: Path) -> None:
    (tmp_path / "webstore.toml").write_text('order_number_prefix = "SHOP-"\ncolour = "no such setting"\n')
    shops = {"WEBSTORE_DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/x", "WEBSTORE_THREADS": "none"}
    ended = run("selftest", *SMALL, "--kills", "0", "--keep", "--json", cwd=tmp_path, TMPDIR=str(tmp_path), **shops)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    kept = json.loads(ended.stdout)["kept"].partition(";")[0]
    database = sqlite3.connect(kept)
    (number,) = database.execute("SELECT min(number) FROM orders WHERE is_ordered").fetchone()
    database.close()
    assert number == "1001"
