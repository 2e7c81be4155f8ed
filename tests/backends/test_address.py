"""What a pasted URL is of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.backends import SearchQuery, parse_address
from tracetui.errors import UsageError

ID = "4bf92f3577b34da6a3ce929d0e0e4736"
OTHER = "c51ae08b372775813e57821b6396e022"


@pytest.mark.parametrize(
    ("url", "backend", "base", "ids", "api"),
    [
        (f"http://jaeger:16686/trace/{ID}", "jaeger", "http://jaeger:16686", (ID,), ""),
        (f"http://jaeger:16686/trace/{ID}/", "jaeger", "http://jaeger:16686", (ID,), ""),
        (f"https://h/jaeger/ui/trace/{ID}?x=1#top", "jaeger", "https://h/jaeger/ui", (ID,), ""),
        (f"https://h:443/trace/{ID}", "jaeger", "https://h", (ID,), ""),
        (f"http://h:80/trace/{ID}", "jaeger", "http://h", (ID,), ""),
        (f"http://h/trace/{ID}...{OTHER}?cohort={ID}", "jaeger", "http://h", (ID, OTHER), ""),
        (f"http://h/trace/{ID}...", "jaeger", "http://h", (ID,), ""),
        (f"http://h/search?traceID={ID}&traceID={OTHER}", "jaeger", "http://h", (ID, OTHER), ""),
        (f"http://h/b/api/traces/{ID}?prettyPrint=true", "jaeger", "http://h/b", (ID,), "v1"),
        (f"http://h/api/traces?traceID={ID}", "jaeger", "http://h", (ID,), "v1"),
        (f"http://h/api/v3/traces/{ID}", "jaeger", "http://h", (ID,), "v3"),
        ("http://h/b/api/v3/services", "jaeger", "http://h/b", (), "v3"),
        ("http://h/b/api/services", "jaeger", "http://h/b", (), ""),
        ("http://h/api/services/frontend/operations", "jaeger", "http://h", (), ""),
        ("http://h/b/search", "jaeger", "http://h/b", (), ""),
        ("http://h/dependencies", "jaeger", "http://h", (), ""),
        ("http://h/trace/", "jaeger", "http://h", (), ""),
        (f"http://h:9411/zipkin/traces/{ID}", "zipkin", "http://h:9411/zipkin", (ID,), ""),
        ("http://h:9411/zipkin/", "zipkin", "http://h:9411/zipkin", (), ""),
        ("http://h:9411/x/zipkin/dependency", "zipkin", "http://h:9411/x/zipkin", (), ""),
        (f"http://h:9411/api/v2/trace/{ID}", "zipkin", "http://h:9411", (ID,), "v2"),
        (f"http://h/z/api/v2/traceMany?traceIds={ID},{OTHER}", "zipkin", "http://h/z", (ID, OTHER), "v2"),
        ("http://h/z/api/v2/services", "zipkin", "http://h/z", (), "v2"),
        (f"http://[::1]:16686/trace/{ID}", "jaeger", "http://[::1]:16686", (ID,), ""),
        ("http://h:16686", "", "http://h:16686", (), ""),
        ("http://h:16686/", "", "http://h:16686", (), ""),
        ("HTTP://H/tools/", "", "http://h/tools", (), ""),
    ],
)
def test_addresses(url: str, backend: str, base: str, ids: tuple[str, ...], api: str) -> None:
    found = parse_address(url)
    assert (found.backend, found.base, found.trace_ids, found.api) == (backend, base, ids, api)
    assert not found.is_file


@pytest.mark.parametrize("name", ["trace.json", "a/b.jsonl.gz", "t.zst", "x.NDJSON"])
def test_files(name: str) -> None:
    found = parse_address(f"https://h/ci/{name}?X-Amz-Signature=SECRET")
    assert found.is_file and not found.backend
    assert found.url == f"https://h/ci/{name}?X-Amz-Signature=SECRET"
    assert found.shown == f"https://h/ci/{name}?…"


def test_a_span_of_the_user_interface() -> None:
    assert parse_address(f"http://h/trace/{ID}?uiFind=2a4abf0bc32d81c6").span_id == "2a4abf0bc32d81c6"
    assert parse_address(f"http://h/trace/{ID}?uiFind=some+words").span_id == ""
    assert parse_address(f"http://h/zipkin/traces/{ID}?spanId=2a4abf0bc32d81c6").span_id == "2a4abf0bc32d81c6"


def test_a_search_of_the_jaeger_ui() -> None:
    found = parse_address(
        "http://h/search?end=1795337540002539&limit=7&lookback=1h&maxDuration&minDuration=1.5ms&operation=GET%20%2Fx"
        "&service=frontend&start=1795337297102539&tags=%7B%22error%22%3A%22true%22%7D&tag=k%3Av%3Aw"
    )
    assert found.query == SearchQuery(
        service="frontend",
        operation="GET /x",
        tags=(("error", "true"), ("k", "v:w")),
        min_duration_ns=1_500_000,
        start_ns=1_795_337_297_102_539_000,
        end_ns=1_795_337_540_002_539_000,
        since_ns=3_600_000_000_000,
        limit=7,
    )


def test_a_search_of_the_jaeger_api_in_both_spellings() -> None:
    snake = parse_address(
        "http://h/api/v3/traces?query.service_name=a&query.start_time_min=2026-11-22T08:48:17.102539123Z"
        '&query.num_traces=3&query.attributes={"k":5}'
    ).query
    camel = parse_address(
        "http://h/api/v3/trace-summaries?query.serviceName=a&query.startTimeMin=2026-11-22T08:48:17.102539123Z"
        '&query.searchDepth=3&query.attributes={"k":5}'
    ).query
    assert snake == camel
    assert snake == SearchQuery(service="a", tags=(("k", "5"),), start_ns=1_795_337_297_102_539_123, limit=3)


def test_a_search_of_zipkin() -> None:
    found = parse_address(
        "http://h:9411/zipkin/?serviceName=a&spanName=get&remoteServiceName=b&lookback=15m&endTs=1795337549002"
        "&annotationQuery=http.path%3D%2Fx%20and%20error&minDuration=100ms&limit=5"
    )
    assert found.query == SearchQuery(
        service="a",
        operation="get",
        remote_service="b",
        tags=(("http.path", "/x"), ("error", None)),
        min_duration_ns=100_000_000,
        end_ns=1_795_337_549_002_000_000,
        since_ns=900_000_000_000,
        limit=5,
    )
    api = parse_address("http://h/api/v2/traces?serviceName=a&lookback=900000&maxDuration=5000").query
    assert api == SearchQuery(service="a", since_ns=900_000_000_000, max_duration_ns=5_000_000)


def test_a_parameter_that_makes_no_sense_is_none() -> None:
    found = parse_address(
        "http://h/search?service=a&limit=x&minDuration=long&start=yesterday&tags=%7B&lookback=custom"
    )
    assert found.query == SearchQuery(service="a")


def test_userinfo_is_kept_apart_and_never_shown() -> None:
    found = parse_address(f"http://me:p%40ss@h:16686/trace/{ID}?token=SECRET")
    assert found.userinfo == ("me", "p@ss")
    for text in (found.base, found.shown, found.name, repr(found), str(found), found.origin):
        assert "me" not in text and "p@ss" not in text and "p%40ss" not in text and "SECRET" not in text
    assert "p%40ss" not in found.url


@pytest.mark.parametrize(
    "url",
    [
        "jaeger:16686",
        "ftp://h/x",
        "http://",
        "http://h:x/",
        "http://h:99999/",
        "http://a b/",
        "http://h/\x1b[2J",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_a_secret(url: str) -> None:
    with pytest.raises(UsageError):
        parse_address(url)
    with pytest.raises(UsageError) as told:
        parse_address(url.replace("//", "//me:SECRET@", 1) + "?token=SECRET")
    assert "SECRET" not in str(told.value)


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_text_breaks_it_and_no_secret_is_shown(rest: str, secret: str) -> None:
    try:
        found = parse_address(f"http://u:zq{secret.encode().hex()}@h/{rest}")
    except UsageError:
        return
    assert f"zq{secret.encode().hex()}" not in found.shown + found.name + repr(found)
