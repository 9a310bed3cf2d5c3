"""A list as one parameter of a statement: the statement's text is the same however long the list is."""

from typing import Any, Final

from sqlalchemy import ScalarSelect, Text, bindparam, cast, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _EachOf(FunctionElement[str]):
    name: Final = "each_of"
    inherit_cache = True


@compiles(_EachOf, "sqlite")
def _for_sqlite(element: _EachOf, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_EachOf, "postgresql")
def _for_postgresql(element: _EachOf, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS JSON))"


def listed(name: str, kind: TypeEngine[Any]) -> ScalarSelect[Any]:
    """The values of the parameter `name`, for `in_`: it is given as the text of a JSON array of them."""
    each = _EachOf(bindparam(name, type_=Text)).table_valued("value")
    return select(cast(each.c.value, kind)).scalar_subquery()
