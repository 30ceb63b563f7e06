"""Peers: other servers that speak the contract, which somebody has started, measured in the same rounds."""

from typing import NamedTuple

from benchmarks.figures import OK
from benchmarks.reading.wire import fetched


class Peer(NamedTuple):
    """A server and what to call it."""

    name: str
    address: str

    @classmethod
    def told(cls, text: str) -> "Peer":
        """The peer of `NAME=URL`; raises ValueError."""
        name, _, address = text.partition("=")
        if not name or not address.startswith("http://"):
            raise ValueError(f"{text} is no NAME=URL, such as django=http://127.0.0.1:8000")
        return cls(name, address.rstrip("/"))

    def has(self, path: str) -> bool:
        """Whether it answers 200 there: its catalogue may be another one."""
        return fetched(self.address, path).status == OK
