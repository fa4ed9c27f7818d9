"""The process that the shop runs in: drives candidates, one after the other, and says on its last line what was seen.

Run as `python -m tests.support.effect_trace.worker ORDERS`, a JSON object with `root` (the shop's folder), `scratch`,
`store` (of S3), `dead_port` (of a mail server that is down), `ports` (port -> effect), and `candidates`. Settings and programs come by the environment.

Every candidate is driven twice: what changes in the first round is watched for readers in the second.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

PACKAGE = "shop"


def main() -> None:
    orders = json.loads(sys.argv[1])
    root = Path(orders["root"])
    sys.path.insert(0, str(root))
    import shop.app  # type: ignore[import-not-found]
    import shop.consumers.orders  # type: ignore[import-not-found]
    import shop.consumers.parcels  # type: ignore[import-not-found]
    import shop.consumers.telemetry  # type: ignore[import-not-found]
    import shop.consumers.uploads  # type: ignore[import-not-found]
    from celery.signals import before_task_publish
    from shop.db import Base, engine
    from sqlalchemy import event

    from tests.support.effect_trace.drives import DRIVES
    from tests.support.effect_trace.recorder import Recorder
    from tests.support.effect_trace.stage import Stage
    from tests.support.effect_trace.state import watch_reads

    app = shop.app.create_app({"TESTING": True})
    shop.app.celery_app.loader.import_default_modules()
    recorder = Recorder(PACKAGE, root, {int(port): effect for port, effect in orders["ports"].items()})
    event.listen(engine, "before_cursor_execute", lambda *a: recorder.noticed("database", a[2].split("\n")[0]))

    def published(sender: str = "", **_: object) -> None:
        recorder.noticed("enqueue", f"sends {sender}")

    before_task_publish.connect(published)

    seen: dict[str, dict[str, set[str]]] = {name: {} for name in orders["candidates"]}
    for _ in range(2):
        for name, effects in seen.items():
            fresh(shop.app, Base, engine)
            stage = Stage(app, orders["store"], orders["dead_port"], Path(orders["scratch"]), root / "tests" / "data")
            act = DRIVES[name](stage)
            with app.app_context():
                shop.app.cache.clear()
            disconnect(shop.app.cache)
            with recorder.recording():
                act()
            for effect, details in recorder.seen.items():
                effects.setdefault(effect, set()).update(details)
        written = {detail for effects in seen.values() for detail in effects.get("process-state-write", ())}
        watch_reads(sorted(written), lambda name: recorder.noticed("process-state-read", name))
    print(json.dumps({name: {effect: sorted(seen[name][effect]) for effect in sorted(seen[name])} for name in seen}))


def fresh(app: Any, base: Any, engine: Any) -> None:
    """A newly seeded database, no carts, flags or visits, and the settings as they were."""
    from shop import settings
    from shop.services import carts, flags  # type: ignore[import-not-found]
    from shop.telemetry import visits  # type: ignore[import-not-found]

    for held in (carts._carts, flags._flags, visits._visits):
        held.clear()
    settings.SMTP_PORT = int(os.environ["SHOP_SMTP_PORT"])
    settings.SUPPLIER_FEED_URL = os.environ["SHOP_SUPPLIER_FEED_URL"]
    base.metadata.drop_all(engine)
    app.prepare_database()


def disconnect(cache: Any) -> None:
    """So that talking to the cache means connecting to it, which can be seen."""
    for client in (cache.cache._write_client, cache.cache._read_client):
        client.connection_pool.disconnect()


if __name__ == "__main__":
    main()
