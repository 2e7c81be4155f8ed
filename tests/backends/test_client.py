"""The client against servers that misbehave, each in one way; the whole zoo is in test_faults."""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backends.servers import Answer, Reply, Seen, serving
from tracetui.backends import Call, ClientOptions, Phase, http
from tracetui.backends.asking import NoEndpoint, Refused, Server
from tracetui.backends.http import Client
from tracetui.backends.transfer import Transfer
from tracetui.errors import BackendError, Cancelled, UsageError

BODY = json.dumps({"data": ["x" * 50] * 4000}).encode()


def client(url: str, **options: object) -> Client:
    return Client(url, ClientOptions(**options))  # type: ignore[arg-type]


def get(url: str, call: Call | None = None, **options: object) -> bytes:
    _, body = client(url, **options).get(url, f"{url}/x", call or Call())
    return body


def in_turn(*replies: Reply) -> Answer:
    left = list(replies)
    return lambda seen: left.pop(0) if len(left) > 1 else left[0]


def test_a_busy_server_is_asked_again_and_a_pause_is_told() -> None:
    phases: list[str] = []
    answers = in_turn(Reply(status=503), Reply(status=429, headers={"Retry-After": "0"}), Reply(b"{}"))
    with serving(answers) as server:
        assert get(server.url, Call(lambda phase: phases.append(phase.what))) == b"{}"
        assert len(server.seen) == 3
    assert phases.count("pausing") == 2


@pytest.mark.parametrize(("status", "tries"), [(503, 3), (502, 3), (401, 1), (403, 1), (407, 1)])
def test_how_often_a_failure_is_tried(status: int, tries: int) -> None:
    with serving(lambda seen: Reply(b"<html>", status, {"Retry-After": "0"})) as server:
        with pytest.raises(BackendError, match=f"HTTP {status}"):
            get(server.url)
        assert len(server.seen) == tries


def test_a_server_that_wants_to_be_left_alone_is() -> None:
    with serving(lambda seen: Reply(status=503, headers={"Retry-After": "3600"})) as server:
        with pytest.raises(BackendError, match="come back after 3600 s"):
            get(server.url)
        assert len(server.seen) == 1


def test_an_answer_that_breaks_off_is_asked_for_once_more() -> None:
    with serving(in_turn(Reply(BODY, cut_at=1000), Reply(BODY))) as server:
        assert get(server.url) == BODY
        assert len(server.seen) == 2
    with serving(lambda seen: Reply(BODY, cut_at=1000)) as server:
        with pytest.raises(BackendError, match=r"incomplete response .*1,000 of"):
            get(server.url)
        assert len(server.seen) == 2


def test_another_answer_at_the_second_try_is_no_end_of_the_first() -> None:
    transfer = Transfer("x", Call(), 1 << 30)
    transfer.begin(None)
    transfer.feed(b"abcdef")
    assert transfer.pread(0, 3) == b"abc"
    transfer.begin(None)
    transfer.feed(b"abc")
    transfer.feed(b"defghi")
    assert transfer.pread(0, 9) == b"abcdefghi"
    transfer.begin(None)
    with pytest.raises(BackendError, match="another answer"):
        transfer.feed(b"xbcdef")
    transfer.close()


def test_what_nobody_has_read_may_come_anew() -> None:
    transfer = Transfer("x", Call(), 1 << 30)
    transfer.begin(None)
    transfer.feed(b"abcdef")
    transfer.begin(None)
    transfer.feed(b"xyz")
    transfer.finish()
    assert transfer.all() == b"xyz"


def test_cancelling_ends_a_wait_at_once_and_the_request_with_it() -> None:
    gate = threading.Event()
    with serving(lambda seen: Reply(b"{}", wait=gate)) as server:
        call = Call(lambda phase: called.set())
        called = threading.Event()
        ended: list[type[BaseException]] = []

        def wait() -> None:
            try:
                get(server.url, call)
            except Cancelled as error:
                ended.append(type(error))

        thread = threading.Thread(target=wait)
        thread.start()
        assert called.wait(10)
        call.cancel()
        thread.join(5)
        gate.set()
        assert ended == [Cancelled]


def test_who_only_answers_when_asked_is_asked() -> None:
    gate, stop = threading.Event(), threading.Event()
    with serving(lambda seen: Reply(b"{}", wait=gate)) as server:
        call = Call(lambda phase: stop.set(), cancelled=stop.is_set)
        with pytest.raises(Cancelled):
            get(server.url, call)
        gate.set()


