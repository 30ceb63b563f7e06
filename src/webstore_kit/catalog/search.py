"""The search index of SQLite: which products that are sold have a text in their title, or in that of their brand.

It is an FTS5 table of trigrams, `product_search` (https://www.sqlite.org/fts5.html#the_trigram_tokenizer). Both titles
are in it as `core.database.fold` makes them, so that what it finds is what `core.database.contains` finds. A bare SQL
shell does not have that function; so triggers only mark the products whose entries are out of date, whoever changed
them, and `catch_up` makes these entries anew. Whoever reads looks for marks first. On PostgreSQL, an index of its own
extension `pg_trgm` does all that; there is nothing here for it.

All of it runs inside `store.snapshot()` or `.transaction()`.
"""

import enum
from dataclasses import dataclass
from typing import Any

from peewee import BigIntegerField, IntegerField, TextField

from webstore_kit.catalog.filters import ProductFilter
from webstore_kit.core.database import BaseModel, current, fold, is_postgresql
from webstore_kit.core.prepared import prepared

NOTHING = "\x02\x02\x02"
"""A trigram that no title has."""
UNKNOWN = 0
"""The mark of a database whose SQLite has no FTS5: it has no such index."""
MOST_TRIGRAMS = 100
"""Trigrams that the index is asked for in place of a word of two letters; more take it longer than to look at all."""
PORTION = 1000
"""Marked products that are seen to in one transaction, so that no buyer waits long for it."""
_FORGET = "DELETE FROM product_search WHERE rowid IN (SELECT product_id FROM search_marks WHERE rowid <= ?)"
_ENTER = """
    INSERT INTO product_search (rowid, title, brand)
    SELECT p.id, webstore_fold(p.title) || char(1, 1), COALESCE(webstore_fold(b.title), '') || char(1, 1)
    FROM (SELECT DISTINCT product_id FROM search_marks WHERE rowid <= ?) AS marked
    CROSS JOIN products AS p ON p.id = marked.product_id LEFT JOIN brands AS b ON b.id = p.brand_id
    WHERE p.is_active"""
"""Each title has a pad of two characters behind it, so that a trigram begins with each of its letters."""
_UNMARK = "DELETE FROM search_marks WHERE rowid <= ?"


class Mark(BaseModel):
    """A product whose entry is out of date."""

    product_id = BigIntegerField()

    class Meta:
        table_name = "search_marks"
        primary_key = False


class Entry(BaseModel):
    """What the index knows of a product; the key is the product's id."""

    key = IntegerField(primary_key=True, column_name="rowid")
    title = TextField()
    brand = TextField()
    everything = TextField(column_name="product_search")
    """What an expression is matched with; in SQL it has the name of the table."""

    class Meta:
        table_name = "product_search"


class Text(BaseModel):
    """The same, as FTS5 keeps it: a table that is fast to go through."""

    key = IntegerField(primary_key=True, column_name="id")
    title = TextField(column_name="c0")
    brand = TextField(column_name="c1")

    class Meta:
        table_name = "product_search_content"


class Trigram(BaseModel):
    """A trigram that is in an entry."""

    term = TextField()

    class Meta:
        table_name = "product_search_terms"
        primary_key = False


class State(enum.Enum):
    """What the index is good for."""

    CURRENT = "current"
    LAGGING = "lagging"
    """There are marks, which `catch_up` sees to."""
    MISSING = "missing"


@dataclass(frozen=True)
class Question:
    """A filter as the index is asked it: an expression of FTS5, and what is too short for trigrams, with its columns.

    The expression is empty where all is too short.
    """

    expression: str
    short: tuple[tuple[tuple[str, ...], str], ...]


def state() -> State:
    """The state of the index."""
    if is_postgresql(current()):
        return State.MISSING
    mark = _a_mark.row()
    if mark is None:
        return State.CURRENT
    return State.MISSING if mark["product_id"] == UNKNOWN else State.LAGGING


def question(wanted: ProductFilter) -> Question | None:
    """What to ask the index, of the texts that are wanted; None where it does not know the answer."""
    texts: list[tuple[tuple[str, ...], str]] = [(("title", "brand"), word) for word in wanted.words]
    texts += [((name,), text) for name, text in (("title", wanted.title), ("brand", wanted.brand)) if text]
    folded = [(columns, fold(text) or "") for columns, text in texts]
    if any(letter < " " for _, text in folded for letter in text):
        return None  # what is no title's, such as the pads
    found = [(columns, text, _expression(text)) for columns, text in folded]
    asked = [f"{{{' '.join(columns)}}} : {expression}" for columns, _, expression in found if expression]
    return Question(
        " AND ".join(asked), tuple((columns, text) for columns, text, expression in found if not expression)
    )


def catch_up(limit: int = PORTION) -> bool:
    """Make the entries of marked products anew, those marked first; answers whether there are more.

    Called by who writes products, and for all others by who finds marks. Inside `store.transaction()`.
    """
    if state() is not State.LAGGING:
        return False
    (last,) = _execute("SELECT MAX(rowid) FROM (SELECT rowid FROM search_marks ORDER BY rowid LIMIT ?)", limit)
    for statement in (_FORGET, _ENTER, _UNMARK):
        _execute(statement, last)
    return state() is State.LAGGING


def _expression(text: str) -> str:
    if len(text) > 2:
        return _quoted(text)
    if len(text) < 2:
        return ""
    trigrams = [row["term"] for row in _trigrams.rows(first=text, last=f"{text}\U0010ffff", limit=MOST_TRIGRAMS + 1)]
    if len(trigrams) > MOST_TRIGRAMS:
        return ""
    return f"({' OR '.join(map(_quoted, trigrams or [NOTHING]))})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _execute(sql: str, *values: Any) -> Any:
    return current().execute_sql(sql, values).fetchone()


@prepared
def _a_mark() -> Any:
    return Mark.select(Mark.product_id).limit(1)


@prepared
def _trigrams(first: Any, last: Any, limit: Any) -> Any:
    return Trigram.select(Trigram.term).where(Trigram.term >= first, Trigram.term < last).limit(limit)
