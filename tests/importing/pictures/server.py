"""A real HTTP server on this machine, whose pages a test makes up; also over TLS, as `pictures.example`."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("certificate.pem")
"""A certificate for `pictures.example` that signs itself, and its key."""

Page = Callable[["Visit"], None]


class Visit(BaseHTTPRequestHandler):
    """One request, and ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: "Pictures"

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.asked.append(self.path)
            self.server.headers_seen.append(dict(self.headers))
        page = self.server.pages.get(self.path)
        if page is None:
            self.answer(404)
        elif isinstance(page, bytes):
            self.answer(200, page)
        else:
            page(self)

    def answer(self, status: int, content: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Answer whole; a header that is given wins over what would be right."""
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def drip(self, piece: bytes) -> None:
        """Send the piece again and again, fifty times a second, until nobody takes it."""
        self.close_connection = True
        try:
            while not self.server.over.wait(0.02):
                self.wfile.write(piece)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Pictures(ThreadingHTTPServer):
    """The server: `pages` by their paths, the paths that were `asked` for, and the headers that came with them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.pages: dict[str, bytes | Page] = {}
        self.asked: list[str] = []
        self.headers_seen: list[dict[str, str]] = []
        self.lock = threading.Lock()
        self.over = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what some tests are about."""


@contextmanager
def serving(*, tls: bool = False) -> Iterator[Pictures]:
    server = Pictures()
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
