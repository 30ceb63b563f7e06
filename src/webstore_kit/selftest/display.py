"""How a self-test is shown: a bar while it runs, then its figures and checks."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from webstore_kit.selftest.course import Course
from webstore_kit.selftest.report import Plan, Report, Times


@contextmanager
def following(console: Console, plan: Plan) -> Iterator[Callable[[Course], None]]:
    """Inside, what is yielded shows how far the buying is; on a terminal alone."""
    text = f"{{task.fields[orders]}} orders, {{task.fields[kills]}} of {plan.kills} kills"
    columns = "{task.completed} of {task.total} visits", BarColumn(), TextColumn(text), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("buying", total=plan.visits, visible=False, orders=0, kills=0)

        def show(course: Course) -> None:
            done = min(course.visits, plan.visits)
            progress.update(task, completed=done, visible=True, orders=course.orders, kills=course.kills)

        yield show


def print_report(console: Console, report: Report) -> None:
    """The figures, the checks, and what came of it."""
    console.print(_figures(report))
    console.print(_checks(report))
    for check in report.failed:
        for case in check.cases:
            console.print(f"{check.name}: {case}", markup=False, highlight=False, soft_wrap=True)
    if report.kept:
        console.print(f"Kept: {report.kept}", markup=False, highlight=False, soft_wrap=True)
    console.print(_verdict(report), highlight=False, soft_wrap=True)


def as_json(report: Report) -> dict[str, Any]:
    """The report as a script reads it: each check says whether it holds."""
    checks = [{**dataclasses.asdict(check), "holds": check.holds} for check in report.checks]
    return {**dataclasses.asdict(report), "checks": checks, "holds": not report.failed}


def _figures(report: Report) -> Table:
    table = Table("what", "how much", title="The run", title_justify="left")
    for name, value in (
        ("database", report.database),
        ("servers", f"{report.servers}, killed {report.kills} times"),
        ("buyers at once", f"{report.buyers}"),
        ("visits", f"{report.visits:,}, seed {report.seed}"),
        ("requests", f"{report.requests:,} in {report.seconds} s, {report.requests_per_second:,} a second"),
        ("orders told", f"{report.orders:,}, {report.lost_answers} of them after the first answer was lost"),
        ("units sold", f"{report.units_sold:,} of {report.units:,}"),
        ("refusals", f"{report.refusals:,} for want of stock, {report.refused_checkouts:,} of them at the checkout"),
        ("answers 503", _sent_again(report.busy)),
        ("connections broken", _sent_again(report.broken)),
        ("cart", _times(report.cart)),
        ("checkout", _times(report.checkout)),
        ("longest wait", f"{report.longest_wait:,.0f} ms, with what was sent again"),
    ):
        table.add_row(name, value)
    return table


def _sent_again(count: int) -> str:
    return f"{count:,}, each sent again" if count else "none"


def _times(times: Times) -> str:
    return f"half within {times.p50:,.0f} ms, 99 % within {times.p99:,.0f} ms, all within {times.longest:,.0f} ms"


def _checks(report: Report) -> Table:
    table = Table("check", "expected", "found", "", title="The checks", title_justify="left")
    for check in report.checks:
        mark = "[green]holds[/]" if check.holds else "[bold red]FAILS[/]"
        table.add_row(check.name, _figure(check.expected), _figure(check.found), mark)
    return table


def _figure(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _verdict(report: Report) -> str:
    failed = len(report.failed)
    if not failed:
        return "[bold green]Every check holds.[/]"
    return f"[bold red]{failed} check{'s' if failed > 1 else ''} failed.[/]"
