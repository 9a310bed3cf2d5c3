"""The conduct report as JUnit XML, on which a pipeline can fail, and as a table in text."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from simulator.domain.conduct.calls import App
from simulator.domain.conduct.rules import Finding, Verdict
from simulator.domain.texts import xml_text
from simulator.services.observe.conduct import Conduct


def as_junit(found: Conduct) -> bytes:
    """One suite for each app and one case for each rule: broken fails, not seen is skipped."""
    suites = [_suite(app, findings) for app, findings in found.apps]
    everything = [each for _, findings in found.apps for each in findings]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="conduct"{_numbers(everything)}>',
        *suites,
        "</testsuites>",
    ]
    return "\n".join(lines).encode() + b"\n"


def _suite(app: App, findings: Sequence[Finding]) -> str:
    name = described(app)
    begin = f"<testsuite name={_quoted(name)}{_numbers(findings)}>"
    return "\n".join([begin, *(_case(name, each) for each in findings), "</testsuite>"])


def _case(app: str, found: Finding) -> str:
    begin = f"<testcase classname={_quoted(app)} name={_quoted(found.rule.id)}"
    if found.verdict is Verdict.KEPT:
        return f"{begin}/>"
    if found.verdict is Verdict.NOT_SEEN:
        return f'{begin}><skipped message="not seen"/></testcase>'
    kind = "mandatory" if found.rule.mandatory else "recommended"
    evidence = "\n".join(_evidence(found))
    text = f"{found.rule.says}\n{evidence}\n{found.rule.page}"
    failure = f"<failure type={_quoted(kind)} message={_quoted(found.rule.says)}>{_text(text)}"
    return f"{begin}>{failure}</failure></testcase>"


def _evidence(found: Finding) -> list[str]:
    more = found.times - len(found.evidence)
    told = [
        each.says + (f" ({', '.join(each.requests)})" if each.requests else "")
        for each in found.evidence
    ]
    return [*told, f"and {more} more"] if more else told


def _numbers(findings: Sequence[Finding]) -> str:
    verdicts = [each.verdict for each in findings]
    return (
        f' tests="{len(verdicts)}" failures="{verdicts.count(Verdict.BROKEN)}" errors="0"'
        f' skipped="{verdicts.count(Verdict.NOT_SEEN)}"'
    )


def _text(text: str) -> str:
    return escape(xml_text(text))


def _quoted(text: str) -> str:
    return quoteattr(xml_text(text))


def as_text(found: Conduct) -> str:
    """A table for each app: verdict, rule, and the first evidence."""
    if not found.apps:
        return "No app has called yet.\n"
    blocks = []
    for app, findings in found.apps:
        width = max(len(each.rule.id) for each in findings)
        rows = [
            f"  {each.verdict:<8}  {each.rule.id:<{width}}  {(_evidence(each) or [''])[0]}".rstrip()
            for each in findings
        ]
        blocks.append("\n".join([described(app), *rows]))
    if found.incomplete:
        blocks.append("Incomplete: the oldest requests were dropped from the journal.")
    return "\n\n".join(blocks) + "\n"


def described(app: App) -> str:
    """An app instance in words."""
    name = app.application or "unknown application"
    return f"{name}, client {app.client or 'unknown'}, on {app.device or 'an unknown device'}"
