"""How large a picture may be, said in the same words wherever it is found to be larger."""

from webstore_kit.importing.pictures.errors import Unobtainable


def too_large(max_size: int) -> Unobtainable:
    """The refusal of a picture with more than so many bytes, which is the setting `picture_max_size`."""
    return Unobtainable(f"it is larger than {max_size:,} bytes (the setting picture_max_size)")
