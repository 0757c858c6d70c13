"""The rooms of the web door, in the order of the navigation."""

from __future__ import annotations

from fastapi import APIRouter

from thang.web.pages import customer, customers, ladder

ROOMS: tuple[APIRouter, ...] = (
    ladder.router,
    customers.router,
    customer.router,
)
