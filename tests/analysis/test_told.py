"""A path told: shares add up, whatever they are by."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.columns import S, store
from tests.analysis.forests import forests, jittery
from tracetui.analysis import Mode
from tracetui.analysis.told import ToldPath


@settings(deadline=None)
@given(forests() | jittery(), st.sampled_from(list(Mode)), st.data())
def test_shares_add_up_exactly(spans: list[S], mode: Mode, data: st.DataObject) -> None:
    columns = store(spans)
    root = data.draw(st.integers(0, len(spans) - 1))
    path = ToldPath(columns, root, mode)
    if mode is not Mode.TO_END:
        assert path.duration_ns == columns.duration_ns[root]
    for shares in (path.by_span(), path.by_service(), path.by_operation()):
        assert sum(share.time_ns for share in shares) == path.duration_ns
        assert [share.time_ns for share in shares] == sorted((s.time_ns for s in shares), reverse=True)
    told = [path.section(at) for at in path.sections]
    assert sum(section.end_ns - section.start_ns for section in told) == path.duration_ns
    assert all(section.reason and section.row not in section.alternatives for section in told)
    assert bool(told) != bool(path.why_empty)
    longest = path.longest(3)
    assert longest == sorted(longest)
    assert len(longest) == min(3, len(told))


def test_work_after_the_answer_is_told() -> None:
    spans = [S("r", 0, 100), S("c", 50, 300, "r"), S("d", 60, 10, "r")]
    columns = store(spans)
    assert ToldPath(columns, 0).goes_on_ns == 250
    assert ToldPath(columns, 2).goes_on_ns == 0
    assert ToldPath(columns, 0, Mode.TO_END).duration_ns == 350
