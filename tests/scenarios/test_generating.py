"""Made-up households: the same for the same order, different for others, and made quickly."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.domain.access.device_info import REQUIRED, platform
from simulator.domain.configuration import DAY
from simulator.domain.households import Device, Subscriber
from simulator.domain.sessions.profiles import Profile
from simulator.scenarios.compiling import check, digest, records
from simulator.scenarios.context import Record
from simulator.scenarios.loading import validate

from .documents import with_members


def order(**members: object) -> dict[str, object]:
    return {
        "seed": 7,
        "service_provider": "REF30",
        "mvpds": ["Cable", "Dish"],
        "subscribers": 20,
        "devices_each": 2,
        **members,
    }


def generated(*orders: dict[str, object]) -> list[Record]:
    document = validate(with_members(subscribers=[], generate=list(orders)))
    check(document)
    found = records(document)
    return [each for each in found if isinstance(each, Subscriber | Device | Profile)]


def of(kind: type[Any], found: list[Record]) -> Iterator[Any]:
    return (record for record in found if isinstance(record, kind))


def test_the_same_order_makes_the_same_people() -> None:
    assert generated(order()) == generated(order())


def test_households_are_numbered() -> None:
    found = generated(order())
    assert [each.id for each in found[:5]] == [
        "household-00001",
        "household-00001-device-1",
        "household-00001-device-2",
        "household-00001-device-1.REF30.Cable",
        "household-00001-device-2.REF30.Cable",
    ]
    assert sum(1 for _ in of(Subscriber, found)) == 20
    assert sum(1 for _ in of(Device, found)) == sum(1 for _ in of(Profile, found)) == 40


def test_everything_in_a_household_belongs_together() -> None:
    found = generated(order())
    people = {each.id: each for each in of(Subscriber, found)}
    devices = {each.id: each for each in of(Device, found)}
    assert {each.mvpd for each in people.values()} == {"Cable", "Dish"}
    for device in devices.values():
        assert device.subscriber in people
        assert device.platform == platform(device.info).name
        assert all(device.info[name] for name in REQUIRED)
    for profile in of(Profile, found):
        viewer = people[devices[profile.device].subscriber]
        assert (profile.subscriber, profile.mvpd) == (viewer.id, viewer.mvpd)
        assert profile.attributes["userID"] == {"value": viewer.user_id, "state": "plain"}
        lifetime = 30 * DAY if profile.mvpd == "Cable" else DAY // 4
        assert (profile.not_before, profile.not_after) == (0, lifetime)


@pytest.mark.parametrize("other", [{"seed": 8}, {"prefix": "home"}])
def test_orders_do_not_collide(other: dict[str, object]) -> None:
    found = generated(order(), order(**other))
    assert len({(type(each), each.id) for each in found}) == len(found)
    user_ids = [each.user_id for each in of(Subscriber, found)]
    assert len(set(user_ids)) == len(user_ids) == 40


def test_people_vary() -> None:
    people = [
        (each.name, each.attributes["zip"])
        for each in of(Subscriber, generated(order(subscribers=200)))
    ]
    assert len(set(people)) > 190
    assert len({each.platform for each in of(Device, generated(order()))}) == 6


def test_more_people_leave_the_first_ones_as_they_are() -> None:
    few, many = generated(order(subscribers=5)), generated(order(subscribers=50))
    assert many[: len(few)] == few


def test_an_order_can_be_varied() -> None:
    found = generated(
        order(platforms=["Roku", "Fridge"], profiles=False, devices_each=3, locale="de_DE")
    )
    assert not list(of(Profile, found))
    assert {each.platform for each in of(Device, found)} == {"Roku", "Fridge"}
    owned = generated(order(client="one"))
    assert {each.client for each in of(Profile, owned)} == {"one"}
    assert not list(of(Device, generated(order(devices_each=0))))


def test_the_order_is_part_of_the_digest() -> None:
    digests = {digest(validate(with_members(generate=order(seed=seed)))) for seed in (1, 2, 1)}
    assert len(digests) == 2


def test_a_hundred_thousand_profiles_take_no_time() -> None:
    document = validate(with_members(subscribers=[], generate=order(subscribers=50_000)))
    began = time.process_time()
    made = sum(1 for record in records(document) if type(record) is Profile)
    took = time.process_time() - began
    assert made == 100_000
    # About 0.8 s on the machine that this was written on; the margin is for slower ones.
    assert took < 4


def test_faker_is_loaded_only_for_generating() -> None:
    program = (
        "import sys\n"
        "from simulator.scenarios.compiling import check, records\n"
        "from simulator.scenarios.library import Library\n"
        "library = Library()\n"
        "document = library.resolve(library.load('demo'))\n"
        "check(document)\n"
        "assert list(records(document))\n"
        "sys.exit('faker' in sys.modules)\n"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=False).returncode == 0
