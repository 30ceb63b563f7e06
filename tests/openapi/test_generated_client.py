"""A client that is generated from the document works with a running store, as the guide shows it."""

import compileall
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.processes import ask, environment, once_up, run, serving
from tests.docs.pages import blocks, sections


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the package `shop_api`."""
    folder = tmp_path_factory.mktemp("client")
    assert run("openapi", "--output", "openapi.json", cwd=folder).returncode == 0
    (folder / "config.yml").write_text("post_hooks: []\n", encoding="utf-8")  # it would only be set out better
    told = ["--path", "openapi.json", "--meta", "none", "--output-path", "shop_api", "--config", "config.yml"]
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", *told]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_it_compiles_and_has_every_operation(generated: Path) -> None:
    assert compileall.compile_dir(generated / "shop_api", quiet=1)
    modules = [path.stem for path in (generated / "shop_api" / "api").glob("*/*.py") if path.stem != "__init__"]
    assert len(modules) == 17


def test_the_program_of_the_guide_browses_buys_and_logs_in(generated: Path, tmp_path: Path) -> None:
    (program,) = blocks(sections("guides/openapi.md")["A client for Python"], "python")
    with serving("--demo", cwd=tmp_path) as (address, _process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        done = subprocess.run(
            [sys.executable, "-c", program.text.replace("http://127.0.0.1:8000", address)],
            env=environment(PYTHONPATH=str(generated)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.stderr == ""
    assert done.stdout == "1\nTrue\nAnn 49.90\n"
