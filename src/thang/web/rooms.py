"""The rooms of the web door, in the order of the navigation; each states its routes' rules."""

from __future__ import annotations

from fastapi import APIRouter

from thang.web.api import campaigns as campaigns_api
from thang.web.api import customers as customers_api
from thang.web.api import events as events_api
from thang.web.api import groups as groups_api
from thang.web.api import imports as imports_api
from thang.web.api import ladder as ladder_api
from thang.web.api import outcomes as outcomes_api
from thang.web.api import owning as owning_api
from thang.web.api import policy as policy_api
from thang.web.api import programmes as programmes_api
from thang.web.api import running as running_api
from thang.web.api import sending as sending_api
from thang.web.api import settings as settings_api
from thang.web.api import stage as stage_api
from thang.web.api import tasks as tasks_api
from thang.web.api import value as value_api
from thang.web.api import verbs
from thang.web.pages import (
    campaigns,
    contact,
    customer,
    customers,
    first_run,
    groups,
    hooks,
    imports,
    kit,
    ladder,
    login,
    more,
    outcomes,
    owning,
    policy,
    programmes,
    public,
    settings,
    settings_channels,
    settings_keys,
    settings_papers,
    settings_people,
    shops,
    stage,
    strategy_new,
    strategy_run,
    tasks,
    value,
    way_out,
)

ROOMS: tuple[APIRouter, ...] = (
    ladder.router,
    customers.router,
    customer.router,
    contact.router,
    owning.router,
    groups.router,
    value.router,
    stage.router,
    strategy_new.router,
    strategy_run.router,
    campaigns.router,
    outcomes.router,
    tasks.router,
    imports.router,
    policy.router,
    programmes.router,
    settings.router,
    settings_people.router,
    settings_keys.router,
    settings_channels.router,
    settings_papers.router,
    more.router,
    kit.router,
    shops.router,
    login.router,
    first_run.router,
    hooks.router,
    way_out.router,
    public.router,
    events_api.router,
    verbs.router,
    ladder_api.router,
    customers_api.router,
    owning_api.router,
    imports_api.router,
    policy_api.router,
    settings_api.router,
    groups_api.router,
    outcomes_api.router,
    programmes_api.router,
    running_api.router,
    value_api.router,
    stage_api.router,
    campaigns_api.router,
    tasks_api.router,
    sending_api.router,
)
