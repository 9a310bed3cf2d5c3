"""The reference of the device API, from its OpenAPI document: each operation with a call that works."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

from simulator.api.openapi import document
from simulator.domain.operations import OPERATIONS, Operation
from simulator.evidence.pages import pages
from simulator.evidence.summary import fidelity_of
from tests.docs.backend import backend
from tests.docs.device_calls import CALLS, ORIGIN
from tests.docs.reference_rules import spans
from tests.docs.tables import code, prose, table

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_EVERYWHERE: Final = (
    "X-Device-Info", "X-Forwarded-For", "AP-Visitor-Identifier", "X-Sim-Sandbox",
)  # fmt: skip
_IDENTITIES: Final = (
    "Adobe-Subject-Token", "X-Roku-Reserved-Roku-Connect-Token", "AD-Service-Token",
    "AP-Partner-Framework-Status",
)  # fmt: skip
# What every operation may answer, and what the page says once.
_ALWAYS: Final = ("404", "405", "413", "429")


def device_api() -> str:
    """The operations that apps call, in the order in which they work."""
    described = document(ORIGIN)
    operations = {
        each["operationId"]: (method, path, each)
        for path, of_path in described["paths"].items()
        for method, each in of_path.items()
    }
    assert operations.keys() == CALLS.keys(), operations.keys() ^ CALLS.keys()
    assert {each.path for each in OPERATIONS} == {path for _, path, _ in operations.values()}
    headers = described["components"]["parameters"]
    parts = [
        f"""# Device API

What apps call, operation by operation. Each path is served under `/s/SANDBOX` as well. For programs, and for
[generators of clients](other-languages.md), a running simulator has it as an OpenAPI document:
`/api/v2/openapi.json`.

The calls work from top to bottom with the scenario `demo`. Those of an app on a TV read its access token and
its device from the file `tv`, which is written [here](#get-an-access-token); `pass-simulator token` is
the shorter way to a token.

## What holds for all

Besides what is listed for an operation, it may carry these headers:

{table(("Header", "What it is"), [(code(each), prose(headers[each]["description"])) for each in _EVERYWHERE])}

Where it says *identities*, these as well; see [single sign-on](flow-single-sign-on.md) and
[Apple's](flow-apple.md):

{table(("Header", "What it is"), [(code(each), prose(headers[each]["description"])) for each in _IDENTITIES])}

And every operation may answer:

{table(("Status", "When"), _always(described))}

An error of REST API V2 is an object with `status`, `code`, `message`, `action`, `helpUrl` and `trace`; its
codes are in [Error codes](reference-errors.md). That of a single resource stands in its decision, and the
answer is 200.
"""
    ]
    tag = ""
    for name in CALLS:
        method, path, operation = operations[name]
        if operation["tags"] != [tag]:
            [tag] = operation["tags"]
            parts.append(f"## {tag}\n")
        parts.append(_operation(name, method.upper(), path, operation, described))
    return "\n".join(parts)


def _always(described: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    for status, name in zip(
        _ALWAYS, ("UnknownSandbox", "MethodNotAllowed", "TooLarge", "TooManyRequests"), strict=True
    ):
        yield status, prose(described["components"]["responses"][name]["description"])


def _operation(name: str, method: str, path: str, operation: Any, described: Any) -> str:  # noqa: ANN401 - JSON
    parameters = [_resolved(each, described) for each in operation.get("parameters", ())]
    [known] = [each for each in OPERATIONS if (each.method, each.path) == (method, path)]
    identities = any(
        each["name"] in _IDENTITIES and not each.get("required") for each in parameters
    )
    optional = {*_EVERYWHERE, *_IDENTITIES}
    rows: list[tuple[str, ...]] = [
        (
            code(each["name"]),
            each["in"],
            "yes" if each.get("required") else "",
            prose(each.get("description")),
        )
        for each in parameters
        if each.get("required") or each["name"] not in optional
    ]
    rows += _body_rows(operation, described)
    return (
        "\n\n".join(
            each
            for each in (
                f"### {prose(operation['summary'])}",
                code(f"{method} {path}"),
                _about(known, identities=identities, signed=bool(operation.get("security"))),
                table(("What", "In", "Required", "What it is"), rows),
                table(("Status", "What it means", "Codes"), _answers(operation, described)),
                _example(name, _curl(name, method, path, operation, parameters)),
            )
            if each
        )
        + "\n"
    )


def _example(name: str, curl: str) -> str:
    return f"```console\n{CALLS[name].before}{curl}{CALLS[name].then}```"


def _about(known: Operation, *, identities: bool, signed: bool) -> str:
    page = pages()[known.page]
    rules = [each.id for each in backend().rules.values() if known.page in each.pages]
    told = [
        f"Named {code(known.name)} by journal and faults; {fidelity_of(known.name)}.",
        "With an access token." if signed else "Without an access token.",
    ]
    if identities:
        told.append("May carry *identities*.")
    if rules:
        told.append(f"Rules: {', '.join(spans(rules))} ([what they say](reference-rules.md)).")
    told.append(f"Adobe's: [{page.title}]({page.url}).")
    return " ".join(told)


def _resolved(node: Any, described: Any) -> Any:  # noqa: ANN401 - JSON
    """What a `$ref` stands for, or the node itself."""
    if "$ref" not in node:
        return node
    found = described
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _body_rows(operation: Any, described: Any) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - JSON
    for kind, each in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(each["schema"], described)
        for name, member in schema["properties"].items():
            about = prose(_resolved(member, described).get("description"))
            required = "yes" if name in schema.get("required", ()) else ""
            yield code(name), "form" if kind == _FORM else "JSON body", required, about


def _answers(operation: Any, described: Any) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - JSON
    for status, node in operation["responses"].items():
        if status in _ALWAYS and "$ref" in node:
            continue
        answer = _resolved(node, described)
        codes = _codes(answer) if int(status) >= HTTPStatus.BAD_REQUEST else ()
        yield status, prose(answer["description"]), ", ".join(codes)


def _codes(answer: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    for each in answer.get("content", {}).values():
        yield from map(code, each.get("examples", ()))


def _curl(name: str, method: str, path: str, operation: Any, parameters: Sequence[Any]) -> str:  # noqa: ANN401 - JSON
    call = CALLS[name]
    values = {
        **{each["name"]: str(each["example"]) for each in parameters if "example" in each},
        "code": "$(cat code)",
        **(call.values or {}),
    }
    query = "&".join(
        f"{each['name']}={values[each['name']]}"
        for each in parameters
        if each["in"] == "query" and (each.get("required") or each["name"] in call.optional)
    )
    sends = bool(call.body) or any("--data" in each for each in call.more)
    words = ["curl -s", f"-K {call.identity}" if call.identity else ""]
    words.append("" if method == ("POST" if sends else "GET") else f"-X {method}")
    words += [each for each in call.more if not each.startswith(">")]
    words.append(f'"{ORIGIN}{path.format_map(values)}{"?" if query else ""}{query}"')
    if call.body:
        as_json = _JSON in operation["requestBody"]["content"]
        words.append("-H 'Content-Type: application/json'" if as_json else "")
        words.append(f"-d '{call.body}'" if as_json else f'-d "{call.body}"')
    words += [each for each in call.more if each.startswith(">")]
    line = " ".join(filter(None, words))
    return f"$ {line}\n{call.shown}\n" if call.shown else f"$ {line}\n"
