"""The documentation says what the code does: names, defaults, links, commands, and answers."""

import dataclasses
import inspect
import re
import shlex
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import SecretStr
from starlette.testclient import TestClient

import webstore_kit
from tests.databases import settings_for
from tests.docs.pages import (
    DOCS,
    ROOT,
    SOURCE,
    blocks,
    named_sections,
    names_in_tables,
    pages,
    prose,
    sections,
    text_of,
)
from tests.factories import PASSWORD, SECRET, add_brand, add_category, add_product
from webstore_kit import (
    AddedField,
    Call,
    Event,
    Extension,
    Operation,
    Settings,
    Store,
    StoreError,
    Work,
    cli,
    create_app,
)
from webstore_kit.adoption.models import MODELS as ADOPTION
from webstore_kit.catalog.models import MODELS as CATALOG
from webstore_kit.core.revision import MODELS as REVISION
from webstore_kit.customers.models import MODELS as CUSTOMERS
from webstore_kit.customers.schemas import Registration
from webstore_kit.http.idempotency import MODELS as IDEMPOTENCY
from webstore_kit.http.storefront import DEMO
from webstore_kit.importing.models import MODELS as IMPORTING
from webstore_kit.inventory.models import MODELS as INVENTORY
from webstore_kit.orders.models import MODELS as ORDERS

SETTINGS = sorted(Settings.model_fields)
MODELS = [*CATALOG, *CUSTOMERS, *INVENTORY, *ORDERS, *ADOPTION, *REVISION, *IDEMPOTENCY, *IMPORTING]


def test_each_setting_has_its_section_and_no_other_has() -> None:
    assert sorted(named_sections("reference/settings.md")) == SETTINGS


