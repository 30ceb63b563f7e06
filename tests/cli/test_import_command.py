"""`webstore import`, as a shop owner uses it: what it prints, what a script reads, and how it ends."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import COMMAND, environment, run
from tests.importing.catalogues import counts, csv_text, field, put_pictures, runs, saved, shop, take
from webstore_kit import Store, cli
from webstore_kit.catalog.models import Product
from webstore_kit.commands import terminal

CATALOGUE = "sku,title,price,quantity,brand\nA-1,Kettle,10,5,Acme\nA-2,Mug,free,1,\nA-3,Pan,1,1,\n"
REFUSAL = {
    "line": 3,
    "column": "price",
    "value": "free",
    "reason": "is no amount",
    "fix": "write digits alone, such as 12.50",
}
COUNTS = {"read": 3, "created": 2, "updated": 0, "unchanged": 0, "refused": 1, "deactivated": 0}
OPTIONS = {
    "mode": "upsert",
    "clear": False,
    "strict": False,
    "decimal_sign": ".",
    "deactivate_missing": False,
    "format": None,
    "encoding": None,
    "delimiter": None,
    "images": None,
}

Webstore = Callable[..., str]


@pytest.fixture
def webstore(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Webstore:
    """Runs the command in this process and in the store's folder; answers what it prints."""
    monkeypatch.chdir(store.settings.directory)
    monkeypatch.setenv("WEBSTORE_DATABASE_URL", store.settings.database_url)
    monkeypatch.setenv("WEBSTORE_SECRET_KEY", "x" * 40)
    for console in (terminal.out, terminal.err):
        monkeypatch.setattr(console, "_width", 200)

    def webstore(*arguments: str, code: int = 0, stdin: bytes = b"") -> str:
        monkeypatch.setattr(sys, "argv", ["webstore", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said.out + said.err
        return said.out + said.err

    return webstore


def as_json(webstore: Webstore, *arguments: str, **options: Any) -> Any:
    return json.loads(webstore(*arguments, "--json", **options))


def cells(text: str) -> list[list[str]]:
    """The rows of the tables that were printed."""
    return [[cell.strip() for cell in line.strip("│┃").split("│")] for line in text.splitlines() if line[:1] == "│"]


def test_what_came_of_a_file_is_told(store: Store, webstore: Webstore) -> None:
    saved(store, CATALOGUE)
    said = webstore("import", "shop.csv", code=3)
    lines = said.splitlines()
    assert lines[0] == "shop.csv: webstore, utf-8, separated by comma."
    assert [cell.strip() for cell in lines[2].strip("┃").split("┃")] == [
        "read",
        "new",
        "changed",
        "unchanged",
        "refused",
    ]
    assert cells(said) == [["3", "2", "0", "0", "1"]]
    assert lines[-3:] == [
        "Line 3 (free): price: is no amount. Write digits alone, such as 12.50.",
        "The refused rows are in shop.csv.rejected.csv: mend them there, and import that file.",
        "Done. `webstore import undo 1` takes it back.",
    ]
    assert list(shop(store)) == ["A-1", "A-3"]


def test_a_file_without_faults_ends_with_0(store: Store, webstore: Webstore) -> None:
    saved(store, CATALOGUE.replace("free", "5"))
    said = webstore("import", "shop.csv")
    assert cells(said) == [["3", "3", "0", "0", "0"]]
    assert said.splitlines()[-1] == "Done. `webstore import undo 1` takes it back."
    assert cells(webstore("import", "shop.csv")) == [["3", "0", "0", "3", "0"]]


def test_a_script_reads_what_came_of_it(store: Store, webstore: Webstore) -> None:
    saved(store, CATALOGUE)
    assert as_json(webstore, "import", "shop.csv", code=3) == {
        **COUNTS,
        "files": [
            {
                "name": "shop.csv",
                "format": "webstore",
                "encoding": "utf-8",
                "delimiter": ",",
                "was_written": True,
                "run": 1,
                **COUNTS,
                "gone_on_at": 0,
                "rejected": "shop.csv.rejected.csv",
                "refusals": [REFUSAL],
                "pictures": {"fetched": 0, "reused": 0, "failed_count": 0, "failed": []},
                "without_stock": 0,
                "kept_missing": False,
            }
        ],
    }


def test_a_script_reads_of_a_rehearsal_that_nothing_was_written(store: Store, webstore: Webstore) -> None:
    saved(store, CATALOGUE)
    found = as_json(webstore, "import", "--dry-run", "shop.csv", code=3)
    (file,) = found["files"]
    written = file["was_written"], file["run"], file["rejected"], file["pictures"]
    assert (written, file["refusals"]) == ((False, None, None, None), [REFUSAL])
    assert {name: found[name] for name in COUNTS} == COUNTS
    said = webstore("import", "--dry-run", "shop.csv", code=3)
    assert said.splitlines()[-1] == "Nothing was written: this is what the import would do."
    assert (shop(store), runs(store), list(Path().glob("*rejected*"))) == ({}, [], [])


def test_a_strict_import_says_that_nothing_was_written(store: Store, webstore: Webstore) -> None:
    saved(store, CATALOGUE)
    said = webstore("import", "shop.csv", "--strict", code=3)
    assert said.splitlines()[-2:] == [
        "The refused rows are in shop.csv.rejected.csv: mend them there, and import that file.",
        "Nothing was written, as rows were refused.",
    ]
    assert (shop(store), runs(store)) == ({}, [])


def test_pictures_are_told(store: Store, webstore: Webstore) -> None:
    put_pictures(store, "kettle.png")
    saved(store, "sku,title,price,pictures\nA-1,Kettle,10,kettle.png|nowhere.png\nA-2,Mug,1,kettle.png\n")
    said = webstore("import", "shop.csv").splitlines()
    assert said[-3:-1] == [
        "1 pictures fetched, 0 there already, 1 not to be had.",
        "No picture nowhere.png for A-1: there is no such file in the folder of the pictures.",
    ]
    pictures = as_json(webstore, "import", "shop.csv")["files"][0]["pictures"]
    assert (pictures["failed_count"], pictures["failed"][0]["source"]) == (1, "nowhere.png")
    (store.settings.directory / "other").mkdir()
    (store.settings.directory / "kettle.png").rename(store.settings.directory / "other" / "nowhere.png")
    assert "1 pictures fetched" in webstore("import", "shop.csv", "--images", "other")


def test_new_products_that_nobody_can_buy_are_told(store: Store, webstore: Webstore) -> None:
    saved(store, "sku,title,price,quantity\nA-1,Kettle,10,\nA-2,Mug,1,0\nA-3,Pan,1,2\n")
    said = webstore("import", "shop.csv").splitlines()
    assert said[-2] == "New products without stock, which nobody can buy yet: 2."
    assert as_json(webstore, "import", "shop.csv")["files"][0]["without_stock"] == 0


def test_that_nothing_was_taken_out_of_sale_is_told(store: Store, webstore: Webstore) -> None:
    take(store, "sku,title,price,quantity\nA-0,Pot,1,1\n", "old.csv")
    saved(store, CATALOGUE)
    said = webstore("import", "shop.csv", "--deactivate-missing", code=3).splitlines()
    assert said[-2] == (
        "The refused rows are in shop.csv.rejected.csv. So nothing was taken out of sale: mend them in the file "
        "itself, and import it again."
    )
    assert as_json(webstore, "import", "shop.csv", "--deactivate-missing", code=3)["files"][0]["kept_missing"] is True
    assert field(store, "is_active")["A-0"] is True


def test_options_are_those_of_the_import(store: Store, webstore: Webstore) -> None:
    saved(store, "sku|title|price|brand\nA-1|Café|1,50|Acme\n".encode("cp1252"))
    webstore("import", "shop.csv", "--decimal", ",", "--encoding", "cp1252", "--delimiter", "|", "--format", "webstore")
    saved(store, "sku,brand\nA-1,\n", "blank.csv")
    webstore("import", "blank.csv", "--blank", "clear", "--mode", "update")
    assert (field(store, "title"), field(store, "price")) == ({"A-1": "Café"}, {"A-1": Decimal("1.50")})
    assert field(store, "brand") == {"A-1": None}
    saved(store, "sku,title,price\nA-2,Mug,1\n", "other.csv")
    webstore("import", "other.csv", "--mode", "update", code=3)
    said = webstore("import", "other.csv", "--deactivate-missing")
    assert cells(said) == [["1", "1", "0", "0", "0", "1"]]
    assert field(store, "is_active") == {"A-1": False, "A-2": True}
    first, second, *_ = reversed(as_json(webstore, "import", "list"))
    assert first["options"] == {
        **OPTIONS,
        "decimal_sign": ",",
        "encoding": "cp1252",
        "delimiter": "|",
        "format": "webstore",
    }
    assert second["options"] == {**OPTIONS, "clear": True, "mode": "update"}


def test_several_files_are_imported_one_after_the_other(store: Store, webstore: Webstore) -> None:
    saved(store, CATALOGUE, "one.csv")
    saved(store, '[{"sku": "A-1", "price": 11}]', "two.json")
    found = as_json(webstore, "import", "one.csv", "two.json", code=3)
    assert {name: found[name] for name in COUNTS} == {**COUNTS, "read": 4, "updated": 1}
    assert [(file["name"], file["format"], file["run"]) for file in found["files"]] == [
        ("one.csv", "webstore", 1),
        ("two.json", "json", 2),
    ]
    assert field(store, "price")["A-1"] == Decimal("11.00")


def test_a_file_that_is_not_there_ends_the_command_and_what_came_before_is_told(
    store: Store, webstore: Webstore
) -> None:
    saved(store, CATALOGUE)
    said = webstore("import", "shop.csv", "nowhere.csv", "shop.csv", code=1)
    assert "Done. `webstore import undo 1` takes it back.\n" in said
    assert said.endswith("Error: There is no file nowhere.csv.\n")
    assert len(runs(store)) == 1


def test_standard_input_is_a_file_like_any_other(store: Store, webstore: Webstore) -> None:
    said = webstore("import", "-", code=3, stdin=CATALOGUE.encode())
    assert said.startswith("Standard input: webstore, utf-8, separated by comma.\n")
    assert "The refused rows are in stdin.rejected.csv: mend them there, and import that file." in said
    assert len(Path("stdin.rejected.csv").read_text("utf-8-sig").splitlines()) == 2
    assert (len(shop(store)), as_json(webstore, "import", "list")[0]["name"]) == (2, "-")


def test_a_file_may_be_called_as_a_command_is(store: Store, webstore: Webstore) -> None:
    for name in ("list", "show", "undo", "files"):
        saved(store, f"sku,title,price\n{name},Kettle,10\n", name)
        assert webstore("import", f"./{name}").startswith(f"./{name}: webstore, utf-8, separated by comma.")
    assert sorted(shop(store)) == ["files", "list", "show", "undo"]


def test_a_file_whose_name_is_no_text_is_told_as_far_as_it_is(store: Store, webstore: Webstore) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    saved(store, CATALOGUE, name)
    assert webstore("import", name, code=3).startswith("caf\ufffd.csv: webstore")
    (file,) = as_json(webstore, "import", name, code=3)["files"]
    assert (file["name"], file["rejected"]) == ("caf\ufffd.csv", "caf\ufffd.csv.rejected.csv")
    assert cells(webstore("import", "list"))[0][2] == "caf\ufffd.csv"


def test_what_looks_like_markup_is_printed_as_it_is(store: Store, webstore: Webstore) -> None:
    saved(store, "sku,title,price\n[bold]A[/],[red]x,[1]\nB,[/],1\n", "[b].csv")
    said = webstore("import", "[b].csv", code=3)
    assert said.startswith("[b].csv: webstore")
    assert "Line 2 ([1]): price: is no amount." in said
    assert "B: made." in webstore("import", "show", "1")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nowhere.csv"], 1, "Error: There is no file nowhere.csv."),
        (["."], 1, "is a folder. Name a file in it."),
        (["a.csv", "b.csv", "--deactivate-missing"], 1, "--deactivate-missing needs one file that names everything."),
        (["a.csv", "--deactivate-missing", "--mode", "create"], 1, "do not go together"),
        (["-", "-"], 1, "Error: Standard input can be read once only."),
        (["a.csv", "--format", "magento"], 1, "Error: No format is called 'magento'. Known are webstore, shopify,"),
        (["a.csv", "--mode", "replace"], 2, "'replace' is not one of"),
        (["a.csv", "--images", "nowhere"], 2, "does not exist"),
        ([], 2, "Missing argument 'FILE...'."),
        (["undo", "1"], 1, "Error: There is no import 1. `webstore import list` shows those there are."),
        (["show", "1"], 1, "Error: There is no import 1. `webstore import list` shows those there are."),
        (["show", str(2**63 - 1)], 1, "Error: There is no import 9223372036854775807."),
        (["undo", str(2**63)], 2, "Usage: webstore import undo"),
        (["undo", "0"], 2, "Usage: webstore import undo"),
        (["list", "1"], 2, "Got unexpected extra argument"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_told(
    store: Store, webstore: Webstore, arguments: list[str], code: int, sentence: str
) -> None:
    assert sentence in " ".join(webstore("import", *arguments, code=code).replace("│", " ").split())
    assert (shop(store), runs(store)) == ({}, [])


def test_a_file_that_breaks_off_ends_with_1_and_is_listed_as_failed(store: Store, webstore: Webstore) -> None:
    saved(store, CATALOGUE + 'A-4,"Pot,1,1,\n')
    said = webstore("import", "shop.csv", code=1)
    assert said.startswith(
        "Error: shop.csv has a quotation mark that is never closed, in the row at line 5. Close it. "
    )
    assert "is imported (2 new, 0 changed): mend the file and import it again, or take it back with" in said
    assert cells(webstore("import", "list"))[0][3] == "failed"


# --- list, show, undo ----------------------------------------------------------------------------------------------


@pytest.fixture
def imported(store: Store) -> Store:
    """A store with two runs: the second one changed a product, made one, and took one out of sale."""
    take(store, CATALOGUE.replace("free", "5"))
    text = "sku,title,price,quantity,brand\nA-1,Kettle,12.5,4,Zeta\nA-9,Pot,1,,\nA-2,Mug,5,1,\n"
    assert counts(take(store, text, "next.csv", deactivate_missing=True)) == (1, 1, 1, 0)
    return store


def test_imports_are_listed_the_newest_first(imported: Store, webstore: Webstore) -> None:
    listed = as_json(webstore, "import", "list")
    shown = [(row["id"], Path(row["name"]).name, row["state"], row["created"], row["deactivated"]) for row in listed]
    assert shown == [(2, "next.csv", "done", 1, 1), (1, "shop.csv", "done", 3, 0)]
    assert set(listed[0]) == {
        *("id", "state", "name", "digest", "options", "who", "format", "created", "updated", "unchanged", "refused"),
        *("deactivated", "time_started", "time_finished", "time_undone"),
    }
    assert listed[0]["options"] == {**OPTIONS, "deactivate_missing": True}
    assert [row[0] for row in cells(webstore("import", "list"))] == ["2", "1"]


def test_no_imports_are_an_empty_list(webstore: Webstore) -> None:
    assert as_json(webstore, "import", "list") == []
    assert cells(webstore("import", "list")) == []


def test_an_import_is_shown_with_what_it_changed(imported: Store, webstore: Webstore) -> None:
    said = webstore("import", "show", "2")
    first, *_ = said.splitlines()
    assert (first.startswith("Import 2 of /"), first.endswith(": done.")) == (True, True)
    assert cells(said) == [["3", "1", "1", "1", "0", "1"]]
    assert said.splitlines()[-3:] == [
        "A-9: made.",
        "A-1: price 10.00 -> 12.50, quantity 5 -> 4, brand Acme -> Zeta.",
        "A-3: is_active True -> False.",
    ]
    shown = as_json(webstore, "import", "show", "2")
    assert [(change["sku"], change["before"], change["after"]) for change in shown["changes"]] == [
        ("A-9", None, None),
        ("A-1", {"price": "10.00", "quantity": 5, "brand": "Acme"}, {"price": "12.50", "quantity": 4, "brand": "Zeta"}),
        ("A-3", {"is_active": True}, {"is_active": False, "was_missing": True}),
    ]
    assert (shown["id"], shown["refusals"]) == (2, [])


def test_what_an_import_refused_is_shown(store: Store, webstore: Webstore) -> None:
    take(store, CATALOGUE)
    said = webstore("import", "show", "1")
    assert said.splitlines()[-1] == "Line 3 (free): price: is no amount. Write digits alone, such as 12.50."
    assert as_json(webstore, "import", "show", "1")["refusals"] == [REFUSAL]


def test_of_many_changes_and_refusals_the_first_are_shown(store: Store, webstore: Webstore) -> None:
    rows = [{"sku": f"A-{number}", "title": "Mug", "price": 1, "quantity": 1} for number in range(30)]
    saved(store, csv_text([*rows, *({"sku": f"B-{number}"} for number in range(15))]))
    said = webstore("import", "shop.csv", code=3).splitlines()
    assert (sum(line.startswith("Line ") for line in said), said[-3]) == (20, "... and more.")
    said = webstore("import", "show", "1").splitlines()
    assert sum(line.endswith(": made.") for line in said) == 20
    assert "... and 10 more; `--json` has all of them." in said
    shown = as_json(webstore, "import", "show", "1")
    assert (len(shown["changes"]), len(shown["refusals"])) == (30, 30)


def test_an_import_is_undone(imported: Store, webstore: Webstore) -> None:
    assert webstore("import", "undo", "2") == "Changes put back: 4. Not put back: 0.\n"
    assert field(imported, "price") == {"A-1": Decimal("10.00"), "A-2": Decimal("5.00"), "A-3": Decimal("1.00")}
    assert set(field(imported, "is_active").values()) == {True}
    assert [row["state"] for row in as_json(webstore, "import", "list")] == ["undone", "done"]
    assert as_json(webstore, "import", "undo", "2") == {"restored": 0, "left": []}


def test_what_could_not_be_undone_is_told_and_the_command_ends_with_3(imported: Store, webstore: Webstore) -> None:
    with imported.transaction():
        Product.update(price=Decimal("13.00")).where(Product.sku == "A-1").execute()
    said = webstore("import", "undo", "2", code=3)
    assert said == "Not put back: product A-1: price was changed since.\nChanges put back: 3. Not put back: 1.\n"
    assert as_json(webstore, "import", "undo", "2", code=3) == {
        "restored": 0,
        "left": [{"kind": "product", "id": 1, "name": "A-1", "reason": "price was changed since"}],
    }


def test_what_steers_a_terminal_is_not_printed(store: Store, webstore: Webstore) -> None:
    saved(store, "sku,title,price\nA-1,Mug,\x1b[2J\x9b31m\n")
    said = webstore("import", "shop.csv", code=3)
    assert "\x1b" not in said
    assert "\x9b" not in said
    assert "(\ufffd[2J\ufffd31m)" in said


# --- real processes ------------------------------------------------------------------------------------------------


def test_it_runs_as_a_command_of_its_own(store: Store) -> None:
    variables = {"WEBSTORE_DATABASE_URL": store.settings.database_url, "WEBSTORE_SECRET_KEY": "x" * 40}
    done = run("import", "-", cwd=store.settings.directory, stdin=CATALOGUE, **variables)
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.startswith("Standard input: webstore, utf-8, separated by comma.\n")
    assert list(shop(store)) == ["A-1", "A-3"]


def test_ctrl_c_ends_with_130_and_the_next_command_goes_on(store: Store) -> None:
    rows = 10_000
    saved(store, csv_text({"sku": f"A-{number}", "title": "Mug", "price": 1} for number in range(rows)))
    with subprocess.Popen(
        [*COMMAND, "import", "shop.csv"],
        cwd=store.settings.directory,
        env=environment(WEBSTORE_DATABASE_URL=store.settings.database_url, WEBSTORE_SECRET_KEY="x" * 40),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while process.poll() is None and not any(row[1] for row in runs(store)):
            time.sleep(0.003)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "Stopped. The same command goes on where it was.\n")
    ((state, created, *_),) = runs(store)
    assert (state, 0 < created < rows) == ("running", True)
    report = take(store, (store.settings.directory / "shop.csv").read_bytes())
    assert (counts(report), report.gone_on_at) == ((rows, 0, 0, 0), created)
