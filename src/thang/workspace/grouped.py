"""What is told of the five groups: of the shop, and of one person with the evidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prior:
    """What is believed of the shop's people before their own data, and from how many of them."""

    name: str
    a: float
    b: float
    origin: str  # `fitted` or `assumed`
    people: int
    successes: float


@dataclass(frozen=True)
class Group:
    """One group: who is in, of how many there is enough evidence, and what the border is.

    `border` is None where the shop is too small to draw one. `status`: `told`, `few_data` where
    nobody has enough evidence, `unknown` where what it needs is not recorded at all.
    """

    key: str
    status: str
    members: int
    enough: int
    mains: int
    border: float | None
    priors: tuple[Prior, ...]


@dataclass(frozen=True)
class Grouped:
    """What a judging leaves behind for reading. `focus`: the group whom the stage courts, a place
    in `policy.aims.GROUPS`; None while too little is known of the stage.

    `none`: people in no group; `clicks` and `referrals` are the shop's, for influence.
    """

    as_of: int
    policy: int
    quarter: int
    people: int
    focus: int | None
    groups: tuple[Group, ...]
    none: int
    clicks: float
    referrals: float


@dataclass(frozen=True)
class Listed:
    """One person of a short list, with the score in the list's group."""

    ref: str
    score: float


@dataclass(frozen=True)
class GroupsAnswer:
    """The groups as last judged; `told` is None where nobody is judged yet. `best` by group."""

    told: Grouped | None
    best: tuple[tuple[Listed, ...], ...] = ()

    @property
    def status(self) -> str:
        """`uncomputed`, `few_data` where no group knows anybody, or `told`."""
        if self.told is None:
            return "uncomputed"
        some = any(group.enough for group in self.told.groups)
        return "told" if some else "few_data"


@dataclass(frozen=True)
class PersonGroup:
    """One person and one group: the score is P(trait >= border). `k` of `n` is what it rests on:
    chances taken, failures forgiven, friends in years; bounds are of 80 %. None: unknown.
    """

    key: str
    member: bool
    enough: bool
    score: float | None
    mean: float | None
    low: float | None
    high: float | None
    border: float | None
    k: float | None
    n: float | None
    origin: str


@dataclass(frozen=True)
class PersonGroups:
    """One person's groups, and what stands beside Viral: what their referrals are worth, what
    unasked sharing is, and how likely a failure of ours would anger them.
    """

    groups: tuple[PersonGroup, ...]
    main: str | None
    referral_value: float | None
    saved: float | None
    influence: float | None
    gifts: float
    risk_of_anger: float
    last_failure: int | None
    as_of: int
    policy: int
    quarter: int
