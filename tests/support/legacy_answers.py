"""Asks the sample shop, in a process of its own: requests on standard input, answers on standard output.

Run with the shop's folder as the current one: `python legacy_answers.py`. Each line in is a JSON list
`[method, path as it goes over the wire]`, each line out `[status, content type, body in base64]`.
"""

from __future__ import annotations

import base64
import json
import sys


def main() -> None:
    sys.path.insert(0, ".")
    from shop.app import create_app  # type: ignore[import-not-found]

    client = create_app().test_client()
    for line in sys.stdin:
        method, path = json.loads(line)
        answer = client.open(path, method=method)
        body = base64.b64encode(answer.get_data()).decode()
        print(json.dumps([answer.status_code, answer.headers.get("Content-Type"), body]), flush=True)


if __name__ == "__main__":
    main()
