"""What the five groups are called, and what each trait is, in a sentence."""

from __future__ import annotations

from thang.web.words.catalogue import noted

NAMES = {
    "willing": noted("Willing"),
    "forgiving": noted("Forgiving"),
    "viral": noted("Viral"),
    "valuable": noted("Valuable"),
    "profitable": noted("Profitable"),
}
WHO = {
    "willing": noted("They try what is new, and try it again when it has changed."),
    "forgiving": noted("They stay after a failure of yours, and do you no harm in public."),
    "viral": noted("They bring you new customers. They give no second chance."),
    "valuable": noted("They will bring the most from now on."),
    "profitable": noted("They leave the most, and ask for the least."),
}
TRAITS = {
    "willing": noted("takes a new thing, and takes it again"),
    "forgiving": noted("stays after a failure of yours"),
    "viral": noted("new customers brought a year"),
    "valuable": noted("margin still to come"),
    "profitable": noted("profit a year"),
}
RESTS = {
    "willing": noted("%(k)s of %(n)s chances taken"),
    "forgiving": noted("%(k)s of %(n)s failures forgiven, by weight"),
    "viral": noted("%(k)s friends who bought, in %(n)s years"),
    "valuable": noted("a customer for %(n)s years"),
    "profitable": noted("a customer for %(n)s years"),
}
PRIORS = {
    "try": noted("takes a new thing"),
    "retry": noted("takes it again when it has changed"),
    "voice": noted("useful words a month"),
    "stay": noted("stays after a failure"),
    "wait": noted("stays while a wish is open"),
    "bring": noted("friends brought a year"),
}
