"""The cache and odd requests: none is answered otherwise than without a cache, and none spoils another's answer."""

import asyncio
import json
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.databases import listen, migrated, settings_for
from tests.factories import add_brand, add_product
from tests.http.asgi import Got, Pairs, ask, breaks, has_gone, run
from webstore_kit import Operation, Settings, Store, create_app
from webstore_kit.catalog.models import Product
from webstore_kit.core.revision import revision
from webstore_kit.core.watch import Stamp
from webstore_kit.inventory.services import set_stock

ONE, LIST = "/api/product/get/1/", "/api/product/all/"
HOST = ("host", "shop.example")
FRONT_END = ("origin", "http://localhost:3000")
on_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)


def asked(client: TestClient, path: str, headers: Pairs, /, **others: Any) -> Got:
    """The answer of the client's app."""
    got: Got = run(client, partial(ask, client.app, path, headers, **others))
    return got


SPOILERS: dict[str, tuple[tuple[Pairs, dict[str, Any]], tuple[Pairs, dict[str, Any]]]] = {
    "two hosts": (([("host", ""), HOST], {"server": ("10.0.0.5", 8000)}), ([HOST], {})),
    "two hosts the other way": (([HOST, ("host", "evil.example")], {}), ([("host", "evil.example")], {})),
    "two origins": (([HOST, ("origin", "http://evil.example"), FRONT_END], {}), ([HOST, FRONT_END], {})),
    "an empty origin": (([HOST, ("origin", "")], {}), ([HOST], {})),
    "two accepts": (([HOST], {}), ([HOST, ("accept", "text/html"), ("accept", "application/json")], {})),
    "no host": (([], {"server": ("10.0.0.5", 8000)}), ([], {"server": ("192.168.0.5", 80)})),
    "a host that is none": (([("host", "a b")], {"server": ("10.0.0.5", 8000)}), ([("host", "a b")], {})),
    "a cookie": (([HOST, ("cookie", "a=b"), ("origin", "http://a.example")], {}), ([HOST, FRONT_END], {})),
    "a token": (([HOST, ("authorization", "Bearer x")], {}), ([HOST], {})),
    "another scheme": (([HOST], {"scheme": "https"}), ([HOST], {})),
    "another encoding": (([HOST, ("accept-encoding", "gzip")], {}), ([HOST], {})),
    "a range": (([HOST, ("range", "bytes=0-9")], {}), ([HOST], {})),
    "a body": (([HOST, ("content-length", "0")], {}), ([HOST], {})),
}


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_no_request_spoils_the_answer_of_the_next(
    client: TestClient, uncached: TestClient, filled: Store, spoiler: str
) -> None:
    (odd, odd_others), (plain, plain_others) = SPOILERS[spoiler]
    for path in (ONE, LIST):
        asked(client, path, odd, **odd_others)
        expected = asked(uncached, path, plain, **plain_others)
        assert asked(client, path, plain, **plain_others) == expected


@pytest.mark.parametrize("origins", [["*"], ["http://a.example", "http://b.example"]], ids=["everyone", "two"])
@pytest.mark.parametrize("cookie", ["", "a=b"], ids=["without a cookie", "with a cookie"])
def test_each_origin_is_told_that_it_may_read(
    settings: Settings, filled: Store, origins: list[str], cookie: str
) -> None:
    with TestClient(create_app(settings.model_copy(update={"cors_origins": origins}))) as client:
        for origin in ("http://a.example", "http://b.example", "http://a.example"):
            headers = {"Origin": origin, **({"Cookie": cookie} if cookie else {})}
            assert client.get(ONE, headers=headers).headers["Access-Control-Allow-Origin"] in ("*", origin)


SAME = [
    (LIST, "/api/product/%61ll/"),
    (LIST, f"{LIST}?"),
    (LIST, f"{LIST}?&&"),
    (f"{LIST}?ordering=price&brand=Acme", f"{LIST}?brand=Acme&ordering=price"),
    (f"{LIST}?brand=Acme", f"{LIST}?brand=%41c%6De"),
    (f"{LIST}?search=a+b", f"{LIST}?search=a%20b"),
    (ONE, f"{ONE}?anything=1"),
    (ONE, f"{ONE}#part"),
]
DIFFERENT = [
    (f"{LIST}?page=1&page=2", f"{LIST}?page=2&page=1"),
    (f"{LIST}?page=", LIST),
    (f"{LIST}?brand=Acme", f"{LIST}?brand=Nobody"),
    (LIST, LIST.removesuffix("/")),
    (LIST, f"/{LIST}"),
    (LIST, f"{LIST}/"),
    (LIST, "/api/product/ALL/"),
    (LIST, "/api/product/all%2F"),
    (ONE, "/api/product/get/01/"),
    (ONE, "/api/product/get/%31/"),
    (f"{LIST}?junk=1", f"{LIST}?junk=2"),
    (f"{LIST}?a=1&a=2", f"{LIST}?a=2&a=1"),
]


