"""`where` in a policy: booleans by name there, bits of `Flag` in the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thang.model import Flag
from thang.policy.schema import Where

FLAGS: Mapping[str, Flag] = {
    "public": Flag.PUBLIC,
    "verified": Flag.VERIFIED,
    "ok": Flag.OK,
    "failed": Flag.FAILED,
    "self": Flag.SELF,
}


def where_of(values: Mapping[str, Any]) -> Where:
    """The condition that these keys state: true, the flag must be set; false, it must not."""
    wanted = [flag for name, flag in FLAGS.items() if values.get(name) is True]
    refused = [flag for name, flag in FLAGS.items() if values.get(name) is False]
    return Where(values.get("grade_min"), values.get("grade_max"), sum(wanted), sum(refused))


def where_data(where: Where) -> dict[str, Any]:
    """The keys that state a condition; none if it is no condition."""
    grades = {"grade_min": where.grade_min, "grade_max": where.grade_max}
    data: dict[str, Any] = {key: value for key, value in grades.items() if value is not None}
    for name, flag in FLAGS.items():
        if (where.flags | where.without) & flag:
            data[name] = bool(where.flags & flag)
    return data
