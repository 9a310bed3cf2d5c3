"""What is kept of a request: everything but secrets."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.journal import redaction
from simulator.domain.journal.redaction import Redactor, body, fingerprint, mark, target

SECRET = "s3cr3t-value"


def headers(pairs: list[tuple[str, str]]) -> list[list[str]]:
    """What is kept of header fields, each as name and value."""
    return [[*each] for each in Redactor().headers(pairs)]


@pytest.mark.parametrize(
    "name",
    [
        "Authorization", "cookie", "Set-Cookie", "AD-Service-Token", "Adobe-Subject-Token",
        "X-Roku-Reserved-Roku-Connect-Token", "AP-TempPass-Identity", "X-SSO-ID",
    ],
)  # fmt: skip
def test_a_secret_header_is_replaced(name: str) -> None:
    ((kept, value),) = headers([(name, f"Bearer {SECRET}")])
    assert kept == name
    assert SECRET not in value
    assert "redacted" in value


def test_the_same_token_is_known_again_and_another_is_not() -> None:
    assert mark("Authorization", f"Bearer {SECRET}") == f"Bearer [redacted {fingerprint(SECRET)}]"
    assert mark("access_token", SECRET) == f"[redacted {fingerprint(SECRET)}]"
    assert fingerprint(SECRET) != fingerprint(SECRET + "x")


def test_of_a_password_nothing_is_left() -> None:
    assert mark("password", SECRET) == "[redacted]"


def test_other_headers_stay() -> None:
    pairs = [("AP-Device-Identifier", "fingerprint eA=="), ("X-Device-Info", "eyJ9")]
    assert headers(pairs) == [[*each] for each in pairs]


def test_a_query_loses_its_secrets_alone() -> None:
    kept = f"/o/client/token?client_id=a&client_secret=[redacted {fingerprint(SECRET)}]"
    assert target(f"/o/client/token?client_id=a&client_secret={SECRET}") == kept


def test_a_query_in_no_encoding_loses_them_too() -> None:
    assert SECRET not in target(f"/path?token={SECRET}&b=\udcff")


@pytest.mark.parametrize("name", sorted(redaction.SECRET))
def test_each_secret_is_seen_by_its_name(name: str) -> None:
    assert SECRET not in target(f"/path?a=b&{name.upper()}={SECRET}")
    for content in (f'{{"a": [{{"{name}": "{SECRET}"}}]}}', f"a=b&{name}={SECRET}"):
        assert SECRET not in str(body(content.encode(), ""))


def test_messages_with_the_same_headers_are_redacted_one_by_one() -> None:
    redactor = Redactor()
    kept = [
        redactor.headers([("X", f"x{n}"), ("Cookie", f"{SECRET}{n}"), ("Location", f"/?key={n}")])
        for n in range(2)
    ]
    assert kept == [
        [
            ("X", f"x{n}"),
            ("Cookie", mark("Cookie", f"{SECRET}{n}")),
            ("Location", "/?key=[redacted]"),
        ]
        for n in range(2)
    ]


@pytest.mark.parametrize(
    ("pairs", "kept"),
    [
        ([], "[3 bytes]"),
        ([("Accept", "text/html")], "[3 bytes]"),
        ([("content-type", "text/plain"), ("Content-Type", "text/html")], "<p>"),
        ([("Content-Type", "text/html"), ("content-type", "text/plain")], "[3 bytes]"),
    ],
)
def test_a_body_is_of_the_last_type_that_is_named(pairs: list[tuple[str, str]], kept: str) -> None:
    assert Redactor().body(b"<p>", pairs) == kept


def test_bodies_of_one_batch_are_told_apart() -> None:
    redactor = Redactor()
    bodies = [b'{"a":1}', b'{"token":"s"}', b'{"a":1}', None, b""]
    assert [redactor.body(each, ()) for each in bodies] == [
        '{"a":1}', body(bodies[1] or b"", ""), '{"a":1}', None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["/path", "/path?redirectUrl=https%3A%2F%2Fa", "/path?"])
def test_a_url_without_secrets_stays_as_it_was(url: str) -> None:
    assert target(url) == url


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"software_statement": SECRET}),
        json.dumps({"a": [{"token": {"serializedToken": SECRET}}]}),
        json.dumps({"Access_Token": SECRET, "expires_in": 3}),
        json.dumps({"password": {"nested": 1}, "client_secret": SECRET}),
        f"client_secret={SECRET}&grant_type=client_credentials",
        f"SAMLResponse={SECRET}",
        f"username=ann&password={SECRET}",
        # What cannot be read is not kept, as nobody knows what is in it.
        '{"client_secret": "' + SECRET,
        SECRET,
    ],
)
def test_a_body_loses_its_secrets(content: str) -> None:
    assert SECRET not in str(body(content.encode(), ""))


def test_a_body_without_secrets_stays_as_it_was() -> None:
    assert body(b'{"resources": ["LAB-LIVE"]}', "application/json") == '{"resources": ["LAB-LIVE"]}'
    assert body(b"mvpd=LabCable&domainName=x", "") == "mvpd=LabCable&domainName=x"
    assert body(b"", "") is None


def test_long_bodies_and_pages_are_cut() -> None:
    assert body(b"x" * (redaction.LONGEST + 1), "") == f"[{redaction.LONGEST + 1} bytes]"
    assert len(str(body(b"<html>" + b"x" * 10_000, "text/html"))) < 5_000


@given(st.binary(max_size=200), st.text(max_size=20))
def test_nothing_that_is_sent_is_too_strange(content: bytes, content_type: str) -> None:
    assert body(content, content_type) is None or isinstance(body(content, content_type), str)


@given(st.text(max_size=80))
def test_nor_is_any_url(url: str) -> None:
    assert isinstance(target(url), str)


FORM = f"client_id=a&client_secret={SECRET}&grant_type=client_credentials"
TYPES = [
    "",
    "text/html",
    "text/html; charset=utf-8",
    "text/plain",
    "application/xhtml+xml",
    "image/png",
]


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize(
    "content",
    [
        FORM,
        f"client%5Fsecret={SECRET}",
        f"\n{FORM}\n",
        f"\ufeff{FORM}",
        json.dumps({"client_secret": SECRET}),
        "\ufeff" + json.dumps({"password": SECRET}),
        "  " + json.dumps([{"access_token": SECRET}]),
        f'"client_secret": "{SECRET}="',
        f"client_secret: {SECRET}",
        f"data={json.dumps({'client_secret': SECRET})}",
        f"to=https%3A%2F%2Fapp.example%2F%3Faccess_token%3D{SECRET}",
        f"<a href='/x?access_token={SECRET}'>on</a>",
        f'<script>var client_secret = "{SECRET}";</script>',
    ],
)
def test_a_body_loses_its_secrets_whatever_its_type(content: str, content_type: str) -> None:
    assert SECRET not in str(body(content.encode(), content_type))


def test_a_form_is_kept_as_one_whatever_its_type() -> None:
    kept = {body(FORM.encode(), each) for each in TYPES}
    mark_of_it = f"[redacted {fingerprint(SECRET)}]"
    assert kept == {f"client_id=a&client_secret={mark_of_it}&grant_type=client_credentials"}


@pytest.mark.parametrize("page", ["<p>Password: </p>", '<input type="password" name="password">'])
def test_a_page_that_asks_for_a_secret_stays_as_it_was(page: str) -> None:
    assert body(page.encode(), "text/html") == page


def test_a_text_that_is_called_a_page_stays_where_no_secret_is_in_it() -> None:
    assert body(b"upstream\nis gone", "text/html") == "upstream\nis gone"
    assert body(f"token\n{SECRET}".encode(), "text/html") == f"[{len(SECRET) + 6} bytes]"


@pytest.mark.parametrize(
    "name", ["Referer", "Location", "Origin", "Link", "Refresh", "X-Original-URL", "Destination"]
)
@pytest.mark.parametrize(
    "url",
    [
        f"https://app.example/?a=b&access_token={SECRET}",
        f"https://app.example/#access_token={SECRET}",
        f"https://app.example/?a=b#id&access_token={SECRET}",
        f"/x?to=https%3A%2F%2Fapp.example%2F%3Faccess_token%3D{SECRET}",
        f"</x?client%5fsecret={SECRET}>; rel=next",
    ],
)
def test_a_header_with_an_address_loses_its_secrets(name: str, url: str) -> None:
    # The second time it is known for harmless.
    kept = Redactor().headers([(name, "/x"), (name, url)])
    assert SECRET not in str(kept)
    assert kept[0] == (name, "/x")
    assert "redacted" in kept[1][1]


def test_an_address_without_secrets_stays_in_its_header() -> None:
    pairs = [("Referer", "https://app.example/?a=b%20c#d"), ("User-Agent", "x?y")]
    assert headers(pairs) == [[*each] for each in pairs]


def test_of_an_address_only_what_has_a_secret_is_written_anew() -> None:
    mark_of_it = f"[redacted {fingerprint(SECRET)}]"
    assert (
        target(f"/o/client/token?a=%2a#token={SECRET}")
        == f"/o/client/token?a=%2a#token={mark_of_it}"
    )
