"""The self-test can fail: real servers that read the stock and then write it are found out on both databases."""

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.processes import run
from tests.databases import new_postgresql_database
from tests.selftest.test_accounts import ANSWER, LEDGER, OVERSOLD, STOCK

SABOTAGE = Path(__file__).parent / "sabotage.py"
ARGUMENTS = ("selftest", "--visits", "200", "--products", "6", "--units", "24", "--kills", "0", "--seed", "7")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite3"
    return new_postgresql_database(request.getfixturevalue("server_url"))


@pytest.fixture
def python_path(tmp_path: Path) -> str:
    """A folder from which every Python process takes the sabotage."""
    folder = tmp_path / "sabotage"
    folder.mkdir()
    shutil.copyfile(SABOTAGE, folder / "sitecustomize.py")
    return str(folder)


def test_servers_that_read_and_then_write_are_found_out(tmp_path: Path, url: str, python_path: str) -> None:
    ended = run(*ARGUMENTS, "--database-url", url, cwd=tmp_path, PYTHONPATH=python_path)
    assert ended.returncode == 1, ended.stderr
    failed = re.findall(r"^│ (.+?) +│.*│ FAILS │$", ended.stdout, re.MULTILINE)
    assert {STOCK, LEDGER} <= set(failed)
    # Stock that was written too high sells more than there was, and may sell to who has just been refused.
    assert set(failed) <= {STOCK, LEDGER, OVERSOLD, ANSWER}
    assert f"{STOCK}: product " in ended.stdout
    assert f"{LEDGER}: product " in ended.stdout
    assert ended.stdout.splitlines()[-1] == f"{len(failed)} checks failed."
