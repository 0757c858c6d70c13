"""What channels are called, and why something is not sent, for the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from thang.river.sending.nouns import Why
from thang.web.words.catalogue import noted

CHANNELS: Mapping[str, str] = {
    "email": noted("e-mail"),
    "sms": noted("SMS"),
    "zns": noted("Zalo template (ZNS)"),
    "zalo_oa": noted("Zalo account"),
    "messenger": noted("Messenger"),
    "call": noted("call"),
    "audience": noted("advertising audience"),
    "webhook": noted("own system (webhook)"),
    "task": noted("staff task"),
    "page": noted("the shop's own page"),
}
PURPOSES: Mapping[str, str] = {
    "marketing": noted("advertising"), "service": noted("service"),
}  # fmt: skip
WHY: Mapping[str, str] = {
    Why.HELD_OUT: noted("Held out of the strategy by lot"),
    Why.STALE: noted("Too late to be sent"),
    Why.NO_CHANNEL: noted("The channel is not set"),
    Why.NO_ADDRESS: noted("No address for this channel"),
    Why.SUPPRESSED: noted("The address is not to be used"),
    Why.NO_CONSENT: noted("They have not agreed"),
    Why.NO_ADS: noted("This channel takes no advertising"),
    Why.WINDOW: noted("They have to write first: the platform's window is closed"),
    Why.FREE_USED: noted("The platform's free replies are used"),
    Why.HOURS: noted("Quiet hours"),
    Why.PAUSED: noted("The channel rests"),
    Why.MUTED: noted("A serious ticket is open"),
    Why.CAP_DAY: noted("Enough for today"),
    Why.CAP_WEEK: noted("Enough for this week"),
    Why.CAP_LAW: noted("The law's limit for one day is reached"),
    Why.OTHER_STRATEGY: noted("Another strategy wrote today"),
}
# What is written down of a fault, by whoever wrote it; providers' own words stay as they are.
FAULTS: Mapping[str, str] = {
    "the provider is busy": noted("The provider was busy"),
    "the provider does not answer": noted("The provider did not answer"),
    "nobody can say whether it was sent": noted("Nobody can say whether a message was sent"),
    "the platform has shut the page out": noted("The platform has shut the page out"),
    "the gateway says that it did not arrive": noted("A message did not arrive"),
    "The account's token is not valid any more.": noted("The token is not valid any more"),
    "The page's token is not valid any more.": noted("The token is not valid any more"),
    "Zalo gives no new token: grant the app access again.": noted(
        "Zalo gives no new token: grant the app access again"
    ),
    "The mail server refuses the password.": noted("The mail server refuses the password"),
    "The gateway's balance is used up.": noted("The balance is used up"),
    "The account has no balance left.": noted("The balance is used up"),
    "The gateway's keys are not valid.": noted("The keys are not valid"),
    "The brand's name is not registered.": noted("The brand's name is not registered"),
}


def fault_words(why: str) -> str:
    """A fault in a message of the catalogue, or as it was written down."""
    return FAULTS.get(why, why)
