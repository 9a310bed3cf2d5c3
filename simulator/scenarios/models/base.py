"""What all models of a scenario share: strictness, and how members follow from the domain's."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING
from enum import Enum
from functools import cache
from types import GenericAlias, MappingProxyType, UnionType
from typing import Annotated, Any, ClassVar, Final, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field

from simulator.domain.members import Form, Member, members
from simulator.scenarios.context import Context, Record
from simulator.validation import texts
from simulator.validation.durations import Duration, Length, format_ms
from simulator.validation.json_data import JsonObject

_FORMS: Final[Mapping[object, Any]] = {
    Form.ID: texts.Id,
    Form.LINK_ID: texts.LinkId,
    Form.DEVICE: texts.DeviceId,
    Form.KEY: texts.Key,
    Form.TEXT: texts.Text,
    Form.PROSE: texts.Prose,
    Form.COUNT: texts.Count,
    Form.INSTANT: Duration,
    Form.DURATION: Length,
}
"""How a document writes what the domain says of a text or number: an instant is an offset."""

# Nearly all values are of one of these types, and asking for them first halves the time.
_SCALARS: Final = frozenset({str, int, bool, type(None)})


class Part(BaseModel):
    """Any mapping in a scenario; members that it does not know are errors."""

    # Built when the first document is read, which only a new database asks of a start.
    model_config = ConfigDict(
        extra="forbid", frozen=True, serialize_by_alias=True, defer_build=True
    )

    def in_domain(self) -> Mapping[str, object]:
        """The mapping as the domain has it."""
        return self.model_dump(exclude_none=True)


class Derived(Part):
    """A mapping with the members of the dataclass `of`, but for those in `without`.

    What a model itself says of a member comes first. `names` are names that members have in
    documents alone.
    """

    of: ClassVar[type]

    def __init_subclass__(
        cls,
        *,
        of: type | None = None,
        without: Collection[str] = (),
        names: Mapping[str, str] = MappingProxyType({}),
        **config: Any,  # noqa: ANN401 - whatever pydantic takes
    ) -> None:
        super().__init_subclass__(**config)
        if of is None:
            return
        cls.of = of
        own = {**cls.__annotations__}
        derived = {}
        for each in members(of):
            if each.name not in without:
                derived[each.name] = own.pop(each.name, None) or _in_document(each)
                default = cls.__dict__.get(each.name, _default(each))
                name = names.get(each.name, each.json_name)
                setattr(cls, each.name, Field(default, alias=name, description=each.about))
        cls.__annotations__ = derived | own

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - mypy cannot see derived members
        return super().__getattr__(name)  # type: ignore[misc]


class Entity(Derived):
    """A mapping in a scenario that stands for an entity of the world, or for several."""

    def records(self, context: Context, /) -> Iterator[Record]:
        """The domain's entities that this one stands for, with times from `context.now` on."""
        yield self.record(context)

    def record(self, context: Context, /, **others: object) -> Any:  # noqa: ANN401 - one of `of`
        """The entity itself; `others` are members that a document writes in a way of its own."""
        found = others
        for each in members(self.of):
            if each.name in found:
                continue
            value = getattr(self, each.name)
            if value is None and each.implied:
                value = each.implied.by(self.id)
            elif value is None and each.numbered:
                value = context.new_id(each.numbered.prefix)
            elif value is not None and each.form is Form.INSTANT:
                value += context.now
            found[each.name] = value if type(value) in _SCALARS else _in_domain(value)
        return self.of(**found)

    @classmethod
    def entry(cls, entity: Any, moment: int) -> dict[str, object]:  # noqa: ANN401 - one of `of`
        """The way back: what a document writes for `entity`, with times as offsets from `moment`.

        A member equal to its default is left out, an id never. Times come last.
        """
        found: dict[str, object] = {}
        times: dict[str, object] = {}
        for each, name, default in _written_members(cls):
            value = getattr(entity, each.name)
            if each.form is Form.INSTANT:
                if value is not None and value - moment != default:
                    times[name] = format_ms(value - moment)
            elif value != (each.implied.by(entity.id) if each.implied else each.default):
                found[name] = written(each, value)
        return found | times


@cache
def _written_members(model: type[Entity]) -> tuple[tuple[Member, str, object], ...]:
    """The members that a document has, each with its name there and its default."""
    fields = model.model_fields
    return tuple(
        (each, fields[each.name].alias or each.name, fields[each.name].default)
        for each in members(model.of)
        if each.name in fields
    )


def written(member: Member, value: Any) -> object:  # noqa: ANN401 - a value of any member
    """What a document writes for a value of the domain that is no instant."""
    if member.form is Form.DURATION and value is not None:
        return format_ms(value)
    return plain(value)


def plain(value: Any) -> object:  # noqa: ANN401 - JSON of any shape
    """`value` as JSON data whose mappings are sorted."""
    if type(value) in _SCALARS:
        return value
    match value:
        case Enum():
            return value.value
        case Mapping():
            return {name: plain(member) for name, member in sorted(value.items())}
        case tuple() | list():
            return [plain(item) for item in value]
        case _:
            return value


def _in_domain(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: _in_domain(each) if isinstance(each, Part) else each
            for name, each in value.items()
        }
    return value.in_domain() if isinstance(value, Part) else value


def _default(member: Member) -> Any:  # noqa: ANN401 - the default of any member
    """What holds where a document leaves the member out; ... where it must not."""
    if member.implied or member.numbered:
        return None
    if member.default is not MISSING:
        return member.default
    # Whatever has a time begins now.
    return 0 if member.form is Form.INSTANT else ...


def _in_document(member: Member) -> Any:  # noqa: ANN401 - an annotation
    found = _type(member.hint)
    return found | None if member.implied or member.numbered else found


def _type(hint: Any) -> Any:  # noqa: ANN401 - any annotation
    """What pydantic reads for an annotation of the domain."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is bool:
        return texts.Flag
    if origin is Annotated:
        return next((_FORMS[each] for each in inner if each in _FORMS), None) or _type(inner[0])
    if origin in {Union, UnionType}:
        return Union[tuple(_type(each) for each in inner)]  # noqa: UP007 - as many as there are
    if origin is tuple:
        return GenericAlias(tuple, (_type(inner[0]), ...))
    if origin is Mapping and inner[1] is object:
        return JsonObject
    if origin is Mapping:
        return GenericAlias(dict, tuple(_type(each) for each in inner))
    return hint
