"""The parts of the check that decide: exchanges as they are written, templates, pages, and commands for a shell."""

import json
import re
import shlex
from collections import Counter
from typing import Any

import httpx2
import pytest

from webstore_kit.contract.catalogue import Catalogue
from webstore_kit.contract.client import Answer, Request
from webstore_kit.contract.exchange import VARIABLE, Exchange, chapters, exchanges_of, shapes
from webstore_kit.contract.judging import Judge
from webstore_kit.contract.sending import curl, request_of, shortened
from webstore_kit.contract.templates import KINDS, MARK, TEXTS, Difference, Templates
from webstore_kit.contract.values import Unknown, Values

EXCHANGES = list(exchanges_of(chapters()))
DISCOVERED = {
    *(
        "base",
        "origin",
        "run",
        "password",
        "everything",
        "category",
        "list",
        "first",
        "pages",
        "word",
        "brand_word",
        "price",
    ),
    *("brand", "hidden", "product", "other"),
}
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoxfQ.c2lnbmF0dXJl"


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


def test_each_exchange_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(one.name for one in EXCHANGES).items() if count > 1] == []


def test_each_exchange_comes_after_those_that_it_needs() -> None:
    known, sent = set(DISCOVERED), set[str]()
    for exchange in EXCHANGES:
        assert exchange.variables - exchange.keep.keys() <= known, exchange.name
        assert set(exchange.after) <= sent, exchange.name
        known |= exchange.keep.keys()
        sent.add(exchange.name)


def test_a_value_is_kept_by_one_exchange() -> None:
    kept = [name for exchange in EXCHANGES for name in exchange.keep]
    assert sorted(kept) == sorted(set(kept))
    assert set(kept).isdisjoint(DISCOVERED)


def test_each_mark_in_an_answer_is_one_that_is_known() -> None:
    written = [*texts([one.answer for one in EXCHANGES]), *texts([one.tokens for one in EXCHANGES]), *texts(shapes())]
    marks = {name for text in written for name, _ in MARK.findall(text)} - {"each", "page", "nothing"}
    assert marks <= TEXTS.keys() | KINDS.keys() | shapes().keys()
    assert shapes().keys() <= marks


def test_what_may_write_says_so() -> None:
    for exchange in EXCHANGES:
        succeeds = exchange.method in ("POST", "PUT") and exchange.status in (200, 201)
        harmless = "/jwt/" in exchange.target or exchange.answer == "{order}"
        assert exchange.writes or not succeeds or harmless, exchange.name


def compared(template: Any, found: Any, **known: Any) -> list[tuple[str, str, str]]:
    values = Values(known, {"gone": "It has gone."})
    differences = Templates(shapes(), values).differences(template, found)
    return [(one.where, one.expected, one.found) for one in differences]


@pytest.mark.parametrize(
    ("template", "right", "wrong"),
    [
        ("<uuid4>", "395bce87-0edd-4834-9063-a36311e2f81f", "395bce87-0edd-1834-9063-a36311e2f81f"),
        ("<money>", "399.00", "399.0"),
        ("<money>", "0.10", 0.1),
        ("<money?>", None, "free"),
        ("<time>", "2021-08-04T12:30:45.123456Z", "2021-08-04T12:30:45.123456+00:00"),
        ("<time>", "2021-08-04T12:30:45Z", "2021-08-04 12:30:45Z"),
        ("<id>", 7, "7"),
        ("<id>", 1, True),
        ("<count>", 0, 0.0),
        ("<text>", "", None),
        ("<text?>", None, 3),
        ("<sentence>", "No.", " "),
        ("<messages>", ["No."], []),
        ("<messages>", ["No."], "No."),
        ("<url>", "https://example.com/a.jpg", "/a.jpg"),
        ("<other {token}>", "another", "mine"),
        ("JSON parse error - <text>", "JSON parse error - line 1", "line 1"),
        ("<brand?>", None, {"id": 1}),
        (["<each>", "<id>"], [], [1, "2"]),
        ({"a?": 1}, {}, {"a": 2}),
        (1, 1, 1.0),
        (True, True, 1),
        ("{mark}", "<text>", "anything"),
        ("a {mark} b", "a <text> b", "a anything b"),
        ({"a": 1}, {"a": 1}, {"a": 1, "b": 2}),
        ([1, 2], [1, 2], [1, 2, 3]),
        (None, None, ""),
    ],
)
def test_a_template_takes_what_is_like_it_and_nothing_else(template: Any, right: Any, wrong: Any) -> None:
    known = {"token": "mine", "mark": "<text>"}
    assert compared(template, right, **known) == []
    assert len(compared(template, wrong, **known)) == 1


