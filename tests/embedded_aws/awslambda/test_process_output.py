from __future__ import annotations

import os
import threading

from embedded_aws.awslambda.process_output import ProcessOutput


class Pipe:
    """A pipe with a ``ProcessOutput`` at its end."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.arrived = threading.Semaphore(0)
        reading, self._writing = os.pipe()
        self.output = ProcessOutput(reading, self._emit)

    def write(self, text: bytes) -> None:
        os.write(self._writing, text)

    def close(self) -> None:
        os.close(self._writing)

    def _emit(self, line: str) -> None:
        self.lines.append(line)
        self.arrived.release()


def test_lines_arrive_by_themselves() -> None:
    pipe = Pipe()
    pipe.write(b"one\ntwo\n")
    pipe.arrived.acquire()
    pipe.arrived.acquire()
    assert pipe.lines == ["one", "two"]
    pipe.close()


def test_draining_leaves_nothing_that_is_written() -> None:
    pipe = Pipe()
    for number in range(200):
        pipe.write(f"{number}\n".encode())
        pipe.output.drain()
        assert len(pipe.lines) == number + 1
    pipe.close()


def test_draining_emits_an_unfinished_line() -> None:
    pipe = Pipe()
    pipe.write(b"no end")
    pipe.output.drain()
    assert pipe.lines == ["no end"]
    pipe.close()


def test_the_end_of_the_pipe_ends_the_last_line() -> None:
    pipe = Pipe()
    pipe.write(b"last")
    pipe.close()
    pipe.arrived.acquire()
    assert pipe.lines == ["last"]


def test_draining_after_the_end_is_harmless() -> None:
    pipe = Pipe()
    pipe.write(b"last\n")
    pipe.close()
    pipe.arrived.acquire()
    pipe.output.drain()
    assert pipe.lines == ["last"]


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    pipe = Pipe()
    pipe.write(b"\xff\xfe\n")
    pipe.output.drain()
    assert pipe.lines == ["\ufffd\ufffd"]
    pipe.close()
