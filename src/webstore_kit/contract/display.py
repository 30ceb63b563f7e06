"""How a check is shown: a bar while it runs, then its chapters, what differs, and what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from webstore_kit.contract.report import Outcome, Report, State
from webstore_kit.contract.sending import shortened
from webstore_kit.contract.templates import Difference

MOST = 5
"""Of the differences of one exchange, and of the names that were not checked for one reason, so many are shown."""
MOST_EXCHANGES = 25
"""So many are shown with their differences, and of the others the names."""
ORDER = (State.RIGHT, State.DIFFERS, State.UNCHECKED, State.SKIPPED)


@contextmanager
def following(console: Console) -> Iterator[Callable[[int, int], None]]:
    """Inside, what is yielded shows how far the check is; on a terminal alone."""
    columns = TextColumn("{task.completed} of {task.total} exchanges"), BarColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("checking", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def print_report(console: Console, report: Report, harmless: Callable[[str], str]) -> None:
    """The chapters, each exchange that differs or was not checked, and what came of it."""
    say = _Printer(console, harmless)
    differing = report.of(State.DIFFERS)
    for outcome in differing[:MOST_EXCHANGES]:
        say.differing(outcome)
    say.others(differing[MOST_EXCHANGES:])
    for state in (State.UNCHECKED, State.SKIPPED):
        say.unchecked(report.of(state), state)
    for name, command in report.tokens.items():
        say.line(f"{name} is a token that this answers:", "dim")
        say.line(f"  {command}", "dim")
        say.line("")
    console.print(_chapters(report))
    console.print(_verdict(report), highlight=False, soft_wrap=True)


class _Printer:
    def __init__(self, console: Console, harmless: Callable[[str], str]) -> None:
        self._console = console
        self._harmless = harmless

    def line(self, text: str, style: str = "") -> None:
        """A line of plain text, whatever signs it has."""
        self._console.print(Text(self._harmless(text), style), soft_wrap=True)

    def differing(self, outcome: Outcome) -> None:
        """What was sent, and each difference."""
        self.line(f"✗ {outcome.chapter}: {outcome.name}", "bold red")
        self.line(f"  {outcome.sent}")
        for difference in outcome.differences[:MOST]:
            self._difference(difference)
        if len(outcome.differences) > MOST:
            self.line(f"  and {len(outcome.differences) - MOST} more", "dim")
        self.line("")

    def unchecked(self, outcomes: list[Outcome], state: State) -> None:
        """The exchanges by the reason why they were not checked."""
        reasons: dict[str, list[str]] = {}
        for outcome in outcomes:
            reasons.setdefault(outcome.why, []).append(f"{outcome.chapter}: {outcome.name}")
        for why, names in reasons.items():
            self.line(f"{state.capitalize()}: {why}", "yellow" if state is State.UNCHECKED else "dim")
            for name in names[:MOST]:
                self.line(f"  {name}", "dim")
            if len(names) > MOST:
                self.line(f"  and {len(names) - MOST} more", "dim")
            self.line("")

    def others(self, outcomes: list[Outcome]) -> None:
        """The names of what differs too."""
        for outcome in outcomes:
            self.line(f"✗ {outcome.chapter}: {outcome.name}", "bold red")
        if outcomes:
            self.line("  --only shows one of them whole, and --json all.\n")

    def _difference(self, difference: Difference) -> None:
        self.line(f"  {difference.where or 'body'}", "bold")
        if difference.expected:
            self.line(f"    expected  {shortened(difference.expected)}", "green")
        self.line(f"    found     {shortened(difference.found)}", "red")


def _chapters(report: Report) -> Table:
    table = Table("chapter", *ORDER[:3], title=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for chapter, outcomes in report.by_chapter().items():
        counts = [sum(outcome.state is state for outcome in outcomes) for state in ORDER[:3]]
        table.add_row(chapter, *(str(count) if count else "" for count in counts))
    return table


def _verdict(report: Report) -> str:
    differing, unchecked = len(report.of(State.DIFFERS)), len(report.of(State.UNCHECKED))
    total, time = len(report.outcomes), f"{report.seconds} s"
    left_out = f" Left out, as they would change more: {report.left_out}." if report.left_out else ""
    if differing:
        return f"[bold red]{differing} of {total} exchanges differ from the contract.[/] ({time}){left_out}"
    if unchecked:
        said = f"{unchecked} of {total} exchanges could not be checked; the others are right."
        return f"[bold yellow]{said}[/] ({time}){left_out}"
    return f"[bold green]All {total - len(report.of(State.SKIPPED))} exchanges are right.[/] ({time}){left_out}"
