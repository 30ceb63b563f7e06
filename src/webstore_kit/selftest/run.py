"""The run of a self-test: makes its database, lets buyers buy while servers are killed, and compares."""

import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from webstore_kit.selftest.accounts import Accounts
from webstore_kit.selftest.books import Books, read
from webstore_kit.selftest.buyers import Buyer
from webstore_kit.selftest.catalogue import put_on_sale
from webstore_kit.selftest.course import Course
from webstore_kit.selftest.killer import kill_in_turn
from webstore_kit.selftest.purchases import Purchase
from webstore_kit.selftest.report import Check, Plan, Report
from webstore_kit.selftest.scratch import Scratch, opened, scratch
from webstore_kit.selftest.servers import Server, running
from webstore_kit.selftest.traffic import Traffic, times

Say = Callable[[str], None]
"""Is told each step."""
Show = Callable[[Course], None]
"""Is shown how far the buying is, several times a second."""
GLANCE = 0.1
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Trade:
    """What came of the buying."""

    course: Course
    purchases: Sequence[Purchase]
    traffic: Traffic
    seconds: float
    ended: int
    """How many servers were gone in the end though nobody had killed them."""


def selftest(plan: Plan, say: Say, show: Show) -> Report:
    """Run the self-test; leaves nothing behind unless the plan keeps it. Raises CommandError, SettingsError."""
    with _stopped_like_ctrl_c(), scratch(plan) as place:
        say(f"Made a database of its own: {place.where}")
        with opened(place.url, place.folder) as store:
            units = put_on_sale(store, plan)
        with running(place, plan.workers) as servers:
            say(f"Started {len(servers)} server{'s' if len(servers) > 1 else ''} on it; buying begins")
            trade = _trade(plan, list(units), servers, show)
        say("Stopped the servers; comparing what was told with the database")
        with opened(place.url, place.folder) as store:
            return _report(plan, place, trade, read(store), units)


@contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """A SIGTERM ends the run as Ctrl+C does, so that no server and no database is left behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _trade(plan: Plan, products: Sequence[int], servers: Sequence[Server], show: Show) -> Trade:
    course = Course(plan)
    buyers = [Buyer(plan, number, products, servers, course) for number in range(plan.buyers)]
    begun = time.monotonic()
    with (
        _held_back() as interrupts,
        ThreadPoolExecutor(plan.buyers) as helpers,
        ThreadPoolExecutor(plan.buyers + 1) as threads,
        course,
    ):
        killing = threads.submit(kill_in_turn, plan, servers, course)
        buying = [threads.submit(buyer.buy, helpers) for buyer in buyers]
        _watch([killing, *buying], course, show, interrupts)
    killing.result()
    return Trade(
        course,
        purchases=[purchase for done in buying for purchase in done.result()],
        traffic=reduce(add, (buyer.traffic for buyer in buyers)),
        seconds=time.monotonic() - begun,
        ended=sum(server.has_ended for server in servers),
    )


@contextmanager
def _held_back() -> Iterator[Sequence[int]]:
    """Inside, Ctrl+C and SIGTERM are only noted.

    Raised while a thread is started or waited for, they could leave a lock taken, and the threads would never end.
    """
    noted: list[int] = []
    before = {number: signal.signal(number, lambda got, _: noted.append(got)) for number in INTERRUPTS}
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(threads: Sequence[Future[Any]], course: Course, show: Show, interrupts: Sequence[int]) -> None:
    while True:
        done, going = wait(threads, GLANCE, FIRST_EXCEPTION)
        show(course)
        if interrupts:
            raise KeyboardInterrupt
        if not going or any(thread.exception() for thread in done):
            return


def _report(plan: Plan, place: Scratch, trade: Trade, books: Books, units: Mapping[int, int]) -> Report:
    traffic, sold = trade.traffic, books.sold.total()
    accounts = Accounts(books, trade.purchases, units)
    return Report(
        database=place.database,
        seed=plan.seed,
        servers=plan.workers,
        buyers=plan.buyers,
        visits=trade.course.visits,
        requests=traffic.requests,
        orders=trade.course.orders,
        lost_answers=traffic.lost_answers,
        units_sold=sold,
        units=sum(units.values()),
        refusals=traffic.refusals,
        refused_checkouts=sum(answer.is_shortage for purchase in trade.purchases for answer in purchase.answers),
        busy=traffic.busy,
        broken=traffic.broken,
        kills=trade.course.kills,
        seconds=round(trade.seconds, 1),
        requests_per_second=round(traffic.requests / trade.seconds, 1),
        cart=times(traffic.cart),
        checkout=times(traffic.checkout),
        longest_wait=round(max(traffic.waits, default=0.0) * 1000, 1),
        checks=(*accounts.checks(), *traffic.checks(), *_of_the_run(plan, trade, sold)),
        kept=f"{place.where}; logs in {place.folder}" if plan.keep else None,
    )


def _of_the_run(plan: Plan, trade: Trade, sold: int) -> Iterator[Check]:
    """Whether the run was what it was meant to be; else the other checks say little."""
    yield Check("No server stopped by itself", 0, trade.ended)
    yield Check("Servers were killed as often as asked", plan.kills, trade.course.kills)
    missing = [what for what, count in (("sold", sold), ("refused", trade.traffic.refusals)) if not count]
    cases = [f"nothing was {what}, so the run proves little; take more visits or fewer units" for what in missing]
    yield Check("More was wanted than there was", "yes", "no" if missing else "yes", tuple(cases))