@pytest.mark.parametrize(("path", "other"), SAME)
def test_two_spellings_of_one_question_are_kept_once(
    client: TestClient, filled: Store, statements: list[str], path: str, other: str
) -> None:
    first = client.get(path)
    statements.clear()
    assert client.get(other).content == first.content
    assert statements == []


@pytest.mark.parametrize(("path", "other"), [*SAME, *DIFFERENT])
def test_each_spelling_is_answered_as_without_a_cache(
    client: TestClient, uncached: TestClient, filled: Store, path: str, other: str
) -> None:
    for spelling in (path, other, path, other):
        answer, expected = client.get(spelling), uncached.get(spelling)
        assert (answer.status_code, answer.content, answer.headers) == (
            expected.status_code,
            expected.content,
            expected.headers,
        )


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip;q=0", None),
        ("*", "zstd"),
        ("br", None),
        ("identity;q=0", None),
        ("identity;q=0, gzip", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"),
        ("gzip;q=nan", None),
    ],
)
def test_a_kept_answer_is_packed_as_each_client_takes_it(
    client: TestClient, filled: Store, header: str, coding: str | None
) -> None:
    plain = client.get(LIST, headers={"Accept-Encoding": "identity"})
    with client.stream("GET", LIST, headers={"Accept-Encoding": header}) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers.get("Content-Encoding") == coding
    assert int(answer.headers["Content-Length"]) == len(sent)
    assert (answer.headers["ETag"] == plain.headers["ETag"], sent == plain.content) == (coding is None, coding is None)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since", "Range", "If-Range", "If-Match"])
def test_conditions_that_the_store_has_no_answer_to_are_left_aside(
    client: TestClient, filled: Store, method: str, name: str
) -> None:
    expected = client.get(LIST)
    values = {"Range": "bytes=0-9", "If-Range": expected.headers["ETag"], "If-Match": '"other"'}
    answer = client.request(method, LIST, headers={name: values.get(name, "Wed, 21 Oct 2015 07:28:00 GMT")})
    assert (answer.status_code, answer.headers) == (200, expected.headers)
    assert answer.content == (expected.content if method == "GET" else b"")


