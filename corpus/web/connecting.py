"""Connections that go only to addresses that were checked, and end when their time is up.

The name is looked up once, every address it has is checked, and the socket is opened to one of just these: there is no
second look-up that could answer otherwise. Host, server name and certificate remain those of the name.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import httpcore2
import httpx2

from corpus.errors import FetchError, SiteDown
from corpus.web.addresses import check_addresses

_Place = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
_Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, _Place]
"""As `socket.getaddrinfo` gives them."""


class Deadline:
    """The end of one request. Every wait of its connection is cut to what is left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock()

    def start(self, seconds: float) -> None:
        self._end = self._clock() + seconds

    def cut(self, timeout: float | None) -> float:
        """The seconds a wait may last.

        Raises:
            TimeoutError: there are none left.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError("took too long as a whole")
        return left if timeout is None else min(left, timeout)


class CheckedTransport(httpx2.BaseTransport):
    """Sends a request over a connection of its own to a checked address."""

    def __init__(self, tls: ssl.SSLContext, deadline: Deadline, private_hosts: frozenset[str]) -> None:
        backend = _Backend(deadline, private_hosts)
        self._pool = httpcore2.ConnectionPool(ssl_context=tls, network_backend=backend, max_keepalive_connections=0)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        sent = httpcore2.Request(
            request.method,
            httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        reply = self._pool.handle_request(sent)
        return httpx2.Response(reply.status, headers=reply.headers, stream=_Body(reply))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, reply: httpcore2.Response) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        yield from self._reply.iter_stream()

    def close(self) -> None:
        self._reply.close()


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, deadline: Deadline, private_hosts: frozenset[str]) -> None:
        self._deadline = deadline
        self._private_hosts = private_hosts

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - of the interface
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        with _told(httpcore2.ConnectTimeout, httpcore2.ConnectError):
            found = _looked_up(host, port)
            check_addresses(host, (str(place[0]) for *_, place in found), self._private_hosts)
            return _Stream(self._opened(found, timeout), self._deadline)

    def _opened(self, found: Sequence[_Found], timeout: float | None) -> socket.socket:
        """A socket to the first address that answers."""
        problem = OSError("the name has no address")
        for family, kind, protocol, _, place in found:
            opened = socket.socket(family, kind, protocol)
            try:
                opened.settimeout(self._deadline.cut(timeout))
                opened.connect(place)
            except OSError as error:
                opened.close()
                problem = error
            else:
                return opened
        raise problem


def _looked_up(host: str, port: int) -> Sequence[_Found]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:  # Asking again would not help.
            raise SiteDown(f"there is no host of the name {host}", "Check the address.", float("inf")) from None
        raise


class _Stream(httpcore2.NetworkStream):
    def __init__(self, opened: socket.socket, deadline: Deadline) -> None:
        self._socket = opened
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _told(httpcore2.ReadTimeout, httpcore2.ReadError):
            self._socket.settimeout(self._deadline.cut(timeout))
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _told(httpcore2.WriteTimeout, httpcore2.WriteError):
            self._socket.settimeout(self._deadline.cut(timeout))
            self._socket.sendall(buffer)

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        with _told(httpcore2.ConnectTimeout, httpcore2.ConnectError):
            try:
                self._socket.settimeout(self._deadline.cut(timeout))
                return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._deadline)
            except ssl.SSLCertVerificationError as error:
                self.close()
                reason = f"the certificate of {server_hostname} is not valid: {error.verify_message}"
                raise FetchError(reason, "Look at the site in a browser; tell who runs it.") from None
            except OSError:
                self.close()
                raise


@contextmanager
def _told(timeout: type[httpcore2.TimeoutException], other: type[httpcore2.NetworkError]) -> Iterator[None]:
    """Raise as httpcore's own back ends do."""
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except (OSError, UnicodeError) as error:  # the latter from a name that cannot be one
        raise other(str(error)) from error
