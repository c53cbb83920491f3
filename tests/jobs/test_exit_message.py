from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from jobs import exit_message
from jobs.errors import EmptyPartition, InvalidArgument


def test_a_success_leaves_its_closing_line(tmp_path: Path) -> None:
    message = tmp_path / "output" / "message"
    assert exit_message.run(lambda _: "all well", ["--message", str(message)]) == 0
    assert message.read_text() == "all well"


def test_a_failure_leaves_its_name_and_message(tmp_path: Path) -> None:
    def job(_: Sequence[str]) -> str:
        raise EmptyPartition("dt=2026-11-21 has no rows")

    assert exit_message.run(job, [f"--message={tmp_path / 'm'}", "--other", "x"]) == 1
    assert (tmp_path / "m").read_text() == "EmptyPartition: dt=2026-11-21 has no rows"


def test_a_long_message_is_cut_at_a_kilobyte_between_characters(tmp_path: Path) -> None:
    exit_message.run(lambda _: "x" + "ä" * 1000, [f"--message={tmp_path / 'm'}"])
    content = (tmp_path / "m").read_bytes()
    assert content.decode() == "x" + "ä" * 511
    assert len(content) == 1023


def test_a_defect_of_ours_is_not_disguised(tmp_path: Path) -> None:
    def job(_: Sequence[str]) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        exit_message.run(job, [f"--message={tmp_path / 'm'}"])
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("arguments", [[], ["--message"], ["--mess", "m"]])
def test_without_a_place_for_the_message_the_exit_code_speaks(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def job(_: Sequence[str]) -> str:
        raise InvalidArgument("what?")

    assert exit_message.run(job, arguments) == 1
    assert "InvalidArgument: what?" in capsys.readouterr().out


def test_a_wrong_argument_is_a_typed_failure() -> None:
    parser = exit_message.ArgumentParser(prog="job")
    parser.add_argument("--days", type=int)
    with pytest.raises(InvalidArgument, match=r"invalid int value: 'seven'; see the usage: .*job"):
        parser.parse_args(["--days", "seven"])
