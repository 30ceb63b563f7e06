"""The formats that a catalogue goes out in: which there are, and the one way to write any of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from webstore_kit.exporting import catalogue, lines, own, shopify, woocommerce, workbook
from webstore_kit.exporting.tally import NO_ADDRESS, Tally
from webstore_kit.exporting.variants import Written
from webstore_kit.importing.present import Present

FAMILIES = 200
"""How many groups, or products without one, are made rows of another shop at once."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name on the command line, a few words on it, and what writes it.

    `write` runs inside `store.snapshot()`. It raises CommandError where the format cannot hold the catalogue at all.
    """

    name: str
    about: str
    write: Callable[[IO[bytes], Tally], None]


@dataclass(frozen=True, slots=True)
class Shop:
    """The CSV of another shop: its header, and what makes rows of families."""

    header: Sequence[str]
    written: Callable[[Sequence[Sequence[Present]]], Iterator[Written]]

    def write(self, target: IO[bytes], tally: Tally) -> None:
        """Write all products, the members of a group together."""
        lines.write(self._lines(tally), target)

    def _lines(self, tally: Tally) -> Iterator[str]:
        yield lines.row(self.header)
        families = ([*tally.counted(family)] for family in catalogue.families())
        for some in catalogue.batches(families, FAMILIES, _length):
            tally.lost[NO_ADDRESS] += sum(_has_files(product) for family in some for product in family)
            for written in self.written(some):
                tally.lost.update(name for fields in written.lost for name in fields)
                yield from (lines.row(cells.get(name, "") for name in self.header) for cells in written.rows)


def _length(family: Sequence[Present]) -> int:
    return sum(len(product.fields["description"] or "") for product in family)


def _has_files(product: Present) -> bool:
    return not all(picture.startswith(("http://", "https://")) for picture in product.fields["pictures"])


def _text(lines_of: Callable[[Iterable[Present]], Iterator[str]]) -> Callable[[IO[bytes], Tally], None]:
    return lambda target, tally: lines.write(lines_of(tally.counted(catalogue.products())), target)


def _workbook(target: IO[bytes], tally: Tally) -> None:
    workbook.write(tally.counted(catalogue.products()), target)


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("csv", "the columns of webstore-kit, in CSV", _text(own.csv)),
        Format("json", "the fields of webstore-kit, in a JSON list", _text(own.json_list)),
        Format("ndjson", "the fields of webstore-kit, one JSON object a line", _text(own.ndjson)),
        Format("xlsx", "the columns of webstore-kit, in a workbook", _workbook),
        Format("shopify", "the product CSV of Shopify", Shop(shopify.HEADER, shopify.written).write),
        Format("woocommerce", "the product CSV of WooCommerce", Shop(woocommerce.HEADER, woocommerce.written).write),
    )
}
"""The formats by their names."""
