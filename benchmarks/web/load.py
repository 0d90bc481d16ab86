# ruff: noqa: S101
"""A small client over loopback: connections that are kept, a bounded number of requests."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Measured:
    """How it went: seconds for each answer, seconds in all, and how many were not as expected."""

    each: np.ndarray
    seconds: float
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
    expect: frozenset[int],
) -> Measured:
    """Send each request once, over so many connections, until all are sent or time is over."""
    waiting, lock = iter(requests), threading.Lock()
    seconds: list[float] = []
    wrong = [0]
    until = time.perf_counter() + most_seconds

    def send() -> None:
        line = Line(address)
        while time.perf_counter() < until:
            with lock:
                one = next(waiting, None)
            if one is None:
                break
            start = time.perf_counter()
            status = line.ask(one)
            seconds.append(time.perf_counter() - start)
            if status not in expect:
                wrong[0] += 1
        line.close()

    start = time.perf_counter()
    threads = [threading.Thread(target=send) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Measured(np.array(seconds), time.perf_counter() - start, wrong[0])


class Line:
    """One connection that is kept, and opened again where the server has closed it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.socket: socket.socket | None = None

    def ask(self, said: bytes) -> int:
        """Send a request, read the whole answer, and give its status; 0 where there was none."""
        for _ in range(2):
            try:
                if self.socket is None:
                    self.socket = socket.create_connection(self.address, timeout=60)
                    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.socket.sendall(said)
                return self.read()
            except (ConnectionError, EOFError):
                self.close()
        return 0

    def read(self) -> int:
        """Read one answer."""
        assert self.socket is not None
        got = b""
        while b"\r\n\r\n" not in got:
            got += self.more()
        head, _, body = got.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        fields = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
        if fields.get(b"transfer-encoding") == b"chunked":
            while not body.endswith(b"0\r\n\r\n"):
                body += self.more()
        else:
            length = int(fields.get(b"content-length", b"0"))
            while len(body) < length:
                body += self.more()
        if fields.get(b"connection") == b"close":
            self.close()
        return int(lines[0].split()[1])

    def more(self) -> bytes:
        """Read a piece."""
        assert self.socket is not None
        got = self.socket.recv(65536)
        if not got:
            raise EOFError
        return got

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
