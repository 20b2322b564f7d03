"""The forms of Salesforce's REST API that the product uses, after the REST API Developer Guide.

Each resource has the form of its URL, what may be sent to it, and what it answers. Chapters are
named in brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

VERSION = r"/services/data/v\d{2}\.0"
_ID = {"type": "string", "pattern": "^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$"}
_ID_18 = {"type": "string", "pattern": "^[a-zA-Z0-9]{18}$"}
_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_VALUE = {"type": ["string", "number", "boolean", "null"]}


def _object(required: Json, optional: Json | None = None, **more: Any) -> Json:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
        **more,
    }


def _list(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


# [Status Codes and Error Responses]
ERRORS = _list(
    _object(
        {"message": {"type": "string"}, "errorCode": {"type": "string", "pattern": "^[A-Z_]+$"}},
        {"fields": _TEXTS, "duplicateResult": {"type": "object"}},
    ),
    minItems=1,
)

# [Use sObject Collections]
_ROW_ERROR = _object(
    {
        "statusCode": {"type": "string", "pattern": "^[A-Z_]+$"},
        "message": {"type": "string"},
        "fields": _TEXTS,
    }
)
SAVED = _object(
    {"id": _ID_18, "success": {"const": True}, "errors": {"type": "array", "maxItems": 0}}
)
_REFUSED = _object(
    {"success": {"const": False}, "errors": _list(_ROW_ERROR, minItems=1)}, {"id": _ID_18}
)
ROWS = _list({"oneOf": [SAVED, _REFUSED]})
_RECORD = {
    "type": "object",
    "properties": {"attributes": _object({"type": _TEXT}), "id": _ID},
    "required": ["attributes", "id"],
    "additionalProperties": _VALUE,
}
COLLECTION = _object(
    {"records": _list(_RECORD, minItems=1, maxItems=200)}, {"allOrNone": {"type": "boolean"}}
)

# [Create a Record]
NEW_RECORD = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"not": {"enum": ["Id", "id", "attributes"]}},
    "additionalProperties": _VALUE,
}

# [Query]; `records` hold `attributes` and the selected fields.
RECORD_READ = {
    "type": "object",
    "properties": {
        "attributes": _object({"type": _TEXT, "url": {"type": "string", "pattern": f"^{VERSION}/"}})
    },
    "required": ["attributes"],
    "additionalProperties": _VALUE,
}
_PAGE = {"totalSize": _COUNT, "records": _list(RECORD_READ, maxItems=2000)}
QUERY_RESULT = {
    "oneOf": [
        _object({**_PAGE, "done": {"const": True}}),
        _object(
            {
                **_PAGE,
                "done": {"const": False},
                "nextRecordsUrl": {"type": "string", "pattern": f"^{VERSION}/query(All)?/[^/]+$"},
            }
        ),
    ]
}

# [sObject Describe]; fields are compared with recordings elsewhere.
DESCRIBE = {
    "type": "object",
    "properties": {"name": _TEXT, "fields": _list({"type": "object", "required": ["name"]})},
    "required": ["name", "label", "fields", "keyPrefix", "urls", "recordTypeInfos"],
}

# [Limits]
LIMITS = {
    "type": "object",
    "required": ["DailyApiRequests"],
    "additionalProperties": {
        "type": "object",
        "properties": {"Max": _COUNT, "Remaining": _COUNT},
        "required": ["Max", "Remaining"],
    },
}

# [Composite]
_SUBREQUEST = _object(
    {
        "method": {"enum": ["GET", "POST", "PATCH", "PUT", "DELETE"]},
        "url": {"type": "string", "pattern": f"^{VERSION}/"},
        "referenceId": {"type": "string", "pattern": "^[a-zA-Z0-9_]+$"},
    },
    {"body": {}, "httpHeaders": {"type": "object", "additionalProperties": {"type": "string"}}},
)
COMPOSITE = _object(
    {"compositeRequest": _list(_SUBREQUEST, minItems=1, maxItems=25)},
    {"allOrNone": {"type": "boolean"}, "collateSubrequests": {"type": "boolean"}},
)
COMPOSITE_RESPONSE = _object(
    {
        "compositeResponse": _list(
            _object(
                {
                    "body": {"type": ["object", "array", "null"]},
                    "httpHeaders": {"type": "object", "additionalProperties": {"type": "string"}},
                    "httpStatusCode": {"type": "integer", "minimum": 200, "maximum": 599},
                    "referenceId": _TEXT,
                }
            )
        )
    }
)

# [OAuth 2.0 Refresh Token Flow], in Salesforce Help
TOKEN_FORM = _object(
    {"grant_type": {"const": "refresh_token"}, "client_id": _TEXT, "refresh_token": _TEXT}
)
TOKEN = _object(
    {
        "access_token": _TEXT,
        "signature": _TEXT,
        "instance_url": {"type": "string", "pattern": "^https?://[^/]+$"},
        "id": {"type": "string", "pattern": f"^https://[^/]+/id/{_ID_18['pattern'][1:-1]}/"},
        "token_type": {"const": "Bearer"},
        "issued_at": {"type": "string", "pattern": "^[0-9]{13}$"},
    },
    {"refresh_token": _TEXT, "scope": _TEXT},
)
TOKEN_REFUSAL = _object({"error": _TEXT, "error_description": _TEXT})

# [Query for User Information], OpenID Connect, in Salesforce Help
USER_INFO = {
    "type": "object",
    "properties": {
        "sub": {"type": "string", "pattern": "^https://"},
        "user_id": _ID_18,
        "organization_id": _ID_18,
        "preferred_username": _TEXT,
        "name": _TEXT,
        "email": _TEXT,
        "email_verified": {"type": "boolean"},
        "zoneinfo": _TEXT,
        "urls": {"type": "object", "additionalProperties": {"type": "string"}},
        "active": {"type": "boolean"},
        "user_type": _TEXT,
        "language": _TEXT,
        "locale": _TEXT,
        "utcOffset": {"type": "integer"},
    },
}
USER_INFO["required"] = sorted(USER_INFO["properties"])


@dataclass(frozen=True)
class Resource:
    """A form of URL: what is sent to it and what it answers.

    `parameters` are those of the query. `is_heavy`: of these, a composite request holds five.
    `in_composite`: whether it may be a part of one. `texts` are statuses whose answer is no JSON.
    """

    name: str
    method: str
    path: str
    answer: Json
    status: int = 200
    sent: Json | None = None
    parameters: tuple[str, ...] = ()
    is_heavy: bool = False
    in_composite: bool = False
    refusal: Json = field(default_factory=lambda: ERRORS)
    texts: tuple[int, ...] = (429,)

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is one to this resource."""
        return method == self.method and re.fullmatch(self.path, path) is not None


