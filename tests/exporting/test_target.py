"""Where an export goes: the file is there whole or not at all."""

import gzip
import os
import stat
import threading
from pathlib import Path

import pytest

from webstore_kit.core.errors import CommandError
from webstore_kit.exporting.target import EVERYBODY, OWNER_ALONE, ending, written


class Halt(Exception):
    """What comes between."""


def write(path: Path, content: bytes, mode: int = EVERYBODY) -> None:
    with written(str(path), mode) as target:
        target.write(content)


def write_half(path: Path) -> None:
    with written(str(path)) as target:
        target.write(b"ne")
        raise Halt


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(path: Path) -> str:
    with pytest.raises(CommandError) as caught:
        write(path, b"new")
    return str(caught.value)


@pytest.fixture
def umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def test_a_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with written(str(path)) as target:
        target.write(b"one")
        target.flush()
        assert not path.exists()
    assert path.read_bytes() == b"one"
    assert names(tmp_path) == ["a.csv"]


def test_what_was_there_stays_until_then_and_where_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    with pytest.raises(Halt):
        write_half(path)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.csv"]
    write(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("mode", [EVERYBODY, OWNER_ALONE], ids=["everybody", "owner"])
def test_a_new_file_has_its_rights_and_one_that_was_there_keeps_its_own(tmp_path: Path, umask: int, mode: int) -> None:
    path = tmp_path / "a.csv"
    write(path, b"", mode)
    assert mode_of(path) == mode & ~umask
    path.chmod(0o640)
    write(path, b"", mode)
    assert mode_of(path) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "true").mkdir()
    link = tmp_path / "a.csv"
    link.symlink_to("true/b.csv")
    write(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "true" / "b.csv").read_bytes() == b"new"


def test_a_name_that_ends_in_gz_packs_alike_each_time(tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.CSV.GZ"):
        write(tmp_path / name, b"one\n")
    packed = (tmp_path / "a.csv.gz").read_bytes()
    assert gzip.decompress(packed) == b"one\n"
    assert packed == (tmp_path / "b.CSV.GZ").read_bytes()


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(path.read_bytes()))
    reader.start()
    write(path, b"one")
    reader.join(timeout=10)
    assert found == [b"one"]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_where_nothing_can_be_written_it_is_said_why(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} is a folder. Name a file in it."
    assert refusal(tmp_path / "b" / "a.csv") == f"There is no folder {tmp_path / 'b'}. Make it first."
    long = tmp_path / ("x" * 300)
    assert refusal(long) == f"{long} cannot be written: File name too long."


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    assert refusal(full) == f"{full} cannot be written: No space left on device."


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.csv", "csv"), ("a.CSV.gz", "csv"), ("b/a.json", "json"), ("a", ""), ("a.gz", ""), (".csv", ""), ("-", "")],
)
def test_the_ending_tells_the_format(path: str, found: str) -> None:
    assert ending(path) == found
