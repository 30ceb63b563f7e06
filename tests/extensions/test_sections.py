"""Settings of extensions: where they come from, and what is said of those that are wrong."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from tests.databases import settings_for
from webstore_kit import SettingsError, create_app
from webstore_kit.extensions.extension import Extension


class Rates(BaseModel):
    """Two rates."""

    low: int = 5
    high: int = 20


class Loyalty(BaseModel):
    """Of every type that a setting may well have."""

    points: int
    is_on: bool = False
    brands: list[str] = []
    rates: Rates = Rates()
    password: SecretStr = SecretStr("")
    sign: str = "*"
    limit: int | None = None
    country: str = Field("DE", alias="land")


LOYALTY = Extension(name="loyalty", settings=Loyalty)


def read(folder: Path, toml: str = "", *extensions: Extension) -> Any:
    """The settings of the first extension."""
    (folder / "webstore.toml").write_text(toml, encoding="utf-8")
    given = extensions or (LOYALTY,)
    assert given[0].settings
    return create_app(settings_for(folder), extensions=given).state.store.settings_of(given[0].settings)


def test_they_come_from_the_file_and_before_it_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = (
        '[extension.loyalty]\npoints = 3\nsign = "+"\nbrands = ["a"]\nland = "FR"\n[extension.loyalty.rates]\nlow = 7\n'
    )
    assert read(tmp_path, toml) == Loyalty(points=3, sign="+", brands=["a"], rates=Rates(low=7), land="FR")
    for name, value in {
        "WEBSTORE_LOYALTY_POINTS": "5",
        "WEBSTORE_LOYALTY_IS_ON": "yes",
        "WEBSTORE_LOYALTY_BRANDS": '["b", "c"]',
        "WEBSTORE_LOYALTY_RATES": '{"high": 30}',
        "WEBSTORE_LOYALTY_PASSWORD": '["quoted"]',
        "webstore_loyalty_limit": "9",
    }.items():
        monkeypatch.setenv(name, value)
    found = read(tmp_path, toml)
    assert (found.points, found.is_on, found.brands, found.rates) == (5, True, ["b", "c"], Rates(high=30))
    assert (found.password.get_secret_value(), found.sign, found.limit) == ('["quoted"]', "+", 9)


def test_a_text_that_looks_like_json_stays_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSTORE_LOYALTY_POINTS", "1")
    for text in ("[1]", "{}", "7", "null", "true", ""):
        monkeypatch.setenv("WEBSTORE_LOYALTY_SIGN", text)
        assert read(tmp_path).sign == text


def test_what_is_missing_is_said_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path)
    assert caught.value.problems == [
        (
            "The extension loyalty needs its setting points: set WEBSTORE_LOYALTY_POINTS, "
            "or points in [extension.loyalty] of webstore.toml."
        )
    ]


def test_a_wrong_value_is_named_with_its_source_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSTORE_LOYALTY_IS_ON", "s3cret")
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, '[extension.loyalty]\npoints = "s3cret"\nrates = {low = "s3cret"}\n')
    assert len(caught.value.problems) == 3
    starts = [problem.partition(" is wrong: ")[0] for problem in caught.value.problems]
    assert starts == [
        "points in [extension.loyalty] of webstore.toml",
        "the environment variable WEBSTORE_LOYALTY_IS_ON",
        "rates in [extension.loyalty] of webstore.toml",
    ]
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_list_that_is_no_json_is_named_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSTORE_LOYALTY_BRANDS", "s3cret,other")
    with pytest.raises(SettingsError) as caught:
        read(tmp_path)
    assert caught.value.problems == ["the environment variable WEBSTORE_LOYALTY_BRANDS is wrong: it has to be JSON."]
    assert "s3cret" not in str(caught.value)


def test_a_name_with_a_typo_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, "[extension.loyalty]\npoints = 1\npoint = 2\n")
    assert caught.value.problems == [
        (
            "point in [extension.loyalty] of webstore.toml is no setting: "
            "the settings are points, is_on, brands, rates, password, sign, limit, country."
        )
    ]


def test_a_class_that_takes_any_name_takes_it(tmp_path: Path) -> None:
    class Anything(BaseModel):
        model_config = ConfigDict(extra="allow")

    found = read(tmp_path, "[extension.any]\nx = 2\n", Extension(name="any", settings=Anything))
    assert found.model_extra == {"x": 2}


def test_a_section_of_no_extension_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^\[extension\.loyality\] in webstore\.toml is of no extension that is"):
        read(tmp_path, "[extension.loyality]\npoints = 1\n")


def test_a_class_may_refuse_values_that_do_not_go_together(tmp_path: Path) -> None:
    class Pair(BaseModel):
        low: int = 1
        high: int = 2

        def model_post_init(self, context: Any) -> None:
            if self.low > self.high:
                raise ValueError("low is above high")

    with pytest.raises(SettingsError) as caught:
        read(tmp_path, "[extension.pair]\nlow = 3\n", Extension(name="pair", settings=Pair))
    assert caught.value.problems == ["[extension.pair] in webstore.toml is wrong: low is above high."]
