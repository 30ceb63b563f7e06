"""The killer: kills one server after the other in the middle of its work, and starts it again."""

import time
from collections.abc import Sequence
from random import Random

from webstore_kit.core.errors import CommandError
from webstore_kit.selftest.course import Course
from webstore_kit.selftest.report import Plan
from webstore_kit.selftest.servers import START_TIME, Server

SPAN = 0.8
"""The kills are spread over this part of the visits, so that buyers are there to meet the last one too."""
LOOK = 0.002
LONGEST_DELAY = 0.02


def kill_in_turn(plan: Plan, servers: Sequence[Server], course: Course) -> None:
    """Kill as often as planned; ends early once the self-test is stopped. Raises CommandError."""
    random = Random(f"{plan.seed}/kills")  # noqa: S311 - nothing secret
    for turn in range(plan.kills):
        moment = plan.visits * SPAN * (turn + random.random()) / plan.kills
        server = servers[turn % len(servers)]
        if _reached(moment, course) and _is_at_work(server, course):
            time.sleep(random.uniform(0, LONGEST_DELAY))
            server.kill()
            course.server_killed()
            server.start()


def _reached(moment: float, course: Course) -> bool:
    while course.visits < moment and not course.stopped.wait(LOOK):
        pass
    return not course.stopped.is_set()


def _is_at_work(server: Server, course: Course) -> bool:
    """Wait until the server has requests to answer, which after an earlier kill takes as long as its start."""
    deadline = time.monotonic() + START_TIME
    while not server.is_at_work and not course.stopped.wait(LOOK):
        if server.has_ended or time.monotonic() > deadline:
            raise CommandError(f"A server did not come back: {server.last_words()}")
    return not course.stopped.is_set()
