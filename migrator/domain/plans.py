"""What will be cut out and where it will run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.domain.locations import Location
from migrator.domain.sdk_calls import SdkUse


class Strategy(StrEnum):
    """How much of the monolith travels with the candidate."""

    FUNCTION = "function"
    MODULE = "module"
    APPLICATION = "application"


class Target(StrEnum):
    """What the candidate becomes."""

    ZIP = "zip"
    IMAGE = "image"
    STATE_MACHINE = "state-machine"
    NONE = "none"


class EventSource(StrEnum):
    """What hands the events to the moved function."""

    HTTP_API = "http-api"
    REST_API = "rest-api"
    LOAD_BALANCER = "load-balancer"
    QUEUE = "queue"
    SCHEDULE = "schedule"
    TOPIC = "topic"
    EVENT_BUS = "event-bus"
    OBJECT_STORE = "object-store"
    RECORD_STREAM = "record-stream"
    TABLE_STREAM = "table-stream"
    TOPIC_LOG = "topic-log"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class SlicedDefinition:
    """A definition that travels: its qualified name, where it stands, how many lines it has."""

    name: str
    location: Location
    lines: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that the slice imports.

    Attributes:
        version: as the monolith pins it, or an empty string where it does not.
        reason: the import that asks for it.
    """

    distribution: str
    version: str
    reason: str


class SettingKind(StrEnum):
    """Where a setting is read from."""

    ENVIRONMENT = "environment"  # a variable of the process
    FRAMEWORK = "framework"  # the framework's settings object, such as `django.conf.settings`


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that the slice reads from outside of its code.

    Attributes:
        name: of the variable or setting.
        location: the first place that reads it.
        default: source of what is taken where it is not set, or an empty string where nothing is.
        required: whether the code fails where it is not set.
    """

    name: str
    kind: SettingKind
    location: Location
    default: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """A setting that is a credential.

    Attributes:
        name: of the setting.
        location: the place that shows it.
        reason: the word of its name, or the argument that it ends up in.
    """

    name: str
    location: Location
    reason: str


class BootKind(StrEnum):
    """How an application is started."""

    DJANGO = "django"  # `django.setup()` with a settings module
    FLASK = "flask"  # an application factory or object, and its context
    MAPPED = "mapped"  # every module that maps a class to a table is imported


@dataclass(frozen=True, slots=True)
class Boot:
    """What runs once, before the function is imported.

    Attributes:
        module: dotted name of the generated module of the slice that does it; a handler imports it first.
        settings_module: of Django.
        factory: dotted name of the function that makes the application, or of the application itself.
        application: the name that `module` gives to the application, or an empty string.
        imports: modules that are imported so that they register what they hold.
        reason: why it is needed, with its place.
    """

    kind: BootKind
    module: str
    reason: str
    settings_module: str = ""
    factory: str = ""
    application: str = ""
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """What the slice leaves behind, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that the framework did for the function, and what does it from now on.

    Attributes:
        what: as the code says it, such as `max_retries=3`.
        becomes: what does the same behind the new event source.
        location: where the code says it, or an empty string for the framework's default.
    """

    what: str
    becomes: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class CrossOrigin:
    """Which pages of other origins may ask (CORS), as the application has told a library.

    Attributes:
        origins: in full, or `*` for all.
        methods: upper case.
        headers: that a page may send; `*` for all.
        exposed: headers of answers that a page may see.
        max_age_s: how long a browser need not ask again; None leaves it to the browser.
        location: where the application says it.
    """

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    credentials: bool
    max_age_s: int | None
    location: str

    @property
    def allowed(self) -> tuple[object, ...]:
        """All but the place."""
        return (self.origins, self.methods, self.headers, self.exposed, self.credentials, self.max_age_s)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided before a file is written.

    Attributes:
        candidate: the qualified name.
        modules: dotted names of the modules in the slice, the candidate's first.
        settings: what the slice reads from outside of its code, by name.
        secrets: those of them that are credentials, by name.
        data_files: files of the code's own package that it reads, relative to the root, sorted.
        runtime: the Lambda runtime, such as `python3.13`.
        architecture: `arm64` or `x86_64`.
        seam: where legacy code will ask the router: `http`, `task`, `schedule` or `none`.
        source: what hands the events to the function.
        kept: what the framework did around a run, each with what does it now; what has no equal is in `dropped`.
        network: whether it has to reach a private network (a database, a cache).
        because: why this strategy.
        boot: what is started before the function is imported; for the strategy `application`.
        import_time: what the slice does when it is imported, each with its place and why it is kept.
        packaging: why this target and architecture, and what of it nobody could say.
        cross_origin: which pages of other origins may ask; for an HTTP API, which answers for it.
        access_checks: what may turn a request away before it reaches the view, and stays behind.
        sdk: what it asks of the cloud's SDK, while it runs and when it is imported.
    """

    candidate: str
    strategy: Strategy
    definitions: tuple[SlicedDefinition, ...]
    modules: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    settings: tuple[Setting, ...]
    secrets: tuple[Secret, ...]
    data_files: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    target: Target
    runtime: str
    architecture: str
    memory_mb: int
    timeout_s: int
    seam: str
    source: EventSource = EventSource.HTTP_API
    kept: tuple[Kept, ...] = ()
    network: bool = False
    because: str = ""
    boot: Boot | None = None
    import_time: tuple[Kept, ...] = ()
    packaging: str = "unknown: no package index was asked"
    access_checks: tuple[Dropped, ...] = ()
    sdk: SdkUse = field(default_factory=SdkUse)
    cross_origin: CrossOrigin | None = None


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A generated file and the hash of what was written."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a service folder was generated from, so that hand edits and drift of the source show.

    Attributes:
        candidate: the qualified name.
        plan_hash: SHA-256 of the plan document.
        source_hashes: path in the monolith to SHA-256 of the file that was sliced.
        files: the generated files, sorted by path.
    """

    candidate: str
    plan_hash: str
    source_hashes: Mapping[str, str]
    files: tuple[WrittenFile, ...]
