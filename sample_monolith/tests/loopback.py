"""Stand-ins for the world around the shop, on loopback: SMTP, S3, the supplier, the chat."""

from __future__ import annotations

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Mail(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.reply("220 loopback")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb == b"DATA":
                self.reply("354 go on")
                lines = []
                while (text := self.rfile.readline().rstrip(b"\r\n")) != b".":
                    lines.append(text.decode())
                self.server.outbox.append("\n".join(lines))
                self.reply("250 taken")
            elif verb == b"QUIT":
                self.reply("221 bye")
                return
            else:
                self.reply("250 fine")

    def reply(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.outbox: list[str] = []


class _World(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, body: bytes = b"") -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer(json.dumps({"items": self.server.feed}).encode())

    def do_PUT(self) -> None:
        self.server.objects[self.path.lstrip("/")] = self.body()
        self.answer()

    def do_POST(self) -> None:
        self.server.chat.append(json.loads(self.body()))
        self.answer()

    def log_message(self, *args: object) -> None:
        pass


class World(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _World)
        self.feed: list[dict[str, object]] = []
        self.objects: dict[str, bytes] = {}
        self.chat: list[dict[str, str]] = []


def start(server: socketserver.BaseServer) -> None:
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
