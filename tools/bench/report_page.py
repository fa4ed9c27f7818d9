"""How soon the page of a report with 5,000 candidates is seen, and how soon a filter acts, in headless Chromium.

First paint is `first-contentful-paint` of the browser's own timing, counted from the start of the navigation. A filter is counted
from the time of the `input` event to the first task after the next frame, when its rows have been painted. (The
Event Timing API waits for the frame after that one where nothing else moves, and would tell how fast somebody types.)
Medians of several loads; of each load the slowest key. Exit 1 beyond a bound.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from migrator.cli.formats.analysis_html import html_of
from tests.support.browsers import browser
from tests.support.large_reports import Made

CANDIDATES = 5_000
LOADS = 5
PAINT_MS, FILTER_MS, MEGABYTES = 1_000, 100, 12
TYPED = "invoice -database"

_WATCH = """() => {
  window.keys = [];
  document.getElementById("query").addEventListener("input", (event) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.keys.push(performance.now() - event.timeStamp);
      port2.postMessage(null);
    });
  });
}"""


def main() -> int:
    """Measure and print."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("report page: there is no Chromium", file=sys.stderr)
        return 1
    made = Made(CANDIDATES)
    began = time.perf_counter()
    text = html_of(made.report, made)
    seconds = time.perf_counter() - began
    size = len(text.encode("utf-8")) / 1e6
    with tempfile.TemporaryDirectory() as folder, browser(program) as started:
        file = Path(folder) / "report.html"
        file.write_text(text, encoding="utf-8")
        paints, filters = [], []
        for _ in range(LOADS):
            page = started.new_page(viewport={"width": 1280, "height": 900})
            page.goto(file.as_uri())
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
            paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            page.wait_for_timeout(1_000)  # until it has unpacked the details
            page.evaluate(_WATCH)
            page.locator("#query").press_sequentially(TYPED, delay=120)
            page.wait_for_timeout(300)
            filters.append(max(page.evaluate("window.keys")))
            page.close()
    paint, filtered = statistics.median(paints), statistics.median(filters)
    print(f"a page of {CANDIDATES:,} candidates: {size:.1f} MB (at most {MEGABYTES}), made in {seconds:.1f} s")
    print(f"first paint: {paint:.0f} ms (at most {PAINT_MS:,}); of {LOADS} loads the slowest {max(paints):.0f} ms")
    print(f"filter: {filtered:.0f} ms (at most {FILTER_MS}); of {LOADS} loads the slowest {max(filters):.0f} ms")
    return int(paint > PAINT_MS or filtered > FILTER_MS or size > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
