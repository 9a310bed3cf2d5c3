"""The fixture that the scenarios of the catalogue start from."""

from collections.abc import Iterator

import pytest

from tests.conftest import MakeLab
from tests.support.contract import exchange
from tests.support.lab import Headers, Lab
from tests.support.official import AT_HAND, official
from tests.support.ours import ours
from tests.support.replies import Json, Reply


@pytest.fixture
async def qa(lab_from: MakeLab) -> Lab:
    """A sandbox with the shipped scenario `qa-catalogue`."""
    return await lab_from("qa-catalogue")


@pytest.fixture(autouse=True)
def _as_the_documents_say(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a scenario is answered, our own OpenAPI document allows; Adobe's too, where it is at hand."""
    contracts = [ours(), *(official() if AT_HAND else ())]
    call, broken = Lab.call, list[str]()

    async def held(
        self: Lab, method: str, path: str, headers: Headers = (), **options: Json
    ) -> Reply:
        reply = await call(self, method, path, headers, **options)
        seen = exchange(method, path, dict(headers), options, reply)
        broken.extend(f"{seen}: {each}" for one in contracts for each in one.broken_by_answer(seen))
        return reply

    monkeypatch.setattr(Lab, "call", held)
    yield
    assert broken == []
