"""The calls and their answer as OpenAPI describes them: bodies are read raw, never by a model."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
_CALL = {
    "type": "object",
    "properties": {
        "type": {**_TEXT, "description": "Which call it is, within a batch"},
        "userId": _TEXT, "anonymousId": _TEXT, "previousId": _TEXT, "groupId": _TEXT,
        "messageId": {**_TEXT, "description": "The same id is stored once, for ever"},
        "event": _TEXT, "properties": _OBJECT, "traits": _OBJECT, "context": _OBJECT,
        "timestamp": {**_TEXT, "format": "date-time"},
        "sentAt": {**_TEXT, "format": "date-time"},
        "writeKey": {**_TEXT, "description": "Where no header can be set"},
    },
}  # fmt: skip
_CALLS = {
    "type": "object",
    "required": ["batch"],
    "properties": {
        "batch": {"type": "array", "maxItems": 2500, "items": _CALL},
        "context": _OBJECT,
        "sentAt": {**_TEXT, "format": "date-time"},
        "writeKey": _TEXT,
    },
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"anyOf": [_CALLS, _CALL]}}},
    }
}
_RESULT = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"enum": ["stored", "duplicate", "refused"]},
        "reason": _TEXT,
        "why": _TEXT,
    },
}
_COUNT = {"type": "integer", "minimum": 0}
_TOLD = {
    "type": "object",
    "required": ["success", "stored", "duplicate", "refused", "results"],
    "properties": {
        "success": {"const": True},
        "stored": _COUNT, "duplicate": _COUNT, "refused": _COUNT,
        "results": {"type": "array", "items": _RESULT},
    },
}  # fmt: skip
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "On disk; what became of each call, in order",
        "content": {"application/json": {"schema": _TOLD}},
    },
    400: {"description": "The body is no JSON of such a call"},
    401: {"description": "No write key, or one that is unknown or revoked"},
    403: {"description": "The key may not send events"},
    413: {"description": "Larger than 4 MB, or than 1 MB with the key in the body only"},
    429: {"description": "This key sends more than its share; see Retry-After"},
    503: {"description": "Nothing was stored; see Retry-After and send it again"},
}
