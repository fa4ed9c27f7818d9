"""Which call or decorator tells a framework of a function, where several stand on one line or around each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import Refused
from migrator.plan.looking.imports import ImportTree
from migrator.plan.registrations import read_registrations
from migrator.plan.slicing.reading import Readings
from migrator.source import read_tree

FILES = {
    "urls.py": (
        "urlpatterns = [\n"
        "    path('shop/', include([\n"
        "        path('cart/', views.cart, name='cart'),\n"
        "    ])), path('one/', views.one), path('two/', views.two, **more),\n"
        "]\n"
        "app.route('/x', methods=['GET'])(view)\n"
        "app.add_url_rule(\n    '/label', view_func=Label.as_view('label'), strict=make())\n"
        "app.add_url_rule('/other', view_func=Other.as_view('other', 1))\n"
        "@app.get('/first')\n@app.post(\n    '/second')\ndef f(): ...\n"
    )
}


def told(folder: Path, line: int, column: int = 1) -> tuple[str, tuple[str, ...], dict[str, object], tuple[str, ...]]:
    (folder / "urls.py").write_text(FILES["urls.py"])
    tree = read_tree(folder)
    trigger = Trigger(TriggerKind.HTTP, "any", Location("urls.py", line, line, column), {})
    [found] = read_registrations(tree, [trigger], Readings(ImportTree(tree)).reader()).registrations
    return found.function, found.arguments, dict(found.options), found.computed


def test_a_route_inside_another_call_is_the_call_that_begins_there(tmp_path: Path) -> None:
    assert told(tmp_path, 3, 9) == ("path", ("'cart/'", "views.cart"), {"name": "cart"}, ())
    assert told(tmp_path, 2, 5)[1][0] == "'shop/'"


def test_of_two_on_a_line_each_is_found_by_its_column(tmp_path: Path) -> None:
    assert told(tmp_path, 4, 10)[1] == ("'one/'", "views.one")
    assert told(tmp_path, 4, 35) == ("path", ("'two/'", "views.two"), {}, ("**",))


def test_of_two_that_begin_together_the_outer_one_is_meant(tmp_path: Path) -> None:
    assert told(tmp_path, 6) == ("app.route('/x', methods=['GET'])", ("view",), {}, ())


def test_a_call_over_several_lines_is_found_by_any_of_them(tmp_path: Path) -> None:
    assert told(tmp_path, 8, 99) == ("app.add_url_rule", ("'/label'",), {}, ("view_func", "strict"))


def test_decorators_are_told_by_their_lines(tmp_path: Path) -> None:
    assert told(tmp_path, 10)[:2] == ("app.get", ("'/first'",))
    assert told(tmp_path, 12)[:2] == ("app.post", ("'/second'",))


def test_a_view_that_is_made_with_arguments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Other is made with arguments"):
        told(tmp_path, 9)
