"""The repository of a fake forge, reached by git over HTTP at the forge's own address: `git http-backend`, as git brings it."""

from __future__ import annotations

import subprocess
from email.message import Message
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit


def heads(repository: Path) -> set[str]:
    """The branches of a bare repository."""
    done = subprocess.run(
        ["git", "-C", str(repository), "for-each-ref", "--format=%(refname:strip=2)", "refs/heads"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def serve(handler: BaseHTTPRequestHandler, repository: Path, at: str) -> None:
    """Answer a request of git's.

    Args:
        at: the path of the repository on the server, such as `/acme/shop.git`.
    """
    parts = urlsplit(handler.path)
    body = _body(handler)
    answer = subprocess.run(
        ["git", "http-backend"],
        input=body,
        env=_variables(handler.headers, handler.command, parts.path.removeprefix(at), parts.query, repository, body),
        capture_output=True,
        check=True,
    ).stdout
    head, _, content = answer.partition(b"\r\n\r\n")
    headers = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")]
    status = next((value for name, _, value in headers if name.lower() == "status"), "200 OK")
    handler.send_response_only(int(status.split()[0]))
    for name, _, value in headers:
        if name.lower() != "status":
            handler.send_header(name, value)
    handler.send_header("content-length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    if handler.headers.get("transfer-encoding", "").lower() != "chunked":
        return handler.rfile.read(int(handler.headers.get("content-length") or 0))
    body = b""
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body


def _variables(headers: Message, method: str, path: str, query: str, repository: Path, body: bytes) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "GIT_PROJECT_ROOT": str(repository),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": "/nonexistent",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "REMOTE_USER": "robot",
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
    }
