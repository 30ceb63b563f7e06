"""Reads the documentation: pages, their sections, and the fenced blocks in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "webstore_kit"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language and its text."""

    language: str
    text: str


def pages() -> list[Path]:
    """Every page of the documentation, and the README."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def blocks(text: str, *languages: str) -> list[Block]:
    """The fenced blocks in those languages, or all."""
    found = [Block(*match) for match in FENCE.findall(text)]
    return [block for block in found if not languages or block.language in languages]


def sections(page: str) -> dict[str, str]:
    """The text under each heading of the second and third level, up to the next one."""
    text = text_of(page)
    headings = list(HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return {heading.group(1): text[heading.end() : end] for heading, end in zip(headings, ends, strict=True)}


def named_sections(page: str) -> dict[str, str]:
    """The sections whose heading is one name, set as code."""
    return {name.strip("`"): text for name, text in sections(page).items() if re.fullmatch(r"`[^`]+`", name)}


def names_in_tables(text: str) -> Iterator[str]:
    """The names, set as code, in the first column of the tables."""
    for cell in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE):
        yield from re.findall(r"`([\w-]+)`", cell)
