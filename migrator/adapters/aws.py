"""AWS, asked with boto3: one service at a time, with bounded retries, and errors in this program's words.

In: the name of a service, an operation, its arguments. Out: what AWS answers, or a `RemoteError` that says what to do.
What the answers mean is left to the adapters. boto3 is loaded by the first call. No message holds a credential: what
AWS says about a refused signature repeats the request, and is not handed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from migrator.errors import RemoteError
from migrator.rollout.ports import Clock, Drift

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

Json = Mapping[str, Any]
Value = TypeVar("Value")

TRIES: Final = 4
"""Of one call, the first included; botocore waits between them, up to 4 s where it is throttled (its standard mode)."""
CONNECT_S: Final = 5
READ_S: Final = 20
MESSAGE_LENGTH: Final = 400
"""Characters of what AWS says that are shown; a proxy in between may answer with a page."""
SETTLE_S: Final = 20.0
"""How long a change may take until AWS shows it; the control planes are eventually consistent and promise no time."""

_IAM_PREFIXES: Final[Mapping[str, str]] = {"elbv2": "elasticloadbalancing"}
_THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    }
)
_FORBIDDEN: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNRECOGNIZED: Final = frozenset(
    {
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_SIGN_IN: Final = "name a profile with AWS_PROFILE, sign in with `aws sso login`, or give the process a role"
_NEEDED = re.compile(r"not authorized to perform:? ([a-z0-9-]+:\w+)")


class AwsError(RemoteError):
    """AWS refused a call.

    Attributes:
        code: AWS's own word for it, such as `PriorityInUse`; empty where AWS was not reached.
    """

    code: str = ""


class Foreign(Drift):
    """What is live is no share between the two sides of a route: somebody has pointed it elsewhere."""

    def __init__(self, message: str, *, hint: str = "", location: str = "") -> None:
        RemoteError.__init__(self, message, hint=hint, location=location)


class AwsService:
    """One service in one region.

    Args:
        name: as boto3 calls it, such as `elbv2`.
        region: empty for the one that the environment or the profile says.
        endpoint: URL of a stand-in; empty for AWS itself.
        client: one made elsewhere; None makes one at the first call.
        tries: of one call, the first included.
        read_s: how long AWS may be silent, in seconds; a connection may take as long at most, and `CONNECT_S`.
    """

    def __init__(
        self,
        name: str,
        *,
        region: str = "",
        endpoint: str = "",
        client: Any = None,
        tries: int = TRIES,
        read_s: float = READ_S,
    ) -> None:
        self._name = name
        self._tries = tries
        self._read_s = read_s
        self._region = region
        self._endpoint = endpoint
        self._client = client

    def call(self, operation: str, **arguments: Any) -> Json:
        """The answer to one call, tried again where AWS is busy or fails.

        Args:
            operation: as AWS writes it, such as `ModifyRule`.

        Raises:
            AwsError: AWS refused it, could not be reached, or there is nothing to sign it with.
        """
        from botocore import xform_name

        answer: Json = self._asked(operation, lambda client: getattr(client, xform_name(operation))(**arguments))
        return answer

    def pages(self, operation: str, member: str, **arguments: Any) -> tuple[Json, ...]:
        """What all pages of a listing have under one name.

        Raises:
            AwsError: as `call`.
        """
        from botocore import xform_name

        def listed(client: Any) -> tuple[Json, ...]:
            pages = client.get_paginator(xform_name(operation)).paginate(**arguments)
            return tuple(entry for page in pages for entry in page.get(member) or ())

        return self._asked(operation, listed)

    def close(self) -> None:
        """Give up the connections; the next call opens them again."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _asked(self, operation: str, ask: Callable[[Any], Value]) -> Value:
        from botocore.exceptions import BotoCoreError, ClientError

        action = f"{_IAM_PREFIXES.get(self._name, self._name)}:{operation}"
        try:
            if self._client is None:
                self._client = self._opened()
            return ask(self._client)
        except ClientError as error:
            raise _refused(action, error, self._tries) from error
        except BotoCoreError as error:
            raise _unasked(action, error) from error

    def _opened(self) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            retries={"mode": "standard", "total_max_attempts": self._tries},
            connect_timeout=min(CONNECT_S, self._read_s),
            read_timeout=self._read_s,
        )
        try:
            return boto3.session.Session().client(
                self._name,
                region_name=self._region or None,
                endpoint_url=self._endpoint or None,
                config=config,
            )
        except ValueError as error:  # how botocore says that an endpoint is no URL
            raise AwsError(f"{self._endpoint!r} is no address of a service", hint="give http://HOST:PORT") from error


def settled(look: Callable[[], Value], holds: Callable[[Value], bool], clock: Clock) -> tuple[Value, bool]:
    """Look until something holds, for up to `SETTLE_S`; the last look, and whether it did."""
    until = clock.now() + SETTLE_S
    pause = 0.25
    while True:
        seen = look()
        if holds(seen):
            return seen, True
        left = until - clock.now()
        if left <= 0:
            return seen, False
        clock.sleep(min(pause, left))
        pause = min(pause * 2, 4.0)


def _refused(action: str, error: ClientError, tries: int) -> AwsError:
    """The error for what AWS answered."""
    said: Json = error.response.get("Error", {})
    code, message = str(said.get("Code", "")), " ".join(str(said.get("Message", "")).split()).rstrip(".")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _THROTTLED:
        told = AwsError(
            f"AWS throttles {action}: {tries} tries were refused",
            hint="wait a minute; other programs of the account use up the same allowance",
            retryable=True,
        )
    elif code in _FORBIDDEN:
        needed = _NEEDED.search(message)
        told = AwsError(
            f"AWS does not allow {action}",
            hint=f"the role or user needs {needed.group(1) if needed else action}; see docs/reference/data-planes.md",
        )
    elif code in _EXPIRED:
        told = AwsError(f"the credentials for {action} have expired", hint="sign in again: aws sso login")
    elif code in _UNRECOGNIZED:
        told = AwsError(f"AWS does not recognize the credentials for {action} ({code})", hint=_SIGN_IN)
    else:
        told = AwsError(f"AWS refused {action}: {code}: {message[:MESSAGE_LENGTH]}", retryable=status >= 500)
    told.code = code
    return told


def _unasked(action: str, error: BotoCoreError) -> AwsError:
    """The error for a call that AWS never answered."""
    from botocore import exceptions as known

    unsigned = (
        known.NoCredentialsError,
        known.PartialCredentialsError,
        known.CredentialRetrievalError,
        known.SSOError,
        known.TokenRetrievalError,
    )
    if isinstance(error, known.NoRegionError):
        return AwsError(f"no region is known for {action}", hint="name one: AWS_REGION, or the region of the plane")
    if isinstance(error, known.ProfileNotFound):
        return AwsError(f"there is no such profile for {action}: {error}", hint="AWS_PROFILE names it")
    if isinstance(error, unsigned):
        return AwsError(f"there are no credentials for {action} ({type(error).__name__})", hint=_SIGN_IN)
    if isinstance(error, known.HTTPClientError | known.ConnectionError):
        return AwsError(
            f"AWS was not reached for {action} ({type(error).__name__})",
            hint="look at the network, and at the region",
            retryable=True,
        )
    return AwsError(f"{action} cannot be asked: {error}")
