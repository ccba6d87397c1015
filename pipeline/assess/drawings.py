"""Line drawings as inline SVG: no colour of their own (the page's style gives it), so they hold in dark and light."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, sqrt
from typing import Final

from pipeline.assess.calibration import Reliability
from pipeline.assess.coverage import Coverage
from pipeline.assess.ranking import Ranking
from pipeline.assess.rightness import Estimate

Spot = tuple[float, float]

_WIDTH, _HEIGHT = 340, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 20, 12, 44
_NEAR: Final = 0.6  # points of a line nearer to the last one drawn, in pixels, are left out


@dataclass(frozen=True)
class Axes:
    """A plot of shares against shares.

    Attributes:
        across: What stands on the horizontal axis, 0 to 1.
        up: What stands on the vertical axis.
        lowest: Where the vertical axis begins; it ends at 1.
    """

    across: str
    up: str
    lowest: float = 0.0

    def place(self, spot: Spot) -> Spot:
        """Give where a pair of shares lies, in pixels."""
        x, y = spot[0], (max(spot[1], self.lowest) - self.lowest) / (1 - self.lowest)
        return _LEFT + x * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - y * (_HEIGHT - _TOP - _BOTTOM)

    def line(self, spots: Iterable[Spot], kind: str) -> str:
        """Draw a line through pairs of shares."""
        drawn: list[Spot] = []
        places = [self.place(spot) for spot in spots]
        for x, y in places:
            if not drawn or abs(x - drawn[-1][0]) + abs(y - drawn[-1][1]) >= _NEAR:
                drawn.append((x, y))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*drawn, *places[-1:]])
        return f'<polyline class="{kind}" points="{path}"/>'

    def dot(self, spot: Spot, radius: float, told: str, kind: str = "dot") -> str:
        """Draw a dot that tells more under the pointer."""
        x, y = self.place(spot)
        title = f"<title>{escape(told)}</title>"
        return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">{title}</circle>'

    def label(self, spot: Spot, text: str, shift: Spot = (0, 0), anchor: str = "start") -> str:
        """Write beside a pair of shares."""
        x, y = self.place(spot)
        return f'<text x="{x + shift[0]:.1f}" y="{y + shift[1]:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

    def draw(self, inside: Sequence[str], alt: str, kind: str) -> str:
        """Draw the axes and what is inside them.

        Args:
            inside: What to draw, the lowest layer first.
            alt: What the picture shows, for those who do not see it.
            kind: Class of the picture, such as a topic's name.

        Returns:
            An ``svg`` element.
        """
        frame = f'<svg class="plot {kind}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(alt)}">'
        return "".join([frame, *self._grid(), *inside, "</svg>"])

    def _grid(self) -> Iterable[str]:
        for step in range(6):
            x, bottom = self.place((step / 5, self.lowest))
            yield f'<text class="tick" x="{x:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{step / 5:.0%}</text>'
        for up in self._levels():
            (left, y), (right, _) = self.place((0, up)), self.place((1, up))
            yield f'<path class="grid" d="M{left:.1f} {y:.1f}H{right:.1f}"/>'
            yield f'<text class="tick" x="{left - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{up:.0%}</text>'
        x, y, middle = _WIDTH - _RIGHT, _HEIGHT - 8, (_HEIGHT + _TOP - _BOTTOM) / 2
        yield f'<text class="axis" x="{x}" y="{y}" text-anchor="end">{escape(self.across)} →</text>'
        turned = f'transform="translate(11 {middle}) rotate(-90)" text-anchor="middle"'
        yield f'<text class="axis" {turned}>{escape(self.up)}</text>'

    def _levels(self) -> list[float]:
        """Give the levels that are marked on the vertical axis: round ones, from three to six of them."""
        step = next(step for step, span in _STEPS if 1 - self.lowest >= span)
        return [level / 100 for level in range(100, round(100 * self.lowest) - 1, -step)]


_STEPS: Final = ((20, 0.6), (10, 0.2), (5, 0.1), (2, 0.0))
"""Steps of the vertical axis in percent, each with the span from which on it is taken."""


def reliability(topic: str, found: Reliability) -> str:
    """Draw the share of headlines with a topic against their score; a dot's area tells how many they are."""
    axes, rows = Axes("score", "share that carry the topic"), sum(each.rows for each in found.bins)
    inside = [axes.line([(0, 0), (1, 1)], "guide"), axes.label((1, 0), "dashed: as promised", (0, -10), "end")]
    for each in found.bins:
        spot, told = (each.score, each.share), f"{each.rows:,} headlines: score {each.score:.2f}, true {each.share:.2f}"
        inside += [axes.line([(each.score, each.score), spot], "stem")]
        inside += [axes.dot(spot, 2.5 + 12 * sqrt(each.rows / rows), told)]
    return axes.draw(inside, f"Reliability of {topic}: the expected calibration error is {found.error:.3f}", topic)


def precision_recall(topic: str, found: Ranking, precision: Estimate, recall: Estimate) -> str:
    """Draw precision against recall, with the point that the threshold has chosen."""
    axes = Axes("recall", "precision")
    inside = [axes.line(found.curve, "line")]
    if precision.value is not None and recall.value is not None:
        spot, told = (recall.value, precision.value), f"P {precision.value:.2f}, R {recall.value:.2f}"
        inside += [axes.dot(spot, 5, told), axes.label(spot, told, (-9, 20), "end")]
    return axes.draw(inside, f"Precision and recall of {topic}: average precision {found.average_precision:.3f}", topic)


def coverage(found: Coverage) -> str:
    """Draw the share of right answers against the share of headlines that are left to the model."""
    shown = [point for point in found.curve if point.coverage >= _SHOWN] or found.curve
    lowest = min(point.right for point in shown)
    if found.right.value is not None:
        lowest = min(lowest, found.right.value)
    axes = Axes("left to the model, the surest first", "all tags right", min(floor(lowest * 10) / 10, 0.9))
    inside = [axes.line([(point.coverage, point.right) for point in shown], "line")]
    if found.right.value is not None and found.decided.value is not None:
        spot, told = (
            (found.decided.value, found.right.value),
            f"{found.decided.value:.0%} sure, {found.right.value:.1%} right",
        )
        after = found.decided.value < _MIDDLE
        inside += [
            axes.dot(spot, 5, told),
            axes.label(spot, told, (9, -9) if after else (-9, 18), "start" if after else "end"),  # beside the line
        ]
    return axes.draw(inside, f"The share of right answers by coverage: {_told(found)}", "coverage")


_SHOWN: Final = 0.05  # below so small a coverage, single headlines make the line jump
_MIDDLE: Final = 0.5


def _told(found: Coverage) -> str:
    return ", ".join(f"{point.right:.0%} right at {point.coverage:.0%}" for point in map(found.at, (0.5, 0.8, 1)))


def whisker(found: Estimate) -> str:
    """Draw a figure with its interval on a line from 0 to 1, as high as a line of text."""
    if found.value is None or found.interval is None:
        return ""
    low, high = found.interval
    return (
        '<svg class="whisker" viewBox="0 0 144 12" aria-hidden="true"><path class="grid" d="M2 6H142"/>'
        f'<path class="stem" d="M{2 + 140 * low:.1f} 6H{2 + 140 * high:.1f}"/>'
        f'<circle class="dot" cx="{2 + 140 * found.value:.1f}" cy="6" r="3"/></svg>'
    )
