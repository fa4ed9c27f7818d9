"""The errors that a user may see, each with its exit code.

Anything that is not a `MigratorError` is a bug in this program: the command
line shows a traceback and exits 70. Exit 1 is not an error: it says that the
answer to the question asked is no (see `Refused`).
"""

from __future__ import annotations


class MigratorError(Exception):
    """A failure with a cause that the user can mend.

    Args:
        message: what is wrong, one sentence, without a trailing period.
        hint: what to do about it, or an empty string.
        location: where it is, as `path`, `path:line` or `path:line:column`, or an empty string.
    """

    exit_code = 70

    def __init__(self, message: str, *, hint: str = "", location: str = "") -> None:
        super().__init__(message, hint, location)
        self.message = message
        self.hint = hint
        self.location = location

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling, and errors cross process pools.
        return (_rebuild, (type(self), self.message, self.hint, self.location, dict(self.__dict__)))

    def __str__(self) -> str:
        if not self.location:
            return self.message
        # A path may have any character, and a line end in it would make a line that nobody wrote.
        location = self.location.replace("\n", "\\n")
        return f"{location}: {self.message}"


class UsageError(MigratorError):
    """The command was called wrongly: an unknown name, flags that exclude each other."""

    exit_code = 2


class InputError(MigratorError):
    """A file or folder that the user gave cannot be used as it is."""

    exit_code = 3


class RemoteError(MigratorError):
    """Another program or service failed: Envoy, the Lambda runtime, AWS.

    Args:
        retryable: whether the same call may succeed later.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "", location: str = "", retryable: bool = False) -> None:
        super().__init__(message, hint=hint, location=location)
        self.retryable = retryable


class Refused(MigratorError):
    """The answer is no: a difference was found, a gate failed, a candidate must not move."""

    exit_code = 1


def _rebuild(
    kind: type[MigratorError], message: str, hint: str, location: str, attributes: dict[str, object]
) -> MigratorError:
    error = kind(message, hint=hint, location=location)
    error.__dict__.update(attributes)
    return error
