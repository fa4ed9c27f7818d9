"""What `ast.parse` costs for every file of a folder: `python -m tools.bench.analysis.parsing DIR`.

Prints seconds of the processor, with all texts already in memory: the least that a tool can take that looks at each file
with Python's own parser.
"""

from __future__ import annotations

import ast
import sys
import time
import warnings
from pathlib import Path

from migrator.source import read_tree


def main(folder: Path) -> None:
    """Measure and print."""
    texts = [file.text for file in read_tree(folder).modules.values()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the analyzed code's own escapes and the like
        began = time.process_time()
        for text in texts:
            ast.parse(text)
    print(time.process_time() - began)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
