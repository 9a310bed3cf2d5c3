"""What `extends` means: a child's world laid over its parent's."""

from typing import Any

from simulator.validation.origins import Origin, Origins

from .models import MODELS, GenerateModel, ScenarioDocument
from .naming import Entry, entries, written_id


def merge(parent: ScenarioDocument, child: ScenarioDocument) -> ScenarioDocument:
    """`child` with everything of `parent` that it does not replace.

    Entries are the same when their ids are: integrations by their pair, orders to generate by
    prefix and seed. A child's entry replaces the parent's in its place, others follow behind, and
    so do those without an id. Settings are merged. The name, title and description are the child's.
    """
    lists: dict[str, Any] = {}
    origins: dict[str, tuple[Origin, ...]] = {}
    for name in (*MODELS, "generate"):
        places: dict[object, tuple[Entry, Origin]] = {}
        for document in (parent, child):
            for position, entry in enumerate(entries(document, name)):
                key = _key(entry)
                if key is None:
                    # Unlike any other, so that it never replaces one nor is replaced.
                    key = (document is child, position)
                places[key] = (entry, document.origins.of(name, position))
        lists[name] = tuple(entry for entry, _ in places.values())
        origins[name] = tuple(origin for _, origin in places.values())
    settings = {**parent.settings, **child.settings}
    merged = child.model_copy(update={**_given(lists), "settings": settings, "extends": None})
    return merged.placed(Origins(child.origins.whole, origins))


def _key(entry: Entry) -> object:
    if isinstance(entry, GenerateModel):
        return (entry.prefix, entry.seed)
    return written_id(entry)


def _given(lists: dict[str, Any]) -> dict[str, Any]:
    # Empty lists stay away, so that the merged document is written as sparsely as its parts.
    return {name: entries for name, entries in lists.items() if entries}
