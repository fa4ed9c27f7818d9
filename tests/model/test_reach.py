"""How much code a function runs, and which libraries it calls, with the steps to the nearest call."""

from __future__ import annotations

from migrator.domain.assessments import Reach
from tests.support.programs import model_of


def reach_of(source: str, name: str = "app.start") -> Reach:
    return model_of(source).summary(name).reach


def test_functions_and_lines_of_all_that_is_run() -> None:
    source = "def start():\n    one()\n    two()\n\ndef one(): two()\ndef two():\n    return 2\ndef other(): ...\n"

    assert (reach_of(source).functions, reach_of(source).lines) == (3, 3 + 1 + 2)
    assert (reach_of(source, "app.two").functions, reach_of(source, "app.two").lines) == (1, 2)


def test_lines_of_a_nested_function_count_once() -> None:
    source = "def start():\n    def inner():\n        return 1\n    return inner()\n"

    assert (reach_of(source).functions, reach_of(source).lines) == (2, 4)


def test_a_method_of_two_receivers_counts_once() -> None:
    source = (
        "class A:\n    def run(self):\n        return 1\nclass B(A):\n    pass\n"
        "def start():\n    A().run()\n    B().run()\n"
    )

    assert (reach_of(source).functions, reach_of(source).lines) == (2, 3 + 2)


def test_the_body_of_a_class_is_no_function() -> None:
    source = "def start():\n    class A:\n        size = one()\n    return A\ndef one():\n    return 1\n"

    assert (reach_of(source).functions, reach_of(source).lines) == (2, 4 + 2)


def test_libraries_by_the_steps_to_the_nearest_call() -> None:
    source = (
        "import csv, requests, nobody_knows\nfrom PIL import Image\n"
        "def start(x):\n    len(x)\n    csv.reader(x)\n    near()\n"
        "def near():\n    requests.get('u')\n    far()\n"
        "def far():\n    Image.open('p')\n    csv.writer(1)\n    nobody_knows.go()\n"
        "def other():\n    import zipfile\n    zipfile.ZipFile('z')\n"
    )

    assert dict(reach_of(source).libraries) == {"csv": 1, "requests": 2, "PIL": 3, "nobody_knows": 3}
    assert list(reach_of(source).libraries) == ["csv", "requests", "PIL", "nobody_knows"]
