"""The pages for who writes extensions name all that there is, and nothing else."""

import inspect
import re

import webstore_kit.testing
from tests.docs.pages import names_in_tables, sections
from webstore_kit import models
from webstore_kit.testing import StoreClient, factories, fixtures

PAGE = "reference/testing.md"


def first_words(section: str) -> list[str]:
    """The names in the first column of the table, without their arguments."""
    return re.findall(r"^\| `(\w+)", section, re.MULTILINE)


def test_each_public_name_for_tests_is_in_a_table_and_no_other_is() -> None:
    told = sections(PAGE)
    named = [*first_words(told["Stores"]), *first_words(told["Factories"]), *first_words(told["Fakes"]), "StoreClient"]
    assert sorted(named) == sorted(webstore_kit.testing.__all__)


def test_each_part_of_the_client_is_in_its_table() -> None:
    own = {name for name in vars(StoreClient) if not name.startswith("_")} - {"send"}
    assert sorted(first_words(sections(PAGE)["Client"])) == sorted({*own, "store"})


def test_each_fixture_is_in_its_table() -> None:
    marked = [name for name, value in vars(fixtures).items() if type(value).__name__ == "FixtureFunctionDefinition"]
    assert sorted(first_words(sections(PAGE)["Fixtures"])) == sorted(marked)
    assert len(marked) == 5


def test_each_field_of_the_factories_is_told() -> None:
    told = set(re.findall(r"\w+", sections(PAGE)["Factories"]))
    for factory in (factories.add_product, factories.add_category, factories.add_user, factories.place_order):
        named = {
            name for name, each in inspect.signature(factory).parameters.items() if each.kind is not each.VAR_KEYWORD
        }
        assert named <= told, factory


def test_each_model_for_extensions_is_in_its_table() -> None:
    told = sections("reference/python.md")["In `webstore_kit.models`"]
    assert sorted(names_in_tables(told)) == sorted(models.__all__)
