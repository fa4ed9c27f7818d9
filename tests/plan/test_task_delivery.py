"""What tasks ask of their library, and what becomes of it behind a queue."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.domain.plans import EventSource
from migrator.errors import Refused
from migrator.plan.delivery.deliveries import ErrorName
from tests.support.jobs import becomes, planned_job, reason

CELERY = """
    from celery import Celery
    app = Celery("x", broker="memory://")
"""


def task(body: str, more: str = "") -> dict[str, str]:
    return {"work.py": CELERY + "\n" + more + "\n" + body}


def test_a_plain_task_is_called_and_its_decorator_stays(tmp_path: Path) -> None:
    planned = planned_job(
        tmp_path, task("    @app.task\n    def send(to: str):\n        return to.upper()\n"), "work.send"
    )
    assert planned.plan.source is EventSource.QUEUE
    assert planned.plan.seam == "task"
    assert planned.modules["work.py"].lstrip("\n") == "def send(to: str):\n    return to.upper()\n"
    assert planned.plan.requirements == ()
    assert becomes(planned, "no retries").startswith("a failed task is moved to the dead-letter queue at once")
    assert planned.delivery.queue is not None
    assert planned.delivery.queue.retries.most == 0


@pytest.mark.parametrize(
    ("options", "what", "says"),
    [
        ("autoretry_for=(OSError,), max_retries=3", "max_retries=3", "after 4 runs"),
        ("autoretry_for=(OSError,)", "max_retries=3 (the default)", "after 4 runs"),
        ("autoretry_for=(OSError,)", "default_retry_delay=180 (the default)", "180 s"),
        ("autoretry_for=(OSError,), default_retry_delay=2 * 60", "default_retry_delay=2 * 60", "120 s"),
        ("autoretry_for=(OSError,), retry_backoff=5", "retry_backoff=5", "5 s, twice as long"),
        ("autoretry_for=(OSError,), retry_backoff=True", "retry_backoff_max=600 (the default)", "above 600 s"),
        ("autoretry_for=(OSError,), retry_kwargs={'max_retries': 7}", "retry_kwargs", "after 8 runs"),
        ("acks_late=True", "acks_late=True", "at least once"),
        ("time_limit=45", "time_limit=45", "45 s, one message at a time"),
        ("rate_limit='50/s'", "rate_limit='50/s'", "at most 50 runs at once"),
        ("rate_limit='1/h'", "rate_limit='1/h'", "at most 2 runs at once"),
        ("ignore_result=True", "ignore_result=True", "keeps no results"),
        ("queue='slow'", "queue='slow'", "queue of the service's own"),
        ("expires=60", "expires=60", "older than 60 s"),
    ],
)
def test_an_option_has_its_line(options: str, what: str, says: str, tmp_path: Path) -> None:
    planned = planned_job(tmp_path, task(f"    @app.task({options})\n    def send(): ...\n"), "work.send")
    assert says in becomes(planned, what), planned.plan.kept


@pytest.mark.parametrize(
    ("options", "what", "says"),
    [
        ("priority=3", "priority=3", "no priorities"),
        ("acks_late=False", "acks_late=False", "at most once"),
        ("soft_time_limit=30", "soft_time_limit=30", "SoftTimeLimitExceeded is not raised"),
        ("rate_limit='30/m'", "rate_limit", "only how many go on at once"),
        ("autoretry_for=(OSError,), max_retries=None", "max_retries=None", "1000 receives"),
        ("max_retries=how_many()", "max_retries=how_many()", "only known when the program runs"),
        ("whatever=1", "whatever=1", "not known"),
        ("autoretry_for=(OSError,), default_retry_delay=90_000", "default_retry_delay", "hidden for 43200 s at most"),
    ],
)
def test_what_has_no_equal_is_listed(options: str, what: str, says: str, tmp_path: Path) -> None:
    source = task(f"    @app.task({options})\n    def send(): ...\n", "    def how_many(): return 3\n")
    planned = planned_job(tmp_path, source, "work.send")
    assert says in reason(planned, what), planned.plan.dropped


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("@app.task(serializer='pickle')\n    def send(): ...", "travel as pickle"),
        ("@app.task(base=Own)\n    def send(): ...", "base=Own of the task: what its task class does"),
        ("@app.task(bind=flag())\n    def send(): ...", "bind=flag\\(\\) of the task: its value is only known"),
        ("@app.task(**OPTIONS)\n    def send(): ...", "\\*\\*OPTIONS"),
        ("@app.task(bind=True)\n    def send(self): self.update_state('x')", "self.update_state"),
        ("@app.task(bind=True)\n    def send(self): raise self.retry(args=(1,))", "self.retry\\(args=\\(1,\\)\\)"),
        ("@app.task(bind=True)\n    def send(self): print(self)", "self itself is handed on"),
        ("@app.task(bind=True)\n    def send(self): return self.request.hostname", "self.request.hostname"),
        ("@app.task\n    def send(): send.s().delay()", "sends itself"),
    ],
)
def test_what_cannot_be_kept_is_refused(body: str, says: str, tmp_path: Path) -> None:
    more = "    import celery\n    class Own(celery.Task): pass\n    OPTIONS = {'max_retries': 3}\n    def flag(): return True\n"
    with pytest.raises(Refused, match=says) as caught:
        planned_job(tmp_path, task(f"    {body}\n", more), "work.send", accepted_unresolved="looked at")
    assert caught.value.location.startswith("work.py:")
    assert caught.value.hint


def test_a_task_that_runs_too_long_is_refused(tmp_path: Path) -> None:
    source = task("    @app.task\n    def send(): ...\n", "    app.conf.task_time_limit = 20 * 60\n")
    with pytest.raises(Refused, match="may run 1200 s; a Lambda function ends after 900 s"):
        planned_job(tmp_path, source, "work.send")


def test_a_bound_task_keeps_its_retries(tmp_path: Path) -> None:
    source = task(
        "    @app.task(bind=True, max_retries=4)\n    def send(self, to):\n"
        "        if self.request.retries < 2:\n            raise self.retry(countdown=60)\n"
    )
    policy = planned_job(tmp_path, source, "work.send").delivery.queue
    assert policy is not None
    assert policy.bound
    assert policy.retries.by_hand
    assert policy.retries.most == 4
    assert policy.retries.errors == ()


def test_exceptions_are_imported_from_where_they_are(tmp_path: Path) -> None:
    files = {
        **task(
            "    @app.task(autoretry_for=(smtplib.SMTPException, Late, OSError, errors.Gone, Own))\n    def send(): ...\n",
            "    import smtplib\n    from shop import errors\n    from shop.errors import Late\n    class Own(Exception): pass\n",
        ),
        "shop/__init__.py": "",
        "shop/errors.py": "class Late(Exception): pass\nclass Gone(Exception): pass\nclass Unused(Exception): pass\n",
    }
    planned = planned_job(tmp_path, files, "work.send")
    assert planned.delivery.queue is not None
    assert planned.delivery.queue.retries.errors == (
        ErrorName("smtplib.SMTPException", "import smtplib"),
        ErrorName("Late", "from shop.errors import Late"),
        ErrorName("OSError", ""),
        ErrorName("Gone", "from shop.errors import Gone"),
        ErrorName("Own", "from work import Own"),
    )
    assert "class Own" in planned.modules["work.py"]
    assert "Unused" not in planned.modules["shop/errors.py"]
    assert "smtplib" not in planned.modules["work.py"]


def test_settings_of_celery_count_where_the_task_says_nothing(tmp_path: Path) -> None:
    files = {
        **task("    @app.task(acks_late=False)\n    def own(): ...\n    @app.task\n    def send(): ...\n"),
        "settings.py": "MINUTE = 60\nCELERY_TASK_TIME_LIMIT = 2 * MINUTE\nCELERY_ACKS_LATE = True  # celery\n",
    }
    send = planned_job(tmp_path, files, "work.send")
    assert send.plan.timeout_s == 120
    assert next(each.location for each in send.plan.kept if each.what == "acks_late=True").startswith("settings.py:3")
    own = planned_job(tmp_path, files, "work.own")
    assert becomes(own, "acks_late") == ""
    assert "at most once" in reason(own, "acks_late=False")


def test_places_that_send_the_task_are_read(tmp_path: Path) -> None:
    files = {
        **task("    @app.task\n    def send(to): ...\n    @app.task\n    def other(): ...\n"),
        "web.py": "from celery import chain\nimport work\nfrom work import send as post\n\ndef go(when, late):\n"
        "    post.apply_async(('a',), countdown=30)\n    work.send.apply_async(('a',), countdown=2000)\n"
        "    post.apply_async(('a',), countdown=late, priority=3)\n    post.apply_async(('a',), eta=when)\n"
        "    chain(post.s('a'), work.other.si())()\n    return post.delay('b').get()\n",
    }
    planned = planned_job(tmp_path, files, "work.send")
    assert becomes(planned, "countdown=30") == "DelaySeconds=30 of the message"
    assert becomes(planned, "countdown=2000").startswith("a one-time schedule")
    assert becomes(planned, "countdown=late").startswith("DelaySeconds up to 900 s; beyond")
    assert becomes(planned, "eta=when").startswith("DelaySeconds up to 900 s ahead")
    assert reason(planned, "priority=3") == "SQS has no priorities"
    assert "workflow" in reason(planned, ".s(...)")
    assert "waits for the result" in reason(planned, ".delay(...)")
    assert {each.location.partition(":")[0] for each in planned.plan.kept if "countdown" in each.what} == {"web.py"}


def test_a_timetable_sends_to_the_same_queue(tmp_path: Path) -> None:
    files = task(
        "    @app.task\n    def nightly(day=None, *, full=False): ...\n",
        "    from celery.schedules import crontab\n    app.conf.update(timezone='Europe/Berlin', beat_schedule={\n"
        "        'a': {'task': 'work.nightly', 'schedule': crontab(hour=2, minute=30), 'kwargs': {'full': True}},\n"
        "        'b': {'task': 'work.nightly', 'schedule': 15.0},\n    })\n",
    )
    planned = planned_job(tmp_path, files, "work.nightly")
    assert planned.plan.source is EventSource.QUEUE
    [entry] = planned.delivery.timetables
    assert (entry.expression, entry.timezone) == ("cron(30 2 * * ? *)", "Europe/Berlin")
    assert (entry.args, dict(entry.kwargs)) == ((), {"full": True})
    assert "finest step is a minute" in reason(planned, "15.0")
    assert "daylight saving" in reason(planned, "in Europe/Berlin")


def test_a_timetable_may_name_its_constants(tmp_path: Path) -> None:
    files = {
        **task(
            "    @app.task\n    def beat(): ...\n    @app.task\n    def tick(): ...\n",
            "    from celery.schedules import crontab\n    from times import EVERY, HOUR\n"
            "    app.conf.beat_schedule = {\n        'a': {'task': 'work.beat', 'schedule': EVERY},\n"
            "        'b': {'task': 'work.tick', 'schedule': crontab(hour=HOUR, minute=0)},\n    }\n",
        ),
        "times.py": "EVERY = 2 * 60\nHOUR = 3\n",
    }
    assert planned_job(tmp_path, files, "work.beat").delivery.timetables[0].expression == "rate(2 minutes)"
    assert planned_job(tmp_path, files, "work.tick").delivery.timetables[0].expression == "cron(0 3 * * ? *)"


def test_newer_syntax_than_the_running_python_is_read(tmp_path: Path) -> None:
    source = task(
        "    @app.task(max_retries=2, autoretry_for=(OSError,))\n    def send[T](to: T): ...\n", "    type Id = int\n"
    )
    assert "after 3 runs" in becomes(planned_job(tmp_path, source, "work.send"), "max_retries=2")


def test_a_task_of_the_clock_alone_is_one_too(tmp_path: Path) -> None:
    files = task(
        "    @app.task\n    def tick(n): ...\n    @app.on_after_configure.connect\n    def setup(sender, **more):\n"
        "        sender.add_periodic_task(120.0, tick.s(7))\n"
    )
    planned = planned_job(tmp_path, files, "work.tick")
    [entry] = planned.delivery.timetables
    assert (entry.expression, entry.args) == ("rate(2 minutes)", (7,))
    assert "app.task" not in planned.modules["work.py"]


def test_a_task_whose_only_timetable_has_no_equal_is_refused(tmp_path: Path) -> None:
    files = task(
        "    @app.task\n    def tick(): ...\n    @app.on_after_configure.connect\n    def setup(sender, **more):\n"
        "        sender.add_periodic_task(10.0, tick.s())\n"
    )
    with pytest.raises(Refused, match="every 10 seconds"):
        planned_job(tmp_path, files, "work.tick")


@pytest.mark.parametrize(
    ("source", "most", "delay", "limit"),
    [
        ("import dramatiq\n@dramatiq.actor\ndef job(): ...\n", 20, 15, None),
        ("import dramatiq\n@dramatiq.actor(max_retries=2, min_backoff=500, time_limit=60_000)\ndef job(): ...\n", 2, 0.5, 60),
        ("from huey import RedisHuey\nh = RedisHuey('x')\n@h.task(retries=3, retry_delay=9)\ndef job(): ...\n", 3, 9, None),
        ("from rq.decorators import job as work\n@work('q', timeout='2m')\ndef job(): ...\n", 0, 0, 120),
        ("from rq import Queue\ndef job(a=1): ...\ndef go(q: Queue):\n    q.enqueue(job, job_timeout=30, a=3)\n", 0, 0, 30),
    ],
)  # fmt: skip
def test_other_libraries_have_their_own_words(
    source: str, most: int, delay: float, limit: float | None, tmp_path: Path
) -> None:
    planned = planned_job(tmp_path, {"jobs.py": source}, "jobs.job")
    policy = planned.delivery.queue
    assert policy is not None
    assert (policy.retries.most, policy.retries.delay_s, policy.time_limit_s) == (most, delay, limit)
    assert policy.retries.errors == (ErrorName("Exception", ""),)
    assert "@" not in planned.modules["jobs.py"]


def test_dramatiq_counts_its_delays_in_milliseconds(tmp_path: Path) -> None:
    source = "import dramatiq\n@dramatiq.actor\ndef job(): ...\ndef go():\n    job.send_with_options(delay=5000)\n"
    planned = planned_job(tmp_path, {"jobs.py": source}, "jobs.job")
    assert becomes(planned, "delay=5000") == "DelaySeconds=5 of the message"


def test_a_decorator_of_the_projects_own_is_refused(tmp_path: Path) -> None:
    more = "    import functools\n    retried = functools.partial(app.task, max_retries=3)\n"
    with pytest.raises(Refused, match=r"becomes a task of celery through functools\.partial of the project's own"):
        planned_job(tmp_path, task("    @retried\n    def send(): ...\n", more), "work.send")


def test_a_task_of_a_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="a class or a method of celery"):
        planned_job(
            tmp_path, {"work.py": "from celery import Task\nclass Job(Task):\n    def run(self): ...\n"}, "work.Job.run"
        )
