"""The plots: ratios and growth as pictures, made of the figures of one run."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from benchmarks.reading import cold, growth, hot
from benchmarks.reading.figures import OURS, Growth, Rate

FOLDER = Path(__file__).parent.parent.parent / "docs" / "benchmarks"
FORMATS: Mapping[str, Mapping[str, Any]] = {"png": {"Software": None}, "svg": {"Date": None}}
"""With what is left out of each, so that the same figures make the same file."""
STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "webstore-kit",
}
HOT, UNCHANGED, COLD, MARK = "#2b6cb0", "#6f9fcc", "#c8742c", "#1a1a1a"
LONG = 0.15
"""The share of the width from which on a bar has room for its figure."""
LINES = ("#2b6cb0", "#c8742c", "#3a8a5f", "#8a5aa8", "#6b6b6b")
PANELS: Mapping[str, Sequence[str]] = {
    "lists": ("first page", "deep page", "deep page by price", "of a category", "deep page of a category by price"),
    "filters": ("of a brand", "of a brand, from a price", "between prices"),
    "searches": (
        "search: a rare word",
        "search: a frequent word",
        "search: two letters",
        "search: no such word",
    ),
}
"""What growth is drawn of, in three panels side by side."""


class Bar(NamedTuple):
    """A bar of the ratios, and where its target is."""

    name: str
    ratio: float
    color: str
    target: float | None


def draw(rates: Sequence[Rate], rows: Sequence[Growth], folder: Path) -> list[Path]:
    """Draw what there are figures of; answers the files."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the machine's own style is
        mpl.rcParams.update(STYLE)
        pictures = {"reading": _ratios(rates), "growth": _growth(rows)}
        return [
            _saved(figure, folder / f"{name}.{ending}")
            for name, figure in pictures.items()
            if figure is not None
            for ending in FORMATS
        ]


def _saved(figure: Figure, path: Path) -> Path:
    figure.savefig(path, dpi=150, metadata=dict(FORMATS[path.suffix.removeprefix(".")]))
    return path


def _ratios(rates: Sequence[Rate]) -> Figure | None:
    hot_bars, cold_bars = _hot_bars(rates), _cold_bars(rates)
    if not hot_bars or not cold_bars:
        return None
    figure = Figure(figsize=(7.5, 0.9 + 0.27 * (len(hot_bars) + len(cold_bars))), layout="constrained")
    upper, lower = figure.subplots(2, height_ratios=(len(hot_bars), len(cold_bars)))
    _draw_bars(upper, "hot reads: the answer is kept", hot_bars)
    _draw_bars(lower, "cold lists: each is asked for the first time", cold_bars)
    lower.set_xlabel("requests/s as a share of those of a bare Starlette app;  | is the target")
    return figure


def _hot_bars(rates: Sequence[Rate]) -> list[Bar]:
    rows = [row for row in rates if row.table == hot.TITLE.format("sqlite")]
    least = hot.LEAST_OF_STARLETTE["sqlite"]
    ours = [Bar(row.what, row.of_starlette or 0, HOT, least) for row in rows if row.side == OURS]
    unchanged = [
        Bar(f"{row.what}, 304", row.of_starlette or 0, UNCHANGED, hot.LEAST_UNCHANGED)
        for row in rows
        if row.side == hot.UNCHANGED
    ]
    return [bar for pair in zip(ours, unchanged, strict=True) for bar in pair]


def _cold_bars(rates: Sequence[Rate]) -> list[Bar]:
    rows = [row for row in rates if row.table == cold.TITLE and row.side == OURS]
    targets = {cold.MIXED: cold.LEAST_OF_STARLETTE}
    return [Bar(row.what, row.of_starlette or 0, COLD, targets.get(row.what)) for row in rows]


def _draw_bars(axes: Axes, title: str, bars: Sequence[Bar]) -> None:
    axes.set_title(title, loc="left", fontsize=10)
    places = range(len(bars))
    axes.barh(places, [bar.ratio for bar in bars], color=[bar.color for bar in bars], height=0.72)
    most = max(max(bar.ratio, bar.target or 0) for bar in bars)
    for place, bar in zip(places, bars, strict=True):
        if bar.target is not None:
            axes.plot([bar.target] * 2, [place - 0.45, place + 0.45], color=MARK, linewidth=2)
        inside = bar.ratio > LONG * most
        start, color = (0, "white") if inside else (bar.ratio, MARK)  # where no mark of a target is
        axes.text(start + 0.01 * most, place, f"{bar.ratio:.2f}", va="center", color=color, fontsize=8)
    axes.set_yticks(places, [bar.name for bar in bars])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.03 * most)


def _growth(rows: Sequence[Growth]) -> Figure | None:
    sizes = sorted({row.products for row in rows})
    if len(sizes) < 2:
        return None
    points = {what: list(lines) for what, lines in groupby(rows, lambda row: row.what)}
    figure = Figure(figsize=(10, 3.9), layout="constrained")
    panels = figure.subplots(1, len(PANELS), sharey=True)
    for axes, (title, kinds) in zip(panels, PANELS.items(), strict=True):
        _draw_lines(axes, title, {what: points[what] for what in kinds}, sizes)
    panels[0].set_ylabel("ms of one cold request")
    return figure


def _draw_lines(axes: Axes, title: str, lines: Mapping[str, Sequence[Growth]], sizes: Sequence[int]) -> None:
    axes.set_title(title, loc="left", fontsize=10)
    axes.axhline(growth.MOST_MS, color=MARK, linewidth=1, linestyle="--")
    axes.text(sizes[0], growth.MOST_MS * 1.12, f"target with a million: {growth.MOST_MS} ms", fontsize=8)
    for (what, rows), color in zip(lines.items(), LINES, strict=False):
        label = what.removeprefix("search: ")
        places, heights = [row.products for row in rows], [row.ms or 0 for row in rows]
        axes.plot(places, heights, marker="o", markersize=4, color=color, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(sizes, [_short(size) for size in sizes], minor=False)
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:g}"))
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel("products")
    # Below the picture, where no line can be.
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), frameon=False, fontsize=8)


def _short(size: int) -> str:
    if size % 1_000_000 == 0:
        return f"{size // 1_000_000} M"
    return f"{size // 1000} k" if size % 1000 == 0 else str(size)
