"""What holds on which platform, when a degradation rule is in force, and what a switch accepts."""

from typing import Final

import pytest

from simulator.domain.configuration import Integration, MvpdKind, Platform
from simulator.domain.decisions.degradation import Degradation, DegradationRule, in_force
from simulator.domain.switches import SWITCHES
from tests.support.inventory import every

ROKU: Final = Platform(name="Roku", category="TV connected")


def _integration(**overrides: dict[str, object]) -> Integration:
    named = {name.replace("_", " "): members for name, members in overrides.items()}
    return Integration(id="i", service_provider="LABSP", mvpd="LabCable", overrides=named)


@pytest.mark.parametrize(
    ("integration", "shared"),
    [
        (_integration(), True),
        (_integration(Roku={"single_sign_on": False}), False),
        (_integration(tvOS={"single_sign_on": False}), True),
        (_integration(TV_connected={"single_sign_on": False}), False),
        (_integration(TV_connected={"single_sign_on": False}, Roku={"single_sign_on": True}), True),
        (_integration(TV_connected={"single_sign_on": False}, Roku={"active": True}), False),
    ],
)
def test_the_platform_wins_over_its_category_and_both_over_the_integration(
    integration: Integration, shared: bool
) -> None:
    assert integration.on(ROKU).single_sign_on is shared
    assert integration.single_sign_on


def test_only_the_two_temp_pass_kinds_are_temporary() -> None:
    assert [kind.value for kind in MvpdKind if kind.temporary] == [
        "temp_pass_basic",
        "temp_pass_promotional",
    ]


def _rule(
    kind: Degradation = Degradation.AUTHN_ALL,
    not_before: int | None = None,
    until: int | None = None,
) -> DegradationRule:
    return DegradationRule(
        id="r",
        service_provider="LABSP",
        mvpd="LabCable",
        rule=kind,
        not_before=not_before,
        until=until,
    )


@pytest.mark.parametrize(
    ("rule", "active"),
    [
        (_rule(), True),
        (_rule(not_before=100), True),
        (_rule(not_before=101), False),
        (_rule(until=101), True),
        (_rule(until=100), False),
        (_rule(not_before=50, until=150), True),
        (_rule(not_before=10, until=20), False),
    ],
)
def test_a_rule_is_in_force_from_its_beginning_until_before_its_end(
    rule: DegradationRule, active: bool
) -> None:
    assert rule.active(100) is active


def test_only_the_rules_that_are_in_force_count() -> None:
    rules = [_rule(until=100), _rule(Degradation.AUTHZ_ALL), _rule(Degradation.AUTHZ_NONE)]
    assert in_force(rules, 100) == {Degradation.AUTHZ_ALL, Degradation.AUTHZ_NONE}


@every(SWITCHES)
def test_the_default_of_a_switch_is_one_of_its_values(name: str) -> None:
    assert SWITCHES[name].problem(SWITCHES[name].default) is None


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("logout.url", "sideways", "must be one of documented, absolute, relative"),
        ("logout.url", 1, "must be a text"),
        ("logout.url", True, "must be a text"),
        ("access_token.lifetime", 0, "must be at least 1"),
        ("access_token.lifetime", "60", "must be a whole number"),
        ("access_token.lifetime", 1.5, "must be a whole number"),
        ("access_token.lifetime", True, "must be a whole number"),
        ("id_seed", "a\x00", "must be a text without NUL and lone surrogates"),
        ("id_seed", "\ud800", "must be a text without NUL and lone surrogates"),
        ("simulator_headers", 0, "must be true or false"),
        ("simulator_headers", "yes", "must be true or false"),
    ],
)
def test_a_switch_says_what_is_wrong_with_a_value(name: str, value: object, problem: str) -> None:
    assert SWITCHES[name].problem(value) == problem
