"""The document as the store serves it, and as the command prints it."""

import json
from pathlib import Path
from typing import Any

import yaml
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.cli.processes import run
from tests.databases import settings_for
from webstore_kit import Call, Operation, StoreError, create_app

PATH = "/api/openapi.json"


def servers_of(answer: Any) -> list[str]:
    return [server["url"] for server in answer.json()["servers"]]


def test_it_is_served_without_a_database_and_kept_by_its_etag(tmp_path: Path) -> None:
    client = TestClient(create_app(settings_for(tmp_path)))
    answer = client.get(PATH)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    known = client.get(PATH, headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = client.head(PATH)
    assert (head.content, head.headers["ETag"]) == (b"", answer.headers["ETag"])
    assert client.post(PATH).status_code == 405
    assert list(tmp_path.iterdir()) == []


def test_its_address_is_the_one_that_was_asked(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path, trusted_proxies=["127.0.0.1"]))
    client = TestClient(app, client=("127.0.0.1", 1))
    assert servers_of(client.get(PATH)) == ["http://testserver"]
    assert servers_of(client.get(PATH, headers={"Host": "a.example"})) == ["http://a.example"]
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "shop.example"}
    assert servers_of(client.get(PATH, headers=proxied)) == ["https://shop.example"]
    mounted = TestClient(Starlette(routes=[Mount("/shop", app)]))
    assert servers_of(mounted.get(f"/shop{PATH}")) == ["http://testserver/shop"]


def test_its_address_is_that_of_the_setting_where_there_is_one(tmp_path: Path) -> None:
    client = TestClient(create_app(settings_for(tmp_path, base_url="https://shop.example.com")))
    assert servers_of(client.get(PATH)) == ["https://shop.example.com"]


def test_it_is_made_once_whatever_addresses_are_asked(tmp_path: Path) -> None:
    made = []

    class Shown(StoreError):
        """Notes each time that it is made, as it is for the example in the document."""

        status = 418

        def __init__(self) -> None:
            super().__init__("No.")
            made.append(self)

    def refuse(call: Call[None]) -> None:
        raise AssertionError("only what it says of itself is read")

    client = TestClient(create_app(settings_for(tmp_path), routes=[Operation("GET", "/no/", refuse, raises=[Shown])]))
    assert made == []
    answers = {client.get(PATH, headers={"Host": f"h{number}.example"}).content for number in range(20)}
    assert (len(answers), len(made)) == (20, 1)


def test_the_landing_page_leads_to_it_and_to_the_page(tmp_path: Path) -> None:
    page = TestClient(create_app(settings_for(tmp_path))).get("/").text
    assert 'href="http://testserver/api/docs/"' in page
    assert 'href="http://testserver/api/openapi.json"' in page


def test_the_command_prints_what_the_server_serves_as_json_and_yaml(tmp_path: Path) -> None:
    served = TestClient(create_app(settings_for(tmp_path, base_url="https://shop.example.com"))).get(PATH).json()
    address = {"WEBSTORE_BASE_URL": "https://shop.example.com"}
    printed = run("openapi", cwd=tmp_path, **address)
    assert (printed.returncode, printed.stderr, json.loads(printed.stdout)) == (0, "", served)
    written = run("openapi", "--yaml", "--output", "api.yaml", cwd=tmp_path, **address)
    assert (written.returncode, written.stdout) == (0, "Wrote api.yaml.\n")
    text = (tmp_path / "api.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text) == served
    assert "openapi: 3.1.0\n" in text
    assert [path.name for path in tmp_path.iterdir()] == ["api.yaml"]


def test_the_command_says_where_it_cannot_write(tmp_path: Path) -> None:
    told = run("openapi", "--output", "nowhere/api.json", cwd=tmp_path)
    assert told.returncode == 1
    assert "nowhere/api.json cannot be written: No such file or directory. Choose another file." in told.stderr
