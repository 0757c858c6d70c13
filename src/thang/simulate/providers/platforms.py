"""Messenger, Zalo, an SMS gateway, a receiver of webhooks: what each of them answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from thang.simulate.providers.server import Call, Plan, Provider, Reply


def _fine(_: int) -> None:
    return None


class MessengerServer(Provider):
    """The Send API of one page, and the edge of custom audiences.

    `closed`: people outside the window; `gone`: ids of nobody; `revoked`: the token is dead.
    """

    def __init__(
        self, token: str, plan: Plan = _fine, *, closed: Collection[str] = (),
        gone: Collection[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(plan)
        self.token, self.closed, self.gone, self.revoked = token, closed, gone, False
        self.audience: dict[str, list[str]] = {}
        self._numbers = count(1)

    def reply(self, call: Call) -> Reply:
        """A message, or an edit of an audience."""
        if self.revoked or call.headers.get("authorization") != f"Bearer {self.token}":
            return _graph(190, "Error validating access token", 401, kind="OAuthException")
        if call.path.endswith("/users"):
            return self._audience(call)
        to = str(call.told.get("recipient", {}).get("id", ""))
        if to in self.gone:
            return _graph(100, "No matching user found", below=2018001)
        if to in self.closed:
            return _graph(10, "This message is sent outside of allowed window.", below=2018278)
        name = f"m_{next(self._numbers)}"
        return Reply({"recipient_id": to, "message_id": name}, taken=to)

    def _audience(self, call: Call) -> Reply:
        rows = call.told["payload"]["data"]
        for ref, *hashes in rows:
            if call.method == "DELETE":
                self.audience.pop(ref, None)
            else:
                self.audience[ref] = hashes
        return Reply({"audience_id": "1", "session_id": "9", "num_received": len(rows)})


def _graph(code: int, text: str, status: int = 400, *, below: int = 0, kind: str = "") -> Reply:
    error: dict[str, Any] = {"message": text, "type": kind or "OAuthException", "code": code}
    if below:
        error["error_subcode"] = below
    return Reply({"error": error | {"fbtrace_id": "A"}}, status)


class ZaloServer(Provider):
    """Consultation messages and templates. `no_zalo`: phones without an account."""

    def __init__(
        self, token: str, plan: Plan = _fine, *, closed: Collection[str] = (),
        no_zalo: Collection[str] = (), templates: Collection[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(plan)
        self.token, self.closed, self.no_zalo = token, closed, no_zalo
        self.templates, self.revoked = templates, False
        self.refresh = "r0"  # works once: each use gives the next one
        self._numbers = count(1)

    def reply(self, call: Call) -> Reply:
        """A new token, a consultation message or a template."""
        if call.path.endswith("/access_token"):
            return self._renewed(parse_qs(call.body.decode()))
        if self.revoked or call.headers.get("access_token") != self.token:
            return Reply({"error": -124, "message": "Access token invalid"})
        if call.path.endswith("/message/template"):
            return self._template(call.told)
        to = str(call.told.get("recipient", {}).get("user_id", ""))
        if to in self.closed:
            return Reply({"error": -230, "message": "User has not interacted with the OA"})
        data = {"message_id": f"z_{next(self._numbers)}", "user_id": to}
        return Reply({"error": 0, "message": "Success", "data": data}, taken=to)

    def _renewed(self, form: dict[str, list[str]]) -> Reply:
        if form.get("refresh_token") != [self.refresh]:
            return Reply({"error": -14014, "error_name": "Invalid refresh token"})
        number = next(self._numbers)
        self.refresh, self.token = f"r{number}", f"a{number}"
        told = {"access_token": self.token, "refresh_token": self.refresh, "expires_in": "90000"}
        return Reply(told)

    def _template(self, told: dict[str, Any]) -> Reply:
        phone = str(told.get("phone", ""))
        if not (phone.isdigit() and 9 <= len(phone) <= 12):
            return Reply({"error": -108, "message": "Phone number is invalid"})
        if told.get("template_id") not in self.templates:
            return Reply({"error": -109, "message": "Template id is invalid"})
        if phone in self.no_zalo:
            return Reply({"error": -118, "message": "Zalo account not existed"})
        data = {
            "msg_id": f"zns_{next(self._numbers)}", "sent_time": "1763600000000",
            "quota": {"dailyQuota": "500", "remainingQuota": "499"},
        }  # fmt: skip
        return Reply({"error": 0, "message": "Success", "data": data}, taken=phone)


class SmsServer(Provider):
    """A gateway that takes a request id once. `balance`: how many messages are paid for."""

    def __init__(
        self, api_key: str, secret: str, plan: Plan = _fine, *, bad: Collection[str] = (),
        balance: int = 1 << 30,
    ) -> None:  # fmt: skip
        super().__init__(plan)
        self.api_key, self.secret, self.bad, self.balance = api_key, secret, bad, balance
        self._known: dict[str, str] = {}
        self._numbers: Iterator[int] = count(1)

    def reply(self, call: Call) -> Reply:
        """A text, by its request id."""
        told = call.told
        if (told.get("ApiKey"), told.get("SecretKey")) != (self.api_key, self.secret):
            return Reply({"CodeResult": "101", "ErrorMessage": "Authorize Failed"})
        phone, key = str(told.get("Phone", "")), str(told.get("RequestId", ""))
        if phone in self.bad:
            return Reply({"CodeResult": "108", "ErrorMessage": "Phone invalid"})
        if key in self._known:
            return Reply({"CodeResult": "124", "SMSID": self._known[key]})
        if len(self._known) >= self.balance:
            return Reply({"CodeResult": "103", "ErrorMessage": "Balance not enough to send"})
        self._known[key] = f"sms_{next(self._numbers)}"
        return Reply(
            {"CodeResult": "100", "CountRegenerate": 0, "SMSID": self._known[key]}, taken=key
        )


class HookReceiver(Provider):
    """A system of the shop's own: takes each key once. `status` is what it answers."""

    def __init__(self, plan: Plan = _fine, status: int = 202) -> None:
        super().__init__(plan)
        self.status = status
        self._known: set[str] = set()

    def reply(self, call: Call) -> Reply:
        """A call, by its key."""
        if self.status >= 300:
            return Reply({}, self.status, {"location": "http://127.0.0.1/"})
        key = call.headers.get("idempotency-key", "")
        if key in self._known:
            return Reply({}, 208)
        self._known.add(key)
        return Reply({}, self.status, taken=key)
