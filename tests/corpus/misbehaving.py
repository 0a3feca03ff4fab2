"""A child that does what the request says: for the tests of `corpus.isolation`."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from corpus.isolation import serve


def main() -> None:
    serve(_answer, frames=1)


def _answer(request: list[bytes]) -> Iterator[bytes]:
    what = request[0].decode()
    if what == "spin":
        while True:
            pass
    if what == "sleep":
        time.sleep(600)
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "grow":
        yield bytes(10_000_000_000)
    if what == "print":
        print("no reply")
    if what == "interrupt":
        os.killpg(os.getpgid(os.getppid()), signal.SIGINT)
    if what.startswith("write "):
        yield _tried(lambda: str(Path(what.removeprefix("write ")).write_bytes(b"a")))
    if what == "open":
        yield _tried(lambda: str([os.open(os.devnull, os.O_RDONLY) for _ in range(1000)]))
    yield f"{what} in {os.getpid()}".encode()


def _tried(act: object) -> bytes:
    try:
        return str(act()).encode()  # type: ignore[operator]
    except OSError as error:
        return type(error).__name__.encode() + b": " + str(error.strerror).encode()
