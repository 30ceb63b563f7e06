"""How a self-test is shown."""

from io import StringIO

import pytest
from rich.console import Console

from webstore_kit.selftest.course import Course
from webstore_kit.selftest.display import following
from webstore_kit.selftest.report import Plan


@pytest.mark.parametrize(("terminal", "shown"), [(True, True), (False, False)])
def test_a_terminal_shows_how_far_it_is_and_a_file_stays_clean(terminal: bool, shown: bool) -> None:
    said = StringIO()
    plan = Plan(visits=150, kills=2)
    with following(Console(file=said, force_terminal=terminal, width=100, no_color=True), plan) as show:
        course = Course(plan)
        course.visit_done(orders=1)
        show(course)
    assert ("1 of 150 visits" in said.getvalue() and "1 orders, 0 of 2 kills" in said.getvalue()) is shown
    assert bool(said.getvalue()) is shown
