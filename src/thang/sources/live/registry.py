"""Every live source, by its key."""

from __future__ import annotations

from collections.abc import Mapping

from thang.sources.live.contract import Source
from thang.sources.live.facebook import FACEBOOK
from thang.sources.live.shopify import SHOPIFY
from thang.sources.live.woocommerce import WOOCOMMERCE

SOURCES: Mapping[str, Source] = {one.key: one for one in (FACEBOOK, SHOPIFY, WOOCOMMERCE)}
