"""`webstore user`: looks after the people who can log in."""

import sys
from typing import Annotated, Any

import typer

from webstore_kit.commands.terminal import AsJson, Directory, moment, out, print_json, print_table, ready_store
from webstore_kit.core.errors import CommandError
from webstore_kit.customers import queries, services

app = typer.Typer(no_args_is_help=True, help="The people who can log in.")


@app.command("create")
def create_user(
    username: Annotated[str, typer.Argument(help="The name to log in with.")],
    email: Annotated[str, typer.Option(help="The e-mail address.")] = "",
    staff: Annotated[bool, typer.Option("--staff", help="One of the shop's own people.")] = False,
    directory: Directory = None,
) -> None:
    """Make a user. The password is asked for, or read from standard input; it is never an argument."""
    with ready_store(directory) as store:
        password = _password()
        user = services.prepare_registration(store, {"username": username, "password": password, "email": email})
        user_id = services.register(store, user, is_staff=staff)
    out.print(f"Made user {user_id}, {user.form.username}.", markup=False)


@app.command("list")
def list_users(as_json: AsJson = False, directory: Directory = None) -> None:
    """List the users."""
    with ready_store(directory) as store, store.snapshot():
        rows = [dict(row) for row in queries.users()]
    if as_json:
        print_json(rows)
        return
    print_table(("id", "username", "e-mail", "staff", "active", "joined"), [_cells(row) for row in rows])


@app.command("password")
def change_password(
    username: Annotated[str, typer.Argument(help="Whose password.")], directory: Directory = None
) -> None:
    """Give a user a new password; it is asked for, or read from standard input."""
    with ready_store(directory) as store:
        if not services.set_password(store, username, _password()):
            raise CommandError(f"There is no user {username}. `webstore user list` shows those there are.")
    out.print(f"Changed the password of {username}.", markup=False)


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    flags = ("yes" if row[flag] else "no" for flag in ("is_staff", "is_active"))
    return row["id"], row["username"], row["email"], *flags, moment(row["time_joined"])


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True)).strip()
    return sys.stdin.readline().strip()
