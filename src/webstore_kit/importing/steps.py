"""The steps of one batch of a file: checks its rows, finds the products that they mean, and plans what to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from webstore_kit.importing import present as products
from webstore_kit.importing import runs
from webstore_kit.importing.entries import Entry, Refusal
from webstore_kit.importing.plan import Mode, Step, step
from webstore_kit.importing.present import Present
from webstore_kit.importing.scratch import Placed, Scratch
from webstore_kit.importing.values import DecimalSign
from webstore_kit.importing.wanted import IDENTITY, Wanted, wanted

Outcome = Entry | Refusal
"""What a reader makes of a product of a file."""
Match = Present | None | list[Refusal]
"""The product that is meant; None where there is none; or why that cannot be said."""


@dataclass(frozen=True, slots=True)
class Request:
    """A product that a file speaks of, at which place among the outcomes of the reader, and what is wanted of it."""

    place: int
    entry: Entry
    wanted: Wanted

    def refusal(self, name: str, reason: str, fix: str) -> Refusal:
        """A refusal for the sake of the field, which is `sku` or `key`."""
        text = str(self.wanted.fields.get(name) or "")
        return Refusal(self.entry.line, self.entry.columns.get(name, name), text, reason, fix, self.entry.rows)

    def with_field(self, name: str, value: object) -> "Request":
        """The same request, which wants this too."""
        return replace(self, wanted=replace(self.wanted, fields={**self.wanted.fields, name: value}))


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch whose rows were checked by themselves: what is wanted, and what is refused already."""

    requests: Sequence[Request]
    refusals: Sequence[Placed]
    outcomes: int


@dataclass(slots=True)
class Planned:
    """A batch as it meets the store: the steps, all that is refused, and the products of which it names pictures again
    that were not had yet.
    """

    steps: list[Step] = field(default_factory=list)
    refusals: list[Placed] = field(default_factory=list)
    lacking: list[int] = field(default_factory=list)


def check(
    outcomes: Sequence[tuple[int, Outcome]], scratch: Scratch, decimal_sign: DecimalSign, *, clear: bool
) -> Checked:
    """Check each row by itself, and that no two rows of the file name the same product; the first one has the name."""
    doubles = _doubles([(place, each) for place, each in outcomes if isinstance(each, Entry)], scratch)
    requests = []
    refusals: list[Placed] = []
    for place, outcome in outcomes:
        if isinstance(outcome, Refusal):
            refusals.append((place, outcome))
            continue
        found = doubles.get(place) or wanted(outcome, decimal_sign, clear=clear)
        if isinstance(found, Wanted):
            requests.append(Request(place, outcome, found))
        else:
            refusals += [(place, refusal) for refusal in found]
    return Checked(requests, refusals, len(outcomes))


def plan(checked: Checked, scratch: Scratch, mode: Mode, *, locked: bool, names_all: bool = False) -> Planned:
    """What is to be done with the batch, in the store as it is now; `locked`, it stays so until the transaction ends.

    Where the file `names_all`, products are put back on sale that an import took out of it when they were not named.
    Runs in `store.snapshot()` or `.transaction()`; may be done again.
    """
    matches = _matches(checked.requests, locked=locked)
    requests = _back_on_sale(checked.requests, matches) if names_all else checked.requests
    planned = Planned(refusals=list(checked.refusals))
    for request, match in zip(requests, _apart(requests, matches, scratch), strict=True):
        found = match if isinstance(match, list) else step(request.entry, request.wanted, match, mode)
        if isinstance(found, list):
            planned.refusals += [(request.place, refusal) for refusal in found]
            continue
        planned.steps.append(found)
        if isinstance(match, Present) and match.lacks_pictures and "pictures" in request.wanted.fields:
            planned.lacking.append(match.id)
    return planned


