"""Opening a source: encodings, packed files, pipes, and what is refused with one sentence."""

import gzip
import io
import os
import stat
import threading
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webstore_kit.core.errors import CommandError
from webstore_kit.importing import opening, sources
from webstore_kit.importing.opening import LONGEST_LINE, opened
from webstore_kit.importing.sources import source, unpacked_limit

TABLE = "sku,title\nA1,Größe – 5 €\n"


class Pipe(io.RawIOBase):
    """Bytes that can be read once only, made as they are read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        return next(self._chunks, b"")


def pipe(chunks: Iterator[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", Pipe(chunks))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def read(path: Path | str, encoding: str | None = None) -> tuple[str, str]:
    """The text of the source and its encoding."""
    with source(path) as from_source, opened(from_source, encoding) as text:
        return text.text.read(), text.encoding


def refusal(path: Path | str, encoding: str | None = None) -> str:
    with pytest.raises(CommandError) as caught:
        read(path, encoding)
    return str(caught.value)


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (TABLE.encode("utf-8-sig"), "utf-8"),
        (b"\xff\xfe" + TABLE.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "utf-16-be"),
        (TABLE.encode("utf-16-le"), "utf-16-le"),
        (TABLE.encode("utf-16-be"), "utf-16-be"),
        (TABLE.encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_found_and_the_mark_is_dropped(tmp_path: Path, content: bytes, encoding: str) -> None:
    assert read(written(tmp_path / "a.csv", content)) == (TABLE, encoding)


@given(text=st.text(st.characters(codec="cp1252", exclude_characters="\0"), min_size=1))
def test_any_text_in_a_named_encoding_reads_back(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("named") / "a.txt"
    for encoding in ("utf-8", "utf-16-le", "cp1252"):
        path.write_bytes(("sku\n" + text).encode(encoding))
        assert read(path, encoding) == ("sku\n" + text, encoding)


def test_the_first_odd_byte_may_come_late(tmp_path: Path) -> None:
    late = b"sku,title\n" + b"A1,Kettle\n" * 300_000 + "A2,Größe\n".encode("cp1252")
    text, encoding = read(written(tmp_path / "late.csv", late))
    assert encoding == "cp1252"
    assert text.endswith("A1,Kettle\nA2,Größe\n")


def test_a_letter_on_the_seam_of_two_pieces_is_whole(tmp_path: Path) -> None:
    content = "x" * (sources.CHUNK - 1) + "ß\n"
    assert read(written(tmp_path / "seam.csv", content.encode())) == (content, "utf-8")


def test_utf_8_with_one_broken_byte_is_not_taken_for_another_encoding(tmp_path: Path) -> None:
    path = written(tmp_path / "mixed.csv", "sku,title\nA1,Größe\n".encode() + b"A2,Gr\xf6\xdfe\n")
    assert refusal(path) == (
        f"{path} is UTF-8 up to line 3, where it is not: byte 0xF6. "
        "Mend that line, or name the file's encoding with --encoding."
    )
    assert read(path, "cp1252")[1] == "cp1252"


def test_bytes_that_are_in_no_known_encoding_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "odd.csv", b"sku\n\x81\xe4\n")
    assert refusal(path) == f"{path} is neither UTF-8 nor Windows-1252. Name its encoding with --encoding."
    assert read(path, "cp437") == ("sku\nüΣ\n", "cp437")


def test_an_encoding_can_be_forced(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "sku;цена".encode("cp1251"))
    assert read(path, "windows-1251") == ("sku;цена", "cp1251")
    assert refusal(path, "utf-8") == f"{path} is not valid utf-8. Name its encoding with --encoding."
    assert read(written(tmp_path / "b.csv", TABLE.encode("utf-16")), "UTF-16") == (TABLE, "utf-16")


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "utf-8\0"])
def test_what_is_no_encoding_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(written(tmp_path / "a.csv", b"sku"), name) == (
        f"No encoding is called {name!r}. Some that are: utf-8, utf-16, cp1252, cp1251, latin-1."
    )


def test_newlines_are_kept_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b"a\r\nb\rc\nd\xe2\x80\xa8e")
    with source(path) as from_source, opened(from_source) as text:
        assert list(text.lines()) == ["a\r\n", "b\r", "c\n", "d\u2028e"]


def test_the_head_is_at_hand(tmp_path: Path) -> None:
    with source(written(tmp_path / "a.csv", TABLE.encode("utf-8-sig"))) as from_source:
        assert opened(from_source).head == TABLE


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", gzip.compress(TABLE.encode("cp1252")))
    assert read(path) == (TABLE, "cp1252")


def test_a_gzip_of_several_parts_is_read_to_its_end(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gz", gzip.compress(b"sku\n") + gzip.compress(b"A1\n"))
    assert read(path)[0] == "sku\nA1\n"


def test_the_one_file_in_a_zip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("export") if hasattr(archive, "mkdir") else archive.writestr("export/", b"")
        archive.writestr("export/products.csv", TABLE)
        archive.writestr("export/.DS_Store", b"\0\0")
        archive.writestr("__MACOSX/export/._products.csv", b"\0\0")
    with source(path) as from_source, opened(from_source) as text:
        assert (text.name, text.text.read()) == (f"export/products.csv in {path}", TABLE)


def test_a_zip_of_several_files_names_them(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", a=b"sku\n", b=b"sku\n")
    assert refusal(path) == f"{path} holds several files: a, b. Unpack it, and name the one to import."
    path = zipped(tmp_path / "b.zip", **{f"f{number}": b"" for number in range(12)})
    assert "f8, f9 and 2 more. Unpack it" in refusal(path)


def test_a_zip_of_nothing_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip")
    assert refusal(path) == f"{path} holds no file."


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", a=b"sku\n").read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path = written(tmp_path / "locked.zip", bytes(content))
    assert refusal(path) == f"{path} is locked with a password. Unpack it first."


def test_a_zip_packed_in_an_uncommon_way_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", TABLE)
    assert refusal(path) == f"{path} is packed in a way that few programs know. Unpack it first."


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gz", gzip.compress(os.urandom(1000).hex().encode())[:-20])
    assert refusal(path) == (
        f"{path} cannot be read: Compressed file ended before the end-of-stream marker was reached."
    )


def test_a_gzip_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(TABLE.encode()))
    packed[-8] ^= 1
    assert "cannot be read: CRC check failed" in refusal(written(tmp_path / "a.gz", bytes(packed)))


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "b.zip", zipped(tmp_path / "a.zip", a=b"sku\n").read_bytes()[:-30])
    assert refusal(path) == f"{path} is a broken zip archive. Pack it again."


@given(places=st.lists(st.tuples(st.integers(4, 10_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_archive_is_refused_or_read_but_never_a_crash(
    places: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    for content in (zipped(folder / "a.zip", a=b"sku\nA1\n").read_bytes(), gzip.compress(b"sku\nA1\n")):
        damaged = bytearray(content)
        for place, byte in places:
            damaged[max(4, place % len(damaged))] = byte
        try:
            read(written(folder / "b", bytes(damaged)))
        except CommandError as error:
            assert str(error).endswith((".", "first"))  # noqa: PT017 - either outcome is right


def test_a_bomb_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    path = written(tmp_path / "bomb.gz", gzip.compress(b"0\n" * (10 * 2**20)))
    assert refusal(path) == f"{path} unpacks to over 16 MB. Unpack it first."
    path = zipped(tmp_path / "bomb.zip", a=b"0\n" * (10 * 2**20))
    assert refusal(path) == f"a in {path} unpacks to over 16 MB. Unpack it first."


def test_the_limit_of_what_is_unpacked_grows_with_the_packed_size() -> None:
    assert unpacked_limit(10) == 16 * 2**20
    assert unpacked_limit(2**20) == 250 * 2**20
    assert unpacked_limit(2**30) == 2 * 2**30


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is no text but a PNG picture."),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "is no text but a JPEG picture."),
        (b"GIF89a....", "is no text but a GIF picture."),
        (b"%PDF-1.7\n", "is no text but a PDF document."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "is no text but an old Office file: save it as .xlsx or CSV."),
        (b"BZh91AY&SY\x01", "is no text but packed with bzip2: unpack it first."),
        (gzip.compress(gzip.compress(b"sku\n", mtime=0), mtime=0), "is no text but packed twice: unpack it first."),
        (b"sku\nA\0B\n", "is no text: it has NUL characters."),
        ("sku,title\nA\0B,x\n".encode("utf-16"), "is no text: it has NUL characters."),
        (b"sku\n" * 100_000 + b"A\0B\n", "is no text: it has NUL characters."),
    ],
    ids=range(10),  # not the bytes themselves
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = written(tmp_path / "a.csv", content)
    assert refusal(path) == f"{path} {what}"


def test_a_line_of_the_longest_length_is_read_and_a_longer_one_is_refused(tmp_path: Path) -> None:
    longest = b"sku\n" + b"x" * (LONGEST_LINE - 1) + b"\nA1\n"
    path = written(tmp_path / "a.csv", longest)
    with source(path) as from_source, opened(from_source) as text:
        assert [len(line) for line in text.lines()] == [4, LONGEST_LINE, 3]
    path = written(tmp_path / "b.csv", b"sku\n" + b"x" * (LONGEST_LINE + 1) + b"\n")
    sentence = f"{path} has a line that is longer than 8 MB: line 2. Is it a catalogue?"
    assert refusal(path) == sentence


def test_a_line_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.csv"
    path.write_bytes(b"sku,title\n")
    pieces = (b"x" * 65536 for _ in range(10**9))
    tracemalloc.start()
    with source("-", pipe(iter([b"sku\n"]))) as from_source, opened(from_source) as text:
        assert text.encoding == "utf-8"
    with gzip.open(path, "wb", compresslevel=0) as file:
        for _ in range(400):
            file.write(next(pieces))
    assert "longer than 8 MB: line 1." in refusal(path)
    assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    tracemalloc.stop()


def test_a_long_file_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        for _ in range(400):
            file.write(b"A1,Kettle with a long name\n" * 4000)
    tracemalloc.start()
    with source(path) as from_source, opened(from_source) as text:
        while text.read(2**18):
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 40 * 2**20
    assert peak < 8 * 2**20


def test_json_may_be_one_long_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", b" [" + b'"x",' * (3 * 2**20) + b'"x"]')
    with source(path) as from_source, opened(from_source) as text:
        assert len(text.head) == opening.HEAD


def test_standard_input_that_can_be_read_once_is_enough() -> None:
    content = TABLE.encode("cp1252")
    stdin = pipe(iter([content[:10], content[10:20], content[20:]]))
    with source("-", stdin) as from_source, opened(from_source) as text:
        assert (text.name, text.encoding, text.text.read()) == ("Standard input", "cp1252", TABLE)
    assert not stdin.closed


def test_a_packed_file_can_come_through_standard_input(tmp_path: Path) -> None:
    for content in (gzip.compress(TABLE.encode()), zipped(tmp_path / "a.zip", a=TABLE.encode()).read_bytes()):
        with source("-", pipe(iter([content]))) as from_source, opened(from_source) as text:
            assert text.text.read() == TABLE


def test_standard_input_is_read_from_where_it_stands() -> None:
    stdin = io.BytesIO(b"#comment\nsku\n")
    stdin.readline()
    with source("-", stdin) as from_source, opened(from_source) as text:
        assert text.text.read() == "sku\n"
    assert not stdin.closed


def test_standard_input_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LARGEST_UNPACKED", 2**20)
    with pytest.raises(CommandError) as caught:
        source("-", pipe(iter(lambda: b"y\n" * 1000, b"")))
    assert str(caught.value) == "Standard input is longer than 1 MB. Save it as a file first."


def test_a_named_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert stat.S_ISFIFO(path.stat().st_mode)
    writer = threading.Thread(target=path.write_bytes, args=[TABLE.encode()])
    writer.start()
    assert read(path) == (TABLE, "utf-8")
    writer.join()


def test_a_path_without_a_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == f"There is no file {tmp_path / 'none.csv'}."
    assert refusal(tmp_path) == f"{tmp_path} is a folder. Name a file in it."
    assert refusal("a\0b") == "No file can have a NUL character in its name."
    assert refusal("x" * 300) == f"{'x' * 300} cannot be read: File name too long."


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b"sku\nA1\n")
    with source(path) as from_source, opened(from_source) as text:
        path.write_bytes(b"sku\n\xf6\n")
        with pytest.raises(CommandError) as caught:
            list(text.lines())
    assert str(caught.value) == f"{path} is not valid utf-8. Name its encoding with --encoding."
