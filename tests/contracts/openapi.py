"""Requests and answers checked against Intercom's OpenAPI description.

The description is written in OpenAPI 3.0. Its schemas are turned into JSON Schema with three
differences, all but the last of which make them stricter:

* an object has no properties but those that are declared;
* an object of an answer has all of these, save what `optional` names;
* `oneOf` is read as `anyOf`: the description's own alternatives overlap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

Json = dict[str, Any]

UNDESCRIBED = "undescribed"
"""The kind of problem that a property or query parameter is which the description lacks."""

ALL = "#/components/schemas/"
_FORMATS = FormatChecker(formats=["uuid"])
_KEPT = ("type", "enum", "required", "format", "minimum", "maximum", "additionalProperties")


@dataclass(frozen=True)
class Problem:
    """One way in which a request or an answer is not as described.

    `where` is a JSON pointer with list positions written as `*`; `what` is the keyword of JSON
    Schema that it offends, or a word for what is outside of bodies.
    """

    where: str
    what: str
    detail: str


@dataclass(frozen=True)
class Operation:
    """One method of one path, as it is described."""

    path: str
    method: str
    described: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return f"{self.method} {self.path}"

    def query_schemas(self) -> dict[str, Any]:
        """The schemas of the query parameters by name."""
        listed = self.described.get("parameters", ())
        return {item["name"]: item["schema"] for item in listed if item["in"] == "query"}

    def request_schema(self) -> Any:
        """The schema of the body; None where there is none."""
        content = self.described.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("schema")

    def answer_schema(self, status: int) -> Any:
        """The schema of an answer; None where this status is not listed."""
        answer = self.described["responses"].get(str(status))
        return None if answer is None else answer["content"]["application/json"]["schema"]


@dataclass
class Description:
    """An OpenAPI description. `optional`: properties by schema that answers may go without."""

    document: Mapping[str, Any]
    optional: Mapping[str, Collection[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, optional: Mapping[str, Collection[str]]) -> Description:
        """Read a description from a file."""
        return cls(json.loads(path.read_text(encoding="utf-8")), optional)

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation for a request; fixed paths come before those with parameters."""
        for template in sorted(self.document["paths"], key=lambda text: text.count("{")):
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            described = self.document["paths"][template].get(method.lower())
            if described is not None and re.fullmatch(pattern, path):
                return Operation(template, method, described)
        return None

    def request_problems(
        self, operation: Operation, query: Sequence[tuple[str, str]], body: Any
    ) -> list[Problem]:
        """What is wrong with a request."""
        problems = list(self._query_problems(operation, query))
        schema = operation.request_schema()
        if schema is None:
            if body is not None:
                problems.append(Problem("", "body", "no body is described"))
            return problems
        return problems + self.problems(schema, body, answer=False)

    def answer_problems(self, operation: Operation, status: int, body: Any) -> list[Problem]:
        """What is wrong with an answer; one whose status is not listed has to be an error list."""
        schema = operation.answer_schema(status)
        if schema is not None:
            return self.problems(schema, body, answer=True)
        unlisted = Problem("", "status", f"{status} is not listed")
        return [unlisted, *self.problems({"$ref": f"{ALL}error"}, body, answer=True)]

    def problems(self, schema: Any, instance: Any, *, answer: bool) -> list[Problem]:
        """What is wrong with a body."""
        translation = self._answers if answer else self._requests
        whole = {**translation.schema(schema, ""), "$defs": translation.definitions}
        validator = Draft202012Validator(whole, format_checker=_FORMATS)
        errors = validator.iter_errors(instance)
        return [problem for error in errors for problem in _problems_of(error)]

    def _query_problems(
        self, operation: Operation, query: Sequence[tuple[str, str]]
    ) -> Iterator[Problem]:
        schemas = operation.query_schemas()
        for name, text in query:
            schema = schemas.get(name)
            if schema is None:
                yield Problem(f"?{name}", UNDESCRIBED, f"{text!r} is not described")
                continue
            value = _parsed(text) if schema["type"] in ("boolean", "integer") else text
            yield from (
                Problem(f"?{name}", problem.what, problem.detail)
                for problem in self.problems(schema, value, answer=False)
            )

    @cached_property
    def _requests(self) -> _Translation:
        return _Translation(self.document, complete=False, optional={})

    @cached_property
    def _answers(self) -> _Translation:
        return _Translation(self.document, complete=True, optional=self.optional)


