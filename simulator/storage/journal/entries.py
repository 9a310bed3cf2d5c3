"""The journal's rows: written many at a time, found by what they tell, dropped when there are too many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
)

from simulator.domain.journal.entries import REQUEST, SEARCHED, Entry, Event, Wanted
from simulator.storage import tables
from simulator.storage.statements import Prepared

from .coverage.counts import clear as clear_coverage
from .coverage.tally import tally
from .rows import RowMaker, happened, members, members_and_exchange

journal: Final = tables.journal
gap: Final = tables.journal_gap

Gaps: TypeAlias = Mapping[int, tuple[int, int]]
"""Of each sandbox how many entries were not kept, and the latest generation of any of them."""
EVERY_SANDBOX: Final = 0
"""As a sandbox of `Gaps`: requests came of which nobody knows where they belonged."""
NO_GAPS: Final[Gaps] = {}

_INSERT: Final = Prepared(
    insert(journal)
    .values({each.name: bindparam(each.name) for each in journal.columns if each.name != "id"})
    .inline()
)


def add(connection: Connection, entries: Iterable[Entry | Event]) -> None:
    """Write entries and events in their order, without their secrets."""
    row = RowMaker().row
    if rows := [row(each) for each in entries]:
        _INSERT.run_many(connection, rows)


def write(
    connection: Connection,
    entries: Sequence[Entry | Event],
    *,
    full: Iterable[int],
    most: int,
    limit: int,
    gaps: Gaps = NO_GAPS,
    again: bool = False,
) -> list[int]:
    """Write entries, and drop the oldest of sandboxes that may be too `full`, as `keep_newest` does.

    `gaps` are those that could not be written. Done `again`, what is there already is left out.
    Returns which of the sandboxes have no more than `most` by now.
    """
    if not (again and _is_there(connection, entries)):
        add(connection, entries)
        tally(connection, entries)
    for sandbox, (number, generation) in sorted(gaps.items()):
        if sandbox == EVERY_SANDBOX:
            _lose_everywhere(connection, number)
        else:
            _lose(connection, sandbox, number, generation)
    # All processes in the same order, or two that share a database could wait for each other for ever.
    return [each for each in sorted(full) if not keep_newest(connection, each, most, limit=limit)]


def _is_there(connection: Connection, entries: Sequence[Entry | Event]) -> bool:
    """Whether entries have been written, which are there together or not at all."""
    if not entries:
        return False
    entry = entries[0]
    facts: dict[str, object] = {
        "sandbox": entry.sandbox,
        "generation": entry.generation,
        "real_at": entry.real_at,
    }
    facts |= (
        {"request": entry.request}
        if isinstance(entry, Entry)
        else {"kind": entry.kind, "at": entry.at}
    )
    same = (journal.c[name] == value for name, value in facts.items())
    return connection.execute(select(journal.c.id).where(*same).limit(1)).first() is not None


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = journal.c
    found: list[ColumnElement[bool]] = [columns.kind == REQUEST]
    found += [columns[name].in_(values) for name, values in wanted.texts.items()]
    if wanted.statuses:
        found.append(or_(*(columns.status.between(*each) for each in wanted.statuses)))
    if wanted.rules:
        found.append(
            or_(*(columns.rules.contains(f" {each} ", autoescape=True) for each in wanted.rules))
        )
    found += [
        or_(*(cast(columns[name], Text).icontains(word, autoescape=True) for name in SEARCHED))
        for word in wanted.words
    ]
    if wanted.since is not None:
        found.append(columns.at >= wanted.since)
    if wanted.until is not None:
        found.append(columns.at <= wanted.until)
    if wanted.generation is not None:
        found.append(columns.generation == wanted.generation)
    return found


@dataclass(frozen=True, slots=True)
class SandboxJournal:
    """The journal of one sandbox, as a transaction sees it.

    `unwritten` is the latest generation of what could not be written yet, None when all is.
    """

    connection: Connection
    sandbox: int
    unwritten: int | None = None

    def find(
        self,
        wanted: Wanted,
        *,
        after: int = 0,
        limit: int,
        newest_first: bool = False,
    ) -> list[dict[str, Any]]:
        """At most `limit` entries that are `wanted`, in the order in which they were written.

        `after` is the number of the entry that they come after, in that order.
        """
        column = journal.c.id
        beyond = (column < after) if newest_first and after else (column > after)
        rows = self._rows(*_conditions(wanted), beyond, limit=limit, newest_first=newest_first)
        return [members(row) for row in rows]

    def _rows(
        self, *conditions: ColumnElement[bool], limit: int | None = None, newest_first: bool = False
    ) -> Iterable[RowMapping]:
        statement = (
            select(journal)
            .where(journal.c.sandbox == self.sandbox, *conditions)
            .order_by(journal.c.id.desc() if newest_first else journal.c.id)
            .limit(limit)
        )
        return self.connection.execute(statement).mappings()

    def count(self, wanted: Wanted) -> int:
        """How many entries are `wanted`."""
        own = journal.c.sandbox == self.sandbox
        statement = select(func.count()).select_from(journal).where(own, *_conditions(wanted))
        return self.connection.execute(statement).scalar_one()

    def get(self, request: str) -> dict[str, Any] | None:
        """The entry of a request, with the request and the response; None when there is none."""
        found = self._rows(journal.c.request == request, limit=1)
        return next((members_and_exchange(row) for row in found), None)

    def exchanges(self, wanted: Wanted, *, after: int, limit: int) -> list[dict[str, Any]]:
        """Like `find`, each entry with its request and response, and more that is for programs alone."""
        rows = self._rows(*_conditions(wanted), journal.c.id > after, limit=limit)
        return [members_and_exchange(row) for row in rows]

    def events_after(self, after: int, *, until: int, limit: int) -> list[dict[str, Any]]:
        """What happened in the sandbox after the entry number `after`: requests and other events alike.

        What is later than the machine's instant `until` is left for the next time.
        """
        found = self._rows(journal.c.id > after, journal.c.real_at <= until, limit=limit)
        return [happened(row) for row in found]

    def events_of(self, kind: str, generation: int | None) -> list[dict[str, Any]]:
        """The events of a kind, and in a generation unless it is None, in their order."""
        conditions = [journal.c.kind == kind]
        if generation is not None:
            conditions.append(journal.c.generation == generation)
        return [happened(row) for row in self._rows(*conditions)]

    def last_number(self) -> int:
        """The number of the sandbox's last entry, 0 when it has none."""
        statement = select(func.max(journal.c.id)).where(journal.c.sandbox == self.sandbox)
        return self.connection.execute(statement).scalar() or 0

    def dropped_since(self, generation: int | None) -> bool:
        """Whether entries of the generation or later ones were dropped; None asks for any."""
        statement = select(gap.c.generation).where(gap.c.sandbox == self.sandbox)
        missing = (self.connection.execute(statement).scalar(), self.unwritten)
        return any(
            each is not None and (generation is None or each >= generation) for each in missing
        )


