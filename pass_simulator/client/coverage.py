"""Coverage: what apps were shown of the backend, what they did about it, and the way to the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pass_simulator.values import Json, Result, as_tuple, mapping, member


@dataclass(frozen=True, kw_only=True)
class CoverageCell(Result):
    """Something that an app can be shown: how often it was `met`, of these `forced` by a fault, and `last`.

    `outcomes` are what the app did then ("well", "looped", "stopped", "gave_up", "open"), `verdict` that of a
    rule of conduct, `way` how it can be met.
    """

    name: str = member(default="")
    says: str = member(default="")
    met: int = member(default=0)
    forced: int = member(default=0)
    last: str | None = member()
    verdict: str | None = member()
    outcomes: Mapping[str, int] = mapping()
    way: Mapping[str, Any] = mapping()


@dataclass(frozen=True, kw_only=True)
class CoverageAxis(Result):
    """An axis, with all its cells."""

    axis: str = member(default="")
    title: str = member(default="")
    cells: tuple[CoverageCell, ...] = member(
        lambda raw: tuple(CoverageCell.of(each) for each in raw), default=()
    )

    @classmethod
    def all_of(cls, raw: list[Json]) -> "tuple[CoverageAxis, ...]":
        """The axes in an answer."""
        return tuple(cls.of(each) for each in raw)


@dataclass(frozen=True, kw_only=True)
class Coverage(Result):
    """What apps were shown, axis by axis: `coverage["logout:L5"].met`. Axes are never added up."""

    generation: int | None = member()
    incomplete: bool = member(default=False)
    required: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())
    axes: tuple[CoverageAxis, ...] = member(CoverageAxis.all_of, default=())

    def __iter__(self) -> Iterator[str]:
        """The cells that were met, as `axis:name`."""
        return (f"{axis.axis}:{cell.name}" for axis in self.axes for cell in axis.cells if cell.met)

    def __getitem__(self, cell: str) -> Any:  # noqa: ANN401 - a cell, or a member of the answer
        """The cell that is written `axis:name`, such as `logout:L5`."""
        if ":" not in cell:
            return super().__getitem__(cell)
        axis, _, name = cell.partition(":")
        for each in self.axes:
            if each.axis == axis:
                for found in each.cells:
                    if found.name == name:
                        return found
        raise KeyError(cell)


@dataclass(frozen=True, kw_only=True)
class Armed(Result):
    """What was prepared in the sandbox, and the call of the app that meets it `then`."""

    cell: str = member(default="")
    did: str = member(default="")
    then: Mapping[str, Any] = mapping()
