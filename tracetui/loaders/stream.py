"""Read JSON of any size from a byte source, in bounded memory and with exact positions.

`JsonStream` walks a document by position. Nothing is built but what the caller asks for:

    stream = JsonStream(source)
    for start in stream.documents():            # NDJSON, concatenated, pretty or one document
        for key in stream.members():            # at an object; the caller may consume the value ...
            if key == "data":
                for start in stream.elements():  # at an array; ... or leave it, then it is skipped
                    head = stream.small_value(4096)   # bytes of the value, None if it is longer
            elif key == "spans":
                for chunk in stream.records(shape, repair):   # an array of records, in batches
                    ...                         # chunk.items: list of decoded structs
            elif key == "processes":
                processes = stream.raw_value()   # exact bytes of a value (up to `RECORD_LIMIT`)

`Shape(Struct)` (module `records`) holds what was learned about the layout of one kind of array; keep one per
kind for the whole load, so that the second array profits from the first. `locate(chunks)` gives the exact
byte ranges of all the records of some chunks as two arrays, in few numpy calls for many small chunks.

`Repair` is how a loader hears of records that do not fit: `repair(record, offset, error)` gets a whole JSON
value of the wrong kinds and gives an item or None; `broken(offset, reason)` tells of bytes that are no JSON
and were passed over; `bad_text(offset)` of a record that holds invalid UTF-8.

Faults end the walk: `JsonTruncated` when the data ends inside a value, `JsonFault` for anything else that
is not JSON. Both carry `offset`. All that was given out before stays true. After a fault `next_line(start)`
moves behind the first line end after `start`, to go on with `documents()` of a file of lines. Whole small
values (a line, a small trace) can be had with `small_value()` and decoded in one go; positions inside of them
are then the caller's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, overload

import msgspec

from tracetui.loaders.ahead import Ahead
from tracetui.loaders.parts import Part
from tracetui.loaders.records import Chunk, Learner, Repair, Shape, locate, prove, salvage
from tracetui.loaders.walk import BATCH, RECORD_LIMIT, JsonFault, JsonTruncated, JsonWalk, complaint_place

__all__ = [
    "BATCH", "RECORD_LIMIT", "Chunk", "JsonFault", "JsonStream", "JsonTruncated", "Repair", "Shape", "locate",
]  # fmt: skip

_COMMA, _OPEN_LIST, _CLOSE_LIST = b",[]"

T = TypeVar("T")


class JsonStream(JsonWalk):
    """A walk that reads arrays of records in batches.

    Args:
        source: where the bytes come from.
        start: the first byte to look at.
        batch: bytes of records decoded in one call, but for the first.
    """

    _is_long = False
    """Whether the array that is being read is known to be longer than a batch."""

    @overload
    def records(self, shape: Shape[T], repair: Repair[T]) -> Iterator[Chunk[T]]: ...

    @overload
    def records(
        self, shape: Shape[T], repair: Repair[T], ahead: Ahead | None, context: object
    ) -> Iterator[Chunk[T] | Part]: ...

    def records(
        self, shape: Shape[T], repair: Repair[T], ahead: Ahead | None = None, context: object = None
    ) -> Iterator[Chunk[T] | Part]:
        """The records of the array that starts here, in chunks of about `batch` bytes.

        A batch is cut where the shape's separator was last seen: a guess that decoding proves. Where it is
        wrong, or nothing is known yet, records are read one by one, which is right for every layout and
        teaches the shape.

        Args:
            shape: The layout.
            repair: Hears of records that do not fit.
            ahead: Has parts of a long array read by a second process; they come instead of chunks.
            context: What that takes besides the separators.
        """
        if not self.take(_OPEN_LIST):
            raise self._fault("an array")
        if self.take(_CLOSE_LIST):
            return
        self._is_long = False
        if ahead is not None:
            ahead.begin(self.position)
        while True:
            stop: int | None = None
            if ahead is not None and self._is_long:
                self.peek()
                cuts = [(separator, 1) for separator, _, _ in shape.separators]
                part = ahead.go_on(self.position, cuts, (shape.separators, context))
                if part is not None:
                    yield part
                    self.seek(part.end)
                    if not self.take(_COMMA):
                        raise self._fault("','")
                    continue
                stop = ahead.limit(self.position)
            chunk = self._cut(shape, repair, stop) or self._one_by_one(shape, repair)
            if chunk.items:
                yield chunk
            if self.take(_COMMA):
                continue
            if not self.take(_CLOSE_LIST):
                raise self._fault("',' or ']'")
            return

    def _cut(self, shape: Shape[T], repair: Repair[T], stop: int | None = None) -> Chunk[T] | None:
        """A chunk by guess and proof, None if the guess failed.

        Args:
            shape: The layout.
            repair: Hears of records that do not fit.
            stop: Where a record seems to end that nothing is to be read behind.
        """
        if not shape.separators:
            return None
        self.peek()
        end = -1 if self._is_long else shape.find_end(self._data, self._at)
        if end < 0 and len(self._data) - self._at < self.batch and not self._end_of_data:
            self._fill(self.batch)
            end = -1 if self._is_long else shape.find_end(self._data, self._at)
        known_end = end >= 0
        if not known_end:
            # An array as long as this is looked through for its end no more: the decoder will complain there.
            self._is_long = len(self._data) - self._at >= self.batch
            if stop is not None and stop <= self._base + len(self._data):
                end = stop - self._base
            else:
                end = shape.find_cut(self._data, self._at)
        # The end of the array may be told by the decoder's complaint, hence a second try.
        for _ in range(2):
            if end <= self._at:
                return None
            body: bytes | memoryview = memoryview(self._data)[self._at : end]
            if self._data[end - 1] <= 0x20:
                body = bytes(body).rstrip()
            try:
                chunk = prove(body, self.position, shape, repair)
            except msgspec.DecodeError as error:
                if known_end:
                    shape.mistaken()
                place = complaint_place(error)
                where = len(body) if place is None else place
                if where >= len(body) or body[where] != _CLOSE_LIST:
                    return self._past_damage(bytes(body), shape, repair)
                end, known_end = self._at + where, False
                continue
            self._at = end
            self.batch = self._later_batch
            if self.peek() == _CLOSE_LIST:
                Learner.end(shape, self._data, self._at)
            return chunk
        return None

    def _past_damage(self, body: bytes, shape: Shape[T], repair: Repair[T]) -> Chunk[T] | None:
        """A chunk of what is damaged in places, None if that needs a closer look."""
        from tracetui.loaders.damaged import read_pieces  # imported where there is damage, as below

        chunk, used = read_pieces(body, self.position, shape, repair)
        self._at += used
        return chunk if used else None

    def _one_by_one(self, shape: Shape[T], repair: Repair[T]) -> Chunk[T]:
        """Some records, each cut exactly; stops as soon as something was learned."""
        self.peek()
        first = comma = self.position
        chunk: Chunk[T] = Chunk([], first)
        while True:
            self.peek()
            start = self.position
            try:
                record = self.raw_value()
            except JsonFault as fault:
                if chunk.items:
                    # Hand out what is there; the same fault comes up again at the next call.
                    self.seek(comma)
                    return chunk
                lenient = self.lenient_value(start)
                if lenient:
                    salvage(chunk, lenient, start, shape, repair)
                    return chunk
                if not self._resume(shape, start, fault.offset):
                    raise
                repair.broken(start, str(fault))
                return chunk
            salvage(chunk, record, start, shape, repair)
            following = self.peek()
            if following == _CLOSE_LIST:
                Learner.end(shape, self._data, self._at)
            if following != _COMMA or Learner.separator(shape, self._data, self._at):
                return chunk
            if self.position - first >= self.batch // 4:
                return chunk
            comma = self.position
            self._at += 1

    def _resume(self, shape: Shape[T], start: int, fault: int) -> bool:
        """After a broken record: go to the comma before the next record, if one can be found near."""
        from tracetui.loaders.damaged import next_comma

        self.seek(start)
        comma = next_comma(self._data, self._at, fault - self._base, shape)
        if comma >= 0:
            self._at = comma
            return True
        # Nothing of an array that is written in one line stands behind that line.
        line_end = -1
        if not shape.many_lines and self.source.pread(max(start - 1, 0), 1) > b" ":
            line_end = self._data.find(b"\n", self._at)
        found = self._next_record(shape, line_end)
        if found < 0 and line_end < 0:
            self._end_of_data = False
            self._fill(self.batch * 4)
            found = self._next_record(shape, line_end)
        if found < 0 or 0 <= line_end < found:
            return False
        self._at = found
        return True

    def _next_record(self, shape: Shape[T], line_end: int) -> int:
        """Index of the comma before the next record, or of the array's end; -1 if none is in the window."""
        from tracetui.loaders.damaged import balanced_end

        places = [shape.find_next(self._data, self._at + 1), shape.find_end(self._data, self._at + 1)]
        found = min((place for place in places if place >= 0), default=-1)
        stop = found if found >= 0 else len(self._data)
        balanced = balanced_end(self._data, self._at, min(stop, line_end) if line_end >= 0 else stop, shape)
        return balanced if balanced >= 0 else found
