"""The file of refused rows: in the columns of the import, with what is wrong with each beside it."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from webstore_kit.core.errors import CommandError
from webstore_kit.importing.own import ERROR
from webstore_kit.importing.scratch import Scratch

ENCODING = "utf-8-sig"
"""With the mark by which spreadsheets know it."""


def path_of(name: str) -> Path:
    """Where the refused rows of a file are written: beside it; those of standard input into the present folder."""
    return Path("stdin.rejected.csv") if name == "-" else Path(f"{name}.rejected.csv")


def write(scratch: Scratch, path: Path, header: Sequence[str] | None, delimiter: str | None, encoding: str) -> bool:
    """Write all rows that were refused; answers False, and writes nothing, where there is no cell in any of them.

    The file is seen whole or not at all. Raises CommandError.

    The encoding is another one where it lacks signs of theirs: JSON can have any, whatever it is encoded in.
    """
    if not _all_encode(scratch, encoding):
        encoding = ENCODING
    columns = [column for column in dict.fromkeys([*(header or ()), *scratch.columns()]) if column != ERROR]
    if not columns:
        return False
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, [*columns, ERROR], delimiter=delimiter or ",", restval="")
            writer.writeheader()
            for cells, error in scratch.rejected():
                writer.writerow({**cells, ERROR: error})
        draft.replace(path)
    except OSError as error:
        raise CommandError(f"The refused rows cannot be written to {path}: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return True


def _all_encode(scratch: Scratch, encoding: str) -> bool:
    try:
        for cells, _ in scratch.rejected():
            "".join([*cells, *cells.values()]).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
