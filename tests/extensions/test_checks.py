"""What is wrong with an extension, or between two of them, stops the start in one sentence that names it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import peewee
import pytest
import typer
from pydantic import BaseModel
from pydantic_settings import BaseSettings
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route, WebSocketRoute

from tests.databases import settings_for
from webstore_kit import (
    AddedField,
    Call,
    Event,
    ExtensionError,
    Model,
    Operation,
    Store,
    Subscriber,
    create_app,
    metadata_field,
)
from webstore_kit.extensions.extension import Extension
from webstore_kit.importing.formats import Format


class Points(Model):
    """A table."""

    points = peewee.IntegerField()

    class Meta:
        table_name = "loyalty_points"


class Foreign(Model):
    """A table that is not called as its extension."""

    class Meta:
        table_name = "points"


class Ours(Model):
    """A table of the store's."""

    class Meta:
        table_name = "order_lines"


class OfTheEnvironment(BaseSettings):
    """Settings that read variables by themselves."""

    path: str = ""


class Prefix(BaseModel):
    """A setting whose variable is the store's."""

    number_prefix: str = ""


class AB(BaseModel):
    """WEBSTORE_A_B_C, of the extension a."""

    b_c: int = 1


class C(BaseModel):
    """WEBSTORE_A_B_C, of the extension a_b."""

    c: int = 1


class Plain:
    """Providers that are none."""

    def cost(self, store: Store) -> int:
        return 0

    def prices(self, store: Store, basket: Any, more: Any) -> Any:
        return []

    async def tax(self, store: Store, basket: Any, shipping: Any) -> Any:
        return None


anything: Any = Subscriber
"""Subscriber as somebody without a type checker calls it."""
site = PlainTextResponse("a site of its own")


def endpoint(call: Call[None]) -> Mapping[str, Any]:
    return {}


async def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("a page")


async def slow(store: Store, event: Event) -> None:
    raise AssertionError("never called")


def one_argument(store: Store) -> None:
    raise AssertionError("never called")


def read(store: Store, ids: Sequence[int]) -> Mapping[int, Any]:
    return {}


def field(answer: Any, name: str, reader: Any = read) -> AddedField:
    return AddedField(answer, name, int, reader)


def table(name: str) -> Format:
    return Format(name, "a format", lambda header: False, lambda table: iter(()))


def op(method: str, path: str) -> Operation:
    return Operation(method, path, endpoint)


