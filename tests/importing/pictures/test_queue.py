"""The queue of pictures: what becomes of each, and what an end in the middle leaves."""

import signal
import threading
from pathlib import Path

import pytest

from tests.importing.pictures.gallery import RUN, add_pictured, everything, photo, pictures, worker
from tests.importing.pictures.samples import BROKEN_EXIF, picture
from tests.importing.pictures.server import Pictures, Visit
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import ProductPicture
from webstore_kit.core.errors import CommandError
from webstore_kit.importing.pictures import queue as queues
from webstore_kit.importing.pictures.fetching import Fetcher, Patience
from webstore_kit.importing.pictures.pending import FailedPicture
from webstore_kit.importing.pictures.photos import lock_products
from webstore_kit.importing.pictures.queue import PictureReport, complete_thumbnails, fetch_pictures
from webstore_kit.importing.pictures.storing import picture_path, thumbnail_path

MUG, CUP = picture("jpg", colour="red"), picture("png", colour="blue")
MUG_PATH, CUP_PATH = picture_path(MUG, "jpg"), picture_path(CUP, "png")
NO_FILE = "there is no such file in the folder of the pictures"
NOT_FOUND = "127.0.0.1 answers 404 Not Found"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "mug.jpg").write_bytes(MUG)
    (folder / "cup.png").write_bytes(CUP)
    return folder


def here() -> Fetcher:
    """A fetcher that asks this machine, and tries once."""
    return Fetcher(100_000, ["127.0.0.1"], Patience(tries=1))


def test_products_get_their_pictures_and_the_first_is_the_photo(store: Store, folder: Path, server: Pictures) -> None:
    server.pages["/cup"] = CUP
    product_id = add_pictured(store, "mug.jpg", server.url("/cup"))
    assert fetch_pictures(store, RUN, folder, fetcher=here()) == PictureReport(2, 0, 0, ())
    assert pictures(store, product_id) == [(MUG_PATH, None), (CUP_PATH, None)]
    assert photo(store, product_id) == MUG_PATH
    for path, content in ((MUG_PATH, MUG), (CUP_PATH, CUP)):
        assert (store.settings.media_dir / path).read_bytes() == content
        assert (store.settings.media_dir / thumbnail_path(path, 320)).is_file()
        assert (store.settings.media_dir / thumbnail_path(path, 800)).is_file()


def test_a_picture_that_cannot_be_had_is_told_and_the_next_is_the_photo(
    store: Store, folder: Path, server: Pictures
) -> None:
    product_id = add_pictured(store, server.url("/gone"), "gone.jpg", "cup.png", photo="old.jpg")
    report = fetch_pictures(store, RUN, folder, fetcher=here())
    assert pictures(store, product_id) == [(None, NOT_FOUND), (None, NO_FILE), (CUP_PATH, None)]
    assert photo(store, product_id) == CUP_PATH
    (sku,) = {name for failed in report.failed for name in failed.products}
    assert report == PictureReport(
        fetched=1,
        reused=0,
        failed_count=2,
        failed=(
            FailedPicture((sku,), "gone.jpg", NO_FILE),
            FailedPicture((sku,), server.url("/gone"), NOT_FOUND),
        ),
    )


def test_a_product_none_of_whose_pictures_can_be_had_keeps_its_photo(store: Store, folder: Path) -> None:
    product_id = add_pictured(store, "gone.jpg", photo="old.jpg")
    fetch_pictures(store, RUN, folder)
    assert photo(store, product_id) == "old.jpg"


def test_without_a_folder_addresses_alone_can_be_had(store: Store, server: Pictures) -> None:
    server.pages["/cup"] = CUP
    product_id = add_pictured(store, "mug.jpg", server.url("/cup"))
    fetch_pictures(store, RUN, None, fetcher=here())
    no_folder = "it is the name of a file, and there is no folder to look in"
    assert pictures(store, product_id) == [(None, no_folder), (CUP_PATH, None)]


def test_what_is_no_picture_is_no_picture(store: Store, folder: Path) -> None:
    (folder / "mug.jpg").write_bytes(b"<!DOCTYPE html>")
    product_id = add_pictured(store, "mug.jpg")
    fetch_pictures(store, RUN, folder)
    told = "it is a web page; JPEG, PNG, GIF, WebP and AVIF are taken"
    assert pictures(store, product_id) == [(None, told)]


