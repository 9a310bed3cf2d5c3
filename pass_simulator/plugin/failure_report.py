"""A sandbox's journal as people read it in the report of a failed test."""

from collections.abc import Iterator

from pass_simulator.client.results import JournalEntry
from pass_simulator.client.sandbox import Sandbox
from pass_simulator.errors import SimulatorError


def journal_section(sandbox: Sandbox, most: int) -> tuple[str, str]:
    """A title and the newest `most` entries; the simulator has taken their secrets out."""
    title = f"pass-simulator journal of {sandbox.name}"
    try:
        entries = sandbox.requests.list(newest=most)
        earlier = sandbox.requests.count(generation="any") - len(entries)
    except SimulatorError as error:
        return title, f"The journal cannot be read: {error}"
    lines = [f"… and {earlier} earlier ones"] if earlier > 0 else []
    lines += [line for entry in entries for line in _describe(entry)]
    return title, "\n".join(lines) or "No device has called."


def _describe(entry: JournalEntry) -> Iterator[str]:
    moment = entry.at.strftime("%H:%M:%S.%f")[:-3] if entry.at else ""
    what = entry.operation or f"{entry.method} {entry.path}"
    outcome = " ".join(str(each) for each in (entry.status, entry.error) if each is not None)
    rule = f" ({entry.rule})" if entry.rule else ""
    device = f" from {entry.device}" if entry.device else ""
    yield f"{moment} {what} → {outcome}{rule}{device}"
    if entry.fault:
        yield f"    struck by the fault {entry.fault}"
    yield from (f"    {sentence}" for sentence in entry.explanation)
    for how, changed in entry.changes.items():
        if changed:
            named = ", ".join(f"{each['kind']} {each['id']}" for each in changed)
            yield f"    {how}: {named}"
