"""JSON of every odd kind through `show`: as a whole file, as a span, as the value of an attribute.

The kinds are those of the well-known suites for JSON parsers: what must be taken (y), what must be refused
(n), and what parsers disagree about (i).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.loaders.test_odd_json import DEEP, ODD, SPANS, compact, document
from tracetui.cli.main import run
from tracetui.loaders import load
from tracetui.tui.detail.lines import Entry
from tracetui.tui.detail.pager import pages
from tracetui.tui.detail.values import present

NUMBERS = [
    b"-0e0", b"0e+1", b"1E22", b"1E-2", b"20e1", b"-1.5e+3", b"123.456e-789", b"1.5e+9999", b"-1e+9999",
    b"-123123e100000", b"0.4e00669999999999999999999999999999969999999006",
    b"-237462374673276894279832749832423479823246327846", b"-01", b"-012", b"-1.0.", b"-2.", b".-1",
    b".2e-3", b"0.1.2", b"0.3e+", b"0.3e", b"0.e1", b"0E", b"0E+", b"1.0e", b"1.0e-", b"1eE2", b"2.e3",
    b"2.e+3", b"9.e+", b"Inf", b"-Inf", b"-NaN", b"1+2", b"0x1", b"0x42", b"-foo", b"- 1", b"-.123", b"1ea",
    b"1.2a-3", b"1.8011670033376514H-308", b"++1234", b"1_000", b"1e1.5", b"\xef\xbc\x91", b"-\xe2\x88\x9e",
    b"123\x00", b"1f", b"0o7", b"0b1", b"1" + b"0" * 400,
]  # fmt: skip
STRINGS = [
    b'"\\u0060\\u012a\\u12AB"', b'"\\uDBFF\\uDFFE"', b'"\\uFFFE"', b'"\\uFDD0"', b'"\\u002c"', b'"\\u200B"',
    b'"\\u2064"', b'"\\\\u0000"', b'"\\""', b'"a/*b*/c"', b'"\xe2\x80\xa9"', b'"\xef\xbf\xbf"',
    b'"\xc2\x80"', b'"\xf3\xa0\x80\x81"', b'"\\u0061\\u30af\\u30EA\\u30b9"', b'"new\\u000Aline"',
    b'"\xcc\xb8\xcc\xb8\xcc\xb8"', b'"\\uDADA"', b'"\\uD888\\u1234"', b'"\\uDd1e\\uD834"', b'"\\uD800\\n"',
    b'"\\ud800abc"', b'"\\uDFAA"', b'"\\uD800\\"', b'"\\uD800\\u"', b'"\\uD800\\u1"', b'"\\uD800\\u1x"',
    b'"\\u00A"', b'"\\uqqqq"', b'"\\u\xe5"', b'"\\\xf0\x9f\x8c\x80"', b'"\\\xe5"', b'"\\\x00"', b'"\\\t"',
    b'"\\v"', b'"\\0"', b'"\\\n"', b'"\\{"', b'"\\\\\\"', b'"\x81"', b'"\xe0\xff"',
    b'"\xf8\x88\x80\x80\x80"', b'"\xfc\x83\xbf\xbf\xbf\xbf"', b'"\xe6\x97\xa5\xd1\x88\xfa"',
    b'"\xf4\x90\x80\x80"', b'"\xed\xbf\xbf"', b'"\xc3("', b'"\x1b]52;c;aGk=\x07"', b"\xc3\xa9",
    b"\\u0020\"a\"", b'"a" "b"', b"'", b'"asd]', b"\"\"\"", b'abc"', b'"\r"', b'"\x7f\x80"',
]  # fmt: skip
CONTAINERS = [
    b'[""]', b"[[]]", b"[1\n]", b"[1,null,null,null,2]", b'{"a":[{}]}', b'{"":""}', b'{"a":"b","a":"b"}',
    b'{"foo\\u0000bar":42}', b'{"min":-1.0e+28,"max":1.0e+28}', b'{"\\u043f":"\\u041f"}', b"[ ]", b"{\n}",
    b'["a","b",]', b'[1,,]', b'[1,,2]', b'[,"x"]', b'["x"', b"[x", b"[3[4]]", b"[1:2]", b'["":1]', b"[*]",
    b"[\x0b1]", b"[\xc2\xa01]", b"[\x0c]", b"[\xe2\x81\xa0]", b"[1]x", b'["a",\n4\n,1,', b"[\n1\n,1",
    b"[{}", b"[][]", b"[]{}", b"1]", b"{}}", b'{"a":true} "x"', b'{"a":"b"}/**/', b'{"a":"b"}//',
    b'{"a":"b"}#', b'{"a":"b"}/', b'{[:"x"}', b'{"x",null}', b'{"x"::"b"}', b'{"a":"a" 123}',
    b"{key:'value'}", b'{"id":0,}', b'{"id":0,,,,,}', b'{"a":"b",,"c":"d"}', b"{null:null,null:null}",
    b'{"\xb9":"0",}', b'{"a" b}', b'{:"b"}', b'{"a":1,a}', b'{"a"', b'{"a":"b', b"{*",
    b"{\xf0\x9f\x87\xa8}", b"<.>", b"[<null>]", b"[True]", b"2@", b"{]", b'{"asd":"asd"', b'{"x":true,',
    b"\xe5", b"a\xc3\xa5", b"*", b"[,", b"['", b"['a']", b'["a', b'[1,\n1\n,1', b'[/*c*/1]',
    b'{"a":/*c*/1}', b"[1]//c", b"\xef\xbb\xbf", b"\xef\xbb\xbf{}", b"\xef\xbb", b"\xfe\xff\x00[\x00]",
    b"[\x00\"\x00\xe9\x00\"\x00]\x00", b"\x00[\x00]", b"[null,NaN,-Infinity]", b"[truth]", b"[fals]",
    b"[tru", b'[{"":[{"":' * 1000, b"[" * 1023 + b"]" * 1023, b"[" * 1025 + b"]" * 1025,
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
]  # fmt: skip
ALL = [*NUMBERS, *STRINGS, *CONTAINERS, *(odd for odd in ODD if len(odd) < 4 * DEEP)]

INSIDE = {
    "jaeger": {
        "tags": [{"key": "before", "value": 1}, {"key": "odd", "value": "@@"}, {"key": "k", "value": 2}]
    },
    "otlp": {
        "attributes": [{"key": "odd", "value": {"stringValue": "@@"}}, {"key": "k", "value": {"intValue": 2}}]
    },
    "zipkin": {"tags": {"before": "1", "odd": "@@", "k": "2"}},
}


def show(path: Path, capfd: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Exit code and output; errors are one line, and nothing raw reaches the terminal."""
    code = run(["show", *options, str(path)])
    output = capfd.readouterr()
    assert code in (0, 3), output.err
    assert "Traceback" not in output.err
    if code:
        assert output.err.count("\n") == 1, output.err
        assert not output.out
    assert not [char for char in output.out + output.err if char != "\n" and not char.isprintable()]
    return code, output.out


