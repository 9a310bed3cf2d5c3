"""Broken documents: each says on which lines which problems must be found, and there are no others.

A comment `#! path: words` marks the line of a problem; the words are a part of its text.
"""

import re

import pytest

from simulator.scenarios.loading import parse, validate
from simulator.validation import reading
from simulator.validation.problems import ScenarioError

from .documents import problems_of

BROKEN = {
    "wrong types": """
        name: x
        title: 5                       #! title: expected a text, found the number 5; put it in quotes
        mvpds:
          - Cable                      #! mvpds[0]: expected a mapping of members, found 'Cable'
          - id: Dish
            logout_endpoint: yes       #! mvpds[1].logout_endpoint: expected true or false, found 'yes'
            platform_mappings: [a]     #! mvpds[1].platform_mappings: expected a mapping of members
        devices: tv                    #! devices: expected a list, found 'tv'
        """,
    "unknown members": """
        name: x
        mvpd: []                       #! mvpd: unknown member; did you mean 'mvpds'?
        service_providers:
          - id: A
            colour: red                #! service_providers[0].colour: unknown member; known are id, name
        integrations:
          - service_provider: A
            mvpd: B
            overrides:
              Roku:
                activ: false           #! integrations[0].overrides.Roku.activ: did you mean 'active'?
                service_provider: C    #! integrations[0].overrides.Roku.service_provider: unknown
        mvpds: [{id: B}]
        """,
    "missing members": """
        title: nameless                #! name: required, but missing
        integrations:
          - mvpd: B                    #! integrations[0].service_provider: required, but missing
        mvpds: [{id: B}]
        """,
    "no ids": """
        name: x
        mvpds:
          - id: ""                     #! mvpds[0].id: expected a text that is not empty
          - id: a/b                    #! mvpds[1].id: without "/"
          - id: "a\\tb"                 #! mvpds[2].id: without control characters
          - id: "  "                   #! mvpds[3].id: expected a name
          - id: 7                      #! mvpds[4].id: put it in quotes
          - id: null                   #! mvpds[5].id: found nothing (null)
          - id: !!str 7
        """,
    "wrong choices": """
        name: x
        mvpds:
          - id: A
            kind: temp_pass_basi       #! mvpds[0].kind: did you mean 'temp_pass_basic'?
            login: popup               #! mvpds[0].login: expected one of redirect, form_post
        issuers:
          - id: I
            algorithms: [HS256]        #! issuers[0].algorithms[0]: expected one of RS256
            public_key: nonsense       #! issuers[0].public_key: expected a public key in PEM form
        """,
    "wrong durations": """
        name: x
        service_providers: [{id: R}]
        mvpds: [{id: A}]
        integrations:
          - service_provider: R
            mvpd: A
            authentication_ttl: 30     #! integrations[0].authentication_ttl: found the number 30
            authorization_ttl: -PT1H   #! integrations[0].authorization_ttl: cannot be negative
            media_token_ttl: 1:00:00   #! integrations[0].media_token_ttl: found '1:00:00'
            overrides:
              tvOS:
                media_token_ttl: P1M   #! integrations[0].overrides.tvOS.media_token_ttl: years and
        degradations:
          - service_provider: R
            mvpd: A
            rule: AuthZNone
            from: 2026-01-01           #! degradations[0].from: such as PT5M
            not_before: PT1M           #! degradations[0].not_before: unknown member
        """,
    "settings": """
        name: x
        settings:
          logout.url: absolut          #! settings.logout.url: must be one of documented, absolute
          logout.urls: absolute        #! settings.logout.urls: did you mean 'logout.url'?
          access_token.lifetime: 0     #! settings.access_token.lifetime: must be at least 1
          simulator_headers: "true"    #! settings.simulator_headers: must be true or false
        """,
    "numbers": """
        name: x
        service_providers: [{id: R}]
        mvpds: [{id: A}]
        integrations:
          - service_provider: R
            mvpd: A
            authorize_limit: -1        #! integrations[0].authorize_limit: expected at least 0
            preauthorize_limit: 1.5    #! integrations[0].preauthorize_limit: expected a whole number
            temp_pass_resources: "3"   #! integrations[0].temp_pass_resources: found '3'
        """,
    "links and attributes": """
        name: x
        service_providers: [{id: R}]
        mvpds: [{id: A}]
        integrations: [{service_provider: R, mvpd: A}]
        profiles:
          - service_provider: R
            mvpd: A
            device: tv
            attributes:
              zip:
                value: 1
                state: secret          #! profiles[0].attributes.zip.state: expected one of plain, enc
              plain: {value: 1}
            links:
              - kind: service_token    #! profiles[0].links[0]: exactly one of subject and value
              - kind: service_token    #! profiles[0].links[1]: exactly one of subject and value
                subject: s
                value: v
              - kind: platform_identity  #! profiles[0].links[2]: issuer only beside subject
                issuer: i
                value: v
              - {kind: cookie, value: v}  #! profiles[0].links[3].kind: service_token
        """,
    "given twice": """
        name: x
        title: one
        title: two                     #! title: given twice, first on line 2
        mvpds:
          - id: A
            id: B                      #! mvpds[0].id: given twice, first on line 5
        """,
    "names that are no texts": """
        name: x
        1: a                           #! : expected text as a member's name, found the number 1
        mvpds:
          - id: A
            platform_mappings:
              true: b                  #! mvpds[0].platform_mappings: found true; put it in quotes
        """,
    "tags": """
        name: x
        title: !!python/name:os.system x   #! title: expected plain data, found the tag !!python
        mvpds:
          - !thing {id: A}             #! mvpds[0]: expected plain data, found the tag !thing
        """,
    "free-form values": """
        name: x
        devices:
          - id: tv
            info:                      #! devices[0].info: whole number within 64 bits at a.b[1]
              a: {b: [1, 99999999999999999999]}
          - id: tv2
            info: {a: 1e999}           #! devices[1].info: expected a finite number at a
          - id: tv3
            info: {a: "\\0"}            #! devices[2].info: expected text without NUL
          - id: tv4
            name: "\\0"                 #! devices[3].name: expected a text without NUL
        """,
    "the rest is checked all the same": """
        name: x
        service_providers: [{id: R}]
        mvpds:
          - id: A
          - id: A                      #! mvpds[1].id: 'A' is already the id of mvpds[0]
          - {id: B, colour: red}       #! mvpds[2].colour: unknown member
        integrations:
          - {service_provider: R, mvpd: A}
          - {service_provider: R, mvpd: B}
          - {service_provider: R, mvpd: C}     #! integrations[2].mvpd: 'C' is not defined in mvpds
          - {service_provider: R, mvpd: D, active: 3}  #! integrations[3].active: found the number 3
        profiles:
          - {service_provider: R, mvpd: B, device: tv}
          - {service_provider: S, mvpd: B, device: tv}  #! profiles[1].service_provider: 'S' is not
        generate:
          seed: -1                     #! generate[0].seed: expected at least 0
          service_provider: R
          mvpds: [A]
          subscribers: 3
        """,
    "one order on its own": """
        name: x
        generate:
          service_provider: R          #! generate[0].service_provider: 'R' is not defined
          mvpds:
            - A                        #! generate[0].mvpds[0]: 'A' is not defined in mvpds
          subscribers: 3
          locale: en_US
        """,
}

