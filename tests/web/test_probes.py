"""The probes: whether the process lives, and whether devices can be answered."""

from simulator.http.endpoint import CONTEXT
from simulator.storage.worlds import lifecycle
from simulator.storage.worlds.sandboxes import DEFAULT
from tests.support.lab import Lab


async def test_both_probes_answer_while_all_is_well(lab: Lab) -> None:
    assert (await lab.call("GET", "/livez")).data() == {"status": "live"}
    assert (await lab.call("GET", "/readyz")).data() == {"status": "ready"}


async def test_without_the_default_sandbox_the_instance_lives_and_is_not_ready(lab: Lab) -> None:
    simulator = lab.client.app[CONTEXT]

    await simulator.engine.alter(DEFAULT, lifecycle.drop)
    assert (await lab.call("GET", "/livez")).status == 200
    assert (await lab.call("GET", "/readyz")).data(503) == {
        "status": "not ready",
        "reason": "there is no sandbox 'default'",
    }


async def test_a_probe_belongs_to_no_sandbox(lab: Lab) -> None:
    reply = await lab.call("GET", "/readyz", {"X-Sim-Sandbox": "nowhere"})
    assert reply.status == 200
    assert "X-Sim-Sandbox" not in reply.headers
    assert (await lab.call("GET", "/s/default/readyz")).status == 404
