"""Where extensions are found, and that whoever starts the store learns which one cannot be loaded."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import run
from tests.databases import settings_for
from tests.factories import SECRET
from webstore_kit import ExtensionError, Settings, create_app
from webstore_kit.core.settings import PREFIX
from webstore_kit.extensions.extension import Extension
from webstore_kit.extensions.finding import find, find_with_sources

SHOP = 'from webstore_kit import Extension\n\nextension = Extension(name="{name}")\n'
BROKEN = {
    "raises": ("raise ValueError('no licence\\nat all')", "ValueError: no licence. Mend it, or leave it out."),
    "exits": ("raise SystemExit('bye')", "SystemExit: bye. Mend it, or leave it out."),
    "syntax": ("def extension(:", "SyntaxError: invalid syntax (shop.py, line 1). Mend it, or leave it out."),
    "lacks": ("x = 1", "AttributeError: module 'shop' has no attribute 'extension'. Mend it, or leave it out."),
    "imports": ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'. Mend it, or leave it out."),
}


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Modules and paths as before."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def write(folder: Path, text: str, name: str = "shop") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def install(folder: Path, name: str, point: str) -> None:
    """A package of that name, with an entry point, as pip leaves it behind."""
    information = folder / f"{name}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[webstore_kit.extensions]\n{point}\n")


def names(settings: Settings, *given: Extension) -> list[str]:
    return [extension.name for extension in find(settings, given)]


def test_arguments_come_first_then_the_setting_then_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, site = write(tmp_path / "shop", SHOP.format(name="shop")), tmp_path / "site"
    write(site, SHOP.format(name="points"), "loyalty_points")
    install(site, "loyalty", "points = loyalty_points:extension")
    monkeypatch.syspath_prepend(site)
    settings = settings_for(shop, extensions=["shop:extension"])
    assert find_with_sources(settings, [given := Extension(name="given")]) == [
        (given, "one of the argument extensions"),
        (sys.modules["shop"].extension, '"shop:extension" of the setting extensions'),
        (sys.modules["loyalty_points"].extension, 'the entry point "points" of the package loyalty'),
    ]


def test_the_same_from_several_places_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = write(tmp_path / "site", SHOP.format(name="points"), "loyalty_points")
    install(site, "loyalty", "points = loyalty_points:extension")
    monkeypatch.syspath_prepend(site)
    settings = settings_for(tmp_path, extensions=["loyalty_points:extension"] * 2)
    (found,) = find(settings)
    assert find(settings, [found, found]) == [found]


def test_two_of_one_name_are_told_apart_by_where_they_come_from(tmp_path: Path) -> None:
    settings = settings_for(write(tmp_path, SHOP.format(name="points")), extensions=["shop:extension"])
    with pytest.raises(ExtensionError) as caught:
        create_app(settings, extensions=[Extension(name="points")])
    assert str(caught.value) == (
        'Two extensions are called "points": one of the argument extensions, and "shop:extension" of the setting '
        "extensions. Leave one out, or rename it."
    )


def test_what_is_no_extension_is_named(tmp_path: Path) -> None:
    settings = settings_for(write(tmp_path, "extension = 7"), extensions=["shop:extension"])
    with pytest.raises(ExtensionError) as caught:
        create_app(settings)
    assert str(caught.value) == '"shop:extension" of the setting extensions is a int, not an Extension of webstore_kit.'


@pytest.mark.parametrize("case", BROKEN)
def test_a_module_that_cannot_be_loaded_is_named(case: str, tmp_path: Path) -> None:
    text, reason = BROKEN[case]
    settings = settings_for(write(tmp_path, text), extensions=["shop:extension"])
    with pytest.raises(ExtensionError) as caught:
        create_app(settings)
    begin = 'The extension "shop:extension" of the setting extensions cannot be loaded: '
    assert str(caught.value) == begin + reason


def test_an_entry_point_that_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "loyalty", "points = loyalty_points:extension")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ExtensionError) as caught:
        create_app(settings_for(tmp_path))
    assert str(caught.value) == (
        'The extension the entry point "points" of the package loyalty cannot be loaded: '
        "ModuleNotFoundError: No module named 'loyalty_points'. Mend it, or leave it out."
    )


def test_shops_of_two_folders_do_not_get_each_others_module(tmp_path: Path) -> None:
    one = settings_for(write(tmp_path / "one", SHOP.format(name="one")), extensions=["shop:extension"])
    two = settings_for(write(tmp_path / "two", SHOP.format(name="two")), extensions=["shop:extension"])
    assert names(one) == ["one"]
    with pytest.raises(ExtensionError) as caught:
        names(two)
    first, second = tmp_path / "one" / "shop.py", tmp_path / "two" / "shop.py"
    assert f"ImportError: {first} is called shop, too, and comes first; rename {second}." in str(caught.value)
    assert names(one) == ["one"]


def test_a_file_of_the_shop_stands_in_for_no_module_of_python(tmp_path: Path) -> None:
    write(tmp_path, SHOP.format(name="mine"), "calendar")
    with pytest.raises(ExtensionError, match=r"calendar\.py is called calendar, too, and comes first; rename "):
        names(settings_for(tmp_path, extensions=["calendar:extension"]))
    write(tmp_path, SHOP.format(name="mine"), "sys")
    with pytest.raises(ExtensionError, match=r"a part of Python is called sys, too, and comes first; rename "):
        names(settings_for(tmp_path, extensions=["sys:extension"]))


def test_a_package_in_the_folder_is_found_too(tmp_path: Path) -> None:
    write(tmp_path / "my_shop", "from my_shop.parts import extension\n", "__init__")
    write(tmp_path / "my_shop", SHOP.format(name="packed"), "parts")
    assert names(settings_for(tmp_path, extensions=["my_shop:extension"])) == ["packed"]
    assert names(settings_for(tmp_path, extensions=["my_shop.parts:extension"])) == ["packed"]


PLACES: dict[str, Any] = {
    "": [],
    " , ": [],
    " shop:a , shop.parts:b ,": ["shop:a", "shop.parts:b"],
}


@pytest.mark.parametrize("text", PLACES, ids=repr)
def test_the_setting_takes_text_with_commas(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}EXTENSIONS", text)
    assert settings_for(tmp_path).extensions == PLACES[text]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The folder of a store whose extension cannot be loaded."""
    shop = write(tmp_path / "shop", "raise ValueError('no licence')")
    (shop / "webstore.toml").write_text('extensions = ["shop:extension"]\n')
    return shop


