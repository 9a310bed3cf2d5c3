"""The form of evidence: a file for each operation or topic, and a row for each statement."""

from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Verb: TypeAlias = Literal["drop", "retype", "replace", "add"]
Text = Annotated[str, Field(min_length=1)]

_VERBS: Final[dict[str, tuple[Verb, ...]]] = {
    "status": ("replace",),
    "header": ("drop", "replace", "add"),
    "json": ("drop", "retype", "replace", "add"),
    "body": ("drop", "replace", "add"),
}
"""What can be done to each place of an answer."""


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("evidence", "{sentence}", {"sentence": sentence})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Where(_Strict):
    """The place in an answer that shows a fact.

    `operation` is that of the call whose answer is meant, where it is not the file's. `status` beside
    another place says which answers are meant, by itself it is the place. `json` is a path: names of
    members, positions and `*` for all, with dots between them; `.` is the whole.
    """

    operation: Text | None = None
    status: Annotated[int, Field(ge=100, lt=600)] | None = None
    header: Text | None = None
    json_path: Annotated[Text | None, Field(alias="json")] = None
    body: Literal["text"] | None = None

    @property
    def kind(self) -> str:
        """What the place is: status, header, json or body."""
        places = {"header": self.header, "json": self.json_path, "body": self.body}
        return next((name for name, each in places.items() if each is not None), "status")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [each for each in (self.header, self.json_path, self.body) if each is not None]
        if len(given) > 1 or (not given and self.status is None):
            raise _wrong("expected one place: a status, header: NAME, json: PATH or body: text")
        return self


class Alter(_Strict):
    """How a place is spoilt: `drop`, `retype`, or a mapping of `replace` or `add` to a value."""

    verb: Verb
    value: Any = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: object) -> object:
        match written:
            case "drop" | "retype":
                return {"verb": written}
            case {"replace": value, **rest} if not rest:
                return {"verb": "replace", "value": value}
            case {"add": value, **rest} if not rest:
                return {"verb": "add", "value": value}
        raise _wrong("expected drop, retype, {replace: VALUE} or {add: VALUE}")


class Row(_Strict):
    """A statement in our own words, and one of these: its test, how we differ, why it is open.

    `page` is a key of `pages.toml`; `release` is that whose note introduced the fact; `test` is a test's
    id as pytest prints it, with its parameters; `switch` is the switch that decides what differs or is open.
    """

    id: Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    says: Text
    page: Text
    release: Annotated[str, Field(pattern=r"^\d+(\.\d+)+$")] | None = None
    test: Text | None = None
    where: Where | None = None
    alter: Alter | None = None
    differs: Text | None = None
    open: Text | None = None
    switch: Text | None = None
    operations: tuple[Text, ...] = ()

    @property
    def outcome(self) -> Literal["proven", "differs", "open"]:
        """What the row is a case of."""
        return "proven" if self.test else "differs" if self.differs else "open"

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if sum(each is not None for each in (self.test, self.differs, self.open)) != 1:
            raise _wrong("expected exactly one of test, differs and open")
        if self.test is None:
            if self.where or self.alter:
                raise _wrong("where and alter belong to a test")
        elif self.where is None or self.alter is None:
            raise _wrong("a test needs where the fact shows, and how to alter it")
        elif self.switch or self.operations:
            raise _wrong("switch and operations belong to what differs or is open")
        elif problem := _unfit(self.where, self.alter):
            raise _wrong(problem)
        return self


def _unfit(where: Where, alter: Alter) -> str | None:
    verbs = _VERBS[where.kind]
    if alter.verb not in verbs:
        return f"expected {' or '.join(verbs)} for a {where.kind}, found {alter.verb}"
    if where.json_path == "." and alter.verb == "drop":
        return "expected replace, add or retype for the whole of the JSON, found drop"
    if where.kind == "status" and type(alter.value) is not int:
        return "expected a status to replace it by"
    if where.kind in {"header", "body"} and alter.verb != "drop" and type(alter.value) is not str:
        return f"expected a text to {alter.verb}"
    return None


class Subject(_Strict):
    """A file: the rows of one operation, or of a topic that is none.

    `operations` of a topic are those that what differs or is open there counts for, unless a row names
    others; what a topic proves counts for the operation that it is proven on.
    """

    operation: Text | None = None
    topic: Text | None = None
    operations: tuple[Text, ...] = ()
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]

    @property
    def name(self) -> str:
        """The operation, or the topic."""
        return self.operation or self.topic or ""

    def asked(self, row: Row) -> str:
        """The operation whose answers show what a proven row says."""
        return (row.where and row.where.operation) or self.operation or ""

    def operations_of(self, row: Row) -> tuple[str, ...]:
        """The operations that a row counts for."""
        if self.operation:
            return (self.operation,)
        if row.test:
            return (self.asked(row),)
        return row.operations or self.operations

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.operation is None) == (self.topic is None):
            raise _wrong("expected an operation or a topic")
        if self.operation and (self.operations or any(row.operations for row in self.rows)):
            raise _wrong("operations belong to a topic")
        return self