_MARK = re.compile(r"#! ([^ :]*): (.*)")


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_problems_are_found_where_they_are(text: str) -> None:
    lines = text.strip("\n").splitlines()
    expected = {
        (number, mark[1]): mark[2]
        for number, line in enumerate(lines, 1)
        if (mark := _MARK.search(line))
    }
    found = {
        (each.line, each.path): each.problem for each in problems_of("\n".join(lines), "x.yaml")
    }
    assert found.keys() == expected.keys()
    for place, words in expected.items():
        assert words in found[place]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty document"),
        ("# nothing\n", 1, "empty document"),
        ("- name: x", 1, "a mapping with at least a name, found a list"),
        ("just words", 1, "found 'just words'"),
        ("name: x\n---\nname: y", 2, "second one after ---"),
        ("name: x\nmvpds: [a, b", 3, "not YAML: while parsing a flow sequence"),
        ("name: x\ntitle: a: b", 2, "not YAML: mapping values are not allowed"),
        ("name: x\nmvpds:\n\t- id: A", 3, "not YAML: while scanning"),
        ("name: x\ntitle: 'a\n\n", 4, "not YAML"),
        ("name: x\ntitle: a\x00b", 2, "U+0000"),
        ("name: x\ntitle: a\x1bb", 2, "U+001B"),
        ("name: x\ntitle: a\x7fb", 2, "U+007F"),
        ("name: x\ntitle: \ud800", 2, "U+D800"),
        ("name: *who", 1, "the alias *who refers to no anchor"),
        ("name: x\n? [a]\n: b", 2, "expected text as a member's name"),
    ],
)
def test_what_is_no_document_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    (problem,) = problems_of(text, "x.yaml")
    assert problem.line == line
    assert words in problem.problem
    assert str(problem).startswith(f"x.yaml:{line}: ")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{\n "name": "x",\n}', 3, "not JSON"),
        ('{"name": "x"} {}', 1, "not JSON: extra data"),
        ('{"name": ' + "9" * 5000 + "}", None, "not JSON"),
        ('{\n"name": "x",\n"title": 5}', 3, "expected a text"),
        ('{\n"name": "x",\n"name": "y"}', 3, "given twice, first on line 2"),
        ('{\n"name": "\\ud83d\\ude00"}', None, "letters, digits, dots"),
        ('{"name": "x", "devices": [{"id": "a", "info": {"a": NaN}}]}', 1, "a finite number at a"),
        ('{"name": "x",\n"devices": [{"id": "a", "name": "\\ud800"}]}', None, "lone surrogates"),
    ],
)
def test_json_is_read_strictly_from_json_files(text: str, line: int | None, words: str) -> None:
    (problem,) = problems_of(text, "x.json")
    assert problem.line == line
    assert words in problem.problem


