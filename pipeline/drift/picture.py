"""Drawings of drift as inline SVG, without a colour of their own: the page's style gives it."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from pipeline.drift.days import Day
from pipeline.drift.signs import Figure, Sign

_WIDTH, _HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 12, 12, 30
_LABELS: Final = 6
_SPAN: Final = 140
_ROOM: Final = 1.2


def pair(sign: Sign) -> str:
    """Draw both figures of a sign, each with its interval, on a line from 0 to 1: a ring for what is usual."""
    return (
        '<svg class="whisker" viewBox="0 0 144 12" aria-hidden="true"><path class="grid" d="M2 6H142"/>'
        f'<circle class="ring" cx="{_across(sign.reference.value)}" cy="6" r="4"/>'
        f'<path class="stem" d="M{_across(sign.new.low)} 6H{_across(sign.new.high)}"/>'
        f'<circle class="dot" cx="{_across(sign.new.value)}" cy="6" r="3"/></svg>'
    )


def _across(value: float) -> str:
    return f"{2 + _SPAN * min(max(value, 0), 1):.1f}"


def by_day(days: Sequence[Day], name: str, usual: float | None) -> str:
    """Draw a figure by day.

    Args:
        days: The days, one at least.
        name: Of the figure.
        usual: What it is in the reference, if known; drawn dashed.

    Returns:
        An ``svg`` element.
    """
    figures = [day.figures[name] for day in days]
    top = min(1, max([0.1, usual or 0, *(each.value * _ROOM for each in figures)]))
    frame = f'<svg class="plot {name}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(name)} by day">'
    return "".join([frame, *_grid(days, top), *_guide(usual, top), *_spots(days, figures, top), "</svg>"])


def _spots(days: Sequence[Day], figures: Sequence[Figure], top: float) -> Iterator[str]:
    places = [(_x(place, len(days)), _y(each.value, top)) for place, each in enumerate(figures)]
    yield f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
    for day, each, (x, y) in zip(days, figures, places, strict=True):
        yield f'<path class="guide" d="M{x:.1f} {_y(each.low, top):.1f}V{_y(each.high, top):.1f}"/>'
        told = escape(f"{day.day}: {each.value:.1%} of {day.rows:,}")
        yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{told}</title></circle>'


def _guide(usual: float | None, top: float) -> Iterator[str]:
    if usual is not None:
        yield f'<path class="guide" d="M{_LEFT} {_y(usual, top):.1f}H{_WIDTH - _RIGHT}"/>'


def _grid(days: Sequence[Day], top: float) -> Iterator[str]:
    for level in (0, top / 2, top):
        y = _y(level, top)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
        yield f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{level:.0%}</text>'
    for place in sorted({round(step * (len(days) - 1) / (_LABELS - 1)) for step in range(_LABELS)}):
        anchor = "start" if place == 0 else "end" if place == len(days) - 1 else "middle"
        where = f'x="{_x(place, len(days)):.1f}" y="{_HEIGHT - 8}" text-anchor="{anchor}"'
        yield f'<text class="tick" {where}>{escape(days[place].day)}</text>'


def _x(place: int, days: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place / (days - 1) if days > 1 else 0.5)


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * min(max(value / top, 0), 1)