def clear(connection: Connection, sandbox: int) -> int:
    """Forget everything, also that something was dropped; how many requests there were."""
    requests = SandboxJournal(connection, sandbox).count(Wanted(texts={}))
    connection.execute(delete(gap).where(gap.c.sandbox == sandbox))
    connection.execute(delete(journal).where(journal.c.sandbox == sandbox))
    return requests


_OWN: Final = journal.c.sandbox == bindparam("_sandbox")
_UNTIL: Final = journal.c.id <= bindparam("until")
_FIRST_KEPT: Final = Prepared(
    select(journal.c.id)
    .where(_OWN)
    .order_by(journal.c.id.desc())
    .offset(bindparam("newer"))
    .limit(1)
)
_OLDER: Final = Prepared(
    select(journal.c.id)
    .where(_OWN, journal.c.id < bindparam("kept"))
    .order_by(journal.c.id)
    .limit(bindparam("limit"))
)
_LOST: Final = Prepared(select(func.count(), func.max(journal.c.generation)).where(_OWN, _UNTIL))
_DROP: Final = Prepared(delete(journal).where(_OWN, _UNTIL))


def keep_newest(connection: Connection, sandbox: int, most: int, *, limit: int) -> bool:
    """Drop at most `limit` of the oldest entries of a sandbox that has more than `most`.

    True when that was not all that there is to drop.
    """
    own = {"_sandbox": sandbox}
    first_kept = _FIRST_KEPT.row(connection, own | {"newer": most - 1})
    if first_kept is None:
        return False
    old = _OLDER.rows(connection, own | {"kept": first_kept[0], "limit": limit})
    if old:
        which = own | {"until": old[-1][0]}
        ((number, generation),) = _LOST.rows(connection, which)
        _lose(connection, sandbox, number, generation)
        _DROP.run(connection, which)
    return len(old) == limit


