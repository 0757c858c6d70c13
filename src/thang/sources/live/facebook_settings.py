"""What a shop says of its Facebook page."""

from __future__ import annotations

from thang.policy.shapes import Field
from thang.sources.live.settings import NONE, NUMBERS, PULLS, SINCE, VERSION, base, secret

SETTINGS: tuple[Field, ...] = (
    Field("page", NUMBERS, "The page's number; several pages stand with a blank between them."),
    secret("app_secret", "The app's secret: every call is signed with it."),
    secret("token", "The page's access token: for leads and live comments.", absent=NONE),
    Field("forms", NUMBERS, "The numbers of lead forms that are asked for again.", absent=NONE),
    Field("version", VERSION, "The Graph API's version.", absent="v25.0"),
    PULLS,
    SINCE,
    base("the Graph API"),
)
