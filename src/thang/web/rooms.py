"""The rooms of the web door, in the order of the navigation; each states its routes' rules."""

from __future__ import annotations

from fastapi import APIRouter

from thang.web.api import verbs
from thang.web.pages import customer, customers, kit, ladder, more

ROOMS: tuple[APIRouter, ...] = (
    ladder.router,
    customers.router,
    customer.router,
    more.router,
    kit.router,
    verbs.router,
)