def test_a_head_that_knows_the_answer_is_told_so(client: TestClient, filled: Store) -> None:
    etag = client.get(LIST).headers["ETag"]
    got, head = (client.request(method, LIST, headers={"If-None-Match": etag}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content, head.headers) == (304, b"", got.headers)
    assert client.head(LIST, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_head_has_the_headers_of_a_get_though_nothing_was_kept_yet(client: TestClient, filled: Store) -> None:
    head = client.head(LIST)
    assert head.headers == client.get(LIST).headers


def test_a_get_with_a_body_is_answered_as_one_without(client: TestClient, filled: Store) -> None:
    expected = client.get(LIST)
    answer = client.request("GET", LIST, content=b"{}")
    assert (answer.status_code, answer.content) == (200, expected.content)


def test_two_mounts_of_one_app_have_links_of_their_own(settings: Settings, filled: Store) -> None:
    app = create_app(settings)
    with TestClient(app), TestClient(Starlette(routes=[Mount("/one", app), Mount("/two", app)])) as client:
        for prefix in ("/one", "/two", "/one", "/two"):
            links = client.get(f"{prefix}{LIST}").json()["links"]
            assert links["next"] == f"http://testserver{prefix}{LIST}?page=2"


def test_proxies_and_clients_are_answered_apart(settings: Settings, filled: Store) -> None:
    trusting = settings.model_copy(update={"trusted_proxies": ["10.0.0.0/8"]})
    said: Pairs = [HOST, ("x-forwarded-proto", "https"), ("x-forwarded-host", "public.example")]
    with TestClient(create_app(trusting)) as client:
        for _ in range(2):
            for address, base in (("10.1.2.3", "https://public.example"), ("192.0.2.7", "http://shop.example")):
                answer = json.loads(asked(client, LIST, said, client=(address, 1)).body)
                assert answer["links"]["next"] == f"{base}{LIST}?page=2"


def test_with_a_public_address_all_hosts_share_what_is_kept(settings: Settings, filled: Store) -> None:
    with TestClient(create_app(settings.model_copy(update={"base_url": "https://public.example"}))) as client:
        answers = [
            asked(client, LIST, [("host", host)], scheme=scheme) for host in "abc" for scheme in ("http", "https")
        ]
        assert {answer.body for answer in answers} == {answers[0].body}
        assert json.loads(answers[0].body)["links"]["next"] == f"https://public.example{LIST}?page=2"


@pytest.mark.parametrize("size", [0, 1, 5_000, 20_000])
def test_a_cache_with_little_space_answers_right(settings: Settings, filled: Store, size: int) -> None:
    with TestClient(create_app(settings.model_copy(update={"cache_size": size}))) as client:
        for price in ("1.00", "2.00"):
            with filled.transaction():
                Product.update(price=Decimal(price)).where(Product.id == 1).execute()
            for _ in range(3):
                assert client.get(ONE).json()["price"] == price
                assert client.get("/api/product/brands/get/1/").json()["products"][0]["price"] == price


def test_an_answer_that_is_larger_than_its_share_is_answered_right(settings: Settings, store: Store) -> None:
    brand = add_brand(store)
    for number in range(30):
        add_product(store, f"P{number} " + "x" * 180, brand=brand)
    with TestClient(create_app(settings.model_copy(update={"cache_size": 20_000}))) as client:
        for _ in range(3):
            assert len(client.get("/api/product/brands/get/1/").json()["products"]) == 30


def test_two_stores_in_one_process_share_nothing(settings: Settings, filled: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other_settings = migrated(settings_for(tmp_path / "other"))
    other = Store(other_settings)
    add_product(other, "Other")
    with TestClient(create_app(settings)) as here, TestClient(create_app(other_settings)) as there:
        for _ in range(3):
            assert [client.get(ONE).json()["title"] for client in (here, there)] == ["P0", "Other"]
    other.close()


def test_a_store_that_was_stopped_and_started_tells_the_stock_of_now(settings: Settings, filled: Store) -> None:
    app = create_app(settings)
    for quantity in (7, 8, 9):
        with filled.transaction():
            set_stock(filled, 1, quantity)
        with TestClient(app) as client:
            assert [client.get(ONE).json()["quantity"] for _ in range(3)] == [quantity] * 3


def test_an_event_loop_for_each_request_changes_nothing(settings: Settings, filled: Store) -> None:
    app = create_app(settings)
    client = TestClient(app)
    for title in ("Old", "New"):
        with filled.transaction():
            Product.update(title=title).where(Product.id == 1).execute()
        assert [client.get(ONE).json()["title"] for _ in range(3)] == [title] * 3
    asyncio.run(app.state.store.watch.close())
    app.state.store.close()


def test_an_operation_of_a_shop_in_the_place_of_ours_is_kept_as_it_says(settings: Settings, filled: Store) -> None:
    def in_currency(call: Any) -> dict[str, str]:
        return {"currency": call.query.get("currency")}

    path = "/api/product/get/{id:id}/"
    ours = Operation("GET", path, in_currency, stamp=lambda *_: Stamp(revision()), heeds_query=True)
    with TestClient(create_app(settings, routes=[ours])) as client:
        for currency in ("EUR", "USD", "EUR"):
            assert client.get(f"{ONE}?currency={currency}").json() == {"currency": currency}


@pytest.fixture
def small(settings: Settings, filled: Store) -> Iterator[TestClient]:
    """A client of a store that keeps a megabyte."""
    with TestClient(create_app(settings.model_copy(update={"cache_size": 1_000_000}))) as client:
        yield client


def flood(client: TestClient, count: int, junk: str) -> None:
    async def work() -> None:
        for number in range(count):
            got = await ask(client.app, f"{LIST}?page=2&{junk.format(number)}", [HOST])
            assert got.status == 200

    run(client, work)


@on_sqlite
def test_a_flood_of_junk_drives_out_nothing_that_is_asked_for(small: TestClient, filled: Store) -> None:
    good = [f"/api/product/get/{number}/" for number in range(1, 12)]
    for path in good * 2:
        assert small.get(path).status_code == 200
    sent: list[str] = []
    listen(small.app.state.store, lambda event: sent.append(event.sql))  # type: ignore[attr-defined]
    flood(small, 3000, "junk={}")
    sent.clear()
    for path in good:
        assert small.get(path).status_code == 200
    assert sent == []


@on_sqlite
def test_a_flood_of_long_junk_takes_no_more_memory_than_is_set(small: TestClient, filled: Store) -> None:
    flood(small, 10, "junk={}")
    tracemalloc.start()
    try:
        flood(small, 300, "{}&" + "ab&" * 330)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 3 * 1_000_000


@pytest.mark.parametrize("fate", [has_gone, breaks], ids=["has gone", "breaks"])
def test_who_waits_for_the_same_is_answered_though_the_first_one_is_not(
    client: TestClient, filled: Store, fate: Any
) -> None:
    async def work() -> list[Got]:
        first = asyncio.create_task(ask(client.app, ONE, [HOST], receive=fate))
        others = [asyncio.create_task(ask(client.app, ONE, [HOST])) for _ in range(8)]
        await asyncio.wait([first])
        return list(await asyncio.gather(*others))

    answers: list[Got] = run(client, work)
    assert [(got.status, json.loads(got.body)["title"]) for got in answers] == [(200, "P0")] * 8
    assert asked(client, ONE, [HOST]) == answers[0]


@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("is_kept", [False, True], ids=["made", "kept"])
def test_who_waits_for_the_same_is_answered_though_another_is_cancelled(
    client: TestClient, filled: Store, turns: int, is_kept: bool
) -> None:
    if is_kept:
        client.get(ONE, headers={"Host": HOST[1]})

    async def work() -> list[Any]:
        tasks = [asyncio.create_task(ask(client.app, ONE, [HOST])) for _ in range(6)]
        for _ in range(turns):
            await asyncio.sleep(0)
        tasks[0].cancel()
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    answers = run(client, work)
    assert [getattr(got, "status", got) for got in answers[1:]] == [200] * 5
    assert asked(client, ONE, [HOST]).status == 200


def test_many_who_ask_at_once_are_answered_from_one_making(
    client: TestClient, filled: Store, statements: list[str]
) -> None:
    async def work() -> list[Got]:
        return list(await asyncio.gather(*(ask(client.app, ONE, [HOST]) for _ in range(20))))

    asked(client, LIST, [HOST])
    statements.clear()
    answers: list[Got] = run(client, work)
    assert {got.status for got in answers} == {200}
    assert len({got.body for got in answers}) == 1
    assert len([sql for sql in statements if sql.startswith("SELECT")]) == 3


@on_postgresql  # SQLite makes this one in the event loop, so nobody waits for it
def test_who_waits_while_it_changes_takes_the_answer_that_was_begun_after_the_question(
    client: TestClient, filled: Store, settings: Settings
) -> None:
    made: list[str] = []

    def change_it_meanwhile(event: Any) -> None:
        if "catalogue_revision" in event.sql:
            made.append(event.sql)
            with filled.transaction():
                Product.update(price=Product.price + 1).where(Product.id == 1).execute()

    async def work() -> list[Got]:
        return list(await asyncio.gather(*(ask(client.app, ONE, [HOST]) for _ in range(20))))

    asked(client, LIST, [HOST])
    listen(client.app.state.store, change_it_meanwhile)  # type: ignore[attr-defined]
    answers: list[Got] = run(client, work)
    assert {got.status for got in answers} == {200}
    # The first making was begun before the others asked, and the second after; so it is good enough for all of them.
    assert len(made) == 2


@on_postgresql
def test_an_answer_that_fails_after_its_stamp_is_told_as_it_is_and_is_not_kept(
    client: TestClient, filled: Store, settings: Settings
) -> None:
    database: Any = client.app.state.store.database  # type: ignore[attr-defined]
    cut: list[int] = []

    def cut_once(event: Any) -> None:
        if "catalogue_revision" in event.sql and not cut:
            cut.append(database.connection().info.backend_pid)
            with psycopg.connect(settings.database_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (cut[0],))

    database.query_hooks.append(cut_once)
    failed = client.get(ONE)
    assert len(cut) == 1
    assert (failed.status_code, list(failed.json())) == (503, ["detail"])
    answer = client.get(ONE)
    assert (answer.status_code, answer.json()["title"]) == (200, "P0")
