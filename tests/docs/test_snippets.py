"""The commands and programs in the documentation run, and answer what it shows."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.cli.processes import ask, environment, once_up, run, serving
from tests.docs.pages import ROOT, Block, blocks, text_of
from tests.docs.running import END, meaning
from tests.factories import add_customer, add_product
from webstore_kit import Store, provisioning

Namespace = dict[str, Any]


@pytest.fixture(params=["curl", "python"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with the machine's curl, or with ours where it has none and where ours is to be tried."""
    own = tmp_path_factory.mktemp("bin") / "curl"
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "tests" / "docs" / "curl.py"}" "$@"\n')
    own.chmod(0o755)
    use_own = request.param == "python" or shutil.which("curl") is None
    return f"{own.parent}{os.pathsep}{os.environ['PATH']}" if use_own else os.environ["PATH"]


def test_the_tutorial_runs_and_its_answers_are_real(tmp_path: Path, path: str) -> None:
    told = blocks(text_of("tutorial.md"))
    asked = [(block, told[number + 1]) for number, block in enumerate(told) if "curl" in block.text]
    assert len(asked) == 14
    with serving("--demo", cwd=tmp_path) as (address, _process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        script = "\n".join(f"{question.text}\necho '{END}'" for question, _ in asked)
        said = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script.replace("http://127.0.0.1:8000", address)],
            env=environment(PATH=path),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout
    answers = said.replace(address, "http://127.0.0.1:8000").split(END)
    for (question, shown), answer in zip(asked, answers, strict=False):
        assert meaning(Block(shown.language, answer)) == meaning(shown), question.text


def test_what_the_tutorial_shows_of_the_start_is_what_is_said(tmp_path: Path) -> None:
    start, shown = next(pair for pair in neighbours(text_of("tutorial.md")) if "webstore serve" in pair[0].text)
    assert start.text.splitlines()[-1] == "webstore serve --demo"
    made = run("init", cwd=tmp_path).stdout.splitlines()[1:-1]
    added = run("seed", cwd=tmp_path).stdout.splitlines()
    assert shown.text.splitlines()[:-1] == made + added


def test_the_report_that_the_guide_shows_is_what_adopt_prints(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "tests" / "contract" / "recorded" / "legacy-store.sqlite3", tmp_path / "old.sqlite3")
    with sqlite3.connect(tmp_path / "old.sqlite3") as old:
        old.execute("UPDATE products SET price = -1 WHERE id = 3")
        old.execute("UPDATE products SET brand_id = 77 WHERE id = 5")
        old.execute("INSERT INTO orders_products (quantity, price, order_id, product_id) VALUES (1, 9.99, 99, 4)")
    old.close()
    run("init", "shop", cwd=tmp_path)
    adopted = run("adopt", "old.sqlite3", "--dir", "shop", cwd=tmp_path)
    assert adopted.returncode == 0, adopted.stderr
    (shown,) = blocks(text_of("guides/adopt.md"), "text")
    said = [line.rstrip() for line in adopted.stdout.splitlines()]
    assert shown.text.splitlines() == said[: shown.text.count("\n")]


