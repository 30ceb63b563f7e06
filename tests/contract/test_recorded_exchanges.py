"""Each exchange recorded from the reference server, replayed over its data, adopted into a store of ours."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from webstore_kit import Settings, Store, create_app
from webstore_kit.adoption.services import adopt

RECORDED = Path(__file__).parent / "recorded"
EXCHANGES = json.loads((RECORDED / "exchanges.json").read_text(encoding="utf-8"))
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
LEGACY_TOKEN = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A client of a store that has adopted the reference server's data."""
    store = Store(settings)
    adopt(store, str(RECORDED / "legacy-store.sqlite3"))
    store.close()
    with TestClient(create_app(settings)) as client:
        yield client


class Replay:
    """Sends the exchanges in their order, and keeps the tokens that later ones name in braces."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.named = {"legacy": LEGACY_TOKEN}
        self.headers: dict[str, dict[str, str]] = {
            "junk": {"Authorization": "Bearer junk.junk.junk"},
            "anonymous": {},
        }

    def prepare(self) -> None:
        """Make what the recording had made before: tokens of customers, and the access of user `legacy`."""
        for name in ("tok", "other", "another", "tok3"):
            self.named[name] = self.client.post("/api/customer/create/").json()["customer_token"]
        body = {"username": "legacy", "password": "Legacy-pass-123"}
        access = self.client.post("/api/jwt/auth/", json=body).json()["access"]
        self.headers["legacy"] = {"Authorization": f"Bearer {access}"}

    def send(self, exchange: dict[str, Any]) -> Any:
        """Send one exchange; answers status and body, with what varies put in angle brackets."""
        path = self._filled(exchange["path"])
        body = json.loads(self._filled(json.dumps(exchange["request"]))) if "request" in exchange else None
        who = next((name for name in self.headers if name in exchange["name"]), "anonymous")
        answer = self.client.request(exchange["method"], path, json=body, headers=self.headers[who])
        content = answer.json()
        if isinstance(content, dict) and "access" in content:
            self.named.update({kind: token for kind, token in content.items() if kind in ("access", "refresh")})
        return answer.status_code, masked(content)

    def _filled(self, text: str) -> str:
        for name, value in self.named.items():
            text = text.replace(f"{{{name}}}", value)
        return text


def masked(value: Any) -> Any:
    """The value with times, tokens and the base address as the recording writes them."""
    if isinstance(value, dict):
        return {key: masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    if not isinstance(value, str) or value == LEGACY_TOKEN:
        return value
    for pattern, mark in ((TIME, "<time>"), (UUID, "<uuid>"), (JWT, "<jwt>")):
        if pattern.fullmatch(value):
            return mark
    return value.replace("http://testserver", "<base>")


def test_every_recorded_exchange_is_answered_as_it_was(client: TestClient) -> None:
    replay = Replay(client)
    replay.prepare()
    for exchange in EXCHANGES:
        if exchange["method"] == "-":
            continue  # says which claims a token has; tests/customers checks them
        before(replay, exchange["name"])
        assert replay.send(exchange) == (exchange["status"], exchange["answer"]), exchange["name"]


def before(replay: Replay, name: str) -> None:
    """What was done between two recorded exchanges without being recorded."""
    if name == "cart list":
        replay.client.post(
            "/api/order/cart/update/", json={"token": replay.named["tok"], "product_id": 2, "quantity": 1}
        )
    if name == "finalize":
        replay.client.post(
            "/api/order/cart/update/", json={"token": replay.named["tok3"], "product_id": 6, "quantity": 1}
        )


def test_a_user_of_the_reference_server_logs_in_as_before(client: TestClient) -> None:
    for _ in range(2):
        body = {"username": "legacy", "password": "Legacy-pass-123"}
        assert client.post("/api/jwt/auth/", json=body).status_code == 200