def test_the_whole_request_has_a_deadline_of_its_own() -> None:
    gate = threading.Event()
    with serving(lambda seen: Reply(BODY, cut_at=10, wait=gate)) as server:
        with pytest.raises(BackendError, match=r"timed out after 0\.2 s"):
            get(server.url, timeout_s=0.2)
        gate.set()


def test_a_search_may_take_its_time_where_a_list_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_S", 0.1)
    asked, gate = threading.Event(), threading.Event()

    def answer(seen: Seen) -> Reply:
        if seen.path == "/traces":
            asked.set()
        return Reply(BODY, wait=gate)

    with serving(answer) as server:
        api = Server(client(server.url), server.url)
        found: list[int] = []

        def search() -> None:
            found.append(len(api.open("x", [f"{server.url}/traces"], Call(), bool).all()))

        thread = threading.Thread(target=search)
        thread.start()
        assert asked.wait(10)
        with pytest.raises(BackendError, match=r"timed out after 0\.1 s without a byte"):
            api.json("/services", None, Call())
        gate.set()  # by now the search has waited for longer
        thread.join(10)
        assert found == [len(BODY)]
        assert [seen.path for seen in server.seen] == ["/traces", "/services", "/services"]


def test_an_answer_that_has_begun_may_not_stall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_S", 0.1)
    gate = threading.Event()
    with serving(lambda seen: Reply(BODY, cut_at=10, wait=gate)) as server:
        with pytest.raises(BackendError, match=r"timed out after 0\.1 s without a byte .*, 10 B received"):
            Server(client(server.url), server.url).open("x", [f"{server.url}/x"], Call(), bool).all()
        gate.set()
        assert len(server.seen) == 2


def test_too_much_is_refused_by_its_size_and_by_its_announcement() -> None:
    packed = gzip.compress(b" " * 5_000_000)
    bomb, told = Reply(packed, headers={"Content-Encoding": "gzip"}), r"more than 1\.0 MB"
    with serving(lambda seen: bomb) as server, pytest.raises(BackendError, match=told):
        get(server.url, max_bytes=1_000_000)
    with serving(lambda seen: Reply(BODY)) as server, pytest.raises(BackendError, match="announces"):
        get(server.url, max_bytes=1000)


@pytest.mark.parametrize("packed", [gzip.compress(BODY), gzip.compress(BODY[:99]) + gzip.compress(BODY[99:])])
@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {}])
def test_gzip_is_known_by_its_bytes(packed: bytes, headers: dict[str, str]) -> None:
    with serving(lambda seen: Reply(packed, headers=headers)) as server:
        assert get(server.url) == BODY


SECRETS = {
    "token": ("Authorization", "Bearer SECRET-xyz"),
    "headers": ("X-Api-Key", "SECRET-xyz"),
}


@pytest.fixture(params=["token", "headers"])
def secret(request: pytest.FixtureRequest) -> tuple[str, dict[str, object], str]:
    option: str = request.param
    name, value = SECRETS[option]
    given: dict[str, object] = (
        {"token": "SECRET-xyz"} if option == "token" else {"headers": (f"{name}: {value}",)}
    )
    return name, given, value


def test_credentials_stay_with_their_origin(secret: tuple[str, dict[str, object], str]) -> None:
    name, options, value = secret
    with serving(lambda seen: Reply(b"{}")) as other:
        away = Reply(status=302, headers={"Location": f"{other.url}/x?back=1"})
        with serving(lambda seen: away) as server:
            with pytest.raises(BackendError, match=f"redirects to another place, {other.url}"):
                get(server.url, **options)
            assert server.seen[0].headers[name] == value
        assert other.seen == []


def test_a_redirect_within_the_origin_keeps_them(secret: tuple[str, dict[str, object], str]) -> None:
    name, options, value = secret

    def answer(seen: Seen) -> Reply:
        return Reply(b"{}") if seen.path == "/y" else Reply(status=307, headers={"Location": "/y"})

    with serving(answer) as server:
        assert get(server.url, **options) == b"{}"
        assert [seen.headers[name] for seen in server.seen] == [value, value]