_CREATED = "(Lead|Contact|Task)"
_FIXED: Json = {"is_heavy": True, "in_composite": True}
RESOURCES = (
    Resource("composite", "POST", f"{VERSION}/composite/?", COMPOSITE_RESPONSE, sent=COMPOSITE),
    Resource(
        "update collection",
        "PATCH",
        f"{VERSION}/composite/sobjects/?",
        ROWS,
        sent=COLLECTION,
        **_FIXED,
    ),
    Resource("query", "GET", f"{VERSION}/query(All)?/?", QUERY_RESULT, parameters=("q",), **_FIXED),
    Resource("query more", "GET", f"{VERSION}/query(All)?/[^/]+", QUERY_RESULT, **_FIXED),
    Resource(
        "describe", "GET", f"{VERSION}/sobjects/[A-Za-z_]+/describe/?", DESCRIBE, in_composite=True
    ),
    Resource(
        "create",
        "POST",
        f"{VERSION}/sobjects/{_CREATED}/?",
        SAVED,
        status=201,
        sent=NEW_RECORD,
        in_composite=True,
    ),
    Resource("limits", "GET", f"{VERSION}/limits/?", LIMITS),
    Resource("userinfo", "GET", "/services/oauth2/userinfo", USER_INFO, texts=(403, 429)),
    Resource(
        "token",
        "POST",
        "/services/oauth2/token",
        TOKEN,
        sent=TOKEN_FORM,
        refusal=TOKEN_REFUSAL,
    ),
)


def resource_of(method: str, path: str) -> Resource | None:
    """The resource that a request goes to; None for one that is not known."""
    return next((item for item in RESOURCES if item.matches(method, path)), None)
