"""The library: whose files win, what extending means, and how it fails."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from simulator.scenarios.compiling import check, sound
from simulator.scenarios.library import Library, UnknownScenario, shipped_directory
from simulator.scenarios.loading import parse, validate
from simulator.scenarios.models import ScenarioDocument
from simulator.validation.problems import ScenarioError
from tests.support.clock import ManualClock

PARENT = """\
name: parent
title: The parent
settings: {logout.url: absolute, device_info: strict}
service_providers: [{id: R}]
mvpds: [{id: A}, {id: B, logout_endpoint: false}]
integrations: [{service_provider: R, mvpd: A}, {service_provider: R, mvpd: B}]
profiles:
  - {service_provider: R, mvpd: A, device: tv}
  - {id: named, service_provider: R, mvpd: B, device: tv}
generate: {service_provider: R, mvpds: [A], subscribers: 2}
"""
CHILD = """\
name: child
extends: parent
settings: {logout.url: relative}
mvpds: [{id: C}, {id: A, display_name: Other}]
integrations:
  - {service_provider: R, mvpd: C}
  - {service_provider: R, mvpd: B, active: false}
profiles:
  - {id: named, service_provider: R, mvpd: B, device: radio}
  - {service_provider: R, mvpd: C, device: tv}
generate:
  - {service_provider: R, mvpds: [A], subscribers: 5}
  - {service_provider: R, mvpds: [C], subscribers: 1, seed: 1}
