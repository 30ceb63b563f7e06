"""The run of a check: looks at the store, sends the exchanges, and judges the answers."""

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from webstore_kit.contract.catalogue import Catalogue
from webstore_kit.contract.client import Answer, Client, NoAnswer, Request
from webstore_kit.contract.discovery import ALL, Failure, Findings, discover
from webstore_kit.contract.exchange import Exchange, chapters, shapes
from webstore_kit.contract.judging import Judge, alike, parsed, said
from webstore_kit.contract.report import Outcome, Plan, Report, State
from webstore_kit.contract.selection import Selection, select
from webstore_kit.contract.sending import SHELL_NAME, curl, request_of
from webstore_kit.contract.templates import Difference, Templates
from webstore_kit.contract.values import Unknown, Values, shell_name
from webstore_kit.core.errors import CommandError

MOST_SILENCE = 3
"""After so many requests without an answer, one after the other, no more are sent."""
READING = "Reading the catalogue"
Show = Callable[[int, int], None]
"""Is told how many exchanges are done, of how many."""


def check(client: Client, plan: Plan, announce: Callable[[Selection], None], show: Show) -> Report:
    """Check the server against the contract; raises CommandError where there is no store at the address.

    What will be sent is announced before it is.
    """
    begun = time.monotonic()
    _require_store(client)
    selection = select(chapters(), plan)
    if not list(selection):
        raise CommandError(_nothing(selection, plan))
    announce(selection)
    run = _Run(client, plan)
    outcomes = run.outcomes(selection, show)
    return Report(
        address=client.address,
        outcomes=tuple(outcomes),
        left_out=selection.left_out,
        seconds=round(time.monotonic() - begun, 1),
        tokens=run.tokens(outcomes),
    )


def _require_store(client: Client) -> None:
    try:
        answer = client.ask(Request("GET", ALL, {}))
    except NoAnswer as error:
        raise CommandError(f"There is no store to check: GET {client.address}{ALL} {error}.") from None
    if answer.status != HTTPStatus.NOT_FOUND and _is_json(answer):
        return
    raise CommandError(
        f"There is no store at {client.address}: GET {client.address}{ALL} was answered {said(answer)}. "
        "Give the address that stands before /api/."
    )


def _is_json(answer: Answer) -> bool:
    try:
        parsed(answer)
    except ValueError:
        return False
    return True


def _nothing(selection: Selection, plan: Plan) -> str:
    if selection.left_out:
        return f"Nothing is left to check of {selection.left_out} exchanges, as all of them change something."
    return f'No chapter and no exchange has "{plan.only}" in its name.'


def _findings(client: Client, plan: Plan) -> Findings:
    try:
        return discover(lambda target: client.ask(Request("GET", target, {})), plan.most_products)
    except NoAnswer as error:
        raise CommandError(f"The store could not be read: a request {error}.") from None


def _failed(failure: Failure, address: str) -> Outcome:
    sent = curl(Request("GET", failure.target, {}), address)
    difference = Difference("answer", failure.expected, failure.found)
    return Outcome(READING, f"GET {failure.target} can be read", State.DIFFERS, sent, (difference,))


class _Run:
    def __init__(self, client: Client, plan: Plan) -> None:
        self._client = client
        base = plan.public_address or client.address
        findings = _findings(client, plan)
        known = {
            "base": base,
            "origin": plan.origin,
            "run": secrets.token_hex(4),
            "password": secrets.token_urlsafe(18),
        }
        self._values = Values({**known, **findings.values}, findings.reasons)
        self._catalogue = Catalogue(base, findings.lists)
        self._failures = findings.failures
        self._judge = Judge(Templates(shapes(), self._values), self._catalogue)
        self._silence = 0
        self._sources: dict[str, str] = {}
        self._answered: set[str] = set()

    def outcomes(self, selection: Selection, show: Show) -> list[Outcome]:
        """What came of each exchange."""
        every = list(selection)
        found = [_failed(failure, self._client.address) for failure in dict.fromkeys(self._failures)]
        for number, (chapter, exchange) in enumerate(every, 1):
            found.append(self._outcome(chapter, exchange))
            show(number, len(every))
        return found

    def tokens(self, outcomes: Sequence[Outcome]) -> dict[str, str]:
        """The shell variables in the commands of what differs, each with the command that answers it."""
        waiting = [outcome.sent for outcome in outcomes if outcome.state is State.DIFFERS]
        found: dict[str, str] = {}
        while waiting:
            for name in SHELL_NAME.findall(waiting.pop()):
                if name in self._sources and name not in found:
                    found[name] = self._sources[name]
                    waiting.append(found[name])
        return found

    def _outcome(self, chapter: str, exchange: Exchange) -> Outcome:
        unchecked = State.SKIPPED if exchange.optional else State.UNCHECKED
        try:
            self._require_sent(exchange.after)
            self._values.filled([exchange.answer, exchange.tokens])  # all of it has to be known before it is sent
            return self._judged(chapter, exchange, request_of(exchange, self._values))
        except Unknown as error:
            self._lack(exchange, f"“{exchange.name}” was not sent.")
            return Outcome(chapter, exchange.name, unchecked, why=str(error))

    def _require_sent(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self._answered:
                raise Unknown(f"“{name}” was not sent.")

    def _judged(self, chapter: str, exchange: Exchange, request: Request) -> Outcome:
        if self._silence >= MOST_SILENCE:
            raise Unknown(f"{MOST_SILENCE} requests one after the other were not answered.")
        sent = curl(request_of(exchange, self._values.told()), self._client.address)
        try:
            answers = self._answers(exchange, request)
        except NoAnswer as error:
            self._silence += 1
            self._lack(exchange, f"“{exchange.name}” was not answered.")
            gone = (Difference("answer", "one", f"The request {error}."),)
            return Outcome(chapter, exchange.name, State.DIFFERS, sent, gone)
        self._silence = 0
        self._answered.add(exchange.name)
        differences = [*self._judge.differences(exchange, request.target, answers[0]), *alike(answers)]
        self._keep(exchange, answers[0], sent)
        state = State.DIFFERS if differences else State.RIGHT
        return Outcome(chapter, exchange.name, state, sent, tuple(differences))

    def _answers(self, exchange: Exchange, request: Request) -> list[Answer]:
        if exchange.answer == "<page>" and not self._catalogue.knows(request.target):
            raise Unknown(f"The products of {request.target.partition('?')[0]} are not known.")
        if exchange.times == 1:
            return [self._client.ask(request)]
        with ThreadPoolExecutor(exchange.times) as threads:
            return list(threads.map(self._client.ask, [request] * exchange.times))

    def _keep(self, exchange: Exchange, answer: Answer, sent: str) -> None:
        for name, key in exchange.keep.items():
            self._sources[shell_name(name)] = sent
            try:
                self._values.keep(name, _part(parsed(answer), key))
            except (ValueError, LookupError, TypeError):
                self._values.lack(name, f"“{exchange.name}” was answered without it.")

    def _lack(self, exchange: Exchange, why: str) -> None:
        for name in exchange.keep:
            self._values.lack(name, why)


def _part(value: Any, keys: str) -> Any:
    for key in filter(None, keys.split(".")):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value
