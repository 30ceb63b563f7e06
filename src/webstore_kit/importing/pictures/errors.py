"""Why a picture cannot be had."""


class Unobtainable(Exception):
    """A picture cannot be had. `reason` is a short sentence for the shop owner, without paths, queries or secrets."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooSlow(Unobtainable):
    """The host sends a picture so slowly that it was given up."""


class Passing(Exception):
    """A picture cannot be had at the moment, and may be a little later.

    `reason` is as in Unobtainable; `pause` is what the host asks for, in seconds, if it does.
    """

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause = pause


class Stopped(Exception):
    """The fetching was told to stop; that says nothing of the picture."""
