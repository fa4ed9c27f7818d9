"""What stands around a view in its application and does not travel with it.

In: the imports of a tree, what travels, the candidate's place and its frameworks. Out: `LeftAround`: what may turn a
request away, apart from all the rest. The frameworks are told apart in the table; each has a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from migrator.domain.plans import Boot
from migrator.plan.around.asgi_layers import layers_left_behind
from migrator.plan.around.django_middleware import middleware_left_behind
from migrator.plan.around.flask_hooks import hooks_left_behind
from migrator.plan.around.values import Around, LeftAround, answers_itself
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.carried import Carried

_Find = Callable[[ImportTree, Mapping[str, Carried], str], Iterable[Around]]

_FINDERS: Mapping[str, _Find] = {
    "django-urls": lambda imports, carried, _: middleware_left_behind(imports, carried),
    "fastapi": layers_left_behind,
    "flask": lambda imports, _, home: hooks_left_behind(imports, home),
    "starlette": layers_left_behind,
}


def left_around(
    imports: ImportTree, carried: Mapping[str, Carried], home: str, frameworks: Iterable[str], boot: Boot | None
) -> LeftAround:
    """Find it.

    Args:
        home: path of the module that holds the candidate.
        frameworks: of the candidate's routes, as the analyzer names them.
        boot: what is started; a started Flask application answers the view's requests with all its hooks.
    """
    found: dict[Around, None] = {}
    for framework in dict.fromkeys(frameworks):
        finder = _FINDERS.get(framework)
        if finder is None or (framework == "flask" and answers_itself(boot)):
            continue
        found |= dict.fromkeys(finder(imports, carried, home))
    return LeftAround(
        checks=tuple(each.dropped for each in found if each.turns_away),
        others=tuple(each.dropped for each in found if not each.turns_away),
    )
