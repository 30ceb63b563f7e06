"""The selection: which exchanges a plan asks for, with those that they need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from webstore_kit.contract.exchange import Chapter, Exchange, exchanges_of
from webstore_kit.contract.report import Plan


@dataclass(frozen=True)
class Selection:
    """The exchanges to send, by chapter, and how many are left out because of what they change."""

    chapters: tuple[Chapter, ...]
    left_out: int

    @property
    def writes(self) -> bool:
        """Whether any of them changes something."""
        return any(exchange.writes for _, exchange in self)

    @property
    def orders(self) -> int:
        """How many orders they place."""
        return max((exchange.orders for _, exchange in self), default=0)

    def __iter__(self) -> Iterator[tuple[str, Exchange]]:
        return ((chapter.title, exchange) for chapter in self.chapters for exchange in chapter.exchanges)


def select(chapters: Sequence[Chapter], plan: Plan) -> Selection:
    """What the plan asks for. An exchange goes out only if all that it needs may go out too."""
    needs = _needs(list(exchanges_of(list(chapters))))
    asked = {
        exchange.name for chapter in chapters for exchange in chapter.exchanges if _is_asked(chapter, exchange, plan)
    }
    forbidden = {exchange.name for exchange in exchanges_of(list(chapters)) if _changes_too_much(exchange, plan)}
    possible = {name for name in asked if not _with_all_needs(name, needs) & forbidden}
    wanted = set().union(*(_with_all_needs(name, needs) for name in possible))
    kept = [
        chapter.model_copy(update={"exchanges": [one for one in chapter.exchanges if one.name in wanted]})
        for chapter in chapters
    ]
    return Selection(tuple(chapter for chapter in kept if chapter.exchanges), len(asked - possible))


def _is_asked(chapter: Chapter, exchange: Exchange, plan: Plan) -> bool:
    text = plan.only.casefold()
    return text in chapter.title.casefold() or text in exchange.name.casefold()


def _changes_too_much(exchange: Exchange, plan: Plan) -> bool:
    return exchange.orders > plan.orders or (plan.read_only and exchange.writes)


def _needs(exchanges: Sequence[Exchange]) -> Mapping[str, set[str]]:
    """The exchanges that each needs: those whose answers it uses, and those that it names."""
    keepers = {name: exchange.name for exchange in exchanges for name in exchange.keep}
    return {
        exchange.name: {keepers[name] for name in exchange.variables & keepers.keys()} - {exchange.name}
        | set(exchange.after)
        for exchange in exchanges
    }


def _with_all_needs(name: str, needs: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(), [name]
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting.extend(needs[one])
    return found
