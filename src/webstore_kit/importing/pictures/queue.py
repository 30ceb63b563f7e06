"""Works through the pictures that an import run has queued: several threads obtain them, one writes what came of it.

What is left to do is in the database alone, so it goes on after any end: a picture leaves the queue in the transaction
that gives it to its products, and is on disk before. Two processes at the same queue do the same work twice, to the
same end.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from webstore_kit.core.errors import Busy
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.importing.pictures import pending
from webstore_kit.importing.pictures.checking import Checker, quiet
from webstore_kit.importing.pictures.crew import Crew
from webstore_kit.importing.pictures.errors import Unobtainable
from webstore_kit.importing.pictures.fetching import Fetcher, is_address
from webstore_kit.importing.pictures.files import read_file
from webstore_kit.importing.pictures.pending import FailedPicture, Outcome
from webstore_kit.importing.pictures.storing import MediaFolder

Progress = Callable[[int, int], None]
"""Is told how many sources are done, and how many there were when the work began."""
Result = TypeVar("Result")

THREADS = 8
"""They mostly wait for hosts, and for the disk."""
UNDER_WAY = 64
"""Sources that are handed out at the same time; so one that is slow holds up no other."""
TOGETHER = 32
"""Sources that are written in one transaction at most."""
PAGE = 1000
"""Sources that are read from the queue together."""
TRIES = 12
"""How often a turn to write is waited for; as others write too, it comes."""
LISTED = 100
"""Failed sources that a report lists."""


@dataclass(frozen=True, slots=True)
class PictureReport:
    """What was done: how many sources were `fetched`, and how many `reused` as they had been fetched before.

    `failed` lists the first hundred sources that the run could not have, now or before, of `failed_count` in all.
    """

    fetched: int
    reused: int
    failed_count: int
    failed: tuple[FailedPicture, ...]


class _Task(NamedTuple):
    source: str
    known_path: str | None


class _Obtained(NamedTuple):
    source: str
    outcome: Outcome
    reused: bool


def fetch_pictures(
    store: Store, run_id: int, folder: Path | None, progress: Progress | None = None, fetcher: Fetcher | None = None
) -> PictureReport:
    """Obtain the pictures that the run has queued, files from the folder, and give the products their photos.

    One that cannot be had is marked with the reason. Raises CommandError where the media folder cannot be written, and
    Busy; then, as after Ctrl+C, the rest stays in the queue. The fetcher is closed at the end.
    """
    with store.snapshot():
        total = pending.source_count(run_id)
    done, counts = 0, {True: 0, False: 0}
    if not total and fetcher is None:
        return _report(store, run_id, counts)  # most imports have none, and a crew takes as long as a small import
    with _crew(store.settings, folder, fetcher) as crew:
        for found in crew.results(_tasks(store, run_id), UNDER_WAY, TOGETHER):
            _record(store, run_id, {each.source: each.outcome for each in found})
            for each in found:
                counts[each.reused] += each.outcome.path is not None
            done += len(found)
            if progress is not None:
                progress(done, max(done, total))
    return _report(store, run_id, counts)


def _report(store: Store, run_id: int, counts: Mapping[bool, int]) -> PictureReport:
    with store.snapshot():
        failed = tuple(pending.failures(run_id, LISTED))
        return PictureReport(counts[False], counts[True], pending.failure_count(run_id), failed)


def complete_thumbnails(store: Store) -> int:
    """Make the thumbnails that stored pictures lack since the setting `thumbnail_widths` changed; answers how many
    pictures are complete now. Raises CommandError where the media folder cannot be written.
    """
    settings = store.settings
    checker = Checker(settings.picture_max_size, settings.picture_max_pixels)
    media = MediaFolder(settings.media_dir, settings.thumbnail_widths)

    def completed(path: str) -> bool:
        try:
            media.complete(path, checker)
        except Unobtainable:  # the picture is gone, or is larger than is allowed by now
            return False
        return True

    with quiet(), Crew(completed, THREADS) as crew:
        return sum(sum(found) for found in crew.results(_stored_paths(store), UNDER_WAY, TOGETHER))


class _Workshop:
    """Makes pictures in the media folder out of their sources; for any number of threads."""

    def __init__(self, settings: Settings, folder: Path | None, fetcher: Fetcher) -> None:
        self._folder = folder
        self._fetcher = fetcher
        self._checker = Checker(settings.picture_max_size, settings.picture_max_pixels)
        self._media = MediaFolder(settings.media_dir, settings.thumbnail_widths)
        self._media.remove_old_drafts()

    def obtain(self, task: _Task) -> _Obtained:
        """What comes of one source."""
        if task.known_path is not None and self._is_complete(task.known_path):
            return _Obtained(task.source, Outcome(path=task.known_path), reused=True)
        try:
            with self._checker.checked(self._content(task.source)) as picture:
                return _Obtained(task.source, Outcome(path=self._media.store(picture)), reused=False)
        except Unobtainable as error:
            return _Obtained(task.source, Outcome(error=error.reason), reused=False)

    def _is_complete(self, path: str) -> bool:
        try:
            self._media.complete(path, self._checker)
        except Unobtainable:  # someone has removed it; it is fetched again
            return False
        return True

    def _content(self, source: str) -> bytes:
        if is_address(source):
            return self._fetcher.fetch(source)
        return read_file(self._folder, source, self._checker.max_size)


@contextmanager
def _crew(settings: Settings, folder: Path | None, fetcher: Fetcher | None) -> Iterator[Crew[_Task, _Obtained]]:
    fetcher = fetcher or Fetcher(settings.picture_max_size, settings.picture_private_hosts)
    workshop = _Workshop(settings, folder, fetcher)
    with quiet(), fetcher, Crew(workshop.obtain, THREADS) as crew:
        try:
            yield crew
        finally:
            fetcher.stopped.set()  # before the crew waits for its threads, which may wait for hosts


def _tasks(store: Store, run_id: int) -> Iterator[_Task]:
    """The sources that are to be obtained, page by page; addresses with the path that they had before."""
    last: str | None = None
    while True:
        with store.snapshot():
            sources = pending.sources_after(run_id, last, PAGE)
            # A file of the same name may be another one by now; an address is taken to be the same picture.
            known = pending.known_paths([source for source in sources if is_address(source)])
        yield from (_Task(source, known.get(source)) for source in sources)
        if len(sources) < PAGE:
            return
        last = sources[-1]


def _stored_paths(store: Store) -> Iterator[str]:
    last = 0
    while True:
        with store.snapshot():
            found = pending.paths_after(last, PAGE)
        yield from dict.fromkeys(path for _, path in found)
        if len(found) < PAGE:
            return
        last = found[-1][0]


def _record(store: Store, run_id: int, outcomes: Mapping[str, Outcome]) -> None:
    more = True
    while more:
        more = _written(store, partial(pending.record, run_id, outcomes))


def _written(store: Store, work: Callable[[], Result]) -> Result:
    for _ in range(TRIES - 1):
        try:
            return store.write(work)
        except Busy:  # the server or another import is writing; each try waits for its turn for some seconds
            continue
    return store.write(work)
