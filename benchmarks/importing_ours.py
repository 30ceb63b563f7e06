"""The child that imports a file into a store, as `webstore import` does."""

from benchmarks import children
from webstore_kit import Store
from webstore_kit.importing.services import import_catalogue


def main() -> None:
    """Import the file."""
    settings, (file,) = children.told()
    store = Store(settings)
    children.tell(lambda: import_catalogue(store, file))
    store.close()


if __name__ == "__main__":
    main()
