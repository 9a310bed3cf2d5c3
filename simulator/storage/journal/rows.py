"""What an entry of the journal is as a row, and what a row tells.

Every request pays for its row, few are ever read: so a row has what was recorded as it was recorded, empty
members left out, and is made into what is told of it when it is read.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from simulator.domain.bounded_cache import Memo
from simulator.domain.journal.entries import REQUEST, Entry, Event, changes
from simulator.domain.journal.explanation import Explanation
from simulator.domain.journal.redaction import Redactor
from simulator.domain.texts import UNSTORABLE
from simulator.json_codec import to_json
from simulator.storage.statements import Row


class RowMaker:
    """Makes rows of a batch of entries; secrets are left out here, before anything is kept."""

    def __init__(self) -> None:
        self._redactor = Redactor()
        self._fitting: Memo[str | None, str | None] = Memo(_fit)

    def row(self, each: Entry | Event) -> Row:
        """The row of an entry or event: the columns of the table in their order, but for the number."""
        return _of_event(each) if isinstance(each, Event) else self._of_entry(each)

    def _of_entry(self, entry: Entry) -> Row:
        sandbox, generation, at, real_at, request, operation, duration, explanation, exchange = (
            entry
        )
        method, target, asked_headers, asked, status, sent_headers, sent, origin = exchange
        redactor, fit = self._redactor, self._fitting
        # What other columns have, such as the path, is not repeated.
        kept = (
            origin,
            redactor.headers(asked_headers),
            redactor.body(asked, asked_headers),
            redactor.headers(sent_headers),
            redactor.body(sent, sent_headers),
        )
        return (
            sandbox,
            generation,
            REQUEST,
            at,
            real_at,
            request,
            operation,
            fit[method],
            status,
            f" {' '.join(explanation.rules)} ",
            explanation.error,
            fit[explanation.service_provider],
            fit[explanation.mvpd],
            fit[explanation.device],
            fit[explanation.client],
            explanation.platform,
            fit[explanation.code],
            explanation.faults[0][0] if explanation.faults else None,
            duration,
            to_json(_story(redactor.target(target), explanation)).decode(),
            to_json(kept).decode(),
        )


def _fit(text: str | None) -> str | None:
    # What can be printed can be stored, and that it can is seen sooner.
    return text if text is None or text.isprintable() else UNSTORABLE.sub("?", text)


def _story(path: str, explanation: Explanation) -> dict[str, object]:
    """What `_told_story` reads."""
    story: dict[str, object] = {"path": path}
    if explanation.application is not None:
        story["application"] = explanation.application
    if explanation.caller is not None:
        story["caller"] = explanation.caller
    if explanation.reasons:
        story["reasons"] = explanation.reasons
    if explanation.changes:
        story["changes"] = explanation.changes
    if explanation.decisions:
        story["decisions"] = explanation.decisions
    if explanation.faults:
        story["faults"] = explanation.faults
    if explanation.identities:
        story["identities"] = explanation.identities
    return story


def _of_event(event: Event) -> Row:
    return (
        event.sandbox,
        event.generation,
        event.kind,
        event.at,
        event.real_at,
        *_OF_REQUESTS,
        to_json(dict(event.facts)).decode(),
        None,
    )


# What only requests have, from the id to the duration.
_OF_REQUESTS: Row = (None, None, None, None, "", *[None] * 9)


def members(row: RowMapping) -> dict[str, Any]:
    """What an entry tells, by the names under which it is asked for; instants in milliseconds."""
    return _members(row, _told_story(row["story"]))


def members_and_exchange(row: RowMapping) -> dict[str, Any]:
    """The same with the request and the response, and what is for programs alone.

    That is the machine's instant, `real_at`, and who the headers of single sign-on were for.
    """
    story = _told_story(row["story"])
    return {
        **_members(row, story),
        **_told_exchange(row, story["path"]),
        "real_at": row["real_at"],
        "identities": story["identities"],
    }


def happened(row: RowMapping) -> dict[str, Any]:
    """What a request or another event tells, with its kind and number."""
    facts = (
        members(row)
        if row["kind"] == REQUEST
        else {"at": row["at"], "generation": row["generation"], **json.loads(row["story"])}
    )
    return {"kind": row["kind"], "number": row["id"], "facts": facts}


def _members(row: RowMapping, story: Mapping[str, Any]) -> dict[str, Any]:
    rules = row["rules"].split()
    return {
        "id": row["request"],
        "number": row["id"],
        "at": row["at"],
        "operation": row["operation"],
        "method": row["method"],
        "path": story["path"],
        "status": row["status"],
        "rule": rules[0] if rules else None,
        "rules": rules,
        "error": row["error"],
        "service_provider": row["service_provider"],
        "mvpd": row["mvpd"],
        "device": row["device"],
        "application": story["application"],
        "client": row["client"],
        "caller": story["caller"],
        "platform": row["platform"],
        "code": row["code"],
        "generation": row["generation"],
        "explanation": story["explanation"],
        "changes": story["changes"],
        "decisions": story["decisions"],
        "fault": row["fault"],
        "faults": story["faults"],
        "duration": row["duration"],
    }


def _told_story(text: str) -> dict[str, Any]:
    story = json.loads(text)
    if "explanation" in story:
        # An entry from before rows were what was recorded.
        return {"application": None, "caller": None, "identities": [], **story}
    return {
        "path": story["path"],
        "application": story.get("application"),
        "caller": story.get("caller"),
        "explanation": story.get("reasons", []),
        "changes": changes(story.get("changes", ())),
        "decisions": [
            {"resource": resource, "authorized": code is None, "code": code}
            for resource, code in story.get("decisions", ())
        ],
        "faults": [{"id": fault, "kind": kind} for fault, kind in story.get("faults", ())],
        "identities": story.get("identities", []),
    }


def _told_exchange(row: RowMapping, path: str) -> dict[str, Any]:
    kept = json.loads(row["exchange"])
    if isinstance(kept, dict):
        # The same.
        return kept
    origin, asked_headers, asked, sent_headers, sent = kept
    return {
        "request": {
            "method": row["method"],
            "url": origin + path,
            "headers": asked_headers,
            "body": asked,
        },
        "response": {
            "status": row["status"],
            "headers": sent_headers,
            "body": sent,
        },
    }
