"""The pictures of the demo catalogue, as they lie in the package."""

from contextlib import suppress
from pathlib import Path

from webstore_kit.catalog.models import ProductPicture
from webstore_kit.core.database import among, tuples
from webstore_kit.core.store import Store
from webstore_kit.importing.pictures.checking import Checker
from webstore_kit.importing.pictures.errors import Unobtainable
from webstore_kit.importing.pictures.storing import MediaFolder, picture_path

FOLDER = Path(__file__).parent / "pictures"


def restore(store: Store) -> None:
    """Store those again that products have and whose files are gone: a media folder may be new, and the database not.

    Raises CommandError where the media folder cannot be written.
    """
    packaged = {picture_path(file.read_bytes(), "png"): file for file in FOLDER.glob("*.png")}
    with store.snapshot():
        query = ProductPicture.select(ProductPicture.path).where(among(ProductPicture.path, packaged))
        used = {path for (path,) in tuples(query)}
    settings = store.settings
    checker = Checker(settings.picture_max_size, settings.picture_max_pixels)
    media = MediaFolder(settings.media_dir, settings.thumbnail_widths)
    for path in sorted(used):
        if not (settings.media_dir / path).is_file():
            # One that the settings allow no longer stays away.
            with suppress(Unobtainable), checker.checked(packaged[path].read_bytes()) as picture:
                media.store(picture)
