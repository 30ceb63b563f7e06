"""Ways in which a server can deviate from the contract, and the exchange that finds each."""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import jwt
from starlette.types import Scope

from tests.contract.served import Reply, Sabotage
from tests.factories import SECRET

Change = Callable[[Any], Any]


def on_json(change: Change, path: str = "", **dump: Any) -> Sabotage:
    """Change the JSON of all answers, or of those under a path."""
    options = {"ensure_ascii": False, **dump}

    def answered(scope: Scope, reply: Reply) -> Reply:
        if not scope["path"].startswith(path) or ("content-type", "application/json") not in reply.headers:
            return reply
        return replace(reply, body=json.dumps(change(json.loads(reply.body or "null")), **options).encode())

    return Sabotage(answered=answered)


def on_text(pattern: str, by: str) -> Sabotage:
    """Change the text of all answers."""
    return Sabotage(
        answered=lambda scope, reply: replace(reply, body=re.sub(pattern.encode(), by.encode(), reply.body))
    )


def on_query(pattern: str, by: str) -> Sabotage:
    """Read another query than was sent."""
    return Sabotage(
        asked=lambda scope: {**scope, "query_string": re.sub(pattern.encode(), by.encode(), scope["query_string"])}
    )


def without_header(name: str, *statuses: int) -> Sabotage:
    """Leave out a header, in all answers or in those of some statuses."""

    def answered(scope: Scope, reply: Reply) -> Reply:
        kept = [pair for pair in reply.headers if pair[0] != name]
        return replace(reply, headers=kept) if reply.status in statuses or not statuses else reply

    return Sabotage(answered=answered)


def with_header(name: str, value: str) -> Sabotage:
    """Give a header another value wherever it is."""
    return Sabotage(
        answered=lambda scope, reply: replace(
            reply, headers=[(key, value if key == name else old) for key, old in reply.headers]
        )
    )


def instead(path: str, status: int, body: str = '{"detail": "No."}', **headers: str) -> Sabotage:
    """Answer so whatever begins with the path."""
    reply = Reply(status, [("content-type", "application/json"), *headers.items()], body.encode())
    return Sabotage(answered=lambda scope, old: reply if re.match(path, scope["path"]) else old)


