"""`webstore seed` as a process: offline, killed at any time, and beside others that do the same."""

import json
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.cli.processes import COMMAND, environment, run
from tests.databases import new_postgresql_database

COUNTS = """
    SELECT (SELECT count(*) FROM products), (SELECT count(DISTINCT sku) FROM products),
        (SELECT count(*) FROM reviews), (SELECT sum(quantity) FROM stock), (SELECT sum(change) FROM stock_ledger),
        (SELECT count(*) FROM products WHERE photo IS NOT NULL)
"""
WHOLE = (72, 72, 110, 1855, 1855, 72)


@pytest.fixture(params=["sqlite", "postgresql"])
def variables(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """What names the database of the store in the folder, which has nothing in it."""
    found = {"WEBSTORE_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite3"}
    if request.param == "postgresql":
        found["WEBSTORE_DATABASE_URL"] = new_postgresql_database(request.getfixturevalue("server_url"))
    assert run("init", cwd=tmp_path, **found).returncode == 0
    return found


def started(*arguments: str, cwd: Path, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "seed", *arguments],
        cwd=cwd,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def counted(variables: dict[str, str], query: str = COUNTS) -> tuple[int, ...]:
    url = variables["WEBSTORE_DATABASE_URL"]
    with closing(psycopg.connect(url) if url.startswith("postgresql") else sqlite3.connect(url[10:])) as connection:
        cursor: Any = connection.cursor()
        (row,) = cursor.execute(query).fetchall()
    return tuple(map(int, row))


def test_several_that_seed_at_once_do_no_harm(tmp_path: Path, variables: dict[str, str]) -> None:
    processes = [started(cwd=tmp_path, **variables) for _ in range(3)]
    said = [process.communicate(timeout=100) for process in processes]
    assert [(process.returncode, errors) for process, (_, errors) in zip(processes, said, strict=True)] == 3 * [(0, "")]
    assert counted(variables) == WHOLE
    assert run("seed", cwd=tmp_path, **variables).stdout == "The demo catalogue is there already.\n"
    assert counted(variables) == WHOLE


def test_one_that_is_killed_again_and_again_is_whole_in_the_end(tmp_path: Path, variables: dict[str, str]) -> None:
    begun = time.monotonic()
    assert run("seed", cwd=tmp_path, **variables).returncode == 0
    seconds = time.monotonic() - begun
    assert run("import", "undo", "1", cwd=tmp_path, **variables).returncode == 0
    for part in (0.5, 0.7, 0.8, 0.9, 0.95):
        process = started(cwd=tmp_path, **variables)
        time.sleep(seconds * part)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert run("seed", cwd=tmp_path, **variables).returncode == 0
    assert counted(variables) == WHOLE
    assert counted(variables, "SELECT count(*) FROM import_runs WHERE state = 'running'") == (0,)


def test_a_generated_catalogue_is_told_in_a_table_and_goes_on_after_a_kill(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    arguments = "--products", "6000", "--seed", "5"
    process = started(*arguments, cwd=tmp_path, **variables)
    end = time.monotonic() + 60
    while counted(variables, "SELECT count(*) FROM products") < (400,) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    (there,) = counted(variables, "SELECT count(*) FROM products")
    done = run("seed", *arguments, cwd=tmp_path, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    first, *table, last = done.stdout.splitlines()
    assert first == f"generated catalogue (6,000 products, seed 5): generated. Gone on with after {there:,} products."
    cells = [line.replace("│", " ").split() for line in table]
    assert ["6,000", "6,000", "0", "0", "0"] in cells
    assert last == "Done. `webstore import undo 1` takes it back."
    assert counted(variables, "SELECT count(*), count(DISTINCT sku) FROM products") == (6000, 6000)
    (listed,) = json.loads(run("import", "list", "--json", cwd=tmp_path, **variables).stdout)
    assert (listed["name"], listed["state"]) == ("generated catalogue (6,000 products, seed 5)", "done")


def test_the_seed_is_the_first_where_none_is_named(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    assert run("seed", "--products", "3", cwd=tmp_path).stdout.startswith("generated catalogue (3 products, seed 1)")
    again = run("seed", "--products", "3", "--seed", "1", cwd=tmp_path).stdout
    assert ["3", "0", "0", "3", "0"] in [line.replace("│", " ").split() for line in again.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--seed", "3"), "--seed goes with --products."),
        (("--products", "0"), "--products"),
        (("--products", "many"), "--products"),
        (("--products", "5", "--seed", "-1"), "--seed"),
    ],
)
def test_wrong_usage_is_told_and_adds_nothing(tmp_path: Path, arguments: tuple[str, ...], named: str) -> None:
    run("init", cwd=tmp_path)
    refused = run("seed", *arguments, cwd=tmp_path)
    assert (refused.returncode, named in refused.stderr) == (2, True)
    assert run("import", "list", "--json", cwd=tmp_path).stdout == "[]\n"