def drop_old(connection: Connection, *, before: int, limit: int) -> int:
    """Drop at most `limit` entries from before the machine's instant `before`; how many went."""
    old = (
        select(journal.c.id)
        .where(journal.c.real_at < before)
        .order_by(journal.c.real_at)
        .limit(limit)
    )
    which = journal.c.id.in_(list(connection.execute(old).scalars()))
    lost = (
        select(journal.c.sandbox, func.count(), func.max(journal.c.generation))
        .where(which)
        .group_by(journal.c.sandbox)
        .order_by(journal.c.sandbox)
    )
    for sandbox, number, generation in connection.execute(lost).all():
        _lose(connection, sandbox, number, generation)
    return connection.execute(delete(journal).where(which)).rowcount


_ADD_GAP: Final = Prepared(
    insert(gap).values({each.name: bindparam(each.name) for each in gap.columns}).inline(),
    ending=(
        " ON CONFLICT (sandbox) DO UPDATE SET dropped = journal_gap.dropped + excluded.dropped, "
        "generation = CASE WHEN excluded.generation > journal_gap.generation "
        "THEN excluded.generation ELSE journal_gap.generation END"
    ),
)


def _lose(connection: Connection, sandbox: int, number: int, generation: int) -> None:
    """Note that so many entries of a sandbox are gone, the latest of them of this generation."""
    lost = {"sandbox": sandbox, "dropped": number, "generation": generation}
    _ADD_GAP.run(connection, lost)


def _lose_everywhere(connection: Connection, number: int) -> None:
    """Note that so many entries are gone which may have been of any sandbox, in its generation by now."""
    columns = tables.sandbox.c
    there = select(columns.id, columns.generation).order_by(columns.id)
    for sandbox, generation in connection.execute(there).all():
        _lose(connection, sandbox, number, generation)


_FORGET_GAP: Final = Prepared(delete(gap).where(gap.c.sandbox == bindparam("_sandbox")))
_LEAVE: Final = Prepared(
    insert(gap).values(sandbox=bindparam("_sandbox"), dropped=0, generation=0).inline()
)


def abandon(connection: Connection, sandbox: int) -> None:
    """Leave the entries of a sandbox that goes to `drop_orphans`, however many there are."""
    for each in (_FORGET_GAP, _LEAVE):
        each.run(connection, {"_sandbox": sandbox})


def drop_orphans(connection: Connection, *, limit: int) -> int:
    """Drop at most `limit` entries of a sandbox that is gone; how many went."""
    gone = select(gap.c.sandbox).where(gap.c.sandbox.not_in(select(tables.sandbox.c.id))).limit(1)
    sandbox = connection.execute(gone).scalar()
    if sandbox is None:
        return 0
    lost = select(journal.c.id).where(journal.c.sandbox == sandbox).limit(limit)
    ids: Sequence[int] = connection.execute(lost).scalars().all()
    if not ids:
        clear_coverage(connection, sandbox)
        connection.execute(delete(gap).where(gap.c.sandbox == sandbox))
        return 0
    return connection.execute(delete(journal).where(journal.c.id.in_(ids))).rowcount