"""


def library(directory: Path, **files: str) -> Library:
    for name, text in files.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Library([directory], shipped=False)


def resolved(directory: Path, name: str = "child", **files: str) -> ScenarioDocument:
    at = library(directory, **files)
    return at.resolve(at.load(name))


def refusal(directory: Path, name: str = "child", **files: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        check(resolved(directory, name, **files))
    return [str(problem).removeprefix(f"{directory}/") for problem in error.value.problems]


def test_a_child_is_laid_over_its_parent(tmp_path: Path) -> None:
    document = resolved(tmp_path, parent=PARENT, child=CHILD)
    assert (document.name, document.title, document.extends) == ("child", "", None)
    assert document.settings == {"logout.url": "relative", "device_info": "strict"}
    assert [(each.id, each.display_name) for each in document.mvpds] == [
        ("A", "Other"),
        ("B", None),
        ("C", None),
    ]
    assert [(each.mvpd, each.active) for each in document.integrations] == [
        ("A", True),
        ("B", False),
        ("C", True),
    ]
    assert [(each.id, each.mvpd, each.device) for each in document.profiles] == [
        (None, "A", "tv"),
        ("named", "B", "radio"),
        (None, "C", "tv"),
    ]
    assert [(each.seed, each.subscribers) for each in document.generate] == [(0, 5), (1, 1)]
    check(document)


def test_a_grandchild_inherits_from_both(tmp_path: Path) -> None:
    grandchild = "name: grandchild\nextends: child\nmvpds: [{id: B, display_name: Last}]"
    document = resolved(tmp_path, "grandchild", parent=PARENT, child=CHILD, grandchild=grandchild)
    assert [each.display_name for each in document.mvpds] == ["Other", "Last", None]
    assert document.settings["device_info"] == "strict"


def test_a_document_without_a_file_can_extend_too(tmp_path: Path) -> None:
    at = library(tmp_path, parent=PARENT)
    document = at.resolve(validate({"name": "mine", "extends": "parent"}))
    assert document.name == "mine"
    assert len(document.profiles) == 2


def test_resolving_twice_changes_nothing(tmp_path: Path) -> None:
    at = library(tmp_path, parent=PARENT, child=CHILD)
    once = at.resolve(at.load("child"))
    assert at.resolve(once) == once
    assert validate(once.as_written()) == once


def test_problems_name_the_file_that_they_are_in(tmp_path: Path) -> None:
    child = CHILD.replace("radio}", "radio, subscriber: nobody}")
    parent = PARENT.replace("device: tv}\n  - {id", "device: tv, subscriber: nobody}\n  - {id")
    assert refusal(tmp_path, parent=parent, child=child) == [
        "parent.yaml:8: profiles[0].subscriber: 'nobody' is not defined in subscribers",
        "child.yaml:9: profiles[0].subscriber: 'nobody' is not defined in subscribers",
    ]


def test_a_conflict_between_two_files_names_both(tmp_path: Path) -> None:
    child = "name: child\nextends: parent\nprofiles:\n- {service_provider: R, mvpd: A, device: tv}"
    (problem,) = refusal(tmp_path, parent=PARENT, child=child)
    assert problem.startswith("child.yaml:4: profiles[0]: the slot of 'tv' at R/A is already taken")
    assert f"by profiles[0] of {tmp_path}/parent.yaml" in problem


def test_duplicates_do_not_hide_behind_extending(tmp_path: Path) -> None:
    child = "name: child\nextends: parent\nmvpds: [{id: A},\n {id: A}]"
    assert refusal(tmp_path, parent=PARENT, child=child) == [
        "child.yaml:4: mvpds[1].id: 'A' is already the id of mvpds[0]"
    ]


def test_extending_in_a_circle_is_refused(tmp_path: Path) -> None:
    files = {"child": "name: child\nextends: b", "b": "name: b\n\nextends: child"}
    assert refusal(tmp_path, **files) == [
        "b.yaml:3: extends: extends in a circle: child → b → child"
    ]
    assert refusal(tmp_path, "self", self="name: self\nextends: self") == [
        "self.yaml:2: extends: extends in a circle: self → self"
    ]


def test_extending_the_unknown_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, parent=PARENT, child="name: child\nextends: parnt") == [
        "child.yaml:2: extends: no scenario is called 'parnt'; did you mean 'parent'?"
    ]


def test_an_unknown_name_brings_the_close_ones(tmp_path: Path) -> None:
    at = library(tmp_path, parent=PARENT, child=CHILD)
    with pytest.raises(UnknownScenario) as error:
        at.load("parents")
    assert (error.value.name, error.value.hint) == ("parents", "Did you mean 'parent'?")
    with pytest.raises(UnknownScenario) as error:
        at.load("nothing of the kind")
    assert error.value.hint == "There are: child, parent."


@pytest.mark.parametrize("name", ["../secret", "", ".", "child.yaml", "/etc/passwd"])
def test_only_names_of_the_library_are_looked_up(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.yaml").write_text("name: secret", encoding="utf-8")
    (tmp_path / "inner").mkdir()
    with pytest.raises(UnknownScenario):
        library(tmp_path / "inner", child=CHILD).load(name)


def test_later_directories_win(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for directory in (first, second):
        directory.mkdir()
        (directory / "x.yaml").write_text(f"name: x\ntitle: {directory.name}", encoding="utf-8")
    (first / "y.json").write_text('{"name": "y"}', encoding="utf-8")
    (second / "schema.json").write_text("{}", encoding="utf-8")
    at = Library([first, second], shipped=False)
    assert at.names() == ["x", "y"]
    assert at.load("x").title == "second"
    (first / "demo.yaml").write_text("name: demo\ntitle: mine", encoding="utf-8")
    assert Library([first]).load("demo").title == "mine"


def test_a_file_is_named_after_its_scenario(tmp_path: Path) -> None:
    assert refusal(tmp_path, "wrong", wrong="title: t\nname: right") == [
        "wrong.yaml:2: name: expected 'wrong', as the file is called, found 'right'"
    ]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"name: bad\ntitle: \xff")
    assert refusal(tmp_path, "bad") == ["bad.yaml:2: expected UTF-8 text"]


def test_summaries_say_what_is_wrong(tmp_path: Path) -> None:
    broken = "name: broken\nmvpds: [{id: 5}]"
    dangling = "name: dangling\ntitle: T\nextends: nothing"
    at = library(tmp_path, parent=PARENT, child=CHILD, broken=broken, dangling=dangling)
    found = {each.name: each for each in at.summaries()}
    assert list(found) == ["broken", "child", "dangling", "parent"]
    assert [problem.path for problem in found["broken"].problems] == ["mvpds[0].id"]
    assert found["dangling"].title == "T"
    assert [problem.path for problem in found["dangling"].problems] == ["extends"]
    assert found["child"].problems == found["parent"].problems == ()
    assert found["parent"].path == tmp_path / "parent.yaml"


def test_files_are_shown_as_one_would_type_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(tmp_path, "bad", bad="name: [") == [
        "bad.yaml:2: not YAML: while parsing a flow node, did not find expected node content"
    ]


def test_a_missing_directory_holds_nothing(tmp_path: Path) -> None:
    assert Library([tmp_path / "nowhere"], shipped=False).names() == []


def test_shipped_scenarios_come_first() -> None:
    assert shipped_directory().is_dir()
    assert "demo" in Library().names()


def test_references_into_a_parent_are_no_concern_of_the_child_alone() -> None:
    profiles = "profiles: [{service_provider: R, mvpd: A, device: tv}]"
    text = f"name: child\nextends: parent\ncolour: red\n{profiles}"
    with pytest.raises(ScenarioError) as error:
        parse(text)
    assert [problem.path for problem in error.value.problems] == ["colour"]


def later() -> ManualClock:
    """A clock by which all files were written a long time ago."""
    clock = ManualClock()
    clock.advance(days=100_000)
    return clock


def test_what_was_found_out_is_known_for_as_long_as_the_files_stay_as_they_are(
    tmp_path: Path,
) -> None:
    library(tmp_path, parent=PARENT, child=CHILD)
    at = Library([tmp_path], shipped=False, clock=later())
    assert at.known("child") is None
    document, found = at.examine("child")
    assert at.known("child") == found == sound(document)
    assert at.known("parent") is None


@pytest.mark.parametrize("edited", ["parent", "child"])
def test_a_file_that_was_written_anew_is_read_anew(tmp_path: Path, edited: str) -> None:
    library(tmp_path, parent=PARENT, child=CHILD)
    at = Library([tmp_path], shipped=False, clock=later())
    _, before = at.examine("child")
    file = tmp_path / f"{edited}.yaml"
    was = file.stat()
    # Neither its length nor the time that is told of its content gives it away.
    file.write_text(file.read_text("utf-8").replace("id: B", "id: X").replace("mvpd: B", "mvpd: X"))
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert file.stat().st_size == was.st_size
    assert at.known("child") is None
    with suppress(ScenarioError):
        assert at.examine("child")[1].digest != before.digest


def test_a_file_that_comes_before_another_is_noticed(tmp_path: Path) -> None:
    for each in ("first", "second"):
        (tmp_path / each).mkdir()
    library(tmp_path / "first", parent=PARENT, child=CHILD)
    at = Library([tmp_path / "first", tmp_path / "second"], shipped=False, clock=later())
    at.examine("child")
    (tmp_path / "second" / "parent.json").write_text('{"name": "parent"}')
    assert at.known("child") is None
    (tmp_path / "second" / "parent.json").unlink()
    assert at.known("child") is not None
    (tmp_path / "first" / "parent.yaml").unlink()
    assert at.known("child") is None


def test_a_file_written_just_now_may_change_again_unnoticed_so_nothing_is_known_of_it(
    tmp_path: Path,
) -> None:
    at = library(tmp_path, parent=PARENT, child=CHILD)
    at.examine("child")
    assert at.known("child") is None


def test_what_is_wrong_is_not_remembered(tmp_path: Path) -> None:
    library(tmp_path, child=CHILD)
    at = Library([tmp_path], shipped=False, clock=later())
    with pytest.raises(ScenarioError):
        at.examine("child")
    assert at.known("child") is None
    with pytest.raises(UnknownScenario):
        at.examine("nobody")
    assert at.known("nobody") is None