def each_value(change: Change) -> Change:
    """A change of each value inside a value, from the inside out."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(part) for key, part in value.items()}
        return [changed(part) for part in value] if isinstance(value, list) else change(value)

    return changed


def money_as_number(value: Any) -> Any:
    return float(value) if isinstance(value, str) and re.fullmatch(r"\d+\.\d\d", value) else value


def with_key(key: str, value: Callable[[Any], Any]) -> Change:
    """A change of the object that has such a key."""
    return lambda found: {**found, key: value(found[key])} if isinstance(found, dict) and key in found else found


def with_text_user(value: Any) -> Any:
    if not (isinstance(value, dict) and "access" in value):
        return value
    claims = jwt.decode(value["access"], SECRET, ["HS256"])
    return {**value, "access": jwt.encode({**claims, "user_id": str(claims["user_id"])}, SECRET, "HS256")}


ODD: tuple[Any, ...] = (None, [], {}, 7, -1.5, "", "é", True, "nan", "<text>", [None], {"id": None}, "9" * 400, 10**30)


def at_random(random: Random, chance: float) -> Sabotage:
    """Put odd values in the place of others, and leave keys out."""

    def changed(value: Any) -> Any:
        if random.random() < chance:
            return random.choice(ODD)
        if isinstance(value, dict):
            return {key: changed(part) for key, part in value.items() if random.random() > chance / 3}
        return [changed(part) for part in value] if isinstance(value, list) else value

    return on_json(changed)


def redirect_slashless() -> Sabotage:
    """Send who asks without the slash to where it is."""

    def answered(scope: Scope, reply: Reply) -> Reply:
        if scope["path"].endswith("/"):
            return reply
        return Reply(308, [("location", f"{scope['path']}/")], b"")

    return Sabotage(answered=answered)


def another_order_each_time() -> Sabotage:
    """Make of each checkout an order of its own."""
    numbers = itertools.count(1)
    return on_json(with_key("customer_shipping_address", lambda number: number + next(numbers)), "/api/order/finalize")


SABOTAGES: dict[str, tuple[Sabotage, str]] = {
    "redirects a missing slash": (redirect_slashless(), "A product is answered without the slash"),
    "redirects a preflight": (redirect_slashless(), "A preflight of PUT without the slash is not redirected"),
    "leaves out Allow": (without_header("allow"), "A list cannot be posted to, and Allow says what can be done"),
    "escapes Unicode": (
        on_json(lambda value: value, ensure_ascii=True),
        "A registration binds the customer, in unescaped UTF-8",
    ),
    "says it otherwise": (on_text("Not found", "No such page"), "An unknown path is not found"),
    "answers HTML to who is not found": (
        with_header("content-type", "text/html; charset=utf-8"),
        "The brands have id and title",
    ),
    "writes money as a number": (
        on_json(each_value(money_as_number)),
        "A list has links, page, pages, count and result",
    ),
    "writes money as a number in the cart": (
        on_json(each_value(money_as_number), "/api/order/cart/list"),
        "The cart lists its line with the price",
    ),
    "links to page 1 by number": (
        on_text(r'all/"', 'all/?page=1"'),
        "The second page follows the first",
    ),
    "links without the other parameters": (
        on_text(r"\?foo=bar&page=2&utm=a\+b", "?page=2"),
        "Unknown parameters are ignored, and kept in links",
    ),
    "links as they came": (on_text(r"a=1%2B1&m=x\+y", "a=1%2B1&m=x%20y"), "Links are sorted by name and form-encoded"),
    "pages of eight": (
        on_json(with_key("result", lambda result: result[:8]), "/api/product/all"),
        "GET /api/product/all/ can be read",
    ),
    "leaves out CORS of errors": (
        without_header("access-control-allow-origin", 404, 401, 400),
        "An answer 404 may be read by the origin that asks",
    ),
    "allows no PUT": (
        with_header("access-control-allow-methods", "GET, POST"),
        "A preflight of PUT is allowed, with Authorization and Content-Type",
    ),
    "allows no Authorization": (
        with_header("access-control-allow-headers", "content-type"),
        "A preflight of a plain GET is allowed, with Authorization",
    ),
    "asks for no Bearer": (without_header("www-authenticate"), "A junk token on a protected endpoint is 401"),
    "writes ids as text": (
        on_json(each_value(lambda value: str(value) if type(value) is int else value), "/api/product/brands"),
        "The brands have id and title",
    ),
    "writes 1 for true": (
        on_json(with_key("status", int), "/api/customer/create"),
        "A fresh customer gets a token",
    ),
    "writes times with an offset": (
        on_json(with_key("time_created", lambda time: time.replace("Z", "+00:00"))),
        "getuser answers the customer that was bound",
    ),
    "adds a key": (
        on_json(lambda value: {**value, "stock": 3} if "price" in value else value, "/api/product/get"),
        "A product has what its preview has, and more",
    ),
    "loses the zeros of a phone": (
        on_json(with_key("phone", lambda phone: phone and int(phone)), "/api/customer/getuser"),
        "getuser has what the checkout said, and a phone that begins with 0 as text",
    ),
    "writes a phone always as text": (
        on_json(with_key("phone", lambda phone: phone and str(phone)), "/api/customer/getuser"),
        "getuser has a phone that is a number as a number",
    ),
    "breaks at a large id": (
        instead("/api/product/get/9{20}", 500, "Traceback"),
        "An id too large for any database is not found",
    ),
    "has no picture": (instead("/media/", 404), "The picture for products without one is there"),
    "answers no HEAD": (
        Sabotage(asked=lambda scope: {**scope, "method": "TRACE" if scope["method"] == "HEAD" else scope["method"]}),
        "HEAD answers as GET without the body",
    ),
    "lets the first parameter win": (on_query(r"&page=1$", ""), "The last page parameter wins"),
    "lets the first filter win": (on_query(r"&title=(?!qq)\w+$", ""), "The last filter parameter wins"),
    "keeps white space": (on_query(r"%20(&|$)", r"x\1"), "White space around query values is ignored"),
    "takes a percent sign for a wildcard": (on_query("title=%25", "title="), "A percent sign in a value is plain text"),
    "takes an underscore for a wildcard": (on_query("title=_", "title="), "An underscore in a value is plain text"),
    "heeds case": (on_query(r"title=[A-Z]+\b", "title=qqq"), "title ignores case"),
    "leaves bounds out": (
        on_query(r"(max_price=\d+\.)\d\d", r"\g<1>00"),
        "min_price and max_price both hold, and are inclusive",
    ),
    "sorts by nothing": (on_query("ordering=-price$", "foo=1"), "ordering=-price begins with the dearest"),
    "refuses a bad escape": (
        Sabotage(answered=lambda scope, reply: reply if b"%zz" not in scope["query_string"] else Reply(400, [], b"")),
        "%zz is read leniently",
    ),
    "shows the last page for one beyond": (on_query("page=8", "page=last"), "A page beyond the last is invalid"),
    "counts what was put in, not lines": (
        on_json(with_key("cart_items_count", lambda count: count + 1)),
        "A product is put into the cart",
    ),
    "makes an order of each checkout": (
        another_order_each_time(),
        "A checkout sent four times at the same moment makes one order",
    ),
    "makes another order of the same checkout": (
        another_order_each_time(),
        "The same checkout again answers the same order",
    ),
    "names what is wrong with the cart elsewhere": (
        on_json(lambda value: {"detail": value["error"]} if "error" in value else value, "/api/order/cart/update"),
        "A cart update that is no JSON is refused in the shape of the cart",
    ),
    "gives a new refresh token": (
        on_json(lambda value: {**value, "refresh": "x.y.z"} if "access" in value else value, "/api/jwt/refresh"),
        "A refresh answers an access token and nothing else",
    ),
    "writes the user of a token as text": (
        on_json(with_text_user, "/api/jwt/auth"),
        "The tokens have the claims that clients read, and are HS256",
    ),
}