def test_a_difference_says_where_it_is() -> None:
    template = {"result": ["<each>", "<preview>"], "count": 1}
    product = {"id": 1, "title": "Mug", "price": 9.5, "old_price": None, "photo": "http://a/b", "brand": None}
    assert compared(template, {"result": [product], "count": 1}) == [("result[0].price", '"<money>"', "9.5")]
    assert compared(template, {"result": [{"id": 1}]}) == [
        *(
            (f"result[0].{name}", f'"<{kind}>"', "nothing")
            for name, kind in [("title", "sentence"), ("price", "money")]
        ),
        ("result[0].old_price", '"<money?>"', "nothing"),
        ("result[0].photo", '"<url>"', "nothing"),
        ("result[0].brand", '"<brand?>"', "nothing"),
        ("count", "1", "nothing"),
    ]


def test_a_value_that_is_not_known_says_why() -> None:
    with pytest.raises(Unknown, match="It has gone"):
        compared("{gone}", 1)


PRODUCTS = [
    {"id": number, "title": title, "price": price, "old_price": None, "photo": "http://a/b", "brand": brand}
    for number, title, price, brand in [
        (1, "Red Kettle", "9.00", {"id": 1, "title": "Acme"}),
        (2, "blue kettle", "10.00", None),
        (3, "Mug 100%", "2.50", {"id": 2, "title": "Ünion"}),
    ]
]
CATALOGUE = Catalogue("http://shop", {"/all/": PRODUCTS, "/many/": [{**PRODUCTS[0], "id": n} for n in range(1, 21)]})


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [1, 2, 3]),
        ("min_price=9", [1, 2]),
        ("max_price=9.00", [1, 3]),
        ("title=KETTLE", [1, 2]),
        ("title=100%", [3]),
        ("search=acme,kettle", [1]),
        ("brand=ACM", [1]),
        ("brand_id=2%20", [3]),
        ("ordering=-price", [2, 1, 3]),
        ("ordering=bogus,price", [3, 1, 2]),
        ("title=mug&title=kettle", [1, 2]),
        ("title=mug%00", [3]),
        ("title=", [1, 2, 3]),
    ],
)
def test_the_catalogue_knows_which_products_a_list_has(query: str, ids: list[int]) -> None:
    for page in CATALOGUE.pages(f"/all/?{query}"):
        assert [preview["id"] for preview in page["result"]] == ids


def test_titles_may_be_sorted_with_and_without_regard_to_case() -> None:
    pages = CATALOGUE.pages("/all/?ordering=title")
    assert [[one["id"] for one in page["result"]] for page in pages] == [[3, 1, 2], [2, 3, 1]]


def test_links_are_those_of_the_contract() -> None:
    (page,) = CATALOGUE.pages("/many/?z=1&page=2&a=x%20y")
    assert page["links"] == {
        "next": "http://shop/many/?a=x+y&page=3&z=1",
        "previous": "http://shop/many/?a=x+y&z=1",
        "next_num_page": 3,
        "previous_num_page": 1,
    }
    assert [CATALOGUE.pages("/many/?page=last")[0][key] for key in ("page", "pages", "count")] == [3, 3, 20]


def judged(exchange: dict[str, Any], content: bytes, status: int = 200, **headers: str) -> list[Difference]:
    values = Values({}, {})
    judge = Judge(Templates(shapes(), values), Catalogue("", {}))
    answer = Answer(status, httpx2.Headers({"content-type": "application/json", **headers}), content)
    return judge.differences(Exchange.model_validate({"name": "x", "send": "GET /", **exchange}), "/", answer)


