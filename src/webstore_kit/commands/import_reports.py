"""How imports are shown: a bar while one runs, then what came of it; and the same as JSON."""

import dataclasses
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from webstore_kit.commands.terminal import moment, print_sentence, print_table
from webstore_kit.core.database import Row
from webstore_kit.importing.entries import Refusal
from webstore_kit.importing.pictures.queue import PictureReport
from webstore_kit.importing.runs import Counts, counts_of
from webstore_kit.importing.services import Report, Say
from webstore_kit.importing.sources import label
from webstore_kit.importing.undo import Undone

SHOWN = 20
"""How many refusals, changes and pictures are printed one by one."""


@contextmanager
def following(console: Console) -> Iterator[Say]:
    """Inside, what is yielded shows how far the work is, its rate and the time left; on a terminal alone."""
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None, visible=False, rate="")
        begun: dict[str, tuple[float, int]] = {}

        def say(stage: str, done: int, share: float | None) -> None:
            if stage not in begun:
                begun[stage] = time.monotonic(), done
                progress.reset(task, total=None if share is None else 1)
            since, first = begun[stage]
            rate = f"{(done - first) / max(time.monotonic() - since, 0.001):,.0f} a second" if done > first else ""
            about = f"{done:,} {stage}"
            progress.update(task, description=about, completed=share or 0, rate=rate, visible=True)

        yield say


def print_report(file: str, report: Report) -> None:
    """What came of one file, in a table, with what was refused below it."""
    print_sentence(_about(file, report))
    print_table(*_table(report.counts))
    _print_refusals(report.refusals)
    if report.rejected:
        print_sentence(_advice(report, report.rejected))
    if report.without_stock:
        print_sentence(f"New products without stock, which nobody can buy yet: {report.without_stock:,}.")
    if report.pictures:
        _print_pictures(report.pictures)
    print_sentence(_end(report))


def print_runs(rows: Iterable[Row]) -> None:
    """All runs in a table."""
    columns = ("run", "when", "file", "state", "new", "changed", "refused", "by")
    print_table(columns, [_run_cells(row) for row in rows])


def print_details(row: Row, refusals: Sequence[Refusal], changed: Sequence[Row]) -> None:
    """One run: what it did, what it changed, and what it refused."""
    print_sentence(f"Import {row['id']} of {row['name']}, {moment(row['time_started'])}: {row['state']}.")
    print_table(*_table(counts_of(row)))
    for change in changed:
        print_sentence(_change(change))
    counts = counts_of(row)
    more = counts.created + counts.updated + counts.deactivated - len(changed)
    if more > 0:
        print_sentence(f"... and {more:,} more; `--json` has all of them.")
    _print_refusals(refusals)


def print_undone(result: Undone) -> None:
    """What was put back, and what was not."""
    for left in result.left[:SHOWN]:
        print_sentence(f"Not put back: {left.kind} {left.name or left.id}: {left.reason}.")
    if len(result.left) > SHOWN:
        print_sentence(f"... and {len(result.left) - SHOWN:,} more; `--json` has all of them.")
    print_sentence(f"Changes put back: {result.restored:,}. Not put back: {len(result.left):,}.")


def as_json(found: Sequence[Report]) -> dict[str, Any]:
    """The reports as a script reads them: the counts of all, and the files one by one."""
    total = sum((report.counts for report in found), Counts())
    return {**_counts_json(total), "files": [_report_json(report) for report in found]}


def run_json(row: Row) -> dict[str, Any]:
    """A run as a script reads it."""
    hidden = ("owner", "position")
    return {**{name: value for name, value in row.items() if name not in hidden}, "options": json.loads(row["options"])}


def details_json(row: Row, refusals: Sequence[Refusal], changed: Sequence[Row]) -> dict[str, Any]:
    """A run with all that it changed and refused, as a script reads it."""
    changes = [
        {
            "product_id": change["item_id"],
            "sku": change["sku"],
            "before": change["before"] and json.loads(change["before"]),
            "after": json.loads(change["after"]) if change["before"] else None,
            "time_undone": change["time_undone"],
        }
        for change in changed
    ]
    return {**run_json(row), "changes": changes, "refusals": [_refusal_json(refusal) for refusal in refusals]}


