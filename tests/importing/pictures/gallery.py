"""Products whose pictures an import run has queued, and a real process that works through the queue."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.factories import add_product
from webstore_kit import Store
from webstore_kit.catalog.models import Product, ProductPicture
from webstore_kit.core.database import tuples

RUN = 1

WORKER = """
import sys
from pathlib import Path
from tests.databases import settings_for
from webstore_kit import Store
from webstore_kit.importing.pictures.queue import fetch_pictures

directory, url, folder, halt = sys.argv[1:]

def progress(done, total):
    print(done, total, flush=True)
    if halt == "halt":
        sys.stdin.read()

store = Store(settings_for(Path(directory), url))
fetch_pictures(store, 1, Path(folder), progress)
store.close()
"""


def add_pictured(store: Store, *sources: str, run_id: int = RUN, photo: str | None = None) -> int:
    """A product whose pictures are queued; answers its id."""
    product_id = add_product(store, photo=photo)
    queue(store, product_id, sources, run_id)
    return product_id


def queue(store: Store, product_id: int, sources: Sequence[str], run_id: int = RUN) -> None:
    """Queue the pictures of a product, in their order, behind those that it has."""
    with store.transaction():
        first = ProductPicture.select().where(ProductPicture.product == product_id).count() + 1
        for position, source in enumerate(sources, first):
            ProductPicture.insert(product=product_id, position=position, source=source, run_id=run_id).execute()


def photo(store: Store, product_id: int) -> str | None:
    with store.snapshot():
        found: str | None = Product.select(Product.photo).where(Product.id == product_id).scalar()
        return found


def pictures(store: Store, product_id: int) -> list[tuple[str | None, str | None]]:
    """The path and the error of each picture of the product."""
    with store.snapshot():
        query = ProductPicture.select(ProductPicture.path, ProductPicture.error)
        return tuples(query.where(ProductPicture.product == product_id).order_by(ProductPicture.position))


def everything(store: Store) -> list[tuple[object, ...]]:
    """What the store knows of all pictures and photos, and the files in its media folder."""
    media = store.settings.media_dir
    with store.snapshot():
        columns = Product.id, Product.photo, ProductPicture.position, ProductPicture.path, ProductPicture.error
        rows = tuples(Product.select(*columns).join(ProductPicture).order_by(Product.id, ProductPicture.position))
    files = (path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())
    return [*rows, *sorted((file,) for file in files if "/.drafts/" not in file)]


def worker(store: Store, folder: Path, *, halt: bool = False) -> "subprocess.Popen[str]":
    """A process at the same queue, which prints its progress; with `halt` it does no more after the first time."""
    settings = store.settings
    arguments = [str(settings.directory), settings.database_url, str(folder), "halt" if halt else "go on"]
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WORKER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
