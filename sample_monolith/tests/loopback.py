"""Stand-ins for the world around the shop, on loopback: SMTP, S3, Kinesis, and whom it talks to."""

from __future__ import annotations

import json
import socketserver
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


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

    def answer(self, body: bytes = b"", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self) -> None:
        name = unquote(self.path.lstrip("/").partition("?")[0])
        if name == "feed.json":
            self.answer(json.dumps({"items": self.server.feed}).encode())
        elif name == "reputation":
            self.answer(json.dumps({"score": self.server.reputation}).encode())
        elif name in self.server.objects:
            self.answer(self.server.objects[name])
        else:
            self.answer(b"<Error><Code>NoSuchKey</Code></Error>", 404)

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        self.server.objects[unquote(self.path.lstrip("/").partition("?")[0])] = self.body()
        self.answer()

    def do_POST(self) -> None:
        body = json.loads(self.body())
        if self.headers.get("X-Amz-Target", "").endswith(".PutRecords"):
            self.server.records += [json.loads(b64decode(r["Data"])) for r in body["Records"]]
            self.answer(json.dumps({"FailedRecordCount": 0, "Records": []}).encode())
        elif self.path == "/erp/documents":
            self.server.documents.append(body)
            self.answer(status=self.server.erp_status)
        else:
            self.server.chat.append(body)
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
        self.records: list[dict[str, object]] = []
        self.documents: list[dict[str, str]] = []
        self.clear()

    def clear(self) -> None:
        for kept in (self.feed, self.objects, self.chat, self.records, self.documents):
            kept.clear()
        self.reputation = 10
        self.erp_status = 200


def start(server: socketserver.BaseServer) -> None:
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
