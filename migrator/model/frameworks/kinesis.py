"""Kinesis by the Kinesis Client Library: classes whose methods get batches of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.registrations import Example, Program, Registration, Start

_BASES = frozenset(
    {
        "amazon_kclpy.kcl.RecordProcessorBase",
        "amazon_kclpy.v2.processor.RecordProcessorBase",
        "amazon_kclpy.v3.processor.RecordProcessorBase",
    }
)


@dataclass(frozen=True, slots=True)
class _Kinesis:
    name: str = "kinesis"
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for owner in program.classes():
            if not _BASES & program.ancestors(owner):
                continue
            method = program.method(owner, "process_records")
            if method is not None and not method.is_abstract:
                trigger = Trigger(TriggerKind.STREAM, self.name, owner.location)
                place = method.location if method.owner is owner else owner.location
                name = method.name if method.owner is owner else owner.name
                yield Registration(name, place, trigger, (Start(method, program.tables.universe.inst(owner)),))


FRAMEWORK = _Kinesis(
    examples=(
        Example(
            """
from amazon_kclpy.v3 import processor
class Clicks(processor.RecordProcessorBase):
    def initialize(self, initialize_input): ...
    def process_records(self, process_records_input): ...
class More(Clicks): ...
""",
            {"app.Clicks.process_records": ("stream",), "app.More": ("stream",)},
        ),
    )
)
