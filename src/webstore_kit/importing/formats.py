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
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from webstore_kit.core.errors import CommandError
from webstore_kit.importing import own, shopify, woocommerce
from webstore_kit.importing.entries import Entry, Refusal
from webstore_kit.importing.opening import Opened, opened
from webstore_kit.importing.sources import Source, source
from webstore_kit.importing.tables import Table, table, workbook

Entries = Iterator[Entry | Refusal]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of tables: its name on the command line, a few words on it, whether a header is its, and its reader."""

    name: str
    about: str
    detects: Callable[[Sequence[str]], bool]
    read: Callable[[Table], Entries]


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format that is no table; it is told by the first characters of the text."""

    name: str
    about: str
    detects: Callable[[str], bool]
    read: Callable[[Opened], Entries]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller forces, instead of having it found."""

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The entries of a source, to be gone through once, and what was found out about it; to be closed.

    `encoding` and `delimiter` are None where there is none, as in a workbook.
    """

    format: str
    name: str
    encoding: str | None
    delimiter: str | None
    entries: Entries
    _source: Source = field(repr=False)

    def close(self) -> None:
        """Close the source."""
        self._source.close()

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
FORMATS: list[Format] = [OWN, SHOPIFY, WOOCOMMERCE]
"""The formats of tables; the first that detects a header reads the table."""


def register(added: Format) -> None:
    """Add a format, or put it in the place of the one of its name; it is asked before all others."""
    if added.name in {known.name for known in TEXT_FORMATS}:
        raise ValueError(f"the format {added.name} is not to be replaced")
    FORMATS[:] = [added, *(known for known in FORMATS if known.name != added.name)]


def names() -> list[str]:
    """The names of all formats, as they can be forced."""
    return [known.name for known in FORMATS] + [known.name for known in TEXT_FORMATS]


def entries(path: str | Path, options: Options = Options(), stdin: IO[bytes] | None = None) -> Reading:
    """The entries of the source at the path, or of standard input where that is `-`.

    Raises CommandError where it cannot be read; so do the entries, where that shows later.
    """
    _require_known(options.format)
    from_source = source(path, stdin)
    try:
        return _workbook(from_source, options) if from_source.is_workbook() else _text(from_source, options)
    except BaseException:
        from_source.close()
        raise


def _require_known(name: str | None) -> None:
    if name is not None and name not in names():
        raise CommandError(f"No format is called {name!r}. Known are {', '.join(names())}.")


def _workbook(from_source: Source, options: Options) -> Reading:
    if options.format in {known.name for known in TEXT_FORMATS}:
        raise CommandError(f"{from_source.name} is a workbook, and not {options.format}.")
    found = workbook(from_source)
    return _of_table(found, None, from_source, options)


def _text(from_source: Source, options: Options) -> Reading:
    text = opened(from_source, options.encoding)
    from_source.on_close.callback(text.close)
    if not text.head.strip():
        raise CommandError(f"{text.name} is empty.")
    if kind := _text_format(text.head, options.format):
        return Reading(kind.name, text.name, text.encoding, None, kind.read(text), from_source)
    return _of_table(table(text, options.delimiter), text.encoding, from_source, options)


def _text_format(head: str, forced: str | None) -> TextFormat | None:
    if forced:
        return next((known for known in TEXT_FORMATS if known.name == forced), None)
    return next((known for known in TEXT_FORMATS if known.detects(head)), None)


def _of_table(found: Table, encoding: str | None, from_source: Source, options: Options) -> Reading:
    kind = _table_format(found, options.format)
    return Reading(kind.name, found.name, encoding, found.delimiter, kind.read(found), from_source)


def _table_format(found: Table, forced: str | None) -> Format:
    if forced:
        return next(known for known in FORMATS if known.name == forced)
    # Ours says best which columns it does not know.
    return next((known for known in FORMATS if known.detects(found.header)), OWN)