def _back_on_sale(requests: Sequence[Request], matches: Sequence[Match]) -> list[Request]:
    """The requests; each that means a product taken out of sale, of which the file says no more, wants it back."""
    unsold = [
        match.id
        for request, match in zip(requests, matches, strict=True)
        if isinstance(match, Present) and not match.fields["is_active"] and "is_active" not in request.wanted.fields
    ]
    back = runs.taken_out(unsold) if unsold else set()
    return [
        request.with_field("is_active", True) if isinstance(match, Present) and match.id in back else request
        for request, match in zip(requests, matches, strict=True)
    ]


def _doubles(entries: Sequence[tuple[int, Entry]], scratch: Scratch) -> dict[int, list[Refusal]]:
    """The rows, by their places, that name what a row before has named."""
    names = [
        (place, entry, name, text)
        for place, entry in entries
        for name in IDENTITY
        if (text := entry.fields.get(name, "").strip())
    ]
    lines = scratch.claim([(f"{name}:{text}", place, entry.line) for place, entry, name, text in names])
    doubles: dict[int, list[Refusal]] = {}
    for (place, entry, name, text), line in zip(names, lines, strict=True):
        if line is not None:
            column = entry.columns.get(name, name)
            doubles[place] = [Refusal(entry.line, column, text, *_why_double(line), entry.rows)]
    return doubles


def _why_double(line: int) -> tuple[str, str]:
    return f"names the product of line {line} again", "keep one of the two rows"


def _matches(requests: Sequence[Request], *, locked: bool) -> list[Match]:
    skus = [sku for request in requests if (sku := request.wanted.sku)]
    keys = [key for request in requests if (key := request.wanted.key)]
    ids = products.ids_of(skus, keys)
    if locked and ids:
        products.lock(ids)
    there = products.products(ids)
    by_sku = {each.fields["sku"]: each for each in there}
    by_key = {each.fields["key"]: each for each in there}
    return [_match(each, by_sku.get(each.wanted.sku or ""), by_key.get(each.wanted.key or "")) for each in requests]


def _match(request: Request, of_sku: Present | None, of_key: Present | None) -> Match:
    if of_key is None or of_sku is of_key:
        return of_sku
    if of_sku is None and (request.wanted.sku is None or of_key.fields["sku"] is None):
        return of_key
    other = of_key.fields["sku"]
    reason = f"is the key of another product, of the SKU {other}" if other else "is the key of another product"
    return [request.refusal("key", reason, "give the row the key of its own product")]


def _apart(requests: Sequence[Request], matches: Sequence[Match], scratch: Scratch) -> list[Match]:
    """The matches, but a refusal where a row before has meant the same product by another of its names."""
    met = [
        (f"id:{match.id}", request.place, request.entry.line)
        for request, match in zip(requests, matches, strict=True)
        if isinstance(match, Present)
    ]
    lines = iter(scratch.claim(met))
    freed = scratch.claimed([_former(key) for request in requests if (key := request.wanted.key)])
    apart: list[Match] = []
    for request, match in zip(requests, matches, strict=True):
        line = next(lines) if isinstance(match, Present) else None
        place, freed_on = freed.get(_former(request.wanted.key), (request.place, 0))
        if place < request.place:
            apart.append([request.refusal("key", *_why_double(freed_on))])
        elif line is not None:
            apart.append([request.refusal("sku" if request.wanted.sku else "key", *_why_double(line))])
        else:
            apart.append(match)
        freed = _freed(request, match, scratch) | freed
    scratch.claim([(name, *used) for name, used in freed.items()])
    return apart


def _freed(request: Request, match: Match, scratch: Scratch) -> dict[str, tuple[int, int]]:
    """The key that a product loses to the one that its row gives it, and by which the file still means that product.

    Or what a later row with the old key means would depend on whether this one is written by then.
    """
    if not isinstance(match, Present) or request.wanted.key is None:
        return {}
    keys = {match.fields["key"], scratch.keys_before.get(match.id)} - {None, request.wanted.key}
    return {_former(key): (request.place, request.entry.line) for key in keys}


def _former(key: str | None) -> str:
    return f"former key:{key}"
