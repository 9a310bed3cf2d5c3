"""The picture of a run: horizontal bars, as SVG that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH: Final = 860
_NAMES: Final = 270
_FIGURES: Final = 90
_LINE: Final = 22
_BAR: Final = 14
_TITLE: Final = 40
_COLOUR: Final = "#2563eb"
_OTHER_COLOUR: Final = "#94a3b8"


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar: what it stands for, how long it is, and what is written at its end."""

    name: str
    value: float
    text: str
    ours: bool = True


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Some bars to one scale."""

    title: str
    bars: tuple[Bar, ...]


def picture(charts: Sequence[Chart]) -> str:
    """The charts below one another, readable on light ground and on dark."""
    drawn, top = [], 0
    for chart in charts:
        lines, top = _chart(chart, top)
        drawn += lines
    height = top + 10
    return "\n".join(
        (
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
                f'width="{_WIDTH}" height="{height}" font-family="system-ui, sans-serif" '
                'font-size="12">'
            ),
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            *drawn,
            "</svg>\n",
        )
    )


def _chart(chart: Chart, top: int) -> tuple[list[str], int]:
    most = max((each.value for each in chart.bars), default=1) or 1
    room = _WIDTH - _NAMES - _FIGURES
    lines = [f'<text x="10" y="{top + 26}" font-weight="600">{escape(chart.title)}</text>']
    top += _TITLE
    for bar in chart.bars:
        length = max(1.0, room * bar.value / most)
        colour = _COLOUR if bar.ours else _OTHER_COLOUR
        lines += [
            f'<text x="{_NAMES - 8}" y="{top + 11}" text-anchor="end">{escape(bar.name)}</text>',
            (
                f'<rect x="{_NAMES}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="2" '
                f'fill="{colour}"/>'
            ),
            f'<text x="{_NAMES + length + 6:.1f}" y="{top + 11}">{escape(bar.text)}</text>',
        ]
        top += _LINE
    return lines, top
