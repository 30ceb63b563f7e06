"""Some hundred requests that are made up from the document of the API, to a real server; `tox -e fuzz` sends more."""

from pathlib import Path

import pytest

from tests.databases import new_postgresql_database
from tests.openapi.fuzzing.running import fuzz, served


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_request_that_the_document_allows_or_forbids_is_answered_against_it(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = "sqlite:///store.sqlite3"
    if database == "postgresql":
        url = new_postgresql_database(request.getfixturevalue("server_url"))
    with served(tmp_path, url) as address:
        report = fuzz(address, tmp_path, examples=5, seed=1)
    assert report.is_clean, report.output
    assert report.cases > 300
