"""The killer: it kills while there is work, and does not wait for a server that is gone."""

import socket
from pathlib import Path

import pytest

from tests.cli.processes import environment
from webstore_kit.core.errors import CommandError
from webstore_kit.selftest.course import Course
from webstore_kit.selftest.killer import kill_in_turn
from webstore_kit.selftest.report import Plan
from webstore_kit.selftest.servers import HOST, Server

PLAN = Plan(visits=1, kills=1)


def test_a_server_that_does_not_come_back_is_told_with_its_last_words(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    server = Server(port, tmp_path, environment(WEBSTORE_DATABASE_URL="sqlite:////nowhere/store.sqlite3"))
    course = Course(PLAN)
    course.visit_done(0)
    server.start()
    try:
        with pytest.raises(CommandError, match=r"^A server did not come back: .*unable to open database file"):
            kill_in_turn(PLAN, [server], course)
    finally:
        server.stop()
    assert course.kills == 0


def test_nothing_is_killed_once_the_run_is_over(tmp_path: Path) -> None:
    with Course(PLAN) as course:
        pass
    kill_in_turn(PLAN, [Server(1, tmp_path, {})], course)
    assert course.kills == 0