def test_the_limits_are_those_of_the_settings(settings: Settings, folder: Path) -> None:
    (folder / "large.png").write_bytes(picture("png", (50, 30)))
    store = Store(settings.model_copy(update={"picture_max_pixels": 1499, "thumbnail_widths": [20]}))
    product_id = add_pictured(store, "large.png", "cup.png")
    fetch_pictures(store, RUN, folder)
    told = "it has more than 1,499 pixels (the setting picture_max_pixels)"
    assert pictures(store, product_id) == [(None, told), (CUP_PATH, None)]
    assert {path.name for path in (settings.media_dir / CUP_PATH).parent.iterdir()} == {
        Path(CUP_PATH).name,
        Path(thumbnail_path(CUP_PATH, 20)).name,
    }
    store.close()


def test_a_private_host_is_not_asked_unless_a_setting_names_it(settings: Settings, server: Pictures) -> None:
    server.pages |= {"/mug": MUG, "/cup": CUP}
    for update, asked in (({}, []), ({"picture_private_hosts": ["127.0.0.0/8"]}, ["/cup"])):
        store = Store(settings.model_copy(update=update))
        add_pictured(store, server.url("/cup"))
        fetch_pictures(store, RUN, None)
        store.close()
        assert server.asked == asked


def test_a_source_that_many_products_name_is_fetched_once(
    store: Store, server: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webstore_kit.importing.pictures.pending.ROWS", 2)
    server.pages["/mug"] = MUG
    ids = [add_pictured(store, server.url("/mug")) for _ in range(5)]
    assert fetch_pictures(store, RUN, None, fetcher=here()).fetched == 1
    assert server.asked == ["/mug"]
    assert {photo(store, product_id) for product_id in ids} == {MUG_PATH}


def test_a_picture_that_was_fetched_by_another_run_is_not_fetched_again(store: Store, server: Pictures) -> None:
    server.pages["/mug"] = MUG
    add_pictured(store, server.url("/mug"))
    fetch_pictures(store, RUN, None, fetcher=here())
    product_id = add_pictured(store, server.url("/mug"), run_id=2)
    assert fetch_pictures(store, 2, None, fetcher=here()) == PictureReport(0, 1, 0, ())
    assert server.asked == ["/mug"]
    assert photo(store, product_id) == MUG_PATH


def test_a_picture_that_is_gone_from_the_media_folder_is_fetched_again(store: Store, server: Pictures) -> None:
    server.pages["/mug"] = MUG
    add_pictured(store, server.url("/mug"))
    fetch_pictures(store, RUN, None, fetcher=here())
    (store.settings.media_dir / MUG_PATH).unlink()
    add_pictured(store, server.url("/mug"), run_id=2)
    assert fetch_pictures(store, 2, None, fetcher=here()) == PictureReport(1, 0, 0, ())
    assert (store.settings.media_dir / MUG_PATH).read_bytes() == MUG


def test_a_file_is_read_again_as_it_may_have_changed(store: Store, folder: Path) -> None:
    first = add_pictured(store, "mug.jpg")
    fetch_pictures(store, RUN, folder)
    (folder / "mug.jpg").write_bytes(CUP)
    second = add_pictured(store, "mug.jpg", run_id=2)
    assert fetch_pictures(store, 2, folder) == PictureReport(1, 0, 0, ())
    assert (photo(store, first), photo(store, second)) == (MUG_PATH, CUP_PATH)


def test_pictures_of_other_runs_are_left_alone(store: Store, folder: Path) -> None:
    product_id = add_pictured(store, "mug.jpg", run_id=2)
    assert fetch_pictures(store, RUN, folder) == PictureReport(0, 0, 0, ())
    assert pictures(store, product_id) == [(None, None)]


def test_a_picture_that_failed_is_not_tried_again(store: Store, folder: Path) -> None:
    product_id = add_pictured(store, "late.jpg")
    first = fetch_pictures(store, RUN, folder)
    (folder / "late.jpg").write_bytes(MUG)
    assert fetch_pictures(store, RUN, folder) == PictureReport(0, 0, 1, first.failed)
    assert pictures(store, product_id) == [(None, NO_FILE)]


def test_the_whole_queue_is_read_page_by_page(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "PAGE", 3)
    monkeypatch.setattr(queues, "UNDER_WAY", 2)
    product_id = add_pictured(store, *(f"{number}/mug.jpg" for number in range(7)))
    told: list[tuple[int, int]] = []
    fetch_pictures(store, RUN, folder, lambda done, total: told.append((done, total)))
    assert pictures(store, product_id) == [(MUG_PATH, None)] * 7
    assert told[-1] == (7, 7)
    assert told == sorted(set(told))


def test_broken_exif_neither_matters_nor_warns(store: Store, folder: Path) -> None:
    (folder / "mug.jpg").write_bytes(picture("jpg", exif=BROKEN_EXIF))
    add_pictured(store, "mug.jpg")
    assert fetch_pictures(store, RUN, folder) == PictureReport(1, 0, 0, ())


def test_a_media_folder_that_cannot_be_written_leaves_the_queue_as_it_is(store: Store, folder: Path) -> None:
    store.settings.media_dir.write_text("no folder")
    product_id = add_pictured(store, "mug.jpg")
    with pytest.raises(CommandError, match=r"^The picture .* cannot be written: .*give the same command again\.$"):
        fetch_pictures(store, RUN, folder)
    assert pictures(store, product_id) == [(None, None)]
    store.settings.media_dir.unlink()
    fetch_pictures(store, RUN, folder)
    assert photo(store, product_id) == MUG_PATH


def test_a_turn_to_write_is_waited_for(settings: Settings, folder: Path) -> None:
    hurried, other = Store(settings, patience=0.05), Store(settings)
    product_id = add_pictured(hurried, "mug.jpg")
    locked, let_go = threading.Event(), threading.Event()

    def write() -> None:
        with other.transaction():
            lock_products([product_id])
            locked.set()
            let_go.wait(5)

    writing = threading.Thread(target=write)
    writing.start()
    locked.wait(5)
    threading.Timer(0.2, let_go.set).start()
    assert fetch_pictures(hurried, RUN, folder).fetched == 1
    assert photo(hurried, product_id) == MUG_PATH
    writing.join()
    for store in (hurried, other):
        store.close()


def test_an_interruption_ends_it_soon_and_leaves_the_rest_queued(store: Store, server: Pictures) -> None:
    slow = threading.Event()
    server.pages["/mug"] = MUG

    def never(visit: Visit) -> None:
        slow.set()
        visit.drip(b"")

    server.pages["/never"] = never
    product_id = add_pictured(store, server.url("/mug"), server.url("/never"))

    def interrupt(*_: int) -> None:
        slow.wait(5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_pictures(store, RUN, None, interrupt, here())
    assert pictures(store, product_id) == [(MUG_PATH, None), (None, None)]
    assert not [thread for thread in threading.enumerate() if thread.name == "webstore-picture"]


def test_a_process_that_is_killed_in_the_middle_changes_nothing_of_the_result(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    for number in range(80):
        (folder / f"{number}.png").write_bytes(picture("png", colour=(number, 0, 0)))
        add_pictured(store, f"{number}.png", f"{number}/gone.png", "mug.jpg")
    killed = worker(store, folder, halt=True)
    assert killed.stdout is not None
    done, total = map(int, killed.stdout.readline().split())
    killed.kill()
    assert killed.wait(10) == -signal.SIGKILL
    killed.communicate()
    assert 0 < done < total == 161
    with store.snapshot():
        left = ProductPicture.select().where(ProductPicture.path.is_null(), ProductPicture.error.is_null()).count()
    assert 0 < left < 240
    fetch_pictures(store, RUN, folder)
    assert everything(store) == expected(80)


def expected(count: int) -> list[tuple[object, ...]]:
    """What there is when pictures and photos are as they have to be."""
    contents = [picture("png", colour=(number, 0, 0)) for number in range(count)]
    paths = [picture_path(content, "png") for content in contents]
    rows: list[tuple[object, ...]] = []
    for number, path in enumerate(paths, 1):
        rows += [(number, path, 1, path, None), (number, path, 2, None, NO_FILE), (number, path, 3, MUG_PATH, None)]
    stored = {*paths, MUG_PATH}
    files = {name for path in stored for name in (path, thumbnail_path(path, 320), thumbnail_path(path, 800))}
    return [*rows, *sorted((file,) for file in files)]


def test_two_processes_at_the_same_queue_do_no_harm(store: Store, folder: Path) -> None:
    for number in range(40):
        (folder / f"{number}.png").write_bytes(picture("png", colour=(number, 0, 0)))
        add_pictured(store, f"{number}.png", f"{number}/gone.png", "mug.jpg")
    workers = [worker(store, folder) for _ in range(2)]
    assert [(each.communicate(timeout=30)[1], each.returncode) for each in workers] == [("", 0)] * 2
    assert everything(store) == expected(40)


def test_thumbnails_of_new_widths_are_made_of_stored_pictures(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "PAGE", 1)
    store = Store(settings)
    add_pictured(store, "mug.jpg", "cup.png", "gone.jpg")
    fetch_pictures(store, RUN, folder)
    store.close()
    (settings.media_dir / CUP_PATH).unlink()
    store = Store(settings.model_copy(update={"thumbnail_widths": [20]}))
    assert complete_thumbnails(store) == 1
    store.close()
    assert (settings.media_dir / thumbnail_path(MUG_PATH, 20)).is_file()
