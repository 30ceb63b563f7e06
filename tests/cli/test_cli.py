"""The command line as a process: what it makes, what it says, and its exit codes."""

import json
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.cli.processes import run
from tests.databases import migrated, new_postgresql_database, settings_for

LEGACY = Path(__file__).parents[1] / "contract" / "recorded" / "legacy-store.sqlite3"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The folder of a store that `webstore init` made."""
    made = run("init", "shop", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    return tmp_path / "shop"


def test_init_makes_a_store_and_says_what_it_made(tmp_path: Path) -> None:
    made = run("init", "shop", cwd=tmp_path)
    shop = tmp_path / "shop"
    assert (made.returncode, made.stderr) == (0, "")
    for name in ("webstore.toml", "secret.key", "media/", "store.sqlite3"):
        assert f"Made {name}" in made.stdout
        assert (shop / name).exists()
    assert sorted(path.name for path in shop.iterdir()) == ["media", "secret.key", "store.sqlite3", "webstore.toml"]
    assert stat.S_IMODE((shop / "secret.key").stat().st_mode) == 0o600
    assert len((shop / "secret.key").read_text().strip()) == 64
    assert (shop / "secret.key").read_text().strip() not in made.stdout


def test_init_says_the_name_of_any_folder(tmp_path: Path) -> None:
    assert "my [red] shop is ready" in run("init", "my [red] shop", cwd=tmp_path).stdout


def test_init_again_changes_nothing(shop: Path) -> None:
    before = {path: path.read_bytes() for path in shop.iterdir() if path.is_file()}
    again = run("init", cwd=shop)
    assert (again.returncode, "Made" in again.stdout) == (0, False)
    assert {path: path.read_bytes() for path in shop.iterdir() if path.is_file()} == before


def test_init_where_a_file_is_in_the_way_fails_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("")
    failed = run("init", "shop", cwd=tmp_path)
    assert failed.returncode == 1
    assert failed.stderr.startswith("Error: The folder ")
    assert "Traceback" not in failed.stderr


def test_init_takes_the_secret_of_the_environment(tmp_path: Path) -> None:
    run("init", "shop", cwd=tmp_path, WEBSTORE_SECRET_KEY="x" * 50)
    assert not (tmp_path / "shop" / "secret.key").exists()


def test_migrate_says_what_it_did_and_check_tells_by_its_exit_code(tmp_path: Path) -> None:
    behind = run("migrate", "--check", cwd=tmp_path)
    assert (behind.returncode, "webstore migrate" in behind.stderr) == (1, True)
    assert not (tmp_path / "store.sqlite3").exists()
    names = ["0001_initial", "0002_exactly_once", "0003_imports", "0004_revision", "0005_search", "0006_extensions"]
    assert run("migrate", "--plan", cwd=tmp_path).stdout == "".join(f"pending  {name}\n" for name in names)
    assert run("migrate", cwd=tmp_path).stdout == "".join(f"Applied {name}\n" for name in names)
    assert run("migrate", cwd=tmp_path).stdout == "Nothing to apply.\n"
    assert run("migrate", "--plan", cwd=tmp_path).stdout == "".join(f"applied  {name}\n" for name in names)
    assert run("migrate", "--check", "--dir", str(tmp_path), cwd=tmp_path.parent).returncode == 0


def test_thumbnails_are_made_in_the_widths_that_are_set_now(shop: Path) -> None:
    assert run("seed", cwd=shop).returncode == 0
    made = run("thumbnails", cwd=shop, WEBSTORE_THUMBNAIL_WIDTHS="64")
    pictures = [path for path in (shop / "media" / "products").rglob("*.png") if path.suffixes == [".png"]]
    assert len(pictures) > 10
    assert made.stdout == f"{len(pictures)} pictures have all their thumbnails.\n"
    assert all(path.with_suffix(".64.png").is_file() for path in pictures)


def test_seed_adds_a_whole_catalogue_once(shop: Path) -> None:
    assert run("seed", cwd=shop).stdout == "Added the demo catalogue: 72 products with 110 reviews.\n"
    assert run("seed", cwd=shop).stdout == "The demo catalogue is there already.\n"
    database = sqlite3.connect(shop / "store.sqlite3")

    def number(query: str) -> int:
        return int(database.execute(query).fetchone()[0])

    assert number("SELECT count(*) FROM products") == 72
    assert number("SELECT count(*) FROM brands") == 6
    assert number("SELECT count(DISTINCT category_id) FROM product_categories") == 6
    assert number("SELECT count(*) FROM products WHERE old_price > price") == 26
    assert number("SELECT count(*) FROM stock WHERE quantity > 0") == 69
    photos = [photo for (photo,) in database.execute("SELECT photo FROM products")]
    assert all((shop / "media" / photo).read_bytes().startswith(b"\x89PNG") for photo in photos)
    database.close()


def test_a_user_is_made_with_a_password_from_standard_input(shop: Path) -> None:
    made = run("user", "create", "boss", "--staff", "--email", "boss@example.com", cwd=shop, stdin="Correct-horse-7\n")
    assert (made.returncode, made.stdout) == (0, "Made user 1, boss.\n")
    (user,) = json.loads(run("user", "list", "--json", cwd=shop).stdout)
    user.pop("time_joined")
    assert user == {"id": 1, "username": "boss", "email": "boss@example.com", "is_staff": True, "is_active": True}
    table = run("user", "list", cwd=shop).stdout
    assert "boss@example.com" in table
    assert "argon2" not in table


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (("create", "bob"), "short", "password: This password is too short."),
        (("create", "bob"), "", "password: This field may not be blank."),
        (("create", "b b"), "Correct-horse-7", "username: Enter a valid username."),
        (("create", "ann"), "Correct-horse-7", "username: A user with that username already exists."),
        (("create", "bob", "--email", "x"), "Correct-horse-7", "email: Enter a valid email address."),
        (("password", "bob"), "Correct-horse-7", "There is no user bob. `webstore user list` shows those there are."),
        (("password", "ann"), "12345678", "password: This password is too common."),
        (("password", "ann"), "x1" * 513, "password: Ensure this field has no more than 1024 characters."),
    ],
)
def test_a_user_that_cannot_be_is_refused(shop: Path, arguments: tuple[str, ...], password: str, sentence: str) -> None:
    run("user", "create", "ann", cwd=shop, stdin="Correct-horse-7\n")
    failed = run("user", *arguments, cwd=shop, stdin=f"{password}\n")
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"Error: {sentence}")


def test_a_new_password_takes_the_place_of_the_old(shop: Path) -> None:
    run("user", "create", "ann", cwd=shop, stdin="Correct-horse-7\n")
    database = sqlite3.connect(shop / "store.sqlite3")
    (before,) = database.execute("SELECT password FROM users").fetchone()
    assert run("user", "password", "ann", cwd=shop, stdin="Another-horse-8\n").returncode == 0
    (after,) = database.execute("SELECT password FROM users").fetchone()
    assert after.startswith("$argon2id$")
    assert after != before
    database.close()


def test_version_says_which(tmp_path: Path) -> None:
    assert run("version", cwd=tmp_path).stdout.startswith("webstore-kit 0.1.0, python 3.")
    assert json.loads(run("version", "--json", cwd=tmp_path).stdout)["webstore-kit"] == "0.1.0"


@pytest.mark.parametrize("arguments", [("nonsense",), ("serve", "--port", "x"), ("serve", "--workers", "0"), ("user",)])
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, cwd=tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_help_reads_like_a_manual(tmp_path: Path) -> None:
    page = run("--help", cwd=tmp_path)
    assert page.returncode == 0
    for command in ("init", "migrate", "seed", "serve", "user", "version"):
        assert command in page.stdout
        assert run(command, "--help", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"WEBSTORE_DATABASE_URL": "mysql://x"}, "the environment variable WEBSTORE_DATABASE_URL is wrong: must start"),
        ({"WEBSTORE_SECRET_KEY": "x"}, "the environment variable WEBSTORE_SECRET_KEY is wrong: must have at least 16"),
        (
            {"WEBSTORE_DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/x"},
            "The database cannot be had: connection failed: connection to server at",
        ),
        ({"WEBSTORE_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}, "The database refused: unable to open"),
    ],
)
def test_what_stops_a_command_is_one_sentence(tmp_path: Path, variables: dict[str, str], sentence: str) -> None:
    failed = run("serve", cwd=tmp_path, **variables)
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"Error: {sentence}")
    assert "Traceback" not in failed.stderr
    assert "hidden" not in failed.stderr


def test_commands_in_a_folder_without_a_store_say_what_to_do(tmp_path: Path) -> None:
    for arguments in (("seed",), ("user", "list")):
        failed = run(*arguments, cwd=tmp_path)
        assert (failed.returncode, "Run `webstore migrate`" in failed.stderr) == (1, True)
    failed = run("seed", "--dir", "nowhere", cwd=tmp_path)
    assert (failed.returncode, "`webstore init` makes one." in failed.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").write_bytes(os.urandom(8192))
    failed = run("migrate", cwd=tmp_path)
    assert failed.returncode == 1
    assert failed.stderr.startswith("Error: The database refused: file is not a database.")


def test_all_of_it_works_on_postgresql(server_url: str, tmp_path: Path) -> None:
    url = new_postgresql_database(server_url)
    made = run("init", cwd=tmp_path, WEBSTORE_DATABASE_URL=url)
    assert "Made PostgreSQL: the database, with its tables" in made.stdout
    assert not (tmp_path / "store.sqlite3").exists()
    seeded = run("seed", cwd=tmp_path, WEBSTORE_DATABASE_URL=url)
    assert seeded.stdout == "Added the demo catalogue: 72 products with 110 reviews.\n"
    user = run("user", "create", "ann", cwd=tmp_path, stdin="Correct-horse-7\n", WEBSTORE_DATABASE_URL=url)
    assert user.returncode == 0, user.stderr
    assert run("migrate", "--check", cwd=tmp_path, WEBSTORE_DATABASE_URL=url).returncode == 0


def test_serve_refuses_a_database_that_is_ahead(tmp_path: Path) -> None:
    migrated(settings_for(tmp_path))
    with sqlite3.connect(tmp_path / "store.sqlite3") as database:
        database.execute("INSERT INTO schema_migration (name, applied) VALUES ('0999_future', '2030-01-01')")
    database.close()
    failed = run("serve", cwd=tmp_path)
    assert (failed.returncode, "ahead of this version" in failed.stderr) == (1, True)


def test_a_django_store_is_adopted_with_one_command(shop: Path) -> None:
    adopted = run("adopt", str(LEGACY), cwd=shop)
    assert adopted.returncode == 0, adopted.stderr
    lines = [" ".join(line.replace("│", " ").split()) for line in adopted.stdout.splitlines()]
    assert "orders orders rows 2 2 as it was" in lines
    assert "orders_products order_lines money 159.86 159.86 as it was" in lines
    assert "Adopting order lines" in adopted.stderr
    before = (shop / "store.sqlite3").read_bytes()
    again = run("adopt", str(LEGACY), cwd=shop)
    assert (again.returncode, "Nothing was changed." in again.stdout) == (0, True)
    assert (shop / "store.sqlite3").read_bytes() == before
    users = json.loads(run("user", "list", "--json", cwd=shop).stdout)
    assert [(user["id"], user["username"]) for user in users] == [(1, "legacy"), (2, "boss")]


def test_an_adoption_tells_a_script_all(shop: Path) -> None:
    report = json.loads(run("adopt", str(LEGACY), "--json", cwd=shop).stdout)
    assert report["already_adopted"] is None
    assert report["cases"] == []
    assert [count["rows"]["target"] for count in report["rows"]] == [
        "6",
        "6",
        "60",
        "60",
        "66",
        "20",
        "2",
        "2",
        "1",
        "2",
        "3",
    ]


def test_what_cannot_be_adopted_is_told_and_nothing_is(shop: Path) -> None:
    (shop / "text.txt").write_text("no database")
    run("seed", cwd=shop)
    for source, sentence in (
        ("nowhere.sqlite3", "nowhere.sqlite3"),
        ("text.txt", "text.txt"),
        ("postgresql://u:hidden@127.0.0.1:1/x", "127.0.0.1"),
        (str(LEGACY), "The store has data of its own already"),
    ):
        failed = run("adopt", source, cwd=shop)
        assert (failed.returncode, sentence in failed.stderr, "Nothing was adopted" in failed.stderr) == (1, True, True)
        assert "hidden" not in failed.stderr
        assert "Traceback" not in failed.stderr