@pytest.mark.parametrize(
    ("content", "where", "found"),
    [
        (b'{"a": "Z\\u00f6e"}', "body", "\\u00f6"),
        (b'{"a": "\\ud83d\\ude00"}', "body", "\\ud83d"),
        ('{"a": "Zöe"}'.encode("latin-1"), "body", "'utf-8' codec"),
        (b'{"a": NaN}', "body", "NaN is not JSON"),
        (b"[" * 100_000, "body", "It is nested too deeply"),
        (b"<html>", "body", "Expecting value"),
        (b"", "body", "Expecting value"),
    ],
)
def test_a_body_has_to_be_plain_json(content: bytes, where: str, found: str) -> None:
    (difference,) = judged({"answer": "<any>"}, content)
    assert difference.where == where
    assert difference.found.startswith(found)


def test_escapes_that_json_asks_for_are_right() -> None:
    assert judged({"answer": "<any>"}, b'{"a": "\\u001f \\\\u00f6 \\n"}') == []


def test_a_wrong_status_is_told_before_the_body() -> None:
    status, body = judged({"answer": {"a": 1}}, b'{"detail": "No."}', status=500)
    assert (status.where, status.expected, status.found) == ("status", "200", "500")
    assert (body.where, body.expected, body.found) == ("body", '{"a": 1}', '{"detail": "No."}')


def test_a_header_may_be_missing_have_more_or_be_there_by_mistake() -> None:
    wanted = {"answer_headers": {"Allow": "<has> GET, PUT"}}
    assert judged(wanted, b"", allow="put, HEAD, get") == []
    assert [one.found for one in judged(wanted, b"", allow="GET")] == ["GET"]
    assert [one.found for one in judged(wanted, b"")] == ["no such header"]
    assert [one.expected for one in judged({"answer_headers": {"x": "<missing>"}}, b"", x="1")] == ["no such header"]


def test_a_token_has_to_be_one() -> None:
    (difference,) = judged({"answer": "<any>", "tokens": {"access": {}}}, b'{"access": "x.y.z"}')
    assert (difference.where, difference.expected) == ("access", "a JWT")


def command(**exchange: Any) -> str:
    values = Values({"access": TOKEN, "refresh": TOKEN, "id": 7, "title": "a b/ü"}, {})
    request = request_of(Exchange.model_validate({"name": "x", **exchange}), values.told())
    return curl(request, "http://shop")


def test_a_command_is_what_was_sent() -> None:
    assert command(send="GET /a/{id}/?q={title}&z=%zz") == "curl -gi 'http://shop/a/7/?q=a%20b%2F%C3%BC&z=%zz'"
    assert command(send="HEAD /a/") == "curl -gI http://shop/a/"
    assert command(send="GET /a/", headers={"Authorization": ""}) == "curl -gi -H 'Authorization;' http://shop/a/"
    words = shlex.split(command(send="PUT /a/", json={"name": "it's {title}", "id": "{id}"}))
    assert words[:4] == ["curl", "-gi", "-X", "PUT"]
    assert json.loads(words[words.index("--data-binary") + 1]) == {"name": "it's a b/ü", "id": 7}


def test_a_command_names_tokens_and_does_not_tell_them() -> None:
    header = command(send="GET /a/", headers={"Authorization": "Bearer {access}"})
    assert header == 'curl -gi -H "Authorization: Bearer $ACCESS" http://shop/a/'
    body = command(send="POST /a/", json={"refresh": "{refresh}"})
    assert '--data-binary "{\\"refresh\\": \\"$REFRESH\\"}"' in body
    assert shortened(f"found {TOKEN}.") == "found eyJhbGciOiJI…."


def test_a_multipart_body_is_whole() -> None:
    exchange = Exchange.model_validate({"name": "x", "send": "POST /a/", "multipart": {"a": "{title}"}})
    request = request_of(exchange, Values({"title": "ü"}, {}))
    assert isinstance(request, Request)
    boundary = request.headers["Content-Type"].partition("boundary=")[2]
    assert request.content.decode() == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nü\r\n--{boundary}--\r\n'
    )
    assert "$'" in curl(request, "http://shop")


def test_variables_are_names_in_braces_and_json_is_none() -> None:
    assert VARIABLE.findall('{"a": {b.c}, {"d"} {e_f}') == ["b.c", "e_f"]
    assert re.fullmatch(VARIABLE, "{}") is None
