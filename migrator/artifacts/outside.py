"""What a service reads from outside of its code, as its template, its tests and its README say it.

In: a `Plan`, the service's name, the user's choices. Out: an `Outside`. How the code reads it is `rewriting`.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.artifacts.naming import logical_id
from migrator.domain.plans import Plan, Setting, SettingKind
from migrator.domain.services import SecretStore

# "Using Lambda environment variables", read 2026-11: what a variable may be called, and what Lambda keeps for itself.
_VARIABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
_RESERVED = re.compile(
    r"AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|LAMBDA_\w+|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)"
    r"|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|_HANDLER|_X_AMZN_TRACE_ID|TZ"
)
# What every template of ours sets by itself.
_OURS = re.compile(r"STAGE|POWERTOOLS_\w+|SECRETS_PREFIX|QUEUE_URL|DEAD_LETTERS_URL|IDEMPOTENCY_TABLE")

# Values that code can make something of when it is imported: the first row that fits the name; else a digit, which is
# text and number alike.
_EXAMPLES = (
    ("DATABASE|DB_UR[IL]|DSN|SQLALCHEMY", "sqlite://"),
    ("REDIS|BROKER|CACHE_UR[IL]", "redis://localhost:6379/0"),
    ("UR[IL]|ENDPOINT", "https://example.invalid"),
    ("MAIL_FROM|SENDER|RECIPIENT|EMAIL$|MAIL$", "someone@example.invalid"),
)


@dataclass(frozen=True, slots=True)
class VariableShown:
    """A setting that is a variable of the function.

    Attributes:
        id: of its parameter.
        default: what is deployed where nobody says anything else; None where the variable is then not set.
        required: whether a deployment has to say it.
        example: a value for the service's own tests.
        written: source of what the code takes where it is not set.
    """

    name: str
    id: str
    default: str | None
    required: bool
    example: str
    written: str
    location: str


@dataclass(frozen=True, slots=True)
class SecretShown:
    """A secret.

    Attributes:
        path: in the store, with `${Stage}` for the stage.
        command: that makes it, for the stage `dev`.
        required: whether something fails where it is not there.
        example: a value for the service's own tests.
    """

    name: str
    path: str
    command: str
    reason: str
    location: str
    required: bool
    example: str


@dataclass(frozen=True, slots=True)
class Outside:
    """What is read from outside.

    Attributes:
        variables: those that the template sets.
        others: settings that it does not set, each with the reason.
        store: in words.
        prefix: of every secret's name, with `${Stage}` for the stage.
    """

    variables: tuple[VariableShown, ...]
    others: tuple[tuple[str, str], ...]
    secrets: tuple[SecretShown, ...]
    store: str
    by_parameter_store: bool
    prefix: str


def outside_of(plan: Plan, service: str, store: SecretStore) -> Outside:
    """Settings and secrets of a plan."""
    by_parameter_store = store is SecretStore.PARAMETER_STORE
    prefix = f"/{service}/${{Stage}}/" if by_parameter_store else f"{service}/${{Stage}}/"
    settings = {setting.name: setting for setting in plan.settings}
    credentials = {secret.name for secret in plan.secrets}
    others = {name: reason for name, setting in settings.items() if (reason := _not_set(setting))}
    names = [name for name in sorted(settings) if name not in credentials and name not in others]
    ids = _ids(names)
    variables = tuple(_variable(ids[name], settings[name]) for name in names)
    secrets = tuple(
        SecretShown(
            secret.name,
            f"{prefix}{secret.name}",
            _command(f"{prefix.replace('${Stage}', 'dev')}{secret.name}", secret.name, by_parameter_store),
            secret.reason,
            str(secret.location),
            settings[secret.name].required if secret.name in settings else True,
            _example(secret.name),
        )
        for secret in sorted(plan.secrets, key=lambda each: each.name)
    )
    return Outside(
        variables=variables,
        others=tuple((name, reason) for name, reason in sorted(others.items()) if name not in credentials),
        secrets=secrets,
        store="Parameter Store" if by_parameter_store else "Secrets Manager",
        by_parameter_store=by_parameter_store,
        prefix=prefix,
    )


def _not_set(setting: Setting) -> str:
    """Why the template does not set it; an empty text where it does."""
    if setting.kind is SettingKind.FRAMEWORK:
        return "a setting of the framework, not a variable"
    if _RESERVED.fullmatch(setting.name):
        return "Lambda sets it, or allows nobody to"
    if _OURS.fullmatch(setting.name):
        return "the template has a variable of that name for itself"
    return "" if _VARIABLE.fullmatch(setting.name) else "Lambda has no variables of that name"


def _ids(names: Sequence[str]) -> Mapping[str, str]:
    """A parameter for each name; one that is there stays what it is when others come and go."""
    ids: dict[str, str] = {}
    for name in names:
        wanted = f"{logical_id(name.title())}Setting"
        digest = hashlib.sha256(name.encode()).hexdigest()[:7]
        # Without its underscores a name may be another one's.
        ids[name] = wanted if wanted not in ids.values() else f"{wanted}{digest}"
    return ids


def _variable(parameter: str, setting: Setting) -> VariableShown:
    default = _literal(setting.default)
    return VariableShown(
        setting.name,
        parameter,
        default,
        setting.required and default is None,
        default or _example(setting.name),
        setting.default,
        str(setting.location),
    )


def _literal(written: str) -> str | None:
    """A default as a variable has it: text as it is, a number as it is written; None for anything else."""
    try:
        value = ast.literal_eval(written)
    except (SyntaxError, ValueError):
        return None
    if isinstance(value, str) and value:
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _example(name: str) -> str:
    return next((value for words, value in _EXAMPLES if re.search(words, name.upper())), "1")


def _command(path: str, name: str, by_parameter_store: bool) -> str:
    value = f'"${name}"'
    if by_parameter_store:
        return f"aws ssm put-parameter --type SecureString --name {path} --value {value}"
    return f"aws secretsmanager create-secret --name {path} --secret-string {value}"
