"""The app as a part of others: several in one process, mounted, behind proxies, with routes of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, model_validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from tests.databases import migrated, settings_for
from tests.factories import PASSWORD, add_product, add_user
from webstore_kit import Call, Operation, Settings, Store, StoreError, Work, bearer_user, create_app


def photo(client: TestClient, path: str = "/api/product/get/1/", **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["photo"])


def lifespan_of(*apps: Starlette) -> Any:
    @asynccontextmanager
    async def lifespan(parent: Any) -> AsyncIterator[None]:
        async with apps[0].router.lifespan_context(apps[0]), apps[-1].router.lifespan_context(apps[-1]):
            yield

    return lifespan


def test_two_stores_mounted_in_one_app_keep_apart(settings: Settings, store: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other_settings = migrated(settings_for(tmp_path / "other"))
    other_store = Store(other_settings)
    add_product(store, "Here")
    add_product(other_store, "There")
    here, there = create_app(settings), create_app(other_settings)
    parent = Starlette(routes=[Mount("/here", here), Mount("/there/deep", there)], lifespan=lifespan_of(here, there))
    with TestClient(parent) as client:
        for prefix, title in (("/here", "Here"), ("/there/deep", "There"), ("/here", "Here")):
            answer = client.get(f"{prefix}/api/product/get/1/").json()
            assert answer["title"] == title
            assert answer["photo"] == f"http://testserver{prefix}/media/images/no_photo.jpg"
            assert client.get(answer["photo"]).status_code == 200
    other_store.close()


@pytest.mark.parametrize("with_lifespan", [True, False])
def test_a_store_mounted_in_fastapi_gives_right_links(settings: Settings, store: Store, with_lifespan: bool) -> None:
    for number in range(10):
        add_product(store, f"P{number}")
    app = create_app(settings)
    parent = FastAPI(lifespan=lifespan_of(app) if with_lifespan else None)
    parent.mount("/shop", app)
    with TestClient(parent) as client:
        links = client.get("/shop/api/product/all/?foo=1").json()["links"]
        assert links["next"] == "http://testserver/shop/api/product/all/?foo=1&page=2"
        assert client.get(links["next"]).json()["page"] == 2
        assert client.get("/shop/nothing/").json() == {"detail": "Not found."}
        assert 'href="http://testserver/shop/api/product/all/"' in client.get("/shop/").text
    app.state.store.close()


def test_the_public_address_is_a_setting(settings: Settings, store: Store) -> None:
    add_product(store)
    public = settings.model_copy(update={"base_url": "https://shop.example.com/store"})
    with TestClient(create_app(public)) as client:
        assert photo(client, Host="evil.example") == "https://shop.example.com/store/media/images/no_photo.jpg"


@pytest.mark.parametrize(
    ("client_address", "headers", "base"),
    [
        (
            "10.1.2.3",
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "shop.example.com"},
            "https://shop.example.com",
        ),
        ("10.1.2.3", {"X-Forwarded-Host": "evil.example, shop.example.com:8443"}, "http://shop.example.com:8443"),
        ("10.1.2.3", {"X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "a b/c"}, "http://inside:8000"),
        ("10.1.2.3", {}, "http://inside:8000"),
        ("192.0.2.1", {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}, "http://inside:8000"),
        ("not-an-address", {"X-Forwarded-Host": "evil.example"}, "http://inside:8000"),
    ],
)
def test_only_trusted_proxies_say_what_the_address_is(
    settings: Settings, store: Store, client_address: str, headers: dict[str, str], base: str
) -> None:
    add_product(store)
    trusting = settings.model_copy(update={"trusted_proxies": ["10.0.0.0/8"]})
    with TestClient(create_app(trusting), base_url="http://inside:8000", client=(client_address, 1)) as client:
        assert photo(client, **headers) == f"{base}/media/images/no_photo.jpg"


@pytest.mark.parametrize("host", ['"><script>', "a b", "", "x" * 300, "[::1", "a:b"])
def test_a_host_that_is_none_is_not_repeated(settings: Settings, store: Store, host: str) -> None:
    add_product(store)
    with TestClient(create_app(settings)) as client:
        assert photo(client, Host=host) == "http://testserver:80/media/images/no_photo.jpg"


def test_a_shop_adds_operations_and_routes(settings: Settings) -> None:
    def greet(call: Call[None]) -> dict[str, str]:
        return {"hello": call.params["name"]}

    def refuse(call: Call[None]) -> dict[str, str]:
        raise StoreError("Not today.")

    async def plain(request: Request) -> JSONResponse:
        raise StoreError("Not here.")

    routes = [
        Operation("GET", "/hello/{name:slug}/", greet),
        Operation("GET", "/refuse/", refuse),
        Route("/plain", plain),
    ]
    with TestClient(create_app(settings, routes=routes)) as client:
        assert client.get("/hello/ann").json() == {"hello": "ann"}
        for path, detail in (("/refuse/", "Not today."), ("/plain", "Not here.")):
            answer = client.get(path)
            assert (answer.status_code, answer.json()) == (400, {"detail": detail})


class Pair(BaseModel):
    """A body with a rule about two of its fields."""

    low: int
    high: int

    @model_validator(mode="after")
    def in_order(self) -> "Pair":
        if self.low > self.high:
            raise ValueError("low is above high.")
        return self


def test_an_operation_of_a_shop_can_ask_who_it_is_and_check_a_body_as_a_whole(settings: Settings, store: Store) -> None:
    add_user(store)
    routes = [
        Operation("POST", f"/{work.value}/", lambda call: call.user_id, body=Pair, work=work, authenticate=bearer_user)
        for work in Work
    ]
    with TestClient(create_app(settings, routes=routes)) as client:
        login = client.post("/api/jwt/auth/", json={"username": "ann", "password": PASSWORD}).json()
        headers = {"Authorization": f"Bearer {login['access']}"}
        for work in Work:
            assert client.post(f"/{work.value}", json={}).status_code == 401
            assert client.post(f"/{work.value}", json={"low": 1, "high": 2}, headers=headers).json() == 1
            wrong = client.post(f"/{work.value}", json={"low": 2, "high": 1}, headers=headers)
            assert (wrong.status_code, wrong.json()) == (400, {"non_field_errors": ["low is above high."]})


def test_a_mounted_store_whose_database_is_not_ready_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(settings_for(tmp_path))
    with TestClient(Starlette(routes=[Mount("/shop", app)])) as client:
        for _ in range(2):
            answer = client.get("/shop/api/product/all/")
            assert (answer.status_code, answer.json()) == (503, {"detail": "The store is not ready."})
        assert "Run `webstore migrate`" in caplog.text
        assert list(tmp_path.iterdir()) == []
        migrated(app.state.store.settings)
        assert client.get("/shop/api/product/all/").status_code == 200
    app.state.store.close()


def test_an_app_runs_again_after_it_was_stopped(settings: Settings, store: Store) -> None:
    add_product(store)
    app = create_app(settings)
    for _ in range(2):
        with TestClient(app) as client:
            assert client.get("/api/product/get/1/").status_code == 200