HERE = Path(__file__).parent
WRONG: dict[str, tuple[Mapping[str, Any], str]] = {
    "name": ({"name": "Loyalty"}, "its name has to be of lower case letters, digits and _, and begin with a letter"),
    "name too long": ({"name": "a" * 41}, "its name has to be of lower case letters, digits and _"),
    "no migrations": ({"migrations": HERE}, "there is no migration such as 0001_initial.py in "),
    "tables without": ({"models": [Points]}, "it has tables, and no migrations that make them"),
    "foreign table": ({"models": [Foreign]}, "the name of its table points does not begin with loyalty_"),
    "our table": ({"models": [Ours]}, "the table order_lines is the store's own"),
    "no subscriber": ({"after_commit": [print]}, "<built-in function print> is no Subscriber(event, function)"),
    "no event": ({"before_commit": [Subscriber(int, print)]}, "is no Subscriber(event, function) to a kind of Event"),
    "no class": ({"before_commit": [anything("Event", print)]}, "is no Subscriber(event, function) to a kind of"),
    "one argument": (
        {"after_commit": [anything(Event, one_argument)]},
        "its subscriber tests.extensions.test_checks.one_argument is no plain function of the store and the event",
    ),
    "async": (
        {"after_commit": [Subscriber(Event, slow)]},
        "its subscriber tests.extensions.test_checks.slow is no plain function of the store and the event",
    ),
    "no such provider": ({"providers": {"mail": print}}, "there is no provider mail: there are clock, price_rule, "),
    "a class": (
        {"providers": {"shipping": Plain}},
        "its provider shipping is no ShippingRule: it is a class, or lacks",
    ),
    "lacks": (
        {"providers": {"mailer": Plain()}},
        "its provider mailer is no Mailer: it is a class, or lacks the method",
    ),
    "too few": (
        {"providers": {"shipping": Plain()}},
        "its provider shipping is no ShippingRule: its method takes other",
    ),
    "too many": ({"providers": {"price_rule": Plain()}}, "its provider price_rule is no PriceRule: its method takes"),
    "async provider": ({"providers": {"tax": Plain()}}, "its provider tax is no TaxRule: its method takes other"),
    "clock": ({"providers": {"clock": one_argument}}, "its provider clock is no Clock: its method takes other"),
    "no answer": ({"fields": [field("cart", "x")]}, "there is no answer cart: there are product, preview, customer, "),
    "no field name": ({"fields": [field("order", "a b")]}, "'a b' is no name for a field"),
    "our field": ({"fields": [field("product", "price")]}, "the answer product has a field price of its own"),
    "our id": ({"fields": [field("order", "id")]}, "the answer order has a field id of its own"),
    "reader": ({"fields": [field("order", "x", one_argument)]}, "what reads its field x is no plain function of the"),
    "two fields": ({"fields": [field("order", "x"), field("order", "x")]}, "it has the field order.x twice"),
    "settings": ({"settings": Prefix()}, "its settings are no class that is derived from pydantic.BaseModel"),
    "environment": (
        {"settings": OfTheEnvironment},
        "its settings are no class that is derived from pydantic.BaseModel",
    ),
    "our variable": (
        {"name": "order", "settings": Prefix},
        "its setting number_prefix would have the variable of the store's own setting order_number_prefix",
    ),
    "no route": ({"routes": [page]}, " is no Operation, and no other route of Starlette"),
    "no commands": ({"commands": print}, "its commands are no typer.Typer"),
    "format": ({"formats": [table("ndjson")]}, "the format ndjson is not to be replaced"),
    "two operations": (
        {"routes": [op("GET", "/api/x/"), op("GET", "/api/x/")]},
        "it has the operation GET /api/x/ twice",
    ),
    "our operation": (
        {"routes": [op("GET", "/api/product/all/")]},
        "it would answer GET /api/product/all/ in place of the store",
    ),
    "ours by another name": (
        {"routes": [op("GET", "/api/product/get/{number:slug}/")]},
        "it would answer GET /api/product/get/{id:id}/ in place of the store",
    ),
    "mount": (
        {"routes": [Mount("/api", routes=[Route("/x", page)])]},
        "it would answer GET /api/product/all/ in place",
    ),
    "catch all": ({"routes": [Route("/{path:path}", page)]}, "it would answer GET /api/product/all/ in place"),
    "method of ours": (
        {"routes": [Route("/api/order/finalize/", page, methods=["PUT"])]},
        "it would answer PUT /api/order/finalize/ in place",
    ),
    "landing page": ({"routes": [Route("/", page)]}, "it would answer GET / in place of the store"),
    "media": ({"routes": [Mount("/media", site)]}, "it would answer GET /media/ in place of the store"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case: str, tmp_path: Path) -> None:
    fields, sentence = WRONG[case]
    extension = Extension(**{"name": "loyalty", **fields})
    with pytest.raises(ExtensionError) as caught:
        create_app(settings_for(tmp_path), extensions=[extension])
    assert str(caught.value).startswith(f'The extension "{extension.name}" is wrong: ')
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


APART: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], str]] = {
    "provider": ({"providers": {"clock": lambda: None}}, {"providers": {"clock": lambda: None}}, "provider clock"),
    "field": ({"fields": [field("order", "x")]}, {"fields": [field("order", "x")]}, "field order.x"),
    "operation": ({"routes": [op("GET", "/api/x/")]}, {"routes": [op("GET", "/api/x/")]}, "operation GET /api/x/"),
    "format": ({"formats": [table("x")]}, {"formats": [table("x")]}, "format x"),
    "settings": ({"settings": AB}, {"settings": AB}, "class of settings AB"),
    "variable": ({"settings": AB}, {"settings": C}, "variable WEBSTORE_A_B_C"),
}


@pytest.mark.parametrize("case", APART)
def test_two_that_have_the_same_are_named(case: str, tmp_path: Path) -> None:
    one, other, what = APART[case]
    with pytest.raises(ExtensionError) as caught:
        create_app(settings_for(tmp_path), extensions=[Extension(name="a", **one), Extension(name="a_b", **other)])
    assert str(caught.value) == f'The extensions "a" and "a_b" both have the {what}. Leave one of them out.'


def test_a_field_that_the_setting_shows_too_is_refused(tmp_path: Path) -> None:
    extension = Extension(name="notes", fields=[metadata_field("product", "colour", name="metadata")])
    with pytest.raises(ExtensionError) as caught:
        create_app(settings_for(tmp_path, exposed_metadata=["product.size"]), extensions=[extension])
    assert str(caught.value) == (
        'The extension "notes" adds the field metadata to the answer product, and so does the setting '
        "exposed_metadata. Leave one of them out."
    )


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    class Callables:
        def cost(self, store: Store, basket: Any, hint: str = "") -> Any:
            return None

        def __call__(self, *arguments: Any) -> Any:
            return None

    routes = [
        op("GET", "/api/loyalty/points/"),
        op("POST", "/api/product/all/"),
        Mount("/loyalty", site),
        Route("/loyalty.txt", page),
        WebSocketRoute("/{path:path}", page),
        Host("loyalty.example.com", site),
    ]
    extension = Extension(
        name="loyalty",
        routes=routes,
        providers={"shipping": Callables(), "clock": Callables()},
        after_commit=[Subscriber(Event, Callables())],
        fields=[field("product", "x"), field("preview", "x")],
        commands=typer.Typer(),
    )
    app = create_app(settings_for(tmp_path), extensions=[extension])
    assert app.state.store.events.heeds(Event)


def test_what_is_handed_to_create_app_itself_may_answer_for_the_store(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path), routes=[op("GET", "/api/product/all/")])
    assert app.routes[0].endpoint is endpoint  # type: ignore[attr-defined]
