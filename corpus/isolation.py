"""Work on what strangers made, in a child process with limits: what hangs or explodes there is cut off.

A child serves one request after the other, for speed, and is replaced when one ends it. Both ways go frames of bytes,
each after its length; nothing is unpickled.
"""

import atexit
import contextlib
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_LENGTH = struct.Struct("!Q")
_LARGEST_FRAME = 200_000_000
"""Bytes."""
_AT_ONCE = 1 << 16
_PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use until its next reply."""

    cpu: int = 30
    """Seconds of processor time."""
    wall: float = 60
    """Seconds."""
    memory: int = 2_000_000_000
    """Bytes of address space, with Python and its libraries."""
    files: int = 64
    """Open at once. None may be written."""


class CutOff(Exception):
    """A request ended its child: `str(error)` says how."""


class Pool:
    """Children that run one function of one module, `serve` on both ends of whose pipes sit requests and replies."""

    def __init__(self, module: str, limits: Limits | None = None) -> None:
        self._module = module
        self._limits = limits or Limits()
        self._idle: list[_Child] = []
        atexit.register(self.close)

    def ask(self, *request: bytes) -> Iterator[bytes]:
        """Yield each reply to a request of several frames.

        Raises:
            CutOff: the child used more than its limits allow, or crashed.
        """
        child = self._living() or _Child(self._module, self._limits)
        whole = False
        try:
            yield from child.ask(request)
            whole = True
        finally:
            if whole:
                self._idle.append(child)
            else:
                child.kill()

    def _living(self) -> "_Child | None":
        while self._idle:
            child = self._idle.pop()
            if child.lives():
                return child
            child.kill()
        return None

    def close(self) -> None:
        """End the idle children."""
        while self._idle:
            self._idle.pop().kill()


class _Child:
    def __init__(self, module: str, limits: Limits) -> None:
        self._limits = limits
        ours = f"import sys; sys.path[:0] = {{{str(_PROJECT)!r}}} - set(sys.path)"
        start = f"{ours}; from {module} import main; main()"
        numbers = [str(each) for each in (limits.cpu, limits.memory, limits.files)]
        self._process = subprocess.Popen(  # noqa: S603 - this Python, with code of this package
            [sys.executable, "-P", "-B", "-c", start, *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C in a terminal is meant for the parent, which ends the child
        )
        assert self._process.stdin
        assert self._process.stdout
        self._in, self._out = self._process.stdin, self._process.stdout
        self._buffer = bytearray()

    def ask(self, request: Iterable[bytes]) -> Iterator[bytes]:
        try:
            for frame in request:
                self._in.write(_LENGTH.pack(len(frame)) + frame)
            self._in.flush()
        except OSError:
            raise CutOff(self._ending()) from None
        while frame := self._frame():
            yield frame

    def lives(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._in.close()
        self._out.close()

    def _frame(self) -> bytes:
        until = time.monotonic() + self._limits.wall
        (length,) = _LENGTH.unpack(self._take(_LENGTH.size, until))
        if length > _LARGEST_FRAME:
            raise CutOff("more came out of it than can be held")
        return self._take(length, until)

    def _take(self, length: int, until: float) -> bytes:
        while len(self._buffer) < length:
            ready, _, _ = select.select([self._out], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise CutOff(f"no end after {self._limits.wall:g} s")
            piece = os.read(self._out.fileno(), _AT_ONCE)
            if not piece:
                raise CutOff(self._ending())
            self._buffer += piece
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _ending(self) -> str:
        """How the child ended."""
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return f"no end after {self._limits.cpu} s of processor time"
        if code == _OUT_OF_MEMORY:
            return f"it needs more than {self._limits.memory / 1e9:g} GB of memory"
        return f"it crashed the parser ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"


_OUT_OF_MEMORY = 3


def serve(answer: Callable[[list[bytes]], Iterator[bytes]], frames: int) -> None:
    """In the child: answer requests of so many frames until there are no more.

    Args:
        answer: yields the replies to a request, none of them empty.
        frames: of a request.
    """
    cpu, memory, files = (int(each) for each in sys.argv[1:4])
    requests, replies = _pipes()
    _confine(memory, files)
    while request := [frame for _ in range(frames) if (frame := _read(requests)) is not None]:
        _allow(cpu)
        try:
            for reply in answer(request):
                replies.write(_LENGTH.pack(len(reply)) + reply)
                replies.flush()
                _allow(cpu)
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)
        replies.write(_LENGTH.pack(0))
        replies.flush()


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent. What a library prints must not go among the replies."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, replies


def _confine(memory: int, files: int) -> None:
    for what, most in ((resource.RLIMIT_NOFILE, files), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))
    with contextlib.suppress(ValueError):  # macOS has no limit of address space
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _allow(cpu: int) -> None:
    """Give processor time from now on; the limit counts from the start of the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu + 1, resource.RLIM_INFINITY))


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(head)[0]) if head else None
