"""`webstore startproject` makes a project that works as it is: served, tested, checked; or it makes nothing."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.processes import ask, environment, once_up, run, serving
from tests.docs.pages import ROOT, blocks, text_of
from webstore_kit.core.errors import CommandError
from webstore_kit.startproject import start_project

FILES = [
    ".dockerignore",
    ".gitignore",
    "Dockerfile",
    "README.md",
    "pyproject.toml",
    "shop.py",
    "tests/test_shop.py",
    "webstore.toml",
]
HOURS = {"monday": "9-17", "saturday": "10-14"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("projects")
    made = run("startproject", "tea-shop_2", cwd=folder)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines() == [
        "Made tea-shop_2/. It has an extension in shop.py, and its tests. Go on with:",
        "    cd tea-shop_2",
        "    webstore serve",
        "    pytest",
    ]
    return folder / "tea-shop_2"


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False, timeout=120)


def test_the_files_are_there_and_have_the_name_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert run("startproject", "x", cwd=tmp_path).returncode == 0  # an empty folder is taken
    assert files(tmp_path) == [f"x/{name}" for name in FILES]
    texts = {name: (tmp_path / "x" / name).read_text() for name in FILES}
    assert [name for name, text in texts.items() if "{{" in text] == []
    assert tomllib.loads(texts["pyproject.toml"])["project"]["name"] == "x"
    assert tomllib.loads(texts["webstore.toml"]) == {"extensions": ["shop:extension"]}
    assert texts["README.md"].startswith("# x\n")
    assert re.findall("^[A-Z]+", texts["Dockerfile"], re.MULTILINE)[0] == "FROM"
    assert (tmp_path / "x").stat().st_mode & 0o777 == (tmp_path / "x" / "tests").stat().st_mode & 0o777


def test_its_own_tests_pass(project: Path) -> None:
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", cwd=project)
    assert "4 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.skipif(not (find_spec("ruff") and find_spec("mypy")), reason="the tools are in other groups")
def test_its_code_is_clean(project: Path) -> None:
    cache = ROOT / ".mypy_cache" / "startproject"  # without it, all that the project imports is checked each time
    mypy = "mypy", "--strict", "--cache-dir", str(cache)
    for tool in (("ruff", "check", "--no-cache"), ("ruff", "format", "--check", "--no-cache"), mypy):
        done = python("-m", *tool, "shop.py", "tests/test_shop.py", cwd=project)
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_served_from_inside_and_keeps_its_files_there(project: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(project, tmp_path / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    with serving(cwd=folder) as (address, _process):
        assert once_up(lambda: ask(f"{address}/api/opening-hours/")) == HOURS
    made = set(files(folder)) - set(FILES)
    assert {name for name in made if "__pycache__" not in name} == {"secret.key", "store.sqlite3"}


def test_it_is_served_from_outside_by_several_processes(project: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(project, tmp_path / "shop")
    with serving("--workers", "2", "--dir", str(folder), cwd=tmp_path) as (address, _process):
        assert once_up(lambda: ask(f"{address}/api/opening-hours/")) == HOURS


def test_the_guide_has_the_commands_that_these_tests_give() -> None:
    first, asked, tests, *_ = (block.text for block in blocks(text_of("guides/own-project.md"), "sh"))
    assert first == "webstore startproject tea\ncd tea\nwebstore serve\n"
    assert asked == "curl -s http://127.0.0.1:8000/api/opening-hours/\n"
    assert tests == "pip install -e . --group test\npytest\n"


@pytest.mark.parametrize("name", ["", "-shop", "tea shop", "../shop", "shop/", "_shop", "tee-läden", "x" * 65])
def test_a_bad_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no name for a project"):
        start_project(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious").write_text("precious")
    (tmp_path / "file").write_text("precious")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("full", "file", "link"):
        with pytest.raises(CommandError, match=f"There is a {name} already, and it is not an empty folder"):
            start_project(tmp_path, name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full", "link"]
    assert files(tmp_path) == ["file", "full/precious"]


def test_the_command_says_why_it_made_nothing(project: Path) -> None:
    refused = run("startproject", project.name, cwd=project.parent)
    sentence = f"There is a {project.name} already, and it is not an empty folder. Choose another name."
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", f"Error: {sentence}\n")


def test_where_nothing_can_be_made_the_reason_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere/shop cannot be made: No such file or directory\."):
        start_project(tmp_path / "nowhere", "shop")