def undone_json(result: Undone) -> dict[str, Any]:
    """An undo as a script reads it."""
    return dataclasses.asdict(result)


def _about(file: str, report: Report) -> str:
    """What the file was taken for, so that a wrong guess is seen."""
    delimiter = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(report.delimiter or "", report.delimiter)
    details = [report.format, report.encoding, delimiter and f"separated by {delimiter}"]
    again = f" Gone on with after {report.gone_on_at:,} products." if report.gone_on_at else ""
    return f"{report.name if file == '-' else label(file)}: {', '.join(detail for detail in details if detail)}.{again}"


def _table(counts: Counts) -> tuple[Sequence[str], list[Sequence[str]]]:
    cells = {
        "read": counts.read,
        "new": counts.created,
        "changed": counts.updated,
        "unchanged": counts.unchanged,
        "refused": counts.refused,
    }
    if counts.deactivated:
        cells["taken out of sale"] = counts.deactivated
    return list(cells), [[f"{count:,}" for count in cells.values()]]


def _print_refusals(refusals: Sequence[Refusal]) -> None:
    for refusal in refusals[:SHOWN]:
        value = f" ({refusal.value})" if refusal.value else ""
        print_sentence(f"Line {refusal.line}{value}: {refusal.sentence()}")
    if len(refusals) > SHOWN:
        print_sentence("... and more.")


def _advice(report: Report, rejected: Path) -> str:
    rows = f"The refused rows are in {label(rejected)}"
    if report.kept_missing:
        return f"{rows}. So nothing was taken out of sale: mend them in the file itself, and import it again."
    return f"{rows}: mend them there, and import that file."


def _print_pictures(pictures: PictureReport) -> None:
    if pictures.fetched or pictures.reused or pictures.failed_count:
        had = f"{pictures.fetched:,} pictures fetched, {pictures.reused:,} there already"
        print_sentence(f"{had}, {pictures.failed_count:,} not to be had.")
    for failed in pictures.failed[:SHOWN]:
        # The query of an address may be a signature, and terminals are logged.
        source = failed.source.partition("?")[0]
        print_sentence(f"No picture {source} for {', '.join(failed.products)}: {failed.reason}.")


def _end(report: Report) -> str:
    if report.was_written:
        return f"Done. `webstore import undo {report.run}` takes it back."
    if report.rejected:
        return "Nothing was written, as rows were refused."
    return "Nothing was written: this is what the import would do."


def _run_cells(row: Row) -> Sequence[object]:
    counts = [f"{row[name]:,}" for name in ("created", "updated", "refused")]
    return row["id"], moment(row["time_started"]), row["name"], row["state"], *counts, row["who"]


def _change(change: Row) -> str:
    name = change["sku"] or f"product {change['item_id']}"
    if change["before"] is None:
        return f"{name}: made."
    before, after = json.loads(change["before"]), json.loads(change["after"])
    fields = [f"{field} {_shown(before[field])} -> {_shown(after[field])}" for field in after if field in before]
    return f"{name}: {', '.join(fields)}."


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "nothing"
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= SHOWN * 2 else text[: SHOWN * 2] + "..."


def _counts_json(counts: Counts) -> dict[str, int]:
    return {"read": counts.read, **dataclasses.asdict(counts)}


def _report_json(report: Report) -> dict[str, Any]:
    rest = {name: getattr(report, name) for name in ("name", "format", "encoding", "delimiter", "was_written", "run")}
    return {
        **rest,
        **_counts_json(report.counts),
        "gone_on_at": report.gone_on_at,
        "without_stock": report.without_stock,
        "kept_missing": report.kept_missing,
        "rejected": report.rejected and label(report.rejected),
        "refusals": [_refusal_json(refusal) for refusal in report.refusals],
        "pictures": report.pictures and dataclasses.asdict(report.pictures),
    }


def _refusal_json(refusal: Refusal) -> dict[str, Any]:
    return {name: getattr(refusal, name) for name in ("line", "column", "value", "reason", "fix")}
