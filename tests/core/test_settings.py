"""Settings: where they come from, which wins, and what is said of wrong ones."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.factories import SECRET
from webstore_kit import Settings, SettingsError
from webstore_kit.provisioning import make_settings_file


def test_arguments_win_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "webstore.toml").write_text(
        'base_url = "http://file"\nmedia_dir = "pictures"\ncors_origins = ["http://file"]\n'
    )
    monkeypatch.setenv("WEBSTORE_BASE_URL", "http://environment/")
    monkeypatch.setenv("WEBSTORE_CORS_ORIGINS", "http://one, http://two:8080")
    monkeypatch.setenv("WEBSTORE_SECRET_KEY", "e" * 50)
    settings = Settings.load(directory=tmp_path, secret_key=SECRET)
    assert settings.secret_key.get_secret_value() == SECRET
    assert settings.base_url == "http://environment"
    assert settings.cors_origins == ["http://one", "http://two:8080"]
    assert settings.media_dir == tmp_path / "pictures"


def test_the_folder_can_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "webstore.toml").write_text(f'secret_key = "{SECRET}"\nthreads = 7\n')
    monkeypatch.setenv("WEBSTORE_DIRECTORY", str(tmp_path))
    assert Settings.load().threads == 7


def test_the_secret_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text(f"{SECRET}\n")
    settings = Settings.load(directory=tmp_path)
    assert settings.secret_key.get_secret_value() == SECRET
    assert SECRET not in repr(settings)


def test_there_is_no_default_secret(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"secret_key is not set .* run `webstore init`, or set WEBSTORE_SECRET_KEY"
    ):
        Settings.load(directory=tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("database_url", "mysql://x", "must start with sqlite:/// or postgresql://"),
        ("secret_key", "short", "must have at least 16 characters"),
        ("base_url", "shop.example.com", "must be an address such as https://shop.example.com"),
        ("base_url", "https://x/?a=1", "must be an address such as"),
        ("cors_origins", "http://ok,http://x/path", "must be origins such as https://shop.example.com"),
        ("trusted_proxies", "nonsense", "must be IP addresses or networks"),
        ("storefront", ".", "must not be the store's folder, nor one that it is in"),
        ("storefront", "media/../..", "must not be the store's folder, nor one that it is in"),
        ("max_body_size", "12", "greater than or equal to 1024"),
        ("max_body_size", "many", "valid integer"),
        ("access_token_lifetime", "soon", "duration"),
        ("access_token_lifetime", "PT0S", "greater than 0"),
        ("threads", "0", "greater than or equal to 1"),
    ],
)
@pytest.mark.parametrize("source", ["argument", "environment", "file"])
def test_a_wrong_setting_is_told_with_its_source_and_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str, source: str
) -> None:
    arguments: dict[str, Any] = {"secret_key": SECRET, "directory": tmp_path}
    if source == "argument":
        arguments[name], origin = value, f"the argument {name}"
    elif source == "environment":
        monkeypatch.setenv(f"WEBSTORE_{name.upper()}", value)
        origin = f"the environment variable WEBSTORE_{name.upper()}"
    else:
        (tmp_path / "webstore.toml").write_text(f'{name} = "{value}"\n')
        origin = f"{name} in webstore.toml"
    if source != "argument" and name == "secret_key":
        del arguments["secret_key"]
    with pytest.raises(SettingsError) as caught:
        Settings.load(**arguments)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"{origin} is wrong: ")
    assert allowed in caught.value.problems[0]
    assert "\n" not in caught.value.problems[0]


def test_each_wrong_setting_is_told(tmp_path: Path) -> None:
    (tmp_path / "webstore.toml").write_text('databse_url = "x"\nthreads = -1\n')
    with pytest.raises(SettingsError) as caught:
        Settings.load(directory=tmp_path, base_url="x")
    assert len(caught.value.problems) == 3
    assert "databse_url in webstore.toml is no setting: the settings are " in str(caught.value)


def test_the_file_does_not_say_which_folder_it_is_in(tmp_path: Path) -> None:
    (tmp_path / "webstore.toml").write_text('directory = "elsewhere"\n')
    with pytest.raises(SettingsError, match=r"directory in webstore\.toml is wrong"):
        Settings.load(directory=tmp_path, secret_key=SECRET)


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "webstore.toml").write_text("threads = = 1")
    with pytest.raises(SettingsError, match=r"webstore\.toml cannot be read: "):
        Settings.load(directory=tmp_path, secret_key=SECRET)


NOT_SET = ("# base_url ", "# extensions ", "# storefront ")
"""Those that have no default, and of which the file shows an example."""


def test_the_file_that_init_writes_says_the_defaults(tmp_path: Path) -> None:
    assert make_settings_file(tmp_path)
    path = tmp_path / "webstore.toml"
    lines = path.read_text().splitlines()
    names = [line for line in lines if " = " in line]
    path.write_text("\n".join(line.removeprefix("# ") for line in names if not line.startswith(NOT_SET)))
    assert len(names) == len(Settings.model_fields) - 2
    written = Settings.load(directory=tmp_path, secret_key=SECRET)
    path.unlink()
    assert written == Settings.load(directory=tmp_path, secret_key=SECRET)
    assert written.refresh_token_lifetime == timedelta(days=10)
    assert not make_settings_file(tmp_path) or path.exists()


@pytest.mark.parametrize(
    ("content", "told"), [(b"short\n", "under 16 characters"), (b"\xff" * 40, "cannot be read as text")]
)
def test_a_secret_file_that_holds_no_secret_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(SettingsError, match=told):
        Settings.load(directory=tmp_path)
