"""What the fuzzer needs to know of the store: tokens and products that there are, and which refusals the state makes.

Loaded by Schemathesis, in a process of its own.
"""

import itertools
import json
import os
import re
import urllib.request
from typing import Any

import schemathesis

from webstore_kit.customers.schemas import NOT_USERNAME

ADDRESS = os.environ["FUZZ_ADDRESS"]
STATE = re.compile(
    r"Unknown customer token\."
    r"|There is no product -?\d+\."
    r"|The cart is empty\."
    r'|"[^"]*" is (?:sold out|no longer sold; please take it out of the cart)\.'
    r'|Only \d+ of "[^"]*" (?:is|are) available\.'
    r"|A user with that username already exists\."
    r"|The password is too similar to the .*"
    r"|This password is too .*"
    r"|This password is entirely numeric\."
)
"""The sentences that say what the store is like, and not what is wrong with a field."""
OFTEN = 3
"""One request of so many has a token and a product that there are."""

_numbers = itertools.count()
Case = schemathesis.Case[Any]


def _ask(method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADDRESS + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


TOKENS = [_ask("POST", "/api/customer/create/")["customer_token"] for _ in range(5)]
PRODUCTS = [product["id"] for product in _ask("GET", "/api/product/all/")["result"]]


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: Case) -> Case:
    """Let some of the requests be of a customer that there is, so that they get as far as the cart and the checkout."""
    number = next(_numbers)
    if number % OFTEN or case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    token = TOKENS[number // OFTEN % len(TOKENS)]
    if isinstance(case.body, dict) and isinstance(case.body.get("token"), str) and case.path != "/api/jwt/refresh/":
        case.body["token"] = token
        if "product_id" in case.body:
            case.body["product_id"] = PRODUCTS[number % len(PRODUCTS)]
    if isinstance(case.path_parameters, dict) and "customer_token" in case.path_parameters:
        case.path_parameters["customer_token"] = token
    return case


@schemathesis.check
def refusal_of_valid_data_speaks_of_the_state(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: Case
) -> None:
    """A 400 for a body that fits its schema names what the store lacks, never a field that it does not like."""
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    wrong = [sentence for sentence in _sentences(response.json()) if not STATE.fullmatch(sentence)]
    name = str(case.body.get("username", "")) if isinstance(case.body, dict) else ""
    if not name.isascii():
        # JSON Schema has no short word for the letters of all scripts, so the document lets pass more than letters.
        wrong = [sentence for sentence in wrong if sentence != NOT_USERNAME]
    assert not wrong, f"The schema allows what the store refuses: {wrong}"


def _sentences(answer: dict[str, Any]) -> list[str]:
    fields = answer.get("errors") or (answer if "error" not in answer else {"error": [answer["error"]]})
    return [sentence for messages in fields.values() for sentence in messages]
