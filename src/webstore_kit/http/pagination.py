"""Pages: the contract's envelope around nine results, with links to the pages before and after."""

from collections.abc import Callable
from typing import Any, TypedDict

from webstore_kit.core.errors import NotFound
from webstore_kit.http.operation import Call

PAGE_SIZE = 9


class Links(TypedDict):
    """Where the neighbouring pages are; None where there is none."""

    next: str | None
    previous: str | None
    next_num_page: int | None
    previous_num_page: int | None


class Page(TypedDict):
    """One page of a list."""

    links: Links
    page: int
    pages: int
    count: int
    result: list[Any]


def paginate(call: Call[Any], count: int, fetch: Callable[[int, int], list[Any]]) -> Page:
    """The page that the query asks for; `fetch(limit, offset)` reads its results. Raises NotFound for no such page."""
    pages = -(-count // PAGE_SIZE)
    page = _asked_page(call, max(pages, 1))
    following, preceding = (page + 1 if page < pages else None), (page - 1 if page > 1 else None)
    return {
        "links": {
            "next": _link(call, following),
            "previous": _link(call, preceding),
            "next_num_page": following,
            "previous_num_page": preceding,
        },
        "page": page,
        "pages": pages,
        "count": count,
        "result": fetch(PAGE_SIZE, (page - 1) * PAGE_SIZE),
    }


def _asked_page(call: Call[Any], last: int) -> int:
    asked = call.query.get("page") if "page" in call.query else "1"
    if asked == "last":
        return last
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 18 and 1 <= int(asked) <= last):
        raise NotFound("Invalid page.")
    return int(asked)


def _link(call: Call[Any], page: int | None) -> str | None:
    if page is None:
        return None
    query = call.query.with_page(page)
    return f"{call.base_url}{call.path}" + (f"?{query}" if query else "")