def test_no_cookie_is_kept() -> None:
    def answer(seen: Seen) -> Reply:
        return Reply(b"{}", headers={"Set-Cookie": "sid=1; Path=/"})

    with serving(answer) as server:
        one = client(server.url)
        for _ in range(2):
            one.get("x", f"{server.url}/x", Call())
        assert not any("cookie" in map(str.lower, seen.headers) for seen in server.seen)


@pytest.mark.parametrize("echo", ["SECRET-xyz", "Bearer SECRET-xyz", "cTpTRUNSRVQteHl6"])
def test_a_secret_that_comes_back_is_not_shown(echo: str) -> None:
    def answer(seen: Seen) -> Reply:
        return Reply(json.dumps({"errors": [{"msg": f"bad {echo}"}], "data": None}).encode(), 500)

    with serving(answer) as server:
        userinfo = ("q", "SECRET-xyz") if echo.startswith("cTp") else None
        asked = Client(server.url, ClientOptions(token="SECRET-xyz"), userinfo)
        with pytest.raises(Refused, match="bad …") as told:
            Server(asked, server.url).json("/x", {"token": "SECRET-xyz"}, Call())
        assert "SECRET" not in str(told.value) + repr(asked.options) + repr(asked.credentials)


def test_a_page_is_told_from_an_answer() -> None:
    page = b"<!doctype html><title>Sign in</title><form><input name=password>"
    with serving(lambda seen: Reply(page)) as server, pytest.raises(NoEndpoint, match="a login page"):
        Server(client(server.url), server.url).json("/x", None, Call())


# Where credentials come from


def private(path: Path, text: str, mode: int = 0o600) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def sent(**options: object) -> dict[str, str]:
    return dict(client("http://127.0.0.1:1", **options).credentials.headers)


def test_credentials_of_files_and_commands(tmp_path: Path) -> None:
    token = private(tmp_path / "t", "tok\n")
    assert sent(token_file=token) == {"Authorization": "Bearer tok"}
    assert sent(token_command=f"cat {token}") == {"Authorization": "Bearer tok"}
    assert sent(tenant="acme") == {"x-tenant": "acme"}
    headers = private(tmp_path / "h", "A: 1\n\nB: 2\n")
    assert sent(header_file=headers) == {"A": "1", "B": "2"}
    assert sent(headers=("authorization: Basic x",), token="tok") == {"authorization": "Basic x"}


def test_userinfo_is_basic_and_goes_before_a_token() -> None:
    found = Client("http://127.0.0.1:1", ClientOptions(token="t"), ("me", "p@ss")).credentials.headers
    assert dict(found) == {"Authorization": "Basic bWU6cEBzcw=="}


def test_netrc_only_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", private(tmp_path / "n", "machine 127.0.0.1 login me password p@ss\n"))
    assert sent() == {}
    assert sent(netrc=True) == {"Authorization": "Basic bWU6cEBzcw=="}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"headers": ("SECRET",)}, "no header"),
        ({"headers": ("SE CRET: x",)}, "no header"),
        ({"headers": ("A: SECRET\nB: x",)}, "control character"),
        ({"headers": ("Content-Length: 5",)}, "cannot be set"),
        ({"token": "SECRET\x1b"}, "control character"),
        ({"token_file": "/nonexistent"}, "no such file"),
        ({"token_command": "echo SECRET >&2; exit 3"}, "ended with code 3"),
    ],
)
def test_bad_credentials_are_told_without_repeating_them(options: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told) as error:
        sent(**options)
    assert "SECRET" not in str(error.value)


def test_a_file_that_others_may_read_holds_no_secret(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"others may read .*chmod 600"):
        sent(token_file=private(tmp_path / "t", "tok", 0o644))


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with serving(lambda seen: Reply(b'{"by": "proxy"}')) as server:
        monkeypatch.setenv("http_proxy", server.url.replace("//", "//u:SECRET@"))
        yield server.url


def test_a_proxy_is_used_but_not_for_this_machine(proxied: str) -> None:
    assert json.loads(get("http://traces.invalid")) == {"by": "proxy"}
    with serving(lambda seen: Reply(b"{}")) as server:
        assert get(server.url) == b"{}"
    os.environ["no_proxy"] = "traces.invalid"
    assert client("http://traces.invalid")._proxy is None


def test_the_phases_of_a_call() -> None:
    told: list[Phase] = []
    with serving(lambda seen: Reply(BODY)) as server:
        get(server.url, Call(told.append))
    assert told[0].what == "waiting"
    assert told[-1].what == "receiving" and told[-1].bytes_total == len(BODY)
