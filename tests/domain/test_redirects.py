"""What counts as a redirect URL."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.access.redirects import redirect_problem


@pytest.mark.parametrize(
    "url",
    [
        "https://adobe.com",
        "http://127.0.0.1:8642/back?a=1&b=%20#end",
        "https://[::1]:8443/",
        "HTTPS://ADOBE.COM/",
        "https://münchen.example/straße",
        "https://user:secret@app.example/",
        "labstream://signed-out",
        "labstream:/signed-out",
        "labstream:signed-out",
        "com.example.app+tv://x",
        "a" * 20 + "://" + "b" * 5000,
    ],
)
def test_absolute_urls_and_custom_schemes_are_redirect_urls(url: str) -> None:
    assert redirect_problem(url) is None


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "it is empty"),
        ("adobe.com", "it has no scheme"),
        ("/signed-out", "it has no scheme"),
        ("//adobe.com/signed-out", "it has no scheme"),
        ("?a=1", "it has no scheme"),
        ("::", "it has no scheme"),
        ("://adobe.com", "it has no scheme"),
        ("1app://x", "it has no scheme"),
        ("https://", "it has no host"),
        ("https:///path", "it has no host"),
        ("https:adobe.com", "it has no host"),
        ("https://:8443/", "it has no host"),
        ("https://user@/", "it has no host"),
        ("labstream:", "nothing follows its scheme"),
        ("labstream://", "nothing follows its scheme"),
        ("https://adobe.com:port/", "it is no URL"),
        ("https://adobe.com:65536/", "it is no URL"),
        ("https://[::1/", "it is no URL"),
        ("https://adobe.com/a b", "it contains blanks"),
        (" https://adobe.com", "it contains blanks"),
        ("https://adobe.com\r\nSet-Cookie: a=b", "it contains blanks"),
        ("https://adobe.com/\x00", "it contains blanks"),
        ("java\tscript:alert(1)", "it contains blanks"),
        ('https://adobe.com/"onload="alert(1)', "it contains blanks"),
        ("https://adobe.com/<script>", "it contains blanks"),
        ("https:\\\\adobe.com", "it contains blanks"),
        ("javascript:alert(1)", "the scheme javascript"),
        ("JavaScript:alert(1)", "the scheme javascript"),
        ("data:text/html,hello", "the scheme data"),
        ("vbscript:x", "the scheme vbscript"),
        ("blob:https://adobe.com/1", "the scheme blob"),
        ("about:blank", "the scheme about"),
    ],
)
def test_anything_else_is_none_and_the_problem_is_named(url: str, problem: str) -> None:
    found = redirect_problem(url)
    assert found is not None
    assert found.startswith(problem)


@given(url=st.text(st.characters(codec=None)) | st.from_regex(r"[a-z]{1,10}:[!-~]{0,30}"))
def test_whatever_is_accepted_can_stand_in_a_header_and_has_a_scheme(url: str) -> None:
    if redirect_problem(url) is None:
        assert urlsplit(url).scheme
        assert not any(ord(each) <= 0x20 or each in '\x7f<>"\\' for each in url)
        assert urlsplit(url).scheme not in {"javascript", "data", "vbscript"}


@given(
    scheme=st.sampled_from(["http", "https", "labapp"]),
    host=st.from_regex(r"[a-z][a-z0-9]{0,10}(\.[a-z]{2,5})?", fullmatch=True),
    path=st.from_regex(r"(/[a-z0-9%._~-]{0,8}){0,3}", fullmatch=True),
)
def test_every_plain_absolute_url_is_accepted(scheme: str, host: str, path: str) -> None:
    assert redirect_problem(f"{scheme}://{host}{path}") is None
