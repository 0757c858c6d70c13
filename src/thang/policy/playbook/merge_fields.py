"""The merge fields that a text may name, and what stands behind each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

TAG = re.compile(r"\{\{\s*([a-z0-9_.]+)|\{%\s*if\s+(?:not\s+)?([a-z0-9_.]+)")

# Known of a person without anybody's doing; only the first one is always there.
FIELDS: Mapping[str, str] = {
    "person.ref": "The person's reference, as on the page Customers; for staff.",
    "person.level": "The name of the person's level.",
    "person.name": "The person's name.",
    "person.first_name": "The person's given name.",
    "referral.link": "The person's own link for friends.",
    "points.balance": "The person's points.",
}
# What the shop says of itself once, under `shop:` in its playbook; a text does without all of it
# but the name, which the default playbook has.
DETAILS: Mapping[str, str] = {
    "name": "The shop's name.",
    "link": "The address of the shop.",
    "phone": "The phone number to call.",
    "hotline": "The number for the best customers, at any hour.",
    "adviser": "Who advises the best customers in person.",
    "guide_link": "A free guide to download.",
    "class_link": "Where the webinar or live class is.",
    "class_time": "When it is.",
    "blog_link": "Useful articles.",
    "story_link": "The story behind the shop.",
    "new_link": "What is new in the shop.",
    "compare_link": "An honest comparison with others.",
    "proof_link": "Origin, tests and guarantee of the goods.",
    "trial": "What can be tried before buying, and how.",
    "offer": "What a promotion gives, such as a gift or free shipping.",
    "offer_code": "The code for a first order.",
    "offer_ends": "Until when the promotion holds.",
    "survey_link": "The short survey.",
    "care_link": "How to use and care for the goods.",
    "setup_link": "The first steps, one by one.",
    "join_link": "Where one joins the programme.",
    "member_offer": "What members get now.",
    "member_link": "What only members may read or watch.",
    "early_product": "What members may buy before others.",
    "premium": "The premium line.",
    "privileges": "The privileges of the best customers.",
    "review_link": "Where one leaves a review.",
    "reward": "What both get when a friend buys.",
    "community_link": "The group of customers.",
    "meeting": "The next meeting: day, hour and place.",
    "event": "The next event for the greatest fans: day, hour and place.",
    "beta": "What is being tried out now.",
    "beta_link": "Where one takes part in it.",
    "version": "What is new in the latest version.",
    "waiting_link": "The list for the launch.",
    "roadmap_link": "The plan: what comes when.",
    "changes_link": "What is still missing, and what was mended.",
    "strength": "The one thing that the product does best.",
    "next_product": "What goes well with what the best customers have.",
    "bundle": "A bundle or a plan by the year.",
}


def field_names(details: Mapping[str, str]) -> frozenset[str]:
    """Every name that a text may use, the shop's own details among them."""
    return frozenset((*FIELDS, *(f"shop.{name}" for name in (*DETAILS, *details))))


def shop_values(details: Mapping[str, str]) -> Mapping[str, str | None]:
    """What a text finds under `shop.<name>`; None where the shop has not said it."""
    return {f"shop.{name}": details.get(name) for name in (*DETAILS, *details)}


def fields_in(text: str) -> Iterator[tuple[str, int]]:
    """The fields a text names, each with the place of its name, from 1."""
    for match in TAG.finditer(text):
        place = 1 if match[1] is not None else 2
        yield match[place], match.start(place) + 1
