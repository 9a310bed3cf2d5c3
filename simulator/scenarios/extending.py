"""A document together with the scenarios that it extends, as far as all of them can be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from simulator.validation.problems import Problem, ScenarioError, did_you_mean

from . import checking, merging
from .loading import Draft, in_order, news
from .models import MODELS, ScenarioDocument
from .naming import entries
from .partial_document import Assumed

Find = Callable[[str], Draft | None]
"""Finds a scenario by name."""


def complete(
    draft: Draft, find: Find, names: Callable[[], Sequence[str]], besides: Assumed
) -> ScenarioDocument:
    """The document of `draft` with the scenarios that it extends merged in, and theirs in turn.

    Each is found by `find`, which knows the `names`. Raises ScenarioError with all that is wrong with them,
    and, where that is anything, with what checking would find then; the document may refer to what is
    assumed `besides`.
    """
    chain = _Chain([draft])
    chain.follow(find, names)
    problems = [problem for each in chain.drafts for problem in each.problems] + chain.problems
    documents = [each.document for each in chain.drafts if each.document is not None]
    if not documents:
        raise ScenarioError(problems)
    resolved = documents.pop()
    while documents:
        resolved = merging.merge(resolved, documents.pop())
    if not problems:
        return resolved
    assumed = besides
    for each in chain.drafts:
        assumed |= each.assumed
    if chain.lost is not None:
        # Where it has entries of its own, it is likely to mean one of those.
        assumed |= Assumed(unread=frozenset(n for n in MODELS if not entries(resolved, n)))
    # Where one entry takes the place of another, merging hides that they have the same id.
    for document in (each.document for each in chain.drafts if each.document is not None):
        problems += news(checking.duplicates(document), problems)
    later = checking.problems(resolved, assumed.ids, assumed.unread)
    raise ScenarioError(in_order([*problems, *news(later, problems)]))


@dataclass
class _Chain:
    """Scenarios of which each extends the next; `lost` is the name of one that is not to be had."""

    drafts: list[Draft]
    problems: list[Problem] = field(default_factory=list)
    lost: str | None = None

    def follow(self, find: Find, names: Callable[[], Sequence[str]]) -> None:
        """Add what is extended, until nothing is, or what cannot be had."""
        document = self.drafts[0].document
        seen = [document.name if document else ""]
        while document is not None and (wanted := document.extends) is not None:
            origin = document.origins.whole
            if wanted in seen:
                circle = " → ".join((*seen, wanted))
                problem = f"extends in a circle: {circle}"
                self.problems.append(origin.problem(problem, "extends"))
                return
            seen.append(wanted)
            found = find(wanted)
            if found is None:
                known = names()
                problem = f"no scenario is called {wanted!r}{did_you_mean(wanted, known)}"
                self.problems.append(origin.problem(problem, "extends"))
                meant = get_close_matches(wanted, known, n=1)
                # What else is wrong shows best against the one that is likely meant.
                found = find(meant[0]) if meant and meant[0] not in seen else None
            if found is None or found.document is None:
                self.lost = wanted
            if found is None:
                return
            self.drafts.append(found)
            document = found.document
