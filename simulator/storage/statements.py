"""Statements that are compiled once and go to the driver as they stand.

SQLAlchemy's own execution finds the compiled form anew, builds a context and a result, and maps each row:
some 40 µs for what SQLite answers in five. Every request runs a handful of statements that never
change, so those take this way. What they say, and for which database, is SQLAlchemy's all the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]
_Convert = Callable[[Any], Any]

RAW: Final = "raw"
"""The execution option of a connection that names sqlite3's own, where there is one to go to directly."""


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
    """A statement whose parameters are given by name; lists among them have to be spelled out."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self.statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: Connection, parameters: Mapping[str, object]) -> list[Row]:
        """The rows that a SELECT finds. Raises `DBAPIError`."""
        form = self._forms.get(connection.dialect.name) or self._compiled(connection.dialect)
        values = form.values(parameters)
        cursor = _cursor(connection)
        try:
            cursor.execute(form.text, values)
            found = cursor.fetchall()
            if form.read is None:
                form.read = self._reading(connection.dialect, cursor.description)
        except Exception as error:
            raise _as_sqlalchemy(error, connection, form, values) from error
        finally:
            cursor.close()
        return [_converted(row, form.read) for row in found] if form.read else [*found]

    def row(self, connection: Connection, parameters: Mapping[str, object]) -> Row | None:
        """The one row that a SELECT finds, or None. Raises `DBAPIError`."""
        found = self.rows(connection, parameters)
        return found[0] if found else None

    def run(self, connection: Connection, parameters: Mapping[str, object]) -> None:
        """Carry out what is no SELECT. Raises `DBAPIError`."""
        form = self._forms.get(connection.dialect.name) or self._compiled(connection.dialect)
        values = form.values(parameters)
        cursor = _cursor(connection)
        try:
            cursor.execute(form.text, values)
        except Exception as error:
            raise _as_sqlalchemy(error, connection, form, values) from error
        finally:
            cursor.close()

    def run_many(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Carry out what is no SELECT once for each of `rows`, parameters in the order of the statement.

        An INSERT has them in the order of the table's columns. Raises `DBAPIError`.
        """
        form = self._forms.get(connection.dialect.name) or self._compiled(connection.dialect)
        values = [_converted(row, form.bound) for row in rows] if form.bound else rows
        cursor = _cursor(connection)
        try:
            cursor.executemany(form.text, values)
        except Exception as error:
            raise _as_sqlalchemy(error, connection, form, ()) from error
        finally:
            cursor.close()

    def _compiled(self, dialect: Dialect) -> _Form:
        compiled = self.statement.compile(dialect=dialect)
        names = compiled.positiontup or []
        binds = [compiled.binds[name] for name in names]
        conversions = [each.type.dialect_impl(dialect).bind_processor(dialect) for each in binds]
        bound = _those_that_convert(conversions)
        form = self._forms[dialect.name] = _Form(
            text=str(compiled),
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
                column.type.dialect_impl(dialect).result_processor(dialect, told[1])
                for column, told in zip(columns, description, strict=True)
            ]
        )


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


def _cursor(connection: Connection) -> Any:  # noqa: ANN401 - sqlite3's, or SQLAlchemy's over asyncpg
    raw = connection.get_execution_options().get(RAW)
    return connection.connection.cursor() if raw is None else raw.cursor()


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
