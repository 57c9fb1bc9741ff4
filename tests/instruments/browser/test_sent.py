"""What a page sends is kept as it leaves, but for what the page is made of."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from websockets.sync.server import serve

from pyuibench.instruments.browser.sent import SentRecorder
from pyuibench.instruments.shared.sent import Sent

pytestmark = pytest.mark.browser

PAGE = """
<link rel="stylesheet" href="/style.css"> <script src="/script.js"></script> <img src="/picture.png">
<script>
  const opened = (socket) => new Promise((done) => { socket.onopen = done; });
  async function talk(port) {
    await fetch("/data?a=1");
    await fetch("/name", { method: "POST", body: "name=Grüße" });
    const form = new FormData();
    form.append("file", new File(["a,b"], "orders.csv"));
    await fetch("/file", { method: "PUT", body: form });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live?id=7`);
    await opened(socket);
    socket.send("Grüße");
    socket.send(new Uint8Array([0, 255]));
    window.said = true;
  }
</script>
"""


class Answering(BaseHTTPRequestHandler):
    """Answers whatever is asked with the page."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE.encode())))
        self.end_headers()
        self.wfile.write(PAGE.encode())

    do_POST = do_PUT = do_GET

    def log_message(self, *_):
        pass


@contextmanager
def running(server, port):
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield port
    finally:
        server.shutdown()
        thread.join()


def test_requests_and_messages_are_kept_and_no_files_that_a_page_is_made_of(browser):
    pages, sockets = ThreadingHTTPServer(("127.0.0.1", 0), Answering), serve(list, "127.0.0.1", 0)
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    recorder = SentRecorder(context.new_cdp_session(page))
    with (
        pages,
        running(pages, pages.server_port) as port,
        sockets,
        running(sockets, sockets.socket.getsockname()[1]) as live,
    ):
        page.goto(f"http://127.0.0.1:{port}/start")
        assert recorder.take() == [Sent("GET /start", b"")]
        page.evaluate("(port) => { talk(port); }", live)
        page.wait_for_function("() => window.said")
        context.close()
    assert recorder.take() == [
        Sent("GET /data?a=1", b""),
        Sent("POST /name", "name=Grüße".encode()),
        Sent("PUT /file", None),  # the browser doesn't tell what is in a file
        Sent("WebSocket /live?id=7", b""),
        Sent("WebSocket /live?id=7", "Grüße".encode()),
        Sent("WebSocket /live?id=7", b"\x00\xff"),
    ]