def neighbours(text: str) -> list[tuple[Block, Block]]:
    return list(pairwise(blocks(text)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The present folder, which is a store and has the stores `tea` and `coffee` in it."""
    for name in [name for name in os.environ if name.startswith("WEBSTORE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    for directory in (tmp_path, tmp_path / "tea", tmp_path / "coffee"):
        provisioning.provision(lambda name, what: None, directory=directory)
    return tmp_path


def buy(client: TestClient, store: Store, quantity: int) -> None:
    token = add_customer(store)
    client.post("/api/order/cart/update/", json={"token": token, "product_id": 1, "quantity": quantity})
    delivery = dict.fromkeys(("first_name", "last_name", "country", "city", "post_code", "address"), "x")
    body = {**delivery, "email": "a@example.com", "token": token}
    assert client.put("/api/order/finalize/", json=body).status_code == 200


def check_shop(names: Namespace) -> None:
    store = names["app"].state.store
    with TestClient(names["app"]) as client:
        assert client.get("/api/shop/opening-hours").json() == {"monday": "9-17", "saturday": "10-14"}
        add_product(store, "Kettle", quantity=9)
        buy(client, store, 2)
        buy(client, store, 3)
        assert client.get("/api/shop/bestsellers/").json() == [{"title": "Kettle", "quantity": 5}]


def check_questions(names: Namespace) -> None:
    store = names["app"].state.store
    with TestClient(names["app"]) as client:
        kettle = add_product(store)

        def ask(**body: Any) -> Any:
            answer = client.post("/api/shop/question/", json=body)
            return answer.status_code, answer.json()

        assert ask(text="Does it whistle?") == (400, {"product_id": ["This field is required."]})
        assert ask(product_id=99, text="?") == (404, {"detail": "There is no product 99."})
        assert ask(product_id=kettle, text="Does it whistle?") == (201, {"status": True})
        with store.snapshot():
            rows = store.database.execute_sql("SELECT product_id, question FROM shop_questions").fetchall()
        assert rows == [(kettle, "Does it whistle?")]


def check_novelties(names: Namespace) -> None:
    store = names["app"].state.store
    with TestClient(names["app"]) as client:
        for title in ("Mug", "Kettle", "Pan"):
            add_product(store, title)
        first = client.get("/api/shop/novelties/")
        assert [product["title"] for product in first.json()] == ["Pan", "Kettle", "Mug"]
        etag = {"If-None-Match": first.headers["ETag"]}
        assert client.get("/api/shop/novelties/", headers=etag).status_code == 304
        add_product(store, "Lid")
        changed = client.get("/api/shop/novelties/", headers=etag)
        assert [product["title"] for product in changed.json()] == ["Lid", "Pan", "Kettle"]


def check_mounted(names: Namespace) -> None:
    add_product(names["store_app"].state.store)
    with TestClient(names["app"]) as client:
        photo = client.get("/shop/api/product/get/1/").json()["photo"]
        assert photo == "http://testserver/shop/media/images/no_photo.jpg"
        assert client.get(photo).status_code == 200


def check_in_django(names: Namespace) -> None:
    check_mounted(names)
    with TestClient(names["app"]) as client:
        assert client.get("/about/").text == "About us"


def check_two_stores(names: Namespace) -> None:
    add_product(names["tea"].state.store)
    with TestClient(names["app"]) as client:
        assert client.get("/tea/api/product/all/").json()["count"] == 1
        assert client.get("/coffee/api/product/all/").json()["count"] == 0


def check_public_address(names: Namespace) -> None:
    add_product(names["app"].state.store)
    with TestClient(names["app"]) as client:
        photo = client.get("/api/product/get/1/").json()["photo"]
        assert photo == "https://example.com/shop/media/images/no_photo.jpg"


def check_count(names: Namespace) -> None:
    assert names["orders"] == 0


CHECKS: dict[str, Callable[[Namespace], None]] = {
    "shop.py": check_shop,
    "questions.py": check_questions,
    "novelties.py": check_novelties,
    "count_orders.py": check_count,
    "in_starlette.py": check_mounted,
    "in_fastapi.py": check_mounted,
    "in_django.py": check_in_django,
    "two_stores.py": check_two_stores,
    "public_address.py": check_public_address,
}


def programs() -> dict[str, str]:
    found = [block.text for block in blocks(text_of("guides/embed.md"), "python")]
    return {text.partition("\n")[0].removeprefix("# "): text for text in found}


def execute(program: str, name: str) -> Namespace:
    names: Namespace = {"__name__": name.removesuffix(".py")}
    exec(compile(program, name, "exec"), names)
    return names


def test_every_program_of_the_guide_is_checked() -> None:
    assert list(programs()) == list(CHECKS)


def make_django_site(folder: Path) -> None:
    (folder / "mysite").mkdir()
    (folder / "mysite" / "settings.py").write_text('ROOT_URLCONF = "mysite.urls"\nALLOWED_HOSTS = ["testserver"]\n')
    (folder / "mysite" / "urls.py").write_text(
        "from django.http import HttpResponse\nfrom django.urls import path\n\n"
        'urlpatterns = [path("about/", lambda request: HttpResponse("About us"))]\n'
    )


@pytest.mark.parametrize("name", CHECKS)
def test_a_program_of_the_guide_does_what_it_says(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_django_site(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "mysite.settings")  # as the program says, but for this test alone
    CHECKS[name](execute(programs()[name], name))


def test_a_mounted_store_that_is_not_ready_stops_its_parent(folder: Path) -> None:
    names = execute(programs()["in_starlette.py"], "in_starlette.py")
    (folder / "store.sqlite3").unlink()
    with pytest.raises(Exception, match="The database has no tables yet"), TestClient(names["app"]):
        pass


def test_the_program_of_the_readme_runs(folder: Path) -> None:
    (program,) = blocks((ROOT / "README.md").read_text(encoding="utf-8"), "python")
    with TestClient(execute(program.text, "shop.py")["app"]) as client:
        assert client.get("/api/opening-hours/").json() == {"monday": "9-17"}
