"""Facebook's page as others meet it: leads, live comments, and calls signed with the app's secret.

Everybody in it is invented.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from thang.simulate.providers.server import Call, Plan, Provider, Reply


def _fine(_: int) -> None:
    return None


class GraphServer(Provider):
    """The Graph API of one page: leads by number and by form, comments of live videos.

    `revoked`: the token is dead; `usage`: percent of the platform's measure that is used up.
    """

    busy = Reply({"error": {"message": "too many calls", "code": 32, "fbtrace_id": "A"}}, 400)

    def __init__(self, token: str, plan: Plan = _fine, page_size: int = 2) -> None:
        super().__init__(plan)
        self.token, self.size = token, page_size
        self.revoked, self.usage = False, 0
        self.leads: dict[str, dict[str, Any]] = {}
        self.live: dict[str, list[dict[str, Any]]] = {}

    def reply(self, call: Call) -> Reply:
        """A lead, or a page of a list."""
        parts = urlsplit(call.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if self.revoked or call.headers.get("authorization") != f"Bearer {self.token}":
            return error(190, "Error validating access token", 401)
        _, number, *rest = parts.path.strip("/").split("/")
        if rest == ["comments"] and number in self.live:
            return self._page(self.live[number], query)
        if rest == ["leads"]:
            of = [one for one in self.leads.values() if one.get("form_id") == number]
            return self._page(of, query)
        if not rest and number in self.leads:
            return self._reply(self.leads[number])
        return error(100, "Unsupported get request")

    def _page(self, items: list[dict[str, Any]], query: Mapping[str, str]) -> Reply:
        first = int(query.get("after", "0"))
        some = items[first : first + self.size]
        last = first + len(some)
        paging: dict[str, Any] = {"cursors": {"before": str(first), "after": str(last)}}
        if last < len(items):
            paging["next"] = "https://graph.example/next"
        return self._reply({"data": some, "paging": paging if some else {}})

    def _reply(self, body: Any) -> Reply:
        usage = json.dumps({"call_count": self.usage, "total_time": 1, "total_cputime": 1})
        return Reply(body, headers={"x-app-usage": usage})


def error(code: int, text: str, status: int = 400) -> Reply:
    """An error as the Graph API words it."""
    told = {"message": text, "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return Reply({"error": told}, status)


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The headers of a call."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}", "content-type": "application/json"}


def escaped(told: Any) -> bytes:
    """A body as the platform writes it: letters beyond ASCII escaped."""
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode()