def test_on_the_command_line_a_broken_extension_is_one_sentence(broken: Path) -> None:
    sentence = (
        'Error: The extension "shop:extension" of the setting extensions cannot be loaded: ValueError: no licence. '
        "Mend it, or leave it out.\n"
    )
    relative = ["--dir", broken.name]
    for command in (["loyalty", "list"], ["serve", "--workers", "2"]):
        failed = run(*command, *relative, cwd=broken.parent)
        assert (failed.returncode, failed.stdout, failed.stderr) == (1, "", sentence), command
    for command in (["version"], ["serve", "--help"]):
        done = run(*command, cwd=broken)
        assert (done.returncode, done.stderr) == (0, ""), command


def test_what_stops_the_app_stops_the_server_of_several_processes_at_once(broken: Path) -> None:
    write(
        broken,
        "from webstore_kit import Extension\nfrom starlette.routing import Mount\n"
        "extension = Extension(name='all', routes=[Mount('/', lambda *_: None)])\n",
    )
    failed = run("serve", "--workers", "2", "--port", "0", cwd=broken, WEBSTORE_SECRET_KEY=SECRET)
    assert failed.returncode == 1
    assert failed.stderr.startswith('Error: The extension "all" is wrong: it would answer GET /api/product/all/ in ')
    assert failed.stderr.count("\n") == 1
