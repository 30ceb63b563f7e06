"""What is kept: never more than fits, and what is asked for again stays longest."""

from webstore_kit.core.watch import Stamp
from webstore_kit.http.encodings import IDENTITY, encoded
from webstore_kit.http.kept import OF_FORM, OVERHEAD, Answer, Kept

LETTER = 4
"""Bytes that a key of one letter is counted for."""


def answer(size: int = 0) -> Answer:
    return Answer(Stamp(1), [], b"x" * size)


def test_the_space_is_never_exceeded() -> None:
    kept = Kept(20 * OVERHEAD)
    for number in range(1000):
        kept.put(number, answer(number % 700))
        assert kept.size <= 20 * OVERHEAD
    assert 10 <= len(kept) <= 20


def test_what_nobody_asks_for_again_drives_out_nothing_that_is_asked_for() -> None:
    kept = Kept(20 * OVERHEAD)
    good = [f"good {number}" for number in range(10)]
    for key in good:
        kept.put(key, answer())
        kept.get(key)
    for number in range(1000):
        kept.put(f"junk {number}", answer())
    assert [key for key in good if kept.get(key) is None] == []


def test_of_what_is_asked_for_the_least_recent_goes_first() -> None:
    kept = Kept(10 * OVERHEAD)
    for key in range(8):
        kept.put(key, answer())
        kept.get(key)
    kept.get(0)
    for key in range(100, 108):
        kept.put(key, answer())
        kept.get(key)
    assert kept.get(1) is None
    assert kept.size <= 10 * OVERHEAD


def test_one_answer_does_not_take_all_the_space() -> None:
    kept = Kept(10 * OVERHEAD)
    kept.put("small", answer())
    kept.put("large", answer(5 * OVERHEAD))
    assert (kept.get("large"), kept.get("small") is not None) == (None, True)


def test_an_answer_takes_the_place_of_the_older_one() -> None:
    kept = Kept(10 * OVERHEAD)
    old, new, newer = answer(10), answer(20), answer(30)
    kept.put("a", old)
    kept.put("a", new)
    assert kept.get("a") is new
    kept.put("a", newer)
    assert (kept.get("a"), len(kept), kept.size) == (newer, 1, OVERHEAD + LETTER + 30)


def test_each_form_of_an_answer_counts() -> None:
    kept = Kept(10 * OVERHEAD)
    large = answer(1000)
    kept.put("a", large)
    forms = [large.add(encoding, encoded(large.body, encoding)) for encoding in (IDENTITY, "gzip")]
    kept.grown("a", large)
    assert forms[0].body is large.body
    assert kept.size == OVERHEAD + 2 * OF_FORM + LETTER + 1000 + len(forms[1].body)
    kept.drop("a")
    kept.drop("a")
    assert (kept.size, len(kept)) == (0, 0)


def test_nothing_is_kept_where_there_is_no_space() -> None:
    kept = Kept(0)
    kept.put("a", answer())
    assert kept.get("a") is None
