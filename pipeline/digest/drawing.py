"""The shares as one inline SVG: a row a topic, a bar a period, each bar a link; colours are the page's style's.

All topics' rows have one scale; the last row shows how many headlines the shares are of.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil
from typing import Final

from pipeline.digest.shares import EVERY, KINDS, Digest, Group
from pipeline.digest.wording import Wording

Href = Callable[[str | None, date, str], str]
"""Gives where the list of a source, a period and a topic is; the source of all together is None."""

_WIDTH: Final = 720
_NARROWEST: Final = 9
"""Pixels of a period at least, so that a pointer finds its bar."""
_WIDEST: Final = 56
_LEFT, _RIGHT, _TOP, _BOTTOM = 96, 12, 22, 26
_ROW, _GAP = 48, 26
_LABEL: Final = 46
"""Pixels that a date takes."""


@dataclass(frozen=True)
class _Plot:
    """One picture: what is drawn, and to which scale.

    Attributes:
        digest: The counts.
        source: Of which source; of all together for None.
        wording: In which language.
        href: Where each bar leads.
    """

    digest: Digest
    source: str | None
    wording: Wording
    href: Href

    @property
    def groups(self) -> Sequence[tuple[date, Group]]:
        return [(first, self.digest.group(self.source, first)) for first in self.digest.periods]

    @property
    def step(self) -> float:
        return min(max((_WIDTH - _LEFT - _RIGHT) / len(self.digest.periods), _NARROWEST), _WIDEST)

    @property
    def width(self) -> float:
        return _LEFT + self.step * len(self.digest.periods) + _RIGHT

    def height(self, group: Group, kind: str) -> float:
        """Give what a bar shows: a share, or for every headline their number."""
        return len(group.pieces) if kind == EVERY else group.share(kind)

    def top(self, kind: str) -> float:
        """Give what stands at the top of a row: for shares, the next tenth above the largest of any topic."""
        if kind == EVERY:
            return max(len(group.pieces) for _, group in self.groups)
        return max(ceil(10 * max(group.share(kind) for _, group in self.groups for kind in KINDS)) / 10, 0.1)

    def told(self, group: Group, kind: str) -> str:
        """Say what a bar shows."""
        if kind == EVERY:
            return f"{len(group.pieces):,}"
        return self.wording.share(group.count(kind), len(group.pieces))


def drawing(digest: Digest, source: str | None, wording: Wording, href: Href) -> str:
    """Draw the topics' shares over time.

    Args:
        digest: The counts; one period at least.
        source: Of which source; of all together for None.
        wording: In which language.
        href: Where each bar leads.

    Returns:
        An ``svg`` element, as wide as the periods need.
    """
    plot = _Plot(digest, source, wording, href)
    bottoms = {kind: _TOP + _ROW + place * (_ROW + _GAP) for place, kind in enumerate((*KINDS, EVERY))}
    inside = [part for kind, bottom in bottoms.items() for part in _row(plot, kind, bottom)]
    height = max(bottoms.values()) + _BOTTOM
    alt = escape(f"{wording.kinds[EVERY]}, {wording[digest.by]}: {source or wording['all']}")
    size = f'viewBox="0 0 {plot.width:.0f} {height}" width="{plot.width:.0f}" height="{height}"'
    dates = _dates(plot, max(bottoms.values()) + 17)
    return f'<svg class="shares" {size} role="group" aria-label="{alt}">{"".join([*inside, *dates])}</svg>'


def _row(plot: _Plot, kind: str, bottom: float) -> Iterator[str]:
    """Draw the bars of a topic, its name and its scale."""
    top, end = plot.top(kind), plot.width - _RIGHT
    for level in (0.0, top):
        y = bottom - level / top * _ROW
        told = f"{level:,.0f}" if kind == EVERY else f"{level:.0%}"
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{end:.1f}"/>'
        yield f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{told}</text>'
    yield f'<text class="name" x="0" y="{bottom - _ROW / 2 + 4:.1f}">{escape(plot.wording.kinds[kind])}</text>'
    for place, (first, group) in enumerate(plot.groups):
        if group.count(kind):
            yield _bar(plot, kind, (_LEFT + place * plot.step, bottom), first, plot.height(group, kind) / top * _ROW)


def _bar(plot: _Plot, kind: str, corner: tuple[float, float], first: date, height: float) -> str:
    """Draw a bar, and its whole column as what leads to its list."""
    (x, y), group, step = corner, plot.digest.group(plot.source, first), plot.step
    told = f"{plot.wording.kinds[kind]}, {plot.wording.long(first, plot.digest.by)}: {plot.told(group, kind)}"
    column = f'<rect class="column" x="{x:.1f}" y="{y - _ROW:.1f}" width="{step:.1f}" height="{_ROW}"/>'
    size = f'x="{x + step * 0.12:.1f}" y="{y - height:.1f}" width="{step * 0.76:.1f}" height="{height:.1f}"'
    inside = f'<title>{escape(told)}</title>{column}<rect class="bar {kind}" {size}/>'
    return f'<a href="{escape(plot.href(plot.source, first, kind))}">{inside}</a>'


def _dates(plot: _Plot, y: float) -> Iterator[str]:
    """Write as many dates as there is room for."""
    every = ceil(_LABEL / plot.step)
    for place, first in enumerate(plot.digest.periods):
        if place % every == 0:
            x = _LEFT + (place + 0.5) * plot.step
            label = escape(plot.wording.short(first, plot.digest.by))
            yield f'<text class="tick" x="{x:.1f}" y="{y}" text-anchor="middle">{label}</text>'
