"""How much of the monolith travels: single definitions, whole modules, or an application that is started.

In: a tree, the candidate as it was found, the strategy that the user wants, if any. Out: a `Cut`. Definitions are
followed in `closure`, modules in `whole`; what starts an application is found in `boots`.

    function      nothing that is needed looks for its neighbors at run time
    module        something does (`globals()`, `exec`, a module's `__getattr__`): its module stays whole
    application   something needed works only inside a started application, or maps classes to tables: the modules of
                  the application travel whole, of mapped classes those that hold one
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import partial

from migrator.domain.plans import Boot, BootKind, Dropped, Strategy
from migrator.plan.booting.boot_rules import NeedsBoot, needs_boot
from migrator.plan.booting.boots import find_boot
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.closure import Closure, follow
from migrator.plan.slicing.syntax import ModuleSyntax, Unit
from migrator.plan.slicing.third_party import ThirdParty
from migrator.plan.slicing.whole import WholeModules, carry_whole
from migrator.source import SourceTree


@dataclass(frozen=True, slots=True)
class Cut:
    """What travels.

    Attributes:
        because: why this strategy, with the place that decided.
        closure: the modules of which definitions were chosen.
        whole: the modules that travel as they are.
        dropped: what was chosen among several ways to start, and what could not be followed.
    """

    strategy: Strategy
    because: str
    closure: Closure
    whole: WholeModules
    boot: Boot | None = None
    dropped: tuple[Dropped, ...] = ()

    @property
    def external(self) -> tuple[ThirdParty, ...]:
        """Imports that leave the monolith, each place of each."""
        return tuple(dict.fromkeys((*self.closure.external, *self.whole.external)))

    @property
    def missing(self) -> tuple[ThirdParty, ...]:
        """Imports of what a package of the monolith should hold and does not, each place of each."""
        return tuple(dict.fromkeys((*self.closure.missing, *self.whole.missing)))

    @property
    def modules(self) -> tuple[str, ...]:
        """Every module of the slice, by name."""
        return tuple(sorted({*self.closure.syntax, *self.whole.names}))


_NOTHING = WholeModules((), ())


def cut(
    tree: SourceTree,
    home: str,
    start: Mapping[str, tuple[Unit, ...]],
    read: Callable[[str], ModuleSyntax],
    *,
    wanted: Strategy | None = None,
    settings_module: str = "",
    imports: ImportTree | None = None,
    jobs: AbstractSet[tuple[str, int]] = frozenset(),
) -> Cut:
    """Choose the strategy and follow what it asks for.

    Args:
        home: the candidate's module.
        start: module to the definitions that travel in any case.
        wanted: the user's choice; None leaves it to the code.
        settings_module: Django's, where the user names it.
        imports: what the modules import, where it was read before.
        jobs: as for `follow`.

    Raises:
        Refused: an application has to be started, and nothing says how.
    """
    imports = imports or ImportTree(tree)
    following = partial(follow, tree, syntax=read, jobs=jobs)
    if wanted is Strategy.MODULE:
        whole = carry_whole(imports, [home, *start])
        return Cut(Strategy.MODULE, "asked for", following(start, whole=set(whole.names)), whole)
    if wanted is Strategy.FUNCTION:
        return Cut(Strategy.FUNCTION, "asked for", following(start), _NOTHING)
    needed: NeedsBoot | None = None
    if wanted is None:
        closure = following(start, until=lambda imported: needs_boot([imported]) is not None)
        if closure.stopped_by is None:
            return _trimmed(closure)
        needed = needs_boot([closure.stopped_by])
    needed = needed or needs_boot(carry_whole(imports, [home]).external)
    if needed is None:
        closure = following(start)
        trimmed = _trimmed(closure)
        told = (Dropped(home, "nothing in it needs a started application; the strategy is the plan's own"),)
        return Cut(trimmed.strategy, trimmed.because, closure, _NOTHING, None, told)
    return _application(imports, start, read, following, needed, settings_module, asked=wanted is not None)


def _trimmed(closure: Closure) -> Cut:
    if not closure.unsafe:
        return Cut(Strategy.FUNCTION, "every name that it uses is followed to its definition", closure, _NOTHING)
    reasons = list(closure.unsafe.values())
    more = f", and {len(reasons) - 1} more modules for such a reason" if len(reasons) > 1 else ""
    return Cut(Strategy.MODULE, f"{reasons[0]}{more}", closure, _NOTHING)


def _application(
    imports: ImportTree,
    start: Mapping[str, tuple[Unit, ...]],
    read: Callable[[str], ModuleSyntax],
    following: Callable[..., Closure],
    needed: NeedsBoot,
    settings_module: str,
    *,
    asked: bool,
) -> Cut:
    while True:
        started = find_boot(imports, needed, settings_module)
        until = partial(_asks_for_more, needed.kind)
        if needed.kind is BootKind.MAPPED:
            # Mapped classes have to be loaded, and nothing else: what their modules use is followed by name.
            whole = _NOTHING
            mapped = {module: read(module).units for module in started.modules}
            closure = following({**mapped, **_joined(start, mapped)}, until=until)
            stronger = needs_boot([closure.stopped_by], above=needed.kind) if closure.stopped_by else None
        else:
            # Applications import checks, backends and tasks by lists of their names.
            whole = carry_whole(imports, started.modules, texts_but_of=frozenset(started.settings))
            whole = replace(whole, external=(*whole.external, *started.external))
            stronger = needs_boot(whole.external, above=needed.kind)
            closure = following({} if stronger else start, whole=set(whole.names), until=until)
            if closure.stopped_by is not None:
                stronger = needs_boot([closure.stopped_by], above=needed.kind)
        if stronger is None:
            because = f"asked for; {needed.told}" if asked else needed.told
            return Cut(Strategy.APPLICATION, because, closure, whole, started.boot, started.dropped)
        needed = stronger


def _joined(
    start: Mapping[str, tuple[Unit, ...]], mapped: Mapping[str, tuple[Unit, ...]]
) -> dict[str, tuple[Unit, ...]]:
    return {module: tuple(dict.fromkeys((*mapped.get(module, ()), *units))) for module, units in start.items()}


def _asks_for_more(kind: BootKind, imported: ThirdParty) -> bool:
    return needs_boot([imported], above=kind) is not None
