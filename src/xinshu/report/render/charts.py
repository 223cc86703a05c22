"""Charts as SVG, drawn once for the page and for the PDF. Presentation attributes only: a strict content security
policy allows them, and Typst reads them. Series differ by colour and by dash or hatch, for who sees no colour."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from xinshu.report.model import Chart
from xinshu.report.render.clean import visible
from xinshu.report.render.words import NO_CHART, Lang, say

WIDTH, HEIGHT = 640, 230
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 30, 30
COLOURS = ("#1f4e8c", "#b4541a", "#3c7a3c", "#7a3c78", "#5c6670")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4")
FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
INK, RULE = "#3d4852", "#dfe4e8"
LABELS_MAX = 12


def chart_svg(chart: Chart, lang: Lang) -> str:
    """A chart with axes, grid and, for several series, a legend. Without a figure it says so."""
    values = [value for one in chart.series for value in one.values if value is not None and math.isfinite(value)]
    if not values or not chart.x:
        return _svg(_text(WIDTH / 2, 40, say(NO_CHART, lang), "middle"), 70)
    ticks = nice_ticks(min(0.0, *values), max(0.0, *values))
    low, high = ticks[0], ticks[-1]

    def height(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    parts = [_grid(tick, height(tick)) for tick in ticks]
    step = (WIDTH - LEFT - RIGHT) / len(chart.x)
    every = math.ceil(len(chart.x) / LABELS_MAX)
    parts += [
        _text(LEFT + step * (place + 0.5), HEIGHT - 10, visible(label)[:12], "middle")
        for place, label in enumerate(chart.x)
        if place % every == 0
    ]
    drawn = _bars if chart.kind == "bar" else _line
    for number, one in enumerate(chart.series):
        finite = [value if value is not None and math.isfinite(value) else None for value in one.values]
        parts.append(drawn(finite, number, len(chart.series), step, height))
    if len(chart.series) > 1:
        parts.append(_legend([say(one.name, lang) for one in chart.series]))
    return _svg("".join(parts), HEIGHT)


def points_svg(rows: Sequence[tuple[str, int, int]]) -> str:
    """Points of a weight for each dimension, as bars that lie."""
    parts, row, start = [], 26, 170
    for number, (name, points, weight) in enumerate(rows):
        top = 6 + row * number
        full = WIDTH - start - 90
        share = min(max(points / weight, 0.0), 1.0) if weight > 0 else 0.0
        parts += [
            _text(start - 12, top + 13, visible(name)[:13], "end"),
            _rect(start, top + 3, full, 12, RULE),
            _rect(start, top + 3, full * share, 12, COLOURS[0]),
            _text(WIDTH - 80, top + 13, f"{points} / {weight}", "start"),
        ]
    return _svg("".join(parts), 12 + row * max(len(rows), 1))


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from at or below `low` to at or above `high`, no more than about `most` + 2."""
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low, low + 1]
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def _bars(values: Sequence[float | None], number: int, of: int, step: float, height: Callable[[float], float]) -> str:
    room = step * 0.68
    width = min(room / of, 34.0)
    out = []
    for place, value in enumerate(values):
        if value is not None:
            left = LEFT + step * (place + 0.5) - width * of / 2 + width * number
            top, bottom = sorted((height(value), height(0.0)))
            out.append(_rect(left + 0.5, top, width - 1, max(bottom - top, 0.8), COLOURS[number % len(COLOURS)]))
    return "".join(out)


def _line(values: Sequence[float | None], number: int, of: int, step: float, height: Callable[[float], float]) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((LEFT + step * (place + 0.5), height(value)))
    stroke = f' stroke-dasharray="{dash}"' if dash else ""
    out = []
    for run in runs:
        if len(run) > 1:
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{stroke}/>')
        if len(values) <= 3 * LABELS_MAX or len(run) == 1:
            out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"/>' for x, y in run]
    return "".join(out)


def _legend(names: list[str]) -> str:
    out, left = [], float(LEFT)
    for number, name in enumerate(names):
        shown, colour = visible(name)[:16], COLOURS[number % len(COLOURS)]
        dash = f' stroke-dasharray="{DASHES[number % len(DASHES)]}"' if number % len(DASHES) else ""
        out.append(f'<path d="M{left:.0f} 14h22" stroke="{colour}" stroke-width="4"{dash}/>')
        out.append(_text(left + 28, 18, shown, "start"))
        left += 44 + sum(12 if ord(character) > 0x2E7F else 7 for character in shown)
    return "".join(out)


def _grid(tick: float, y: float) -> str:
    colour = INK if tick == 0 else RULE
    line = f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{colour}" stroke-width="{1 if tick == 0 else 0.8}"/>'
    return line + _text(LEFT - 8, y + 4, _number(tick), "end")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-9 * max(abs(value), 1) else f"{value:,.6g}"


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" font-family="{FONT}" fill="{INK}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _svg(inside: str, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
        f'height="{height:.0f}">{inside}</svg>'
    )
