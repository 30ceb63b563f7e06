"""The formats: which there are, how each is told from the others, and the one way to read a source in any of them.

A shop adds its own with a function that makes entries of a table:

    def detects(header):
        return "Artikelnummer" in header

    def read(table):
        for row in table.rows:
            if isinstance(row, Refusal):
                yield row
            else:
                fields = {"sku": row.cells["Artikelnummer"], "price": row.cells["Preis"].replace(",", ".")}
                yield Entry(row.line, fields, rows=(row,))

    register(Format("acme", "the price list of Acme", detects, read))
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from webstore_kit.core.errors import CommandError
from webstore_kit.importing import own, shopify, woocommerce
from webstore_kit.importing.entries import Entry, Refusal
from webstore_kit.importing.opening import Opened, opened
from webstore_kit.importing.registry import ADDED
from webstore_kit.importing.registry import Format as Format  # part of what is public here
from webstore_kit.importing.registry import register as register
from webstore_kit.importing.sources import Source, source
from webstore_kit.importing.tables import Table, table, workbook

Entries = Iterator[Entry | Refusal]


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format that is no table; it is told by the first characters of the text."""

    name: str
    about: str
    detects: Callable[[str], bool]
    read: Callable[[Opened], Entries]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller forces, instead of having it found. Raises CommandError for a format that is none."""

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in names():
            raise CommandError(f"No format is called {self.format!r}. Known are {', '.join(names())}.")


@dataclass(frozen=True, slots=True)
class Reading:
    """The entries of a catalogue, to be gone through once, and what was found out about it; to be closed.

    `encoding` and `delimiter` are None where there is none, as in a workbook, and so is the header of what is no table.
    `lines` is how many lines there are, where that is known.
    """

    format: str
    name: str
    encoding: str | None
    delimiter: str | None
    header: Sequence[str] | None
    lines: int | None
    entries: Entries = field(repr=False)
    on_close: ExitStack = field(default_factory=ExitStack, repr=False)

    def close(self) -> None:
        """Close what it reads."""
        self.on_close.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


OWN = Format("webstore", "the columns of webstore-kit, in CSV, TSV or XLSX", own.detects, own.read)
SHOPIFY = Format(
    "shopify",
    "the product CSV that Shopify exports",
    shopify.detects,
    lambda found: shopify.read(found.rows, found.header),
)
WOOCOMMERCE = Format(
    "woocommerce",
    "the product CSV that WooCommerce exports",
    woocommerce.detects,
    lambda found: woocommerce.read(found.rows, found.header),
)
TEXT_FORMATS = (
    TextFormat("ndjson", "the fields of webstore-kit, one JSON object a line", own.is_ndjson, own.read_ndjson),
    TextFormat("json", "the fields of webstore-kit, in a JSON list", own.is_json, own.read_json),
)
OURS = (OWN, SHOPIFY, WOOCOMMERCE)


def table_formats() -> list[Format]:
    """The formats of tables; the first that detects a header reads the table."""
    added = {known.name for known in ADDED}
    return [*ADDED, *(known for known in OURS if known.name not in added)]


def names() -> list[str]:
    """The names of all formats, as they can be forced."""
    return [known.name for known in table_formats()] + [known.name for known in TEXT_FORMATS]


def entries(path: str | Path, options: Options = Options(), stdin: IO[bytes] | None = None) -> Reading:
    """The entries of the source at the path, or of standard input where that is `-`.

    Raises CommandError where it cannot be read; so do the entries, where that shows later.
    """
    with ExitStack() as stack:
        reading = entries_of(stack.enter_context(source(path, stdin)), options)
        reading.on_close.push(stack.pop_all())
        return reading


def entries_of(from_source: Source, options: Options = Options()) -> Reading:
    """The entries of a source, which can be read again when these were gone through. Raises CommandError."""
    return _workbook(from_source, options) if from_source.is_workbook() else _text(from_source, options)


def _workbook(from_source: Source, options: Options) -> Reading:
    if options.format in {known.name for known in TEXT_FORMATS}:
        raise CommandError(f"{from_source.name} is a workbook, and not {options.format}.")
    found = workbook(from_source)
    return _of_table(found, None, None, options)


def _text(from_source: Source, options: Options) -> Reading:
    text = opened(from_source, options.encoding)
    from_source.on_close.callback(text.close)
    if not text.head.strip():
        raise CommandError(f"{text.name} is empty.")
    if kind := _text_format(text.head, options.format or _by_ending(text.name)):
        return Reading(kind.name, text.name, text.encoding, None, None, text.count, kind.read(text))
    return _of_table(table(text, options.delimiter), text.encoding, text.count, options)


def _by_ending(name: str) -> str | None:
    """The format that the file's name ends in: of lines that are objects, the first may be broken."""
    return "ndjson" if name.lower().removesuffix(".gz").endswith((".ndjson", ".jsonl")) else None


def _text_format(head: str, forced: str | None) -> TextFormat | None:
    if forced:
        return next((known for known in TEXT_FORMATS if known.name == forced), None)
    return next((known for known in TEXT_FORMATS if known.detects(head)), None)


def _of_table(found: Table, encoding: str | None, lines: int | None, options: Options) -> Reading:
    kind = _table_format(found, options.format)
    about = found.name, encoding, found.delimiter, found.header, lines
    return Reading(kind.name, *about, kind.read(found))


def _table_format(found: Table, forced: str | None) -> Format:
    if forced:
        return next(known for known in table_formats() if known.name == forced)
    # Ours says best which columns it does not know.
    return next((known for known in table_formats() if known.detects(found.header)), OWN)
