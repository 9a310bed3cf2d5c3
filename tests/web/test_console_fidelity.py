"""What the console tells of how far each operation is simulated."""

from simulator.domain.operations import DOCUMENTED
from simulator.evidence.summary import fidelity_of, summary_of_operation
from tests.support.console import Console
from tests.support.lab import Lab


async def test_every_operation_with_what_differs_and_is_open(lab: Lab) -> None:
    page = await Console(lab=lab).open("/fidelity")
    assert page.texts("//section/h2") == [*DOCUMENTED]
    for place, name in enumerate(DOCUMENTED, 1):
        found = summary_of_operation(name)
        section = f"//section[{place}]"
        assert page.texts(f"{section}/p") == [f"{fidelity_of(name)} {len(found.proven)} proven"]
        told = page.texts(f"{section}//li")
        assert len(told) == len(found.differs) + len(found.open)
        for row, text in zip((*found.differs, *found.open), told, strict=True):
            assert row.says in text
            assert (row.differs or row.open or "") in text
            assert (row.switch or "") in text


async def test_the_page_of_the_world_leads_there(lab: Lab) -> None:
    page = await Console(lab=lab).open("/world")
    links = page.attributes("//a[contains(., 'What is simulated')]", "href")
    assert links == ["/console/fidelity"]
