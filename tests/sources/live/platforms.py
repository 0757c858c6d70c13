"""Each live source with its stand-in, its settings and an invented day, for the contract's tests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from thang.simulate.providers import facebook, facebook_day, own_shops, shop_days
from thang.simulate.providers.server import Provider

SECRET = "gia-vo-bi-mat"  # noqa: S105 - it opens nothing
TOKEN = "gia-vo-the"  # noqa: S105
ENV = {"THANG_TRY_SECRET": SECRET, "THANG_TRY_TOKEN": TOKEN}

Sent = tuple[bytes, dict[str, str]]  # a call's body and headers


class Platform(ABC):
    """One source as a test meets it. `expected`: kinds of the day's events, how many of each."""

    key: str
    other_shop: tuple[str, str]  # what to replace in the settings to be another shop
    expected: ClassVar[dict[str, int]]
    has_ids = True  # whether a delivery has a number of its own
    path: str = ""  # the door's path, where the address is signed

    @abstractmethod
    def settings(self, base: str) -> str:
        """`sources.yaml` with the stand-in at `base`."""

    @abstractmethod
    def server(self, at: int) -> Provider:
        """The stand-in with the day in it."""

    @abstractmethod
    def bodies(self, at: int) -> Iterator[tuple[str, Any]]:
        """Topic and JSON of each call."""

    @abstractmethod
    def headers(self, topic: str, number: int, body: bytes) -> dict[str, str]:
        """The headers of a call, signed."""

    def calls(self, at: int) -> list[Sent]:
        """The day's calls."""
        told = [(topic, facebook.escaped(body)) for topic, body in self.bodies(at)]
        return [(body, self.headers(topic, n, body)) for n, (topic, body) in enumerate(told)]

    def sign(self, body: bytes, number: int = 999) -> dict[str, str]:
        """The headers of another body, under the first call's topic."""
        topic, _ = next(iter(self.bodies(1_700_000_000)))
        return self.headers(topic, number, body)


class FacebookPage(Platform):
    key = "facebook"
    other_shop = (facebook_day.PAGE, "42")
    has_ids = False
    expected: ClassVar[dict[str, int]] = {
        "live_chat_message_sent": 4, "live_chat_message_received": 1, "comment_posted": 3,
        "reaction_added": 1, "post_shared": 1, "lead_captured": 1, "live_comment_posted": 3,
        "live_order_intent": 1,
    }  # fmt: skip

    def settings(self, base: str) -> str:
        return (
            f'facebook:\n  page: "{facebook_day.PAGE}"\n  app_secret: env:THANG_TRY_SECRET\n'
            f'  token: env:THANG_TRY_TOKEN\n  forms: "{facebook_day.FORM}"\n  base: {base}\n'
        )

    def server(self, at: int) -> Provider:
        made = facebook.GraphServer(TOKEN)
        made.leads[facebook_day.LEAD] = facebook_day.lead(at)
        made.live[facebook_day.LIVE] = facebook_day.live_comments(at)
        return made

    def bodies(self, at: int) -> Iterator[tuple[str, Any]]:
        return (("page", one) for one in facebook_day.calls(at))

    def headers(self, _topic: str, _number: int, body: bytes) -> dict[str, str]:
        return facebook.signed(SECRET, body)


class Shopify(Platform):
    key = "shopify"
    other_shop = (shop_days.SHOPIFY, "quan-khac.myshopify.com")
    expected: ClassVar[dict[str, int]] = {
        "checkout_started": 1, "signed_up": 1, "order_completed": 4, "order_cancelled": 1,
        "order_refunded": 1,
    }  # fmt: skip

    def settings(self, base: str) -> str:
        return (
            f"shopify:\n  shop: {shop_days.SHOPIFY}\n  app_secret: env:THANG_TRY_SECRET\n"
            f"  token: env:THANG_TRY_TOKEN\n  base: {base}\n"
        )

    def server(self, at: int) -> Provider:
        made = own_shops.ShopifyServer(TOKEN)
        made.orders = {str(one["id"]): one for one in shop_days.shopify_last(at)}
        return made

    def bodies(self, at: int) -> Iterator[tuple[str, Any]]:
        return shop_days.shopify_calls(at)

    def headers(self, topic: str, number: int, body: bytes) -> dict[str, str]:
        return own_shops.shopify_headers(SECRET, topic, shop_days.SHOPIFY, f"w-{number}", body)


class Woo(Platform):
    key = "woocommerce"
    other_shop = (shop_days.WOO, "https://quan-khac.example")
    expected: ClassVar[dict[str, int]] = {
        "signed_up": 1, "order_completed": 4, "order_cancelled": 1, "order_delivered": 1,
        "order_refunded": 1,
    }  # fmt: skip

    def settings(self, base: str) -> str:
        return (
            f"woocommerce:\n  url: {shop_days.WOO}\n  secret: env:THANG_TRY_SECRET\n"
            f"  consumer_key: env:THANG_TRY_TOKEN\n  consumer_secret: env:THANG_TRY_SECRET\n"
            f"  base: {base}\n"
        )

    def server(self, at: int) -> Provider:
        made = own_shops.WooServer(TOKEN, SECRET)
        made.orders = {str(one["id"]): one for one in shop_days.woo_last(at)}
        return made

    def bodies(self, at: int) -> Iterator[tuple[str, Any]]:
        return shop_days.woo_calls(at)

    def headers(self, topic: str, number: int, body: bytes) -> dict[str, str]:
        return own_shops.woo_headers(SECRET, topic, shop_days.WOO, f"w-{number}", body)


PLATFORMS: tuple[Platform, ...] = (FacebookPage(), Shopify(), Woo())
