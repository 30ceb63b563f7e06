"""Hot reads: answers that the server has kept, against bare apps that have the same bytes."""

from dataclasses import replace
from functools import partial

from benchmarks.reading.bare_apps import asgi_app, starlette_app
from benchmarks.reading.bench import CONNECTIONS, Bench, Unlike
from benchmarks.reading.figures import ASGI, NOT_MODIFIED, OURS, STARLETTE, Outcomes, Rate, Target, at_least, rate
from benchmarks.reading.shop import Address
from benchmarks.reading.wire import fetched, get

TITLE = "hot reads on {}"
LEAST_OF_STARLETTE = {"sqlite": 1.0, "postgresql": 0.5}
LEAST_OF_ASGI = 0.8
"""Targets: the rate as a share of those of the bare apps; that of ASGI is for SQLite."""
UNCHANGED = "ours, 304"
LEAST_UNCHANGED = 1.1
"""Target: the rate of answers 304, as a share of that of bare Starlette with the whole answer."""
MOST_P99 = 1.5
"""Target: p99 as a multiple of that of bare Starlette, on SQLite."""


def measure(bench: Bench, database: str) -> list[Rate]:
    """Measure all addresses of the shop."""
    addresses = bench.stand(database, bench.size.products).shop.addresses
    return [row for address in addresses for row in _rows(bench, database, address)]


def _rows(bench: Bench, database: str, address: Address) -> list[Rate]:
    ours = bench.stand(database, bench.size.products).server.address
    starlette, asgi = (bench.bare(database)[make, address.path] for make in (starlette_app, asgi_app))
    etag = _compared(address.path, ours, starlette, asgi)
    request, known = [get(address.path)], [get(address.path, if_none_match=etag)]
    peers = {peer.name: partial(bench.repeat, peer.address, request) for peer in bench.peers if peer.has(address.path)}
    outcomes = bench.rounds(
        {
            UNCHANGED: partial(bench.repeat, ours, known),
            STARLETTE: partial(bench.repeat, starlette, request),
            OURS: partial(bench.repeat, ours, request),
            ASGI: partial(bench.repeat, asgi, request),
            **peers,
        }
    )
    rows = {side: _row(database, address.name, side, outcomes) for side in (STARLETTE, ASGI, OURS, UNCHANGED, *peers)}
    rows[OURS] = replace(rows[OURS], targets=_targets(database, rows[OURS]))
    rows[UNCHANGED] = replace(rows[UNCHANGED], targets=_targets_unchanged(database, rows[UNCHANGED]))
    return list(rows.values())


def _compared(path: str, ours: str, *bare: str) -> str:
    """The ETag of our answer, once all sides have been found to answer the same bytes."""
    first = fetched(ours, path)
    if any(fetched(address, path).body != first.body for address in bare):
        raise Unlike(f"{path} is answered with other bytes")
    etag = first.headers.get("etag", "")
    if fetched(ours, path, if_none_match=etag).status != NOT_MODIFIED:
        raise Unlike(f"{path} with its ETag is not answered {NOT_MODIFIED}")
    return etag


def _row(database: str, what: str, side: str, outcomes: Outcomes) -> Rate:
    row = partial(rate, TITLE.format(database), what, side, outcomes[side], connections=CONNECTIONS)
    return row() if side in (STARLETTE, ASGI) else row(starlette=outcomes[STARLETTE], asgi=outcomes[ASGI])


def _targets(database: str, row: Rate) -> list[Target]:
    targets = [at_least(row.of_starlette, LEAST_OF_STARLETTE[database], STARLETTE)]
    if database == "sqlite":
        even = row.p99_of_starlette is not None and row.p99_of_starlette <= MOST_P99
        targets += [at_least(row.of_asgi, LEAST_OF_ASGI, ASGI), Target(f"p99 {MOST_P99} of its", even)]
    return targets


def _targets_unchanged(database: str, row: Rate) -> list[Target]:
    return [at_least(row.of_starlette, LEAST_UNCHANGED, STARLETTE)] if database == "sqlite" else []
