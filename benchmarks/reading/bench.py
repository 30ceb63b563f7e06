"""The bench: how much is measured, and the shops, servers and client that the tables share."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple, TypeVar

from benchmarks import servers
from benchmarks.figures import OK, Outcome
from benchmarks.load import Client, once_each, repeated
from benchmarks.reading import bare_apps, shop
from benchmarks.reading.bare_apps import Answer, Make, asgi_app, starlette_app
from benchmarks.reading.peers import Peer
from benchmarks.reading.shop import Shop
from benchmarks.reading.wire import fetched
from benchmarks.servers import Server
from webstore_kit import Settings

Side = TypeVar("Side", bound=Hashable)
"""What tells the sides of a comparison apart."""
Result = TypeVar("Result")
CONNECTIONS = 32
"""Of every measurement for which no other number is told."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 5
    warm_ups: int = 1
    """Rounds before those, which do not count."""
    seconds: float = 1.0
    """Of each measurement that repeats its requests."""
    products: int = 10_000
    sizes: Sequence[int] = (1_000, 10_000, 100_000)
    """Products of the stores that growth is measured with."""
    cold: int = 600
    """Requests of each measurement that repeats none."""
    singles: int = 7
    """Requests of each kind and round, one after the other."""
    connections: Sequence[int] = (1, 8, 32, 64, 128, 256)
    cache_bytes: int = 33_554_432
    """What a server keeps of answers while its memory is measured."""
    starts: int = 5
    """How often a server is started and stopped."""

    @property
    def all_rounds(self) -> int:
        """With those that do not count."""
        return self.warm_ups + self.rounds


SMALL = Size(
    rounds=1,
    warm_ups=0,
    seconds=0.02,
    products=300,
    sizes=(300,),
    cold=60,
    singles=2,
    connections=(8,),
    cache_bytes=100_000,
    starts=1,
)
"""Just enough to see that all of it runs."""


class Unlike(Exception):
    """Sides that are to be compared do not answer alike."""


class Stand(NamedTuple):
    """A server of ours, and the shop that it serves."""

    server: Server
    settings: Settings
    shop: Shop


class Bench:
    """What is started is started when it is first asked for, and stopped with the block that `exits` is of."""

    def __init__(self, size: Size, client: Client, peers: Sequence[Peer], exits: ExitStack) -> None:
        self.size = size
        self.client = client
        self.peers = peers
        self._exits = exits
        self.template = cache(self._template)
        self.stand = cache(self._stand)
        self.bare = cache(self._bare)

    def _template(self, database: str, products: int) -> servers.Template:
        return self._exits.enter_context(servers.template(database, partial(shop.fill, products=products)))

    def _stand(self, database: str, products: int, workers: int = 1) -> Stand:
        settings = self.template(database, products).copy()
        server = self._exits.enter_context(servers.served(settings, workers))
        return Stand(server, settings, Shop.of(settings))

    def _bare(self, database: str = "sqlite", workers: int = 1) -> Mapping[tuple[Make, str], str]:
        """Where bare apps answer what the shop does, by what makes each of them and the path whose answer it has."""
        stand = self.stand(database, self.size.products)
        answers = {
            address.path: Answer(address.route, _body(stand.server.address, address.path))
            for address in stand.shop.addresses
        }
        kinds = [(make, path) for make in (starlette_app, asgi_app) for path in answers]
        apps = [(make, answers[path]) for make, path in kinds]
        return dict(zip(kinds, self._exits.enter_context(bare_apps.served(apps, workers)), strict=True))

    def repeat(self, address: str, requests: Sequence[bytes], connections: int = CONNECTIONS) -> Outcome:
        """Repeat the requests for the seconds of a measurement."""
        return self.client.ask(address, connections, partial(repeated, requests, connections, self.size.seconds))

    def once(self, address: str, requests: Sequence[bytes], connections: int = CONNECTIONS) -> Outcome:
        """Send each of the requests once."""
        return self.client.ask(address, connections, partial(once_each, requests))

    def rounds(self, sides: Mapping[Side, Callable[[], Result]]) -> Mapping[Side, list[Result]]:
        """Measure the sides one right after the other, in rounds."""
        outcomes: dict[Side, list[Result]] = defaultdict(list)
        for number in range(self.size.all_rounds):
            for name, measure in sides.items():
                outcome = measure()
                if number >= self.size.warm_ups:
                    outcomes[name].append(outcome)
        return outcomes


def _body(server: str, path: str) -> bytes:
    found = fetched(server, path)
    if found.status != OK:
        raise Unlike(f"{path} was answered {found.status}")
    return found.body
