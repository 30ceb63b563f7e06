"""Pages: the contract's envelope around nine results, with links to the pages before and after."""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field
from typing_extensions import TypedDict

from webstore_kit.core.errors import NotFound
from webstore_kit.http.operation import Call
from webstore_kit.http.patterns import SPACE
from webstore_kit.http.query import Parameter
from webstore_kit.http.values import Count

PAGE_SIZE = 9
PAGE = Parameter(
    "page",
    "The number of the page, from 1, or `last`. There is no other: 404.",
    {
        "type": ["integer", "string"],
        "minimum": 1,
        "pattern": rf"^[{SPACE}\x00]*(?:last|0{{0,17}}[1-9][0-9]{{0,17}})[{SPACE}\x00]*$",
    },
)
Result = TypeVar("Result")
Address = Annotated[str, Field(json_schema_extra={"format": "uri"})]


class Links(TypedDict):
    """Where the neighbouring pages are; None where there is none."""

    next: Annotated[Address | None, Field(examples=["http://127.0.0.1:8000/api/product/all/?page=2"])]
    previous: Annotated[Address | None, Field(examples=[None])]
    next_num_page: Annotated[int | None, Field(examples=[2])]
    previous_num_page: Annotated[int | None, Field(examples=[None])]


class Page(TypedDict, Generic[Result]):
    """One page of a list."""

    links: Links
    page: Annotated[int, Field(description="Its number, from 1.", ge=1, examples=[1])]
    pages: Annotated[Count, Field(description="How many pages there are; 0 where nothing is found.")]
    count: Annotated[Count, Field(description="How many are found, on all pages.", examples=[10])]
    result: Annotated[list[Result], Field(description=f"{PAGE_SIZE} at most.")]


def paginate(call: Call[Any], count: int, fetch: Callable[[int, int], list[Result]]) -> Page[Result]:
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
