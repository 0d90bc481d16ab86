"""A small client over loopback: connections that are kept, one process, one thread.

It shares the machine with what it measures, so it does as little as it can: requests are written
before, and of an answer it reads the status and where it ends. What it takes itself is told.
"""

import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
CLOSING = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
END, LAST_CHUNK = b"\r\n\r\n", b"0\r\n\r\n"
TRIES, AT_ONCE = 3, 1 << 18


@dataclass(frozen=True)
class Measured:
    """How it went.

    Attributes
    ----------
    each : array
        Seconds for each answer.
    seconds, own : float
        In all, and processor time of this client.
    wrong : int
        How many were not answered as expected.
    """

    each: np.ndarray
    seconds: float
    own: float
    wrong: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.each) / self.seconds

    def at(self, percent: float) -> float:
        """Milliseconds within which so many percent were answered."""
        return float(np.percentile(self.each, percent)) * 1000


def request(method: str, path: str, host: str, cookie: str = "", body: str = "") -> bytes:
    """Write a request."""
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        f"Accept: {'application/json' if body else 'text/html'}",
    ]
    if cookie:
        head.append(f"Cookie: {cookie}")
    if body:
        head += [
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def load(
    address: tuple[str, int],
    requests: Sequence[bytes],
    *,
    connections: int,
    most_seconds: float,
    expect: int,
) -> Measured:
    """Send each request once, over so many connections, until all are sent or time is over."""
    start, own = time.perf_counter(), time.process_time()
    waiting, until = iter(requests), start + most_seconds
    each: list[float] = []
    wrong = 0
    with selectors.DefaultSelector() as selector:
        lines = [Line(address, selector) for _ in range(connections)]
        busy = sum(line.begin(waiting) for line in lines)
        while busy:
            for key, _ in selector.select():
                line: Line = key.data
                if (status := line.read()) is None:
                    continue
                now = time.perf_counter()
                each.append(now - line.began)
                wrong += status != expect
                if now > until or not line.begin(waiting):
                    line.close()
                    busy -= 1
    own = time.process_time() - own
    return Measured(np.array(each), time.perf_counter() - start, own, wrong)


class Line:
    """One connection that is kept, and opened again where the server has closed it."""

    def __init__(self, address: tuple[str, int], selector: selectors.BaseSelector) -> None:
        self.address, self.selector = address, selector
        self.socket: socket.socket | None = None
        self.said = self.got = b""
        self.began, self.tries = 0.0, 0

    def begin(self, waiting: Iterator[bytes]) -> bool:
        """Send the next request, if there is one."""
        self.said = next(waiting, b"")
        self.began, self.tries = time.perf_counter(), 0
        if self.said:
            self.send()
        return bool(self.said)

    def send(self) -> None:
        """Send the request; once more where the server has hung up before it.

        Raises
        ------
        ConnectionError
            If it hangs up again and again, or nobody is there.
        """
        self.got = b""
        while self.tries < TRIES:
            self.tries += 1
            try:
                self.opened().sendall(self.said)
            except BrokenPipeError:
                self.close()
            else:
                return
        raise ConnectionError("the server does not answer")

    def opened(self) -> socket.socket:
        """Give the connection."""
        if self.socket is None:
            self.socket = socket.create_connection(self.address)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(self.socket, selectors.EVENT_READ, self)
        return self.socket

    def read(self) -> int | None:
        """Read what has come; give the status once that is the whole answer."""
        try:
            more = self.opened().recv(AT_ONCE)
        except ConnectionResetError:
            more = b""
        if not more:
            self.close()
            self.send()
            return None
        self.got += more
        head, _, body = self.got.partition(END)
        if not whole(head, body):
            return None
        if CLOSING.search(head):
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None


def whole(head: bytes, body: bytes) -> bool:
    """Say whether an answer has come to its end."""
    if told := LENGTH.search(head):
        return len(body) >= int(told[1])
    return bool(CHUNKED.search(head)) and body.endswith(LAST_CHUNK)
