"""What channels, purposes, arms and the standing of a strategy are called."""

from __future__ import annotations

from thang.web.words.catalogue import noted

CHANNELS = {
    "email": noted("E-mail"),
    "messenger": noted("Messenger"),
    "zalo_oa": noted("Zalo OA"),
    "zns": noted("Zalo ZNS"),
    "sms": noted("SMS"),
    "webhook": noted("Webhook"),
    "task": noted("Staff task"),
    "audience": noted("Audience list"),
    "call": noted("Phone call"),
    "page": noted("Shown by the shop"),
}
PURPOSES = {"marketing": noted("Advertising"), "service": noted("Service")}
WHY_NOT = {
    "off": noted("switched off"),
    "paused": noted("paused"),
    "gate": noted("waits for the gate"),
    "stage": noted("for another stage"),
}
WHY_NOT_LONG = {
    "off": noted("It is switched off in your playbook."),
    "paused": noted("It is paused: nothing of it goes out until somebody resumes it."),
    "gate": noted("It courts the viral ones, and the gate for them is closed."),
    "stage": noted("It belongs to another stage of the business."),
}
ARMS = {
    "treated": noted("Met"),
    "held": noted("Held out by lot"),
    "global": noted("Spared everything this year"),
}
ENROLMENT_STATES = {
    "running": noted("under way"),
    "succeeded": noted("succeeded"),
    "finished": noted("over, without success"),
    "left": noted("left early"),
    "failed": noted("failed"),
}
MESSAGE_STATES = {
    "planned": noted("planned"),
    "claimed": noted("being sent"),
    "sent": noted("sent"),
    "delivered": noted("delivered"),
    "failed": noted("failed"),
    "unknown": noted("unknown: nobody can say whether it arrived"),
    "withheld": noted("withheld by your rules"),
    "cancelled": noted("called off"),
}
VERDICTS = {"helps": noted("it helps"), "harms": noted("it does harm")}
ARTICLES = {"A": noted("Seven levels"), "B": noted("Five groups"), "own": noted("Your own")}
