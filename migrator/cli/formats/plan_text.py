"""The text of `migrator plan`: what somebody has to decide on comes first, the whole tree last.

In: a `PlannedSlice`. Out: lines on a `Page`.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from migrator.cli.formats.page import CONFIDENCE_STYLE, VERDICT_STYLE, Page, count, place
from migrator.domain.locations import Location
from migrator.domain.plans import Boot, BootKind, Plan, Setting, SlicedDefinition, Target
from migrator.domain.trigger_text import trigger_text

if TYPE_CHECKING:
    from migrator.plan import PlannedSlice

# Of each list, unless everything is asked for: what fits on a screen or two together.
_MOST = 12
# A slice of more modules is shown by package.
_MOST_MODULES = 24


def write_plan(page: Page, planned: PlannedSlice, *, root: str, everything: bool = False, quiet: bool = False) -> None:
    """Write it.

    Args:
        root: the monolith as the user named it, for the command to type next.
        everything: all modules and settings, however many.
        quiet: no command to type next.
    """
    plan, assessment = planned.plan, planned.assessment
    page.line(
        (plan.candidate, "bold"),
        "  ",
        (assessment.verdict.value, VERDICT_STYLE[assessment.verdict]),
        ", ",
        (assessment.confidence.value, CONFIDENCE_STYLE[assessment.confidence]),
    )
    page.line(place(assessment.location), indent="  ")
    page.gap()
    for label, text in _head(planned):
        page.line((f"{label:<10}", "dim"), text, indent="  ", hang=" " * 12)
    _checks(page, plan)
    _look(page, plan, everything=everything)
    _secrets(page, plan)
    _settings(page, plan, everything=everything)
    _requirements(page, plan)
    _kept(page, plan, everything=everything)
    _files(page, plan, everything=everything)
    _tree(page, plan, everything=everything)
    if planned.accepted:
        page.heading("taken on")
        for effect, reason in planned.accepted.items():
            page.line(f"{effect.value}: {reason}", indent="  ", hang="    ")
    if not quiet:
        _next(page, planned, root)


def _head(planned: PlannedSlice) -> list[tuple[str, str]]:
    plan = planned.plan
    lines = sum(definition.lines for definition in plan.definitions)
    head = [("strategy", f"{plan.strategy.value}: {plan.because}")]
    if plan.boot is not None:
        head.append(("starts", _boot(plan.boot)))
    head.append(("carries", f"{count(lines, 'line')} of {count(len(plan.modules), 'module')}, {_sizes(planned)}"))
    events = ", ".join(dict.fromkeys(trigger_text(each.trigger) for each in planned.registrations)) or "nothing"
    if plan.target is Target.NONE:
        head.append(("runs", f"nowhere yet: no handler can be made for {events}"))
        return head
    head.append(("events", f"{events}, by {plan.source.value}; legacy code asks the router by: {plan.seam}"))
    network = ", in the private network" if plan.network else ""
    where = f"{plan.target.value}, {plan.runtime}, {plan.architecture}, {plan.memory_mb:,} MB"
    head.append(("runs", f"{where}, at most {plan.timeout_s} s{network}"))
    return head


def _sizes(planned: PlannedSlice) -> str:
    plan = planned.plan
    parts = [count(len(plan.requirements), "requirement")]
    if plan.data_files:
        size = sum(len(content) for content in planned.data.values())
        parts.append(f"{count(len(plan.data_files), 'file')} of {_bytes(size)}")
    return ", ".join(parts)


def _bytes(number: int) -> str:
    return f"{number:,} bytes" if number < 10_000 else f"{number / 1_000_000:.1f} MB"


def _boot(boot: Boot) -> str:
    match boot.kind:
        case BootKind.DJANGO:
            what = f"Django, with {boot.settings_module}"
        case BootKind.FLASK:
            what = boot.factory
        case BootKind.MAPPED:
            what = f"{count(len(boot.imports), 'module')} with mapped classes"
    return f"{what}, once an environment, before the function is imported"


def _checks(page: Page, plan: Plan) -> None:
    """All of them, however many: what a reader misses here lets strangers in."""
    if not plan.access_checks:
        return
    page.heading(f"access checks that are NOT carried ({len(plan.access_checks)})")
    page.line(
        "The service answers what these may turn away. Shift no traffic before each of them is on the function itself, "
        "or in front of the service.",
        indent="  ",
    )
    for check in plan.access_checks:
        page.line((check.what, "bold red"), indent="  ", hang="    ")
        page.line((check.reason, "dim"), indent="    ", hang="      ")


def _look(page: Page, plan: Plan, *, everything: bool) -> None:
    if not plan.dropped:
        return
    page.heading(f"look at these first ({len(plan.dropped)})")
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for item in plan.dropped:
        by_reason[item.reason].append(item.what)
    for reason, whats in by_reason.items():
        page.line(reason, indent="  ", hang="    ")
        for what in _first(whats, everything=everything):
            page.line((what, "dim"), indent="    ", hang="      ")


def _secrets(page: Page, plan: Plan) -> None:
    if not plan.secrets:
        return
    page.heading(f"secrets to create ({len(plan.secrets)})")
    width = max(len(secret.name) for secret in plan.secrets)
    for secret in plan.secrets:
        page.line((secret.name.ljust(width), "bold"), f"  {secret.reason}, ", place(secret.location), indent="  ")


def _settings(page: Page, plan: Plan, *, everything: bool) -> None:
    secret = {each.name for each in plan.secrets}
    others = sorted(
        (each for each in plan.settings if each.name not in secret), key=lambda each: (not each.required, each.name)
    )
    if not others:
        return
    page.heading(f"settings it reads ({len(others)})")
    shown = others if everything else [*[each for each in others if each.required], *others][:_MOST]
    shown = list(dict.fromkeys(shown))
    width = max(len(setting.name) for setting in shown)
    for setting in shown:
        page.line(setting.name.ljust(width), f"  {_default(setting)}  ", place(setting.location), indent="  ")
    _more(page, len(others) - len(shown), "  ")


def _default(setting: Setting) -> str:
    if setting.required:
        return "must be set"
    return f"default {setting.default}" if setting.default else "no default"


def _requirements(page: Page, plan: Plan) -> None:
    if not plan.requirements:
        return
    page.heading(f"requirements ({len(plan.requirements)})")
    names = [f"{each.distribution} {each.version}".strip() for each in plan.requirements]
    width = max(len(name) for name in names)
    for name, requirement in zip(names, plan.requirements, strict=True):
        page.line((name.ljust(width), "bold"), f"  {requirement.reason}", indent="  ", hang=" " * (width + 4))


def _kept(page: Page, plan: Plan, *, everything: bool) -> None:
    for title, items in (("at import", plan.import_time), ("the framework did this, and now", plan.kept)):
        if items:
            page.heading(f"{title} ({len(items)})")
            for item in items if everything else items[:_MOST]:
                page.line(item.becomes, indent="  ", hang="    ")
                where = f"{item.location}: " if item.location else ""
                page.line((f"{where}{item.what}", "dim"), indent="    ", hang="      ")
            _more(page, 0 if everything else len(items) - _MOST, "  ")


def _files(page: Page, plan: Plan, *, everything: bool) -> None:
    if plan.data_files:
        page.heading(f"files that come along ({len(plan.data_files)})")
        for path in _first(plan.data_files, everything=everything):
            page.line(path, indent="  ")


def _tree(page: Page, plan: Plan, *, everything: bool) -> None:
    by_path: defaultdict[str, list[SlicedDefinition]] = defaultdict(list)
    for definition in plan.definitions:
        by_path[definition.location.path].append(definition)
    whole = {path for path, found in by_path.items() if len(found) == 1 and found[0].name in plan.modules}
    page.heading(f"definitions ({len(plan.definitions)})")
    for path, found in by_path.items():
        if path not in whole:
            page.line((path, "underline"), indent="  ")
            for definition in found:
                page.line(_definition(definition), indent="    ")
    if whole:
        page.heading(f"modules that travel whole ({len(whole)})")
        for text in _whole([by_path[path][0] for path in by_path if path in whole], everything=everything):
            page.line(text, indent="  ")


def _definition(definition: SlicedDefinition) -> str:
    where: Location = definition.location
    lines = f"{where.line}-{where.end_line}" if where.end_line > where.line else str(where.line)
    return f"{lines:>9}  {definition.name}"


def _whole(modules: Sequence[SlicedDefinition], *, everything: bool) -> list[str]:
    if everything or len(modules) <= _MOST_MODULES:
        return [f"{module.lines:>7,} lines  {module.name}" for module in modules]
    grouped: defaultdict[str, list[SlicedDefinition]] = defaultdict(list)
    for module in modules:
        grouped[".".join(module.name.split(".")[:2])].append(module)
    shown = [
        f"{sum(each.lines for each in found):>7,} lines  {name}"
        + (f" ({count(len(found), 'module')})" if len(found) > 1 else "")
        for name, found in sorted(grouped.items(), key=lambda pair: (-sum(each.lines for each in pair[1]), pair[0]))
    ]
    return shown if len(shown) <= _MOST_MODULES else [*shown[:_MOST_MODULES], f"and {len(shown) - _MOST_MODULES} more"]


def _first(items: Sequence[str], *, everything: bool) -> list[str]:
    if everything or len(items) <= _MOST:
        return list(items)
    return [*items[:_MOST], f"and {len(items) - _MOST} more (--all)"]


def _more(page: Page, number: int, indent: str) -> None:
    if number > 0:
        page.line(f"and {number} more (--all)", indent=indent)


def _next(page: Page, planned: PlannedSlice, root: str) -> None:
    if planned.plan.target is Target.NONE:
        return
    page.heading("next")
    last = planned.plan.candidate.rpartition(".")[2]
    where = "" if root == "." else f" --root {shlex.quote(root)}"
    page.command(f"migrator extract {planned.plan.candidate}{where} -o services/{last.replace('_', '-')} --dry-run")