@pytest.mark.parametrize("name", SETTINGS)
def test_the_default_of_a_setting_is_the_one_in_the_docs(name: str, tmp_path: Path) -> None:
    default = Settings.model_fields[name].default
    (told,) = re.findall(r"^\| default \| (.+) \|$", named_sections("reference/settings.md")[name], re.MULTILINE)
    if name == "directory":
        assert told == "the present folder"
    elif default is None or default == SecretStr(""):
        assert told.startswith("none")
    else:
        value = tomllib.loads(f"value = {told.strip('`')}")["value"]
        assert getattr(settings_for(tmp_path, **{name: value}), name) == getattr(settings_for(tmp_path), name)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_examples_of_a_setting_are_good_and_mean_the_same(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {key: value for key, value in {"directory": tmp_path, "secret_key": SECRET}.items() if key != name}
    default = getattr(Settings.load(**{"secret_key": SECRET, **others}), name)
    section = named_sections("reference/settings.md")[name]
    (shell,) = blocks(section, "sh")
    variable, _, value = shlex.split(shell.text)[0].partition("=")
    assert variable == f"WEBSTORE_{name.upper()}"
    with monkeypatch.context() as patch:
        patch.setenv(variable, value)
        from_environment = getattr(Settings.load(**others), name)
    assert from_environment != default
    for toml in blocks(section, "toml"):
        (tmp_path / "webstore.toml").write_text(toml.text, encoding="utf-8")
        assert getattr(Settings.load(**others), name) == from_environment


def test_each_command_has_its_section_and_no_other_has() -> None:
    assert sorted(named_sections("reference/cli.md")) == sorted(COMMANDS)


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for part, sub in command.commands.items():
            yield from commands(sub, f"{name} {part}")
    else:
        yield name, command


ROOT_COMMAND: Any = typer.main.get_command(cli.app)
COMMANDS: dict[str, Any] = dict(commands(ROOT_COMMAND, "webstore"))
UNNAMED = {"webstore import": "webstore import files", "webstore export": "webstore export products"}
"""The commands of which the last word may be left out."""


def options(command: Any) -> set[str]:
    return {option for param in command.params for option in param.opts if option.startswith("--")} - {"--help"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_and_arguments_of_a_command_are_in_its_section(name: str) -> None:
    section = named_sections("reference/cli.md")[name]
    rows = {option: row for row in section.splitlines() for option in re.findall(r"^\| `(--[\w-]+)` \|", row)}
    assert set(rows) == options(COMMANDS[name])
    usage = blocks(section, "text")[0].text
    for param in COMMANDS[name].params:
        if param.param_type_name == "argument":
            assert (param.metavar or param.name.upper()) in re.split(r"[\s\[\]]+", usage)
        elif type(param.default) in (str, int) and param.default:
            assert str(param.default) in rows[param.opts[0]]


def test_the_command_line_page_names_no_unknown_option() -> None:
    known = {"--help"}.union(*map(options, [ROOT_COMMAND, *COMMANDS.values()]))
    assert set(re.findall(r"--[a-z][\w-]*", text_of("reference/cli.md"))) == known


def test_every_command_on_any_page_exists() -> None:
    command = re.compile(r"(?:^|&& )(?:[\w/]+/)?(webstore [^&|#\n]+)", re.MULTILINE)
    asked = [
        (page.name, shlex.split(line))
        for page in pages()
        for block in blocks(page.read_text(encoding="utf-8"), "sh")
        for line in command.findall(block.text)
    ]
    assert len(asked) > 10
    for page, words in asked:
        names = [known for known in COMMANDS if words[: known.count(" ") + 1] == known.split()]
        (name,) = names or [UNNAMED.get(" ".join(words[:2]), "no command")]
        assert name in COMMANDS, (page, words)
        assert {word for word in words if word.startswith("--")} <= options(COMMANDS[name]), (page, words)


def operations(tmp_path: Path) -> dict[str, Operation]:
    routes = [route for route in create_app(settings_for(tmp_path)).routes if isinstance(route, Operation)]
    return {f"{method_of(route)} {re.sub(':[a-z]+', '', route.path)}": route for route in routes}


def method_of(operation: Operation) -> str:
    (method,) = (operation.methods or set()) - {"HEAD"}
    return method


def api_sections() -> dict[str, str]:
    return {name: text for name, text in named_sections("reference/api.md").items() if " /" in name}


def test_each_operation_has_its_section_and_no_other_has(tmp_path: Path) -> None:
    assert sorted(api_sections()) == sorted(operations(tmp_path))


def test_each_operation_is_told_with_its_fields_and_its_answer(
    client: TestClient, store: Store, tmp_path: Path
) -> None:
    answers = one_answer_of_each(client, store)
    shared = sections("reference/api.md")["Lists of products"]
    for name, operation in operations(tmp_path).items():
        section = api_sections()[name]
        body = Registration if operation.check else operation.body
        fields = set(body.model_fields) if body else set()
        keys = keys_of(answers.pop(name))
        assert fields <= set(re.findall(r"`(\w+)`", section)), name
        told = section + (shared if "page of" in section or "The same for" in section or "preview" in section else "")
        assert keys <= set(re.findall(r'[`"](\w+)[`"]', told)), name
        assert set(names_in_tables(section)) <= fields | keys, name
        assert ("*Logged in.*" in section) == (operation.authenticate is not None), name
        assert ("Answers 201." in section) == (operation.status == 201), name
    assert not answers


def one_answer_of_each(client: TestClient, store: Store) -> dict[str, Any]:
    brand, category = add_brand(store), add_category(store)
    for number in range(11):
        add_product(store, f"Mug {number}", old_price="12.00", brand=brand, categories=[category], reviews=["Good."])
    answers: dict[str, Any] = {}

    def ask(name: str, body: Any = None, headers: Any = None, **params: Any) -> Any:
        method, path = name.split()
        answer = client.request(method, path.format(**params), json=body, headers=headers)
        assert answer.is_success, answer.text
        answers[name] = answer.json()
        return answers[name]

    ask("GET /api/product/all/")
    ask("GET /api/product/category/{category_id}/products/", category_id=category)
    ask("GET /api/product/get/{id}/", id=1)
    ask("GET /api/product/category/list/")
    ask("GET /api/product/category/get/{id}/", id=category)
    ask("GET /api/product/brands/all/")
    ask("GET /api/product/brands/get/{id}/", id=brand)
    token = ask("POST /api/customer/create/")["customer_token"]
    ask("POST /api/customer/registration/", {"username": "ann", "password": PASSWORD, "token": token})
    tokens = ask("POST /api/jwt/auth/", {"username": "ann", "password": PASSWORD})
    ask("POST /api/jwt/refresh/", {"refresh": tokens["refresh"]})
    ask("POST /api/order/cart/update/", {"token": token, "product_id": 1, "quantity": 1})
    ask("GET /api/order/cart/list/{customer_token}/", customer_token=token)
    ask("GET /api/order/cart/totals/{customer_token}/", customer_token=token)
    delivery = dict.fromkeys(("first_name", "last_name", "country", "city", "post_code", "address"), "x")
    ask("PUT /api/order/finalize/", {**delivery, "email": "a@example.com", "token": token})
    bearer = {"Authorization": f"Bearer {tokens['access']}"}
    ask("GET /api/customer/getuser/", headers=bearer)
    ask("GET /api/customer/myorders/", headers=bearer)
    return answers


def keys_of(answer: Any) -> set[str]:
    if isinstance(answer, list):
        return set().union(*map(keys_of, answer))
    return set(answer).union(*map(keys_of, answer.values())) if isinstance(answer, dict) else set()


def test_each_public_name_has_its_section_and_no_other_has() -> None:
    assert sorted(named_sections("reference/python.md")) == sorted(webstore_kit.__all__)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Call", {field.name for field in dataclasses.fields(Call)}),
        ("Operation", set(inspect.signature(Operation).parameters)),
        ("Work", {f"Work.{member.name}" for member in Work}),
        ("Extension", {field.name for field in dataclasses.fields(Extension)}),
        ("AddedField", {field.name for field in dataclasses.fields(AddedField)}),
        ("StoreError", {"status", "headers", *vars(StoreError("")), "body()"}),
    ],
)
def test_all_parts_of_a_public_class_are_in_its_table(name: str, parts: set[str]) -> None:
    table = re.findall(r"^\| `([\w.()]+)` \|", named_sections("reference/python.md")[name], re.MULTILINE)
    assert sorted(table) == sorted(parts)


