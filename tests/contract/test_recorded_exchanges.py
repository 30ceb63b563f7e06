"""Each exchange recorded from the reference server, replayed over its data, adopted into a store of ours."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.testclient import TestClient

from webstore_kit import Settings, create_app
from webstore_kit.http import encodings

RECORDED = Path(__file__).parent / "recorded"
EXCHANGES = json.loads((RECORDED / "exchanges.json").read_text(encoding="utf-8"))
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
LEGACY_TOKEN = "11111111-2222-4333-8444-555555555555"


PUBLIC = sorted(
    {each["path"] for each in EXCHANGES if each["method"] == "GET" and each["path"].startswith("/api/product/")}
)


@pytest.fixture
def client(adopted: Settings) -> Iterator[TestClient]:
    """A client of that store."""
    with TestClient(create_app(adopted)) as client:
        yield client


@pytest.fixture
def uncached(adopted: Settings) -> Iterator[TestClient]:
    """A client of the same store, where no answer is kept."""
    with TestClient(create_app(adopted.model_copy(update={"cache_size": 0}))) as client:
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


@pytest.mark.parametrize("which", ["client", "uncached"])
def test_every_recorded_exchange_is_answered_as_it_was(client: TestClient, uncached: TestClient, which: str) -> None:
    replay = Replay({"client": client, "uncached": uncached}[which])
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


def test_each_read_of_the_catalogue_is_the_same_whether_it_is_kept_or_not(
    client: TestClient, uncached: TestClient
) -> None:
    for path in PUBLIC:
        expected = uncached.get(path)
        for _ in range(3):
            answer = client.get(path)
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
            assert answer.headers == expected.headers


JUNK = ("", "junk=1", "junk=1&junk=2", "%zz", "&&=&")
ACCEPTS = ("*/*", "application/json", "text/html", "text/html, */*;q=0.1")
ORIGINS = (None, "http://localhost:3000", "http://elsewhere.example")
CODINGS = ("identity", "gzip", "zstd", "br", "gzip;q=0, zstd;q=0.1", "*;q=0")
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.decompress,
    "zstd": encodings.zstd.decompress,
}
# Of an answer in another coding, these say something else; of a HEAD that nothing is kept for yet, they are not known.
OF_CODING = {"etag", "content-encoding", "content-length", "vary"}


@dataclass(frozen=True)
class Question:
    """A request for something public."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def some(cls, random: Random, count: int) -> list["Question"]:
        """As many of all that there are, some of them more than once."""
        return [cls._one(random) for _ in range(count)]

    @classmethod
    def _one(cls, random: Random) -> "Question":
        path, junk = random.choice(PUBLIC), random.choice(JUNK)
        headers = {"Accept": random.choice(ACCEPTS), "Accept-Encoding": random.choice(CODINGS)}
        if origin := random.choice(ORIGINS):
            headers["Origin"] = origin
        query = f"{'&' if '?' in path else '?'}{junk}" if junk else ""
        return cls(random.choice(("GET", "GET", "GET", "HEAD")), path + query, tuple(headers.items()))

    def put_to(self, client: TestClient) -> tuple[int, bytes, dict[str, str]]:
        """The status, the body as it was before it was packed, and the headers that say nothing of the packing."""
        with client.stream(self.method, self.path, headers=dict(self.headers)) as answer:
            body = b"".join(answer.iter_raw())
        if body:
            body = UNPACK[answer.headers.get("Content-Encoding", "identity")](body)
        # A HEAD is answered from what is kept or by the app, and says of caching what is known there.
        left_out = OF_CODING | ({"cache-control"} if self.method == "HEAD" else set())
        return answer.status_code, body, {k: v for k, v in answer.headers.items() if k not in left_out}


def test_whoever_asks_at_the_same_time_is_answered_as_without_a_cache(client: TestClient, uncached: TestClient) -> None:
    questions = Question.some(Random(7), 600)
    expected = {question: question.put_to(uncached) for question in set(questions)}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda question: question.put_to(client), questions))
    assert [each for each in zip(questions, answers, strict=True) if each[1] != expected[each[0]]] == []
    assert {status for status, _, _ in answers} >= {200, 404, 406}
