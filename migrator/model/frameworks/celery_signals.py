"""Celery's own signals: what runs when a worker starts, a task is sent, or the application is ready."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_APPLICATION = ("on_configure", "on_after_configure", "on_after_finalize", "on_after_fork")
_AT_START = (
    "after_setup_logger",
    "after_setup_task_logger",
    "beat_embedded_init",
    "beat_init",
    "celeryd_after_setup",
    "celeryd_init",
    "import_modules",
    "setup_logging",
    "user_preload_options",
    "worker_init",
    "worker_process_init",
    "worker_ready",
)
_SIGNALS = (
    "after_task_publish",
    "before_task_publish",
    "eventlet_pool_apply",
    "eventlet_pool_postshutdown",
    "eventlet_pool_preshutdown",
    "eventlet_pool_started",
    "heartbeat_sent",
    "task_failure",
    "task_internal_error",
    "task_postrun",
    "task_prerun",
    "task_received",
    "task_rejected",
    "task_retry",
    "task_revoked",
    "task_sent",
    "task_success",
    "task_unknown",
    "worker_before_create_process",
    "worker_process_shutdown",
    "worker_shutdown",
    "worker_shutting_down",
)

FRAMEWORK = JobLibrary(
    name="celery signals",
    rules=(
        JobRule(
            tuple(f"celery.signals.{name}.connect" for name in _SIGNALS),
            TriggerKind.SIGNAL,
            functions=((0, "fun"),),
        ),
        JobRule(
            tuple(f"celery.signals.{name}.connect" for name in _AT_START),
            TriggerKind.SIGNAL,
            functions=((0, "fun"),),
            at_start=True,
        ),
        JobRule(
            tuple(f"celery.Celery.{name}.connect" for name in _APPLICATION),
            TriggerKind.SIGNAL,
            functions=((0, "fun"),),
            passes=("celery.Celery",),
            at_start=True,
        ),
    ),
    examples=(
        Example(
            """
from celery import Celery
from celery.signals import task_failure, worker_ready
app = Celery("x")
@task_failure.connect
def failed(**kwargs): ...
@worker_ready.connect(sender=app)
def ready(**kwargs): ...
@app.on_after_configure.connect
def configured(sender, **kwargs): ...
""",
            {"app.failed": ("signal",), "app.ready": ("signal",), "app.configured": ("signal",)},
        ),
    ),
)