def test_huge_json_is_not_read_again_for_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_HUGE", 10)
    (problem,) = problems_of('{"name": "x", "title": 5}')
    assert (problem.line, problem.path) == (None, "title")
    (problem,) = problems_of('{"name": "x", "name": "y"}')
    assert "given twice" in problem.problem


def test_json_elsewhere_may_be_as_loose_as_yaml() -> None:
    assert parse("{name: x, mvpds: [{id: A},],}").mvpds[0].id == "A"


def test_json_keeps_what_yaml_has_no_escape_for() -> None:
    assert (
        parse('{"name": "x", "title": "\\ud83d\\ude00 \\/ \x7f"}').title
        == "\N{GRINNING FACE} / \x7f"
    )


@pytest.mark.parametrize("data", [None, [], "name: x", 5, True, {1: 2}, {"name": object()}])
def test_decoded_data_of_any_kind_is_refused_decently(data: object) -> None:
    with pytest.raises(ScenarioError):
        validate(data)


def test_plain_values_are_what_json_would_make_of_them() -> None:
    text = """
    name: on
    devices:
      - id: "0x1F"
        info: {a: no, b: 02134, c: 2026-01-01, d: 1:30, e: 1_000, f: 0x1F, g: .5, h: ~, i: 1.5e3, j: -7}
    """
    document = parse(text)
    assert document.name == "on"
    assert document.devices[0].info == {
        "a": "no",
        "b": "02134",
        "c": "2026-01-01",
        "d": "1:30",
        "e": "1_000",
        "f": "0x1F",
        "g": ".5",
        "h": None,
        "i": 1500.0,
        "j": -7,
    }


def test_mappings_can_be_merged_into_each_other() -> None:
    text = """
    name: x
    service_providers: [{id: R}]
    mvpds: [{id: A}]
    integrations:
      - &usual {service_provider: R, mvpd: A, authentication_ttl: PT1H, active: false}
      - {<<: *usual, mvpd: B, active: 7}
      - <<: [{mvpd: A, colour: red}, *usual]
        mvpd: C
      - <<: 7
    """
    found = {problem.path: problem.line for problem in problems_of(text)}
    assert found["integrations[1].active"] == 7
    assert found["integrations[2].colour"] == 8
    assert found["integrations[3].<<"] == 10
