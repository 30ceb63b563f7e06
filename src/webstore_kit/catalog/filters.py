"""The filter of a product list: which products, in which order, as the query string asks."""

import re
from dataclasses import dataclass
from decimal import Decimal

from webstore_kit.core.errors import InvalidInput
from webstore_kit.http.patterns import SPACE
from webstore_kit.http.query import Parameter, Query

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")
NUMBER_SCHEMA = {"type": ["number", "string"], "pattern": rf"^[{SPACE}\x00]*(?:{NUMBER.pattern})?[{SPACE}\x00]*$"}
NOT_A_NUMBER = "Enter a number."
SORTABLE = ("title", "price")
PARAMETERS = (
    Parameter("min_price", "Products from this price on.", NUMBER_SCHEMA),
    Parameter("max_price", "Products up to this price.", NUMBER_SCHEMA),
    Parameter("brand_id", "Products of the brand with this id.", NUMBER_SCHEMA),
    Parameter("brand", "Products whose brand's title contains the text."),
    Parameter("title", "Products whose title contains the text."),
    Parameter("search", "Products that have each of the words in their title or their brand's."),
    Parameter("ordering", "`title` or `price`, with `-` for falling; several with commas. Ties go by id."),
)


@dataclass(frozen=True)
class ProductFilter:
    """What a list is narrowed to and sorted by; everything given must hold. Prices are inclusive bounds."""

    min_price: Decimal | None = None
    max_price: Decimal | None = None
    brand_id: Decimal | None = None
    brand: str = ""
    title: str = ""
    words: tuple[str, ...] = ()
    """Each is in the title or in the brand's title."""
    ordering: tuple[str, ...] = ()
    """`title` and `price`, with `-` before those that fall; ties go by id."""

    @property
    def has_text(self) -> bool:
        """Whether a text narrows it."""
        return bool(self.brand or self.title or self.words)

    @classmethod
    def from_query(cls, query: Query) -> "ProductFilter":
        """The filter that the query string asks for; raises InvalidInput that names each filter that is no number."""
        numbers = {name: query.get(name) for name in ("min_price", "max_price", "brand_id")}
        wrong = {name: [NOT_A_NUMBER] for name, text in numbers.items() if text and not NUMBER.fullmatch(text)}
        if wrong:
            raise InvalidInput(wrong)
        return cls(
            **{name: Decimal(text) for name, text in numbers.items() if text},
            brand=query.get("brand"),
            title=query.get("title"),
            words=tuple(dict.fromkeys(query.get("search").replace(",", " ").split())),
            ordering=_ordering(query.get("ordering")),
        )


def _ordering(text: str) -> tuple[str, ...]:
    wanted: dict[str, str] = {}
    for field in (part.strip() for part in text.split(",")):
        name = field.removeprefix("-")
        if name in SORTABLE:
            wanted.setdefault(name, field)  # sorted by once, a field decides nothing more
    return tuple(wanted.values())