def kinds(root: Any) -> Iterator[Any]:
    """All classes of ours that are derived from the root."""
    for kind in root.__subclasses__():
        if kind.__module__.startswith("webstore_kit"):
            yield kind
        yield from kinds(kind)


def test_each_event_has_its_section_with_all_fields_and_no_other_has() -> None:
    told = named_sections("reference/events.md")
    events = {kind.__name__: {field.name for field in dataclasses.fields(kind)} for kind in kinds(Event)}
    assert sorted(told) == sorted(events)
    for name, fields in events.items():
        assert set(names_in_tables(told[name])) == fields, name


def test_each_error_that_a_client_can_cause_is_told_with_its_status() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", text_of("reference/errors.md"), re.MULTILINE)
    errors = {kind.__name__: kind.status for kind in [StoreError, *kinds(StoreError)]}
    assert {name: int(status) for name, status in rows} == errors


def test_each_code_of_a_refusal_is_told() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "customers").glob("*.py"))
    codes = set(re.findall(r'[,(] "([a-z]+(?:_[a-z]+)+)"\)$', source, re.MULTILINE))
    assert codes == set(re.findall(r"^\| `([a-z_]+)` \|", text_of("reference/errors.md"), re.MULTILINE))


def test_the_parts_of_a_store_are_there(store: Store) -> None:
    table = re.findall(r"^\| `(\w+)(?:\(\))?` \|", named_sections("reference/python.md")["Store"], re.MULTILINE)
    assert len(table) == 12
    assert [name for name in table if not hasattr(store, name)] == []


def test_each_table_has_its_section_with_all_columns() -> None:
    told = named_sections("explanation/data.md")
    metas = [model._meta for model in MODELS]  # noqa: SLF001 - peewee's documented name
    columns = {meta.table_name: {field.column_name for field in meta.sorted_fields} for meta in metas}
    assert sorted(told) == sorted(columns)
    for table, names in columns.items():
        assert names <= set(re.findall(r"`(\w+)`", told[table])), table
        assert set(names_in_tables(told[table])) <= names, table


def test_the_layers_are_those_that_the_build_checks() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    parts = [[part for part in layer.split(" | ") if part.isalpha()] for layer in contracts[0]["layers"]]
    checked = " > ".join(" | ".join(layer) for layer in parts if layer)
    (told,) = [block.text for block in blocks(text_of("explanation/architecture.md"), "text")]
    assert " ".join(told.split()) == checked
    assert f"```\n{checked}\n```" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_and_file_on_a_page_exists(page: Path) -> None:
    text = prose(page)
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    modules = re.findall(r"`([\w-]+/[\w/-]+\.py)`", text)
    assert [name for name in modules if not ((SOURCE / name).exists() or (ROOT / name).exists())] == []
    homes = re.findall(r"`(\w+)`,? in\s`([\w/]+\.py)`", text)
    assert [name for name, file in homes if name not in (SOURCE / file).read_text(encoding="utf-8")] == []


def test_the_excerpts_of_the_demo_shop_stand_in_it() -> None:
    shop = "".join((DEMO / name).read_text(encoding="utf-8") for name in ("index.html", "shop.js"))
    excerpts = [block.text for block in blocks(text_of("guides/storefront.md"), "js", "html")]
    assert len(excerpts) == 4
    assert [excerpt for excerpt in excerpts if excerpt not in shop] == []


def test_the_pictures_are_well_formed_and_described() -> None:
    pictures = sorted((DOCS / "explanation").glob("*.svg"))  # those that are drawn by hand
    assert [picture.name for picture in pictures] == ["request.svg", "speed.svg"]
    for picture in pictures:
        root = ET.parse(picture).getroot()
        assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]


def test_the_decisions_are_numbered_without_a_gap() -> None:
    records = sorted(DOCS.glob("decisions/0*.md"))
    assert [record.name[:4] for record in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for number, record in enumerate(records, 1):
        assert record.read_text(encoding="utf-8").startswith(f"# {number}. ")
