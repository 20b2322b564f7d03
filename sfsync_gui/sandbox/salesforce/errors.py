"""The errors of the simulated Salesforce, in the two shapes in which its REST API words them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RowError:
    """Why one record could not be saved; within a collection the code is called `statusCode`."""

    code: str
    message: str
    fields: tuple[str, ...] = ()

    def in_collection(self) -> dict[str, Any]:
        """Return the error as it stands in a row of an sObject collection."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}

    def alone(self) -> dict[str, Any]:
        """Return the error as it stands in the answer for a single record."""
        return {"message": self.message, "errorCode": self.code, "fields": list(self.fields)}


class SaveError(Exception):
    """A record was refused; nothing was saved.

    `duplicates`: the Ids of the records a duplicate rule found, and the name of that rule.
    """

    def __init__(self, *errors: RowError, duplicates: tuple[str, list[str]] | None = None) -> None:
        super().__init__("; ".join(f"{error.code}: {error.message}" for error in errors))
        self.errors = errors
        self.duplicates = duplicates


class ApiError(Exception):
    """A whole request was refused.

    `status` is the HTTP status. The answer is a list of one object with `message` and
    `errorCode`, and nothing else.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    @property
    def body(self) -> list[dict[str, Any]]:
        """The answer's body."""
        return [{"message": self.message, "errorCode": self.code}]


def not_found(message: str = "The requested resource does not exist") -> ApiError:
    """Return the error for a resource or a record that is not there."""
    return ApiError(404, "NOT_FOUND", message)
