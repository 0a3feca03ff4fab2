"""The plots of the report as inline SVG; colours come from its style sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 480, 280
EDGE = 48
"""Room for the numbers and the name of an axis."""
MARGIN = 20


@dataclass(frozen=True, slots=True)
class Axes:
    """A frame whose axes begin at 0. `title` says in a sentence what the plot shows."""

    title: str
    x: str
    y: str
    most_x: float = 1.0
    most_y: float = 1.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place of a value, in SVG units from the upper left corner."""
        across = EDGE + x / self.most_x * (WIDTH - EDGE - MARGIN)
        down = HEIGHT - EDGE - y / self.most_y * (HEIGHT - EDGE - MARGIN)
        return round(across, 1), round(down, 1)

    def draw(self, *marks: Markup) -> Markup:
        """The whole figure around what was drawn on it."""
        left, bottom = self.at(0, 0)
        right, top = self.at(self.most_x, self.most_y)
        return Markup(
            '<svg viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="axis" d="M{} {}V{}H{}"/>{}{}'
            '<text x="{}" y="{}" text-anchor="middle">{}</text>'
            '<text x="14" y="{}" text-anchor="middle" transform="rotate(-90 14 {})">{}</text></svg>'
        ).format(
            *(WIDTH, HEIGHT, self.title, left, top, bottom, right, self._ticks(), Markup().join(marks)),
            *((left + right) / 2, HEIGHT - 8, self.x, (top + bottom) / 2, (top + bottom) / 2, self.y),
        )

    def line(self, points: Iterable[tuple[float, float]], kind: str = "line") -> Markup:
        path = " ".join("{},{}".format(*self.at(x, y)) for x, y in points)
        return Markup('<polyline class="{}" points="{}"/>').format(kind, path)

    def dot(self, x: float, y: float, label: str, radius: float = 4) -> Markup:
        across, down = self.at(x, y)
        return Markup('<circle class="dot" cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
            across, down, round(radius, 1), label
        )

    def bar(self, low: float, high: float, value: float, label: str) -> Markup:
        left, top = self.at(low, value)
        right, bottom = self.at(high, 0)
        return Markup('<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
            left, top, round(right - left - 1, 1), round(bottom - top, 1), label
        )

    def _ticks(self) -> Markup:
        return Markup().join(
            tick
            for share in (0, 0.25, 0.5, 0.75, 1)
            for tick in (self._tick_x(share * self.most_x), self._tick_y(share * self.most_y))
        )

    def _tick_x(self, value: float) -> Markup:
        across, bottom = self.at(value, 0)
        return Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            across, bottom + 16, f"{value:g}"
        )

    def _tick_y(self, value: float) -> Markup:
        left, down = self.at(0, value)
        return Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(
            left - 6, down + 4, f"{value:g}"
        )


def histogram(axes_title: str, values: Sequence[float], unit: str, bins: int = 20) -> Markup:
    """How often each size of value occurs."""
    width = _round_up(max(values) / bins)
    counts = [0] * bins
    for value in values:
        counts[min(int(value / width), bins - 1)] += 1
    axes = Axes(axes_title, unit, "questions", most_x=width * bins, most_y=4 * -(-max(counts) // 4))
    bars = [
        axes.bar(low := number * width, low + width, count, f"{low:g} to {low + width:g}: {count}")
        for number, count in enumerate(counts)
        if count
    ]
    return axes.draw(*bars)


def _round_up(width: float) -> float:
    """The next of 0.1, 0.2, 0.5, 1, 2, 5, ... so that the ticks can be read."""
    steps = [base * 10**power for power in range(-1, 7) for base in (1, 2, 5)]
    return next((float(step) for step in steps if step >= width), width)