@dataclass
class _Translation:
    """OpenAPI 3.0 schemas as JSON Schema; `definitions` are those referred to so far."""

    document: Mapping[str, Any]
    complete: bool
    optional: Mapping[str, Collection[str]]
    definitions: dict[str, Json] = field(default_factory=dict)

    def schema(self, node: Any, owner: str) -> Json:
        """The JSON Schema of a node; `owner` is the named schema in which it stands."""
        if "$ref" in node:
            return self._reference(node["$ref"])
        node, owner = self._merged(node, owner)
        translated = {key: node[key] for key in _KEPT if key in node}
        if isinstance(node.get("additionalProperties"), dict):
            translated["additionalProperties"] = self.schema(node["additionalProperties"], owner)
        if "items" in node:
            translated["items"] = self.schema(node["items"], owner)
        self._add_alternatives(translated, node, owner)
        self._add_properties(translated, node, owner)
        return _nullable(translated) if node.get("nullable") else translated

    def _reference(self, reference: str) -> Json:
        name = reference.removeprefix(ALL)
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.schema(self._named(reference), name)
        return {"$ref": f"#/$defs/{name}"}

    def _named(self, reference: str) -> Any:
        return self.document["components"]["schemas"][reference.removeprefix(ALL)]

    def _merged(self, node: Any, owner: str) -> tuple[Any, str]:
        """A node with the members of its `allOf` made one with it, and whose it is then."""
        if "allOf" not in node:
            return node, owner
        merged = {key: value for key, value in node.items() if key != "allOf"}
        for member in node["allOf"]:
            base = member
            if "$ref" in member:
                owner = member["$ref"].removeprefix(ALL)
                base = self._named(member["$ref"])
            base, owner = self._merged(base, owner)
            properties = {**base.get("properties", {}), **merged.get("properties", {})}
            required = [*base.get("required", ()), *merged.get("required", ())]
            merged = {**base, **merged, "properties": properties, "required": required}
        return merged, owner

    def _add_alternatives(self, translated: Json, node: Any, owner: str) -> None:
        listed = [*node.get("oneOf", ()), *node.get("anyOf", ())]
        if listed and "properties" in node:
            translated["anyOf"] = [self._alternative(item, owner) for item in listed]
        elif listed:
            translated["anyOf"] = [self.schema(item, owner) for item in listed]

    def _alternative(self, node: Any, owner: str) -> Json:
        """A part of an object, which does not tell of the object's other properties."""
        part = {key: node[key] for key in ("required",) if key in node}
        if "properties" in node:
            part["properties"] = {
                name: self.schema(value, owner) for name, value in node["properties"].items()
            }
        return part

    def _add_properties(self, translated: Json, node: Any, owner: str) -> None:
        properties = node.get("properties")
        if not properties:
            return
        translated["properties"] = {
            name: self.schema(value, owner) for name, value in properties.items()
        }
        if "additionalProperties" not in node:
            translated["unevaluatedProperties" if "anyOf" in translated else _CLOSED] = False
        if self.complete:
            # Named by their schema, and those of an object within it by that same schema.
            wanted = set(properties) - set(self.optional.get(owner, ()))
            translated["required"] = sorted(wanted | set(node.get("required", ())))


_CLOSED = "additionalProperties"


def _nullable(schema: Json) -> Json:
    return {"anyOf": [{"type": "null"}, schema]} if "type" not in schema else _with_null(schema)


def _with_null(schema: Json) -> Json:
    nullable = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable


def _problems_of(error: ValidationError) -> list[Problem]:
    """An error of validation; properties that are not described are a problem each."""
    where = _pointer(error.absolute_path)
    if error.validator != _CLOSED or error.validator_value is not False:
        return [Problem(where, str(error.validator), error.message)]
    described = error.schema["properties"] if isinstance(error.schema, Mapping) else {}
    instance = error.instance if isinstance(error.instance, Mapping) else {}
    return [
        Problem(f"{where}/{name}", UNDESCRIBED, f"{value!r} is not described")
        for name, value in instance.items()
        if name not in described
    ]


def _pointer(path: Collection[str | int]) -> str:
    return "".join("/*" if isinstance(step, int) else f"/{step}" for step in path)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