@pytest.mark.parametrize("wrap", [b"%b", b"[%b]", b'{"data":%b}'])
def test_as_a_whole_file(wrap: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.json"
    for odd in ALL:
        path.write_bytes(wrap.replace(b"%b", odd))
        assert show(path, capfd, "--spans", "none")[0] == 3, odd[:60]


@pytest.mark.parametrize("family", SPANS)
def test_as_a_span(family: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.json"
    spans = [compact(SPANS[family](n)).encode() for n in range(4)]
    for odd in [*NUMBERS, *STRINGS, *CONTAINERS]:
        path.write_bytes(document(family, [*spans[:2], odd, *spans[2:]]))
        code, output = show(path, capfd, "--format", "json")
        assert code == 0, odd[:60]
        kept = sum(len(trace["spans"]) for trace in json.loads(output)["traces"])
        assert kept >= 2, odd[:60]


@pytest.mark.parametrize("family", SPANS)
def test_as_the_value_of_an_attribute(family: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The others stay; what is shown of it, and all of it, has lines."""
    path = tmp_path / "odd.json"
    spans = [compact(SPANS[family](n)).encode() for n in range(2)]
    holder = compact(SPANS[family](7) | INSIDE[family]).encode()
    for odd in ALL:
        path.write_bytes(document(family, [spans[0], holder.replace(b'"@@"', odd), spans[1]]))
        code, output = show(path, capfd, "--format", "json")
        assert code == 0, odd[:60]
        assert sum(len(trace["spans"]) for trace in json.loads(output)["traces"]) >= 1, odd[:60]
        for trace in load([str(path)]).traces:
            for span in trace.spans:
                for key, value in span.attributes.items():
                    assert present(key, value, 40).lines
                    assert sum(1 for _ in pages(Entry(key, value), 40)) < 200_000
