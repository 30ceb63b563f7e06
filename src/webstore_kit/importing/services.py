"""The import: reads a file, checks each row, plans what it changes, and writes that in small transactions.

    report = import_catalogue(store, "products.csv", ImportOptions(mode=Mode.UPDATE))

A run is recorded as it goes. So the same import, killed at any point, goes on where it was, and `undo` can take it
back.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

from webstore_kit.core.errors import CommandError
from webstore_kit.core.store import Store
from webstore_kit.importing import changes, missing, rejected, runs
from webstore_kit.importing.batches import counted, patiently, write_batch
from webstore_kit.importing.entries import Refusal
from webstore_kit.importing.formats import Options, Reading, entries_of
from webstore_kit.importing.pace import MOST, Pace, seldom_collecting
from webstore_kit.importing.pictures.queue import PictureReport, fetch_pictures
from webstore_kit.importing.plan import Mode
from webstore_kit.importing.runs import Counts, Run, TakenOver
from webstore_kit.importing.scratch import Scratch
from webstore_kit.importing.sources import source
from webstore_kit.importing.steps import Checked, Outcome, Planned, check, plan
from webstore_kit.importing.undo import undo
from webstore_kit.importing.values import DecimalSign

FOUND = Options()
"""Nothing is forced: format, encoding and delimiter are found."""
SHOWN = 100
"""How many refusals a report repeats; the file of refused rows has all of them."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What an import does with a file.

    `clear` empties fields whose cells are blank, `strict` writes all of the file or nothing, `deactivate_missing` takes
    out of sale what the file does not name, and `images` is the folder of the pictures, where it is not the file's.
    """

    mode: Mode = Mode.UPSERT
    clear: bool = False
    strict: bool = False
    decimal_sign: DecimalSign = "."
    deactivate_missing: bool = False
    images: Path | None = None
    reading: Options = FOUND

    def text(self) -> str:
        """All of them as JSON; the same file with the same text is the same import."""
        values = {
            name: getattr(self, name) for name in ("mode", "clear", "strict", "decimal_sign", "deactivate_missing")
        }
        values |= {name: getattr(self.reading, name) for name in ("format", "encoding", "delimiter")}
        return json.dumps({**values, "images": self.images and str(self.images.absolute())}, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is imported: how to read it from the beginning, what it is known by, and the folder of its pictures.

    Refused rows are written to `rejected`.
    """

    name: str
    digest: str
    read: Callable[[], Reading] = field(repr=False)
    folder: Path | None = None
    rejected: Path | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a file. Nothing `was_written` by a rehearsal, or by a strict import of which a row was refused.

    `run` is the number of the run, `gone_on_at` how many products it had dealt with when it was taken up again.
    `refusals` has the first of them, and `rejected` is the file with all refused rows. `without_stock` is how many of
    the products that were made nobody can buy yet, and `kept_missing` says that nothing was taken out of sale, though
    that was wanted, as rows were refused.
    """

    name: str
    format: str
    encoding: str | None
    delimiter: str | None
    counts: Counts
    was_written: bool
    run: int | None = None
    gone_on_at: int = 0
    refusals: tuple[Refusal, ...] = ()
    rejected: Path | None = None
    pictures: PictureReport | None = None
    without_stock: int = 0
    kept_missing: bool = False


Say = Callable[[str, int, float | None], None]
"""Is told how far an import has come: so many "products", or "pictures"; and the share of all, where that is known."""


def silent(stage: str, done: int, share: float | None) -> None:
    """Take no note."""


def import_catalogue(
    store: Store,
    path: str | Path,
    options: ImportOptions = ImportOptions(),
    *,
    dry_run: bool = False,
    say: Say = silent,
    stdin: IO[bytes] | None = None,
) -> Report:
    """Import the file at the path, or standard input where that is `-`; with `dry_run`, only say what that would do.

    Raises CommandError where the file cannot be read; the message says what was imported before that, if anything.
    """
    with closing(source(path, stdin)) as file:
        folder = options.images or (None if str(path) == "-" else Path(path).parent)
        refused = rejected.path_of(str(path))
        read = partial(entries_of, file, options.reading)
        catalogue = Catalogue("-" if str(path) == "-" else file.name, file.digest(), read, folder, refused)
        if dry_run:
            return rehearse(store, catalogue, options, say)
        return import_from(store, catalogue, options, say)


def rehearse(
    store: Store, catalogue: Catalogue, options: ImportOptions, say: Say = silent, *, reject: bool = False
) -> Report:
    """What the import would do; nothing is written but, with `reject`, the file of refused rows.

    Raises CommandError.
    """
    with seldom_collecting(), catalogue.read() as reading, Scratch() as scratch:
        work = _Work(store, catalogue, options, say, reading, scratch)
        counts = work.rehearsed()
        return work.report(counts, was_written=False, rejected=work.reject(counts) if reject else None)


def import_from(store: Store, catalogue: Catalogue, options: ImportOptions, say: Say = silent) -> Report:
    """Import a catalogue, wherever it is read from; as `import_catalogue`."""
    run = patiently(store, lambda: runs.take_up(store, catalogue.digest, options.text(), options.mode))
    if options.strict and run is None:
        report = rehearse(store, catalogue, options, say, reject=True)
        if report.counts.refused:
            return report
    with seldom_collecting(), catalogue.read() as reading, Scratch() as scratch:
        return _Work(store, catalogue, options, say, reading, scratch).carried_out(run)


Batch = Sequence[tuple[int, Outcome]]
"""Outcomes of the reader, each with its place among them."""


@dataclass(frozen=True, slots=True)
class _Work:
    """One passage through a catalogue, and what is remembered on the way."""

    store: Store
    catalogue: Catalogue
    options: ImportOptions
    say: Say
    reading: Reading
    scratch: Scratch
    pace: Pace = field(default_factory=Pace)

    def rehearsed(self) -> Counts:
        """Go through all of it, and count what would be done."""
        counts = Counts()
        for batch in _batches(enumerate(self.reading.entries)):
            counts += self._rehearse(batch)
            self._tell(batch)
        self._require_products(counts)
        if self.options.deactivate_missing and not counts.refused:
            counts += Counts(deactivated=sum(map(len, missing.pages(self.store, self.scratch))))
        return counts

    def carried_out(self, run: Run | None) -> Report:
        """Go through all of it, or from where the run was left, and write."""
        begun, counts = self._rows(run)
        if self.options.strict and counts.refused:
            # Somebody changed the store after the rehearsal.
            undo(self.store, begun.id)
            return self.report(counts, was_written=False, rejected=self.reject(counts))
        if self.options.deactivate_missing and not counts.refused:
            counts += Counts(deactivated=missing.deactivate(self.store, begun, self.scratch))
        pictures = fetch_pictures(self.store, begun.id, self.catalogue.folder, self._tell_of_pictures)
        more = {"pictures": pictures, "rejected": self.reject(counts), "without_stock": self._without_stock(begun)}
        report = self.report(counts, was_written=True, run=begun, **more)
        patiently(self.store, lambda: runs.finish(self.store, begun))
        return report

    def _without_stock(self, run: Run) -> int:
        with self.store.snapshot():
            return runs.made_without_stock(run.id)

    def _rows(self, run: Run | None) -> tuple[Run, Counts]:
        outcomes = enumerate(self.reading.entries)
        if run:
            self._pass_over(run, outcomes)
        counts = run.counts if run else Counts()
        try:
            for batch in _batches(outcomes, lambda: self.pace.size):
                run = run or self._begun()
                counts += self._write(run, batch)
                self._tell(batch)
        except TakenOver:
            raise
        except CommandError as error:
            raise self._stopped(run, counts, error) from None
        self._require_products(counts)
        assert run is not None, "there were products, so it was begun"
        return run, counts

    def _pass_over(self, run: Run, outcomes: Iterator[tuple[int, Outcome]]) -> None:
        """Go to where the run was left. What the file has named and had refused until there is noted once more."""
        with self.store.snapshot():
            refusals = runs.refusals_of(run.id)
            self.scratch.keys_before = changes.keys_before(run.id)
        self.scratch.refuse(refusals)
        refused = {place for place, _ in refusals}
        for batch in _batches(islice(outcomes, run.position)):
            self._rehearse(batch, note=False)
            for place, outcome in batch:
                if place in refused:
                    self.scratch.keep(place, outcome.rows)

    def _rehearse(self, batch: Batch, *, note: bool = True) -> Counts:
        checked = check(batch, self.scratch, self.options.decimal_sign, clear=self.options.clear)
        with self.store.snapshot():
            planned = self._plan(checked, locked=False)
        if note:
            self.scratch.refuse(planned.refusals)
        return counted(planned)

    def _write(self, run: Run, batch: Batch) -> Counts:
        checked = check(batch, self.scratch, self.options.decimal_sign, clear=self.options.clear)
        with self.pace.measured(len(batch)):
            planned = write_batch(self.store, run, checked, self.scratch, self._plan)
        self.scratch.refuse(planned.refusals)
        return counted(planned)

    def _plan(self, checked: Checked, *, locked: bool) -> Planned:
        return plan(checked, self.scratch, self.options.mode, locked=locked, names_all=self.options.deactivate_missing)

    def _begun(self) -> Run:
        subject = self.catalogue.name, self.catalogue.digest, self.options.text(), self.reading.format
        return patiently(self.store, lambda: runs.begin(self.store, *subject))

    def _stopped(self, run: Run | None, counts: Counts, error: CommandError) -> CommandError:
        if run is None:
            return error
        patiently(self.store, lambda: runs.fail(self.store, run))
        return CommandError(
            f"{error} What stands before that is imported ({counts.created} new, {counts.updated} changed): mend the "
            f"file and import it again, or take it back with `webstore import undo {run.id}`."
        )

    def _require_products(self, counts: Counts) -> None:
        if not counts.read:
            raise CommandError(f"{self.reading.name} has no products in it.")

    def _tell(self, batch: Batch) -> None:
        place, outcome = batch[-1]
        lines = self.reading.lines
        self.say("products", place + 1, min(1.0, outcome.line / lines) if lines else None)

    def _tell_of_pictures(self, done: int, total: int) -> None:
        self.say("pictures", done, done / total if total else None)

    def reject(self, counts: Counts) -> Path | None:
        """Write the refused rows into their file; answers which, where there are any."""
        path = self.catalogue.rejected if counts.refused else None
        if path:
            encoding = self.options.reading.encoding or rejected.ENCODING
            if not rejected.write(self.scratch, path, self.reading.header, self.reading.delimiter, encoding):
                return None
        return path

    def report(self, counts: Counts, *, was_written: bool, run: Run | None = None, **more: Any) -> Report:
        """What came of it."""
        reading, refusals = self.reading, tuple(self.scratch.refusals(SHOWN))
        about = reading.name, reading.format, reading.encoding, reading.delimiter
        kept_missing = self.options.deactivate_missing and counts.refused > 0
        report = Report(*about, counts, was_written, refusals=refusals, kept_missing=kept_missing)
        if run:
            report = replace(report, run=run.id, gone_on_at=run.position)
        return replace(report, **more)


def _batches(outcomes: Iterator[tuple[int, Outcome]], size: Callable[[], int] = lambda: MOST) -> Iterator[Batch]:
    """The outcomes, so many at a time; where the file breaks off, what stands before that comes first."""
    batch = []
    try:
        for outcome in outcomes:
            batch.append(outcome)
            if len(batch) >= size():
                yield batch
                batch = []
    except CommandError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
