"""What is done in a child stays there: it is cut off at its limits, and the next request has a new child."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.isolation import CutOff, Limits, Pool
from tests.conftest import CHECKOUT


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool("tests.corpus.misbehaving", Limits(cpu=1, wall=300, memory=1_000_000_000, files=32))
    yield made
    made.close()


def ask(pool: Pool, what: str) -> list[str]:
    return [reply.decode() for reply in pool.ask(what.encode())]


def process(reply: str) -> str:
    return reply.rpartition(" ")[2]


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("spin", "no end after 1 s of processor time"),
        ("crash", r"crashed the parser \(SIGSEGV\)"),
        ("grow", "more than 1 GB of memory"),
    ],
)
def test_what_goes_wrong_is_cut_off_and_the_next_request_is_answered(pool: Pool, what: str, reason: str) -> None:
    before = process(ask(pool, "hello")[0])
    with pytest.raises(CutOff, match=reason):
        ask(pool, what)
    (after,) = ask(pool, "hello")
    assert process(after) != before


def test_what_waits_for_ever_is_cut_off() -> None:
    pool = Pool("tests.corpus.misbehaving", Limits(wall=0.5))
    with pytest.raises(CutOff, match=r"no end after 0\.5 s"):
        ask(pool, "sleep")


def test_one_child_answers_many_requests(pool: Pool) -> None:
    assert len({process(ask(pool, str(number))[0]) for number in range(20)}) == 1


def test_a_child_that_ended_while_idle_is_replaced(pool: Pool) -> None:
    idle = int(process(ask(pool, "hello")[0]))
    os.kill(idle, signal.SIGKILL)
    os.waitid(os.P_PID, idle, os.WEXITED | os.WNOWAIT)
    assert ask(pool, "hello")[0].startswith("hello ")


PARENT = """
import signal, sys
from corpus.isolation import Pool

signal.signal(signal.SIGINT, lambda *_: None)
pool = Pool("tests.corpus.misbehaving")
for what in sys.argv[1:]:
    print(*(reply.decode() for reply in pool.ask(what.encode())), flush=True)
sys.stdin.read()
"""


@contextmanager
def parent(*requests: str) -> Iterator[subprocess.Popen[str]]:
    """A program with its own children, in a process group as a terminal makes it; it makes requests, and waits."""
    command = [sys.executable, "-c", PARENT, *requests]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=pipe, stdout=pipe, text=True, process_group=0) as started:
        yield started


def test_an_interrupt_from_the_terminal_does_not_reach_what_a_child_does() -> None:
    """It goes to the whole process group of the parent, which may have its own way to end."""
    with parent("hello", "interrupt", "hello") as started:
        replies, _ = started.communicate(timeout=300)
    assert [reply.partition(" ")[0] for reply in replies.splitlines()] == ["hello", "interrupt", "hello"]
    assert len({process(reply) for reply in replies.splitlines()}) == 1


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to wait for what is no child of one's own")
def test_a_child_ends_with_its_parent() -> None:
    with parent("hello") as started:
        assert started.stdout
        child = os.pidfd_open(int(process(started.stdout.readline())))
        assert select.select([child], [], [], 0)[0] == []
        started.kill()
        assert select.select([child], [], [], 300)[0] == [child]
    os.close(child)


def test_two_requests_at_once_do_not_mix(pool: Pool) -> None:
    one, other = pool.ask(b"one"), pool.ask(b"other")
    first, second = next(one).decode(), next(other).decode()
    assert first.startswith("one ")
    assert second.startswith("other ")
    assert process(first) != process(second)
    assert (list(one), list(other)) == ([], [])


def test_an_answer_that_is_not_read_to_its_end_does_not_reach_the_next_request(pool: Pool) -> None:
    replies = pool.ask(b"open")
    next(replies)
    replies.close()  # type: ignore[attr-defined]
    assert ask(pool, "hello")[0].startswith("hello ")


def test_a_child_writes_no_file_and_opens_few(pool: Pool, tmp_path: Path) -> None:
    assert ask(pool, f"write {tmp_path / 'made'}")[0].startswith("OSError: File too large")
    assert ask(pool, "open")[0].startswith("OSError: Too many open files")


def test_a_child_imports_nothing_of_the_folder_it_is_started_in(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "struct.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    assert ask(pool, "hello")[0].startswith("hello ")


def test_what_a_library_prints_is_no_reply(pool: Pool) -> None:
    (reply,) = ask(pool, "print")
    assert reply.startswith("print in ")


@settings(max_examples=20)
@given(st.lists(st.binary(min_size=0, max_size=100_000), max_size=3))
def test_requests_of_any_size_come_whole(frames: list[bytes]) -> None:
    pool = Pool("tests.corpus.misbehaving")
    try:
        for frame in frames:
            text = frame.hex() or "-"
            assert ask(pool, text)[0].startswith(f"{text} in ")
    finally:
        pool.close()
