"""Statements that are compiled once and go to the driver as they stand.

SQLAlchemy's own execution finds the compiled form anew, builds a context and a result, and maps each row:
some 40 µs for what SQLite answers in five. Every request runs a handful of statements that never
change, so those take this way. What they say, and for which database, is SQLAlchemy's all the same.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json import JSONDecoder
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Connection, Delete, Dialect, Engine, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
_Convert = Callable[[Any], Any]

_DECODER: Final = JSONDecoder()


class DirectConnection(Connection):
    """A connection to SQLite by `raw`, sqlite3's own, which prepared statements go to directly."""

    def __init__(self, engine: Engine, raw: sqlite3.Connection) -> None:
        super().__init__(engine)
        self.raw = raw


def from_json(held: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """What a column of SQLite holds as JSON; numbers, and NULL, come as they are.

    A text begins and ends with what it says: no blanks have to be looked for.
    """
    return _DECODER.raw_decode(held)[0] if isinstance(held, str) else held


@dataclass(kw_only=True, slots=True)
class _Form:
    """A statement as one sort of database takes it.

    `values` makes the driver's parameters of named ones; `bound` are the places whose values it does not
    take as they are, `read` those whose values it does not give so, known when it has given them once.
    """

    text: str
    values: Callable[[Mapping[str, object]], Row]
    bound: tuple[tuple[int, _Convert], ...]
    read: tuple[tuple[int, _Convert], ...] | None = None


class Prepared:
    """A statement whose parameters are given by name; lists among them have to be spelled out.

    `ending` is what SQLAlchemy has a word for only where it knows the database.
    """

    def __init__(
        self, statement: Select[*tuple[Any, ...]] | Insert | Update | Delete, *, ending: str = ""
    ) -> None:
        self.statement = statement
        self._ending = ending
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: Connection, parameters: Mapping[str, object]) -> list[Row]:
        """The rows that a SELECT finds. Raises `DBAPIError`."""
        form = self._forms.get(connection.dialect.name) or self._compiled(connection.dialect)
        values = form.values(parameters)
        try:
            if type(connection) is DirectConnection:
                cursor: Any = connection.raw.execute(form.text, values)
            else:
                cursor = _executed(connection, form.text, values)
            found: list[Row] = cursor.fetchall()
        except Exception as error:
            raise _as_sqlalchemy(error, connection, form, values) from error
        if form.read is None:
            form.read = self._reading(connection.dialect, cursor.description)
        return [_converted(row, form.read) for row in found] if found and form.read else found

    def row(self, connection: Connection, parameters: Mapping[str, object]) -> Row | None:
        """The one row that a SELECT finds, or None. Raises `DBAPIError`."""
        found = self.rows(connection, parameters)
        return found[0] if found else None

    def run(self, connection: Connection, parameters: Mapping[str, object]) -> int:
        """Carry out what is no SELECT: how many rows it concerned. Raises `DBAPIError`."""
        form = self._forms.get(connection.dialect.name) or self._compiled(connection.dialect)
        values = form.values(parameters)
        try:
            if type(connection) is DirectConnection:
                return connection.raw.execute(form.text, values).rowcount
            return int(_executed(connection, form.text, values).rowcount)
        except Exception as error:
            raise _as_sqlalchemy(error, connection, form, values) from error

    def run_many(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Carry out what is no SELECT once for each of `rows`, parameters in the order of the statement.

        An INSERT has them in the order of the table's columns. Raises `DBAPIError`.
        """
        form = self._forms.get(connection.dialect.name) or self._compiled(connection.dialect)
        values = [_converted(row, form.bound) for row in rows] if form.bound else rows
        try:
            if type(connection) is DirectConnection:
                connection.raw.executemany(form.text, values)
            else:
                connection.connection.cursor().executemany(form.text, values)
        except Exception as error:
            raise _as_sqlalchemy(error, connection, form, ()) from error

    def _compiled(self, dialect: Dialect) -> _Form:
        compiled = self.statement.compile(dialect=dialect)
        names = compiled.positiontup or []
        binds = [compiled.binds[name] for name in names]
        bound = _those_that_convert([_written(each.type, dialect) for each in binds])
        form = self._forms[dialect.name] = _Form(
            text=f"{compiled}{self._ending}",
            values=_binding(
                tuple((each.key, None if each.required else each.value) for each in binds), bound
            ),
            bound=bound,
        )
        return form

    def _reading(
        self, dialect: Dialect, description: Sequence[Sequence[Any]]
    ) -> tuple[tuple[int, _Convert], ...]:
        """How the columns of a SELECT are read that the driver describes so."""
        columns = self.statement.selected_columns if isinstance(self.statement, Select) else ()
        return _those_that_convert(
            [
                from_json
                if dialect.name == "sqlite" and isinstance(column.type, JSON)
                else column.type.dialect_impl(dialect).result_processor(dialect, told[1])
                for column, told in zip(columns, description, strict=True)
            ]
        )


def _written(kind: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    # The drivers take truth values as they are.
    if isinstance(kind, Boolean):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _those_that_convert(
    conversions: Sequence[_Convert | None],
) -> tuple[tuple[int, _Convert], ...]:
    return tuple((place, each) for place, each in enumerate(conversions) if each is not None)


def _binding(
    parameters: tuple[tuple[str, Any], ...], bound: tuple[tuple[int, _Convert], ...]
) -> Callable[[Mapping[str, object]], Row]:
    """How parameters by name become the driver's: in their order, some by a value of their own.

    `bound` are the places whose values the driver does not take as they are.
    """
    names = [name for name, _ in parameters]
    plain = not bound and all(own is None for _, own in parameters)
    if plain and len(names) > 1:
        pick: Callable[[Mapping[str, object]], Row] = itemgetter(*names)
        return pick
    if plain and names:
        (name,) = names
        return lambda given: (given[name],)

    def values(given: Mapping[str, object]) -> Row:
        found = [given.get(name, own) for name, own in parameters]
        for place, convert in bound:
            found[place] = convert(found[place])
        return tuple(found)

    return values


def _executed(connection: Connection, text: str, values: Row) -> Any:  # noqa: ANN401 - SQLAlchemy's cursor over asyncpg
    cursor = connection.connection.cursor()
    cursor.execute(text, values)
    return cursor


def _converted(row: Row, conversions: tuple[tuple[int, _Convert], ...]) -> Row:
    values = [*row]
    for place, convert in conversions:
        values[place] = convert(values[place])
    return tuple(values)


def _as_sqlalchemy(
    error: Exception, connection: Connection, form: _Form, values: Row
) -> BaseException:
    """An error of the driver as SQLAlchemy's own execution raises it; any other as it is."""
    driver = connection.dialect.loaded_dbapi.Error
    return DBAPIError.instance(form.text, values, error, driver, dialect=connection.dialect)
