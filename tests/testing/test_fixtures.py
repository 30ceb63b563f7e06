"""The fixtures work in a project that has nothing but this package and pytest: in the test that the docs show."""

import subprocess
import sys
from pathlib import Path

from tests.cli.processes import environment
from tests.docs.pages import blocks, text_of

FAULTY = """

def fail(call):
    raise KeyError("what was the matter")


class TestFaults:
    @pytest.fixture
    def extensions(self):
        from webstore_kit import Operation

        return [Extension(name="faulty", routes=[Operation("GET", "/api/fail/", fail)])]

    def test_a_fault_is_shown(self, client):
        assert client.get("/api/fail/").status_code == 200
"""


def test_a_project_takes_in_the_fixtures_and_names_its_extensions(tmp_path: Path) -> None:
    (program,) = [block.text for block in blocks(text_of("reference/testing.md"), "python") if "# test_" in block.text]
    (tmp_path / "test_shop.py").write_text(program + FAULTY)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "KeyError: 'what was the matter'" in done.stdout
