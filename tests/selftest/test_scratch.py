"""The scratch database keeps away from the shop's data."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.databases import new_postgresql_database
from webstore_kit.core.errors import CommandError
from webstore_kit.selftest.scratch import Scratch, opened, require_schema, with_search_path
from webstore_kit.selftest.servers import running


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("postgresql://u:p%40ss@db/shop", "-c search_path=own"),
        ("postgresql://u:p%40ss@db/shop?sslmode=require", "-c search_path=own"),
        (
            "postgresql://u:p%40ss@db/shop?options=-c%20work_mem%3D8MB&sslmode=require",
            "-c work_mem=8MB -c search_path=own",
        ),
        ("postgresql://u:p%40ss@db/shop?options=-c%20search_path%3Dshop", "-c search_path=shop -c search_path=own"),
    ],
)
def test_a_url_gets_its_search_path_and_keeps_the_rest(url: str, options: str) -> None:
    parts = conninfo_to_dict(with_search_path(url, "own"))
    assert {**conninfo_to_dict(url), "options": options} == parts


def test_the_last_search_path_is_the_one_that_counts(server_url: str, tmp_path: Path) -> None:
    url = with_search_path(new_postgresql_database(server_url), "pg_temp")
    with opened(with_search_path(url, "public"), tmp_path) as store:
        require_schema(store, "public")


def test_a_database_that_drops_the_options_is_refused_before_anything_is_written(
    server_url: str, tmp_path: Path
) -> None:
    with (
        pytest.raises(CommandError, match=r"^The options of the connection do not reach the database, .* pooler"),
        opened(new_postgresql_database(server_url), tmp_path) as store,
    ):
        require_schema(store, "webstore_selftest_0")


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    place = Scratch("sqlite:////nowhere/store.sqlite3", tmp_path, "SQLite", "nowhere")
    with pytest.raises(CommandError, match=r"^A server did not start: .*unable to open"), running(place, 1):
        pass
