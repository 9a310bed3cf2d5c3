from .load import Measured
from .peers.contest import Result, Size, sections
from .peers.mocks import JOURNALS_OFF, JOURNALS_ON
from .peers.peer import Peer
from .wire import _joined


def test_the_leagues_are_of_the_same_peers_and_differ_in_their_journals() -> None:
    pairs = [*zip(JOURNALS_ON, JOURNALS_OFF, strict=True)]

    assert [on.label for on, _ in pairs] == [off.label for _, off in pairs]
    assert [on.label for on, off in pairs if on is off] == ["json-server", "Prism", "localstripe"]
    assert {on.journal for on, off in pairs if on is off} == {"has none"}
    assert all(on.journal != off.journal for on, off in pairs if on is not off)


def test_a_table_has_a_row_for_each_peer_and_says_what_it_cannot_do() -> None:
    peer = Peer(
        name="Mock",
        variant=", tuned",
        version=lambda: "1.2",
        command=lambda port: ["mock", str(port)],
        probe="/",
        work="reads",
        journal="off",
        files={},
    )
    read = Measured(per_second=2_000, p50=1, p99=3, cpu=150, calls=1)
    found = Result(peer=peer, start=400, idle=2**20, after=2**21, work={"read": [read]})

    work, rest = sections("Without journals", [found], Size())

    assert work.title == "Without journals: reading and changing state"
    assert work.rows == (("Mock 1.2, tuned", "2,000", "150 µs", "3.0 ms", "none", "none", "none"),)
    assert rest.rows == (("Mock 1.2, tuned", "none", "400 ms", "1 MiB", "2 MiB", "off", "reads"),)


def test_a_body_in_chunks_is_put_together() -> None:
    assert _joined(b'5\r\n{"cou\r\n6;x=y\r\nnt":1}\r\n0\r\n\r\n') == b'{"count":1}'
