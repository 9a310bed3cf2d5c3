"""An entity is described once: what its dataclass says is in rows, documents, answers and schemas."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from simulator.admin.schemas.views import entity_shape, view
from simulator.domain.access.registration import Client
from simulator.domain.configuration import Integration
from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.members import (
    Duration,
    Form,
    Instant,
    Member,
    Numbered,
    Reference,
    Text,
    members,
)
from simulator.domain.sessions.profiles import Profile
from simulator.scenarios.context import Context
from simulator.scenarios.models import MODELS
from simulator.scenarios.models.base import Entity
from simulator.services.control.entities import RESOURCES, Found, Resource
from simulator.storage.worlds.entity_mapping import KINDS, EntityMapping
from tests.storage.entities import complete
from tests.storage.worlds import NOW
from tests.support.inventory import every

# Where a document has another name for a member than answers, or none: all that differs.
OTHERWISE: Final[dict[tuple[type, str], str | None]] = {
    # It follows from the pair.
    (Integration, "id"): None,
    # Documents give offsets, answers instants.
    (Client, "registered_at"): "registered",
    (Profile, "not_after"): "expires_in",
}


def in_document(resource: Resource) -> set[str]:
    """What a document calls the members of an entity."""
    entity = resource.model.of
    names = {OTHERWISE.get((entity, each.name), each.json_name) for each in members(entity)}
    return {each for each in names if each}


def sample(resource: Resource) -> Any:  # noqa: ANN401 - an entity of any kind
    """One with every member set."""
    entity = complete(resource.kind)
    if isinstance(entity, Profile):
        return replace(entity, attributes={"zip": {"value": "10036", "state": "plain"}})
    return entity


@every(KINDS, lambda kind: kind.name)
def test_a_row_has_every_member(kind: EntityMapping[Any]) -> None:
    assert {each.name for each in members(kind.entity)} <= {*kind.columns}


@every(RESOURCES, lambda resource: resource.path)
def test_a_document_reads_and_writes_every_member(resource: Resource) -> None:
    wanted = in_document(resource)
    known = {each.alias or name for name, each in resource.model.model_fields.items()}
    assert known - wanted == ({"links"} if resource.model.of is Profile else set())
    assert wanted <= known
    assert {*resource.model.entry(sample(resource), 0)} == wanted


@every(RESOURCES, lambda resource: resource.path)
def test_an_answer_and_its_schema_have_every_member(resource: Resource) -> None:
    wanted = {each.json_name for each in members(resource.model.of)}
    shown = view(Found(entity=sample(resource), now=NOW))
    assert wanted <= {*shown}
    shape = entity_shape(resource.model.of).model_json_schema()
    assert {*shown} == {*shape["properties"]} == {*shape["required"]}


@every(RESOURCES, lambda resource: resource.path)
def test_every_member_is_explained_and_refers_to_a_list(resource: Resource) -> None:
    for each in members(resource.model.of):
        assert each.about, each.name
        assert each.reference is None or each.reference.target in MODELS


def test_every_list_of_a_document_is_a_collection() -> None:
    assert {*MODELS.values()} < {resource.model for resource in RESOURCES}
    assert {name.replace("_", "-") for name in MODELS} < {each.path for each in RESOURCES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A member of each sort, and nothing said of them but here."""

    id: Annotated[str, Numbered("visit")]
    mvpd: Annotated[Text | None, Reference("mvpds"), "Where."] = None
    begins: Annotated[Instant, "When."]
    lasts: Annotated[Duration | None, "How long."] = None
    tags: tuple[Text, ...] = ()


class VisitModel(Entity, of=Visit):
    """A visit."""


class Moment(Context):
    """A world in which it is some moment already."""

    now = NOW

    def new_id(self, kind: str, /) -> str:
        return f"{kind}-1"

    def subscriber(self, _subscriber: str, /) -> None:
        return None

    def integration(self, _service_provider: str, _mvpd: str, /) -> None:
        return None


def test_a_new_entity_needs_nothing_but_its_dataclass() -> None:
    visit = Visit(id="visit-1", mvpd="Cable", begins=NOW - 60_000, lasts=1_000, tags=("a",))
    entry = {"mvpd": "Cable", "lasts": "PT1S", "tags": ["a"], "begins": "-PT1M"}
    assert VisitModel.model_validate(entry).record(Moment()) == visit
    assert VisitModel.entry(visit, NOW) == {"id": "visit-1", **entry}
    assert VisitModel.model_validate({}).record(Moment()) == Visit(id="visit-1", begins=NOW)
    properties = VisitModel.model_json_schema()["properties"]
    assert [*properties] == ["id", "mvpd", "begins", "lasts", "tags"]
    assert properties["lasts"]["description"] == "How long."
    shown = view(Found(entity=visit, now=NOW))
    assert (shown["lasts"], shown["begins"][-4:]) == ("PT1S", "000Z")
    assert {*entity_shape(Visit).model_fields} == {*shown}


def test_what_an_annotation_says_is_read_through_none_and_not_out_of_a_list() -> None:
    found: dict[str, Member] = {each.name: each for each in members(Visit)}
    mvpd, tags = found["mvpd"], found["tags"]
    assert (mvpd.type, mvpd.optional, mvpd.about) == (str, True, "Where.")
    assert (mvpd.form, mvpd.reference) == (Form.TEXT, Reference("mvpds"))
    assert (tags.form, tags.about, tags.default) == (None, None, ())
    assert {each.name: each.json_name for each in members(DegradationRule)}["not_before"] == "from"
