"""Policy versions and bars: what was in force stays written, and a frozen bar stays frozen."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from record.told import shop
from thang.model import Unavailable
from thang.policy.schema import Settings
from thang.river.tables import Bar

SETTINGS = Settings(window_days=365, programme=True, consent_recorded=False)
BAR = Bar(1000, 5_000_000, None, 86_400_000_000, 40, 4_987_000, 12)


def test_versions_count_up_and_keep_their_text() -> None:
    with shop() as record:
        assert record.policy() is None
        first = record.apply_policy("aa", "levels: []\n", SETTINGS)
        assert record.apply_policy("aa", "levels: []\n", SETTINGS) == first
        wider = Settings(window_days=540, programme=True, consent_recorded=False)
        second = record.apply_policy("aa", "levels: []\n", wider)
        third = record.apply_policy("bb", "bậc: []\n", wider)
        back = record.apply_policy("aa", "levels: []\n", SETTINGS)
        assert [v.version for v in (first, second, third, back)] == [1, 2, 3, 4]
        assert record.policy() == back
        assert record.policy(3) == third
        assert record.policy(9) is None


def test_a_bar_is_frozen_by_its_first_writing() -> None:
    later = BAR._replace(quarter=2000, premier_bar=None, raw_premier=None)
    with shop() as record:
        version = record.apply_policy("aa", "", SETTINGS).version
        assert record.add_bars(version, [later, BAR]) == 2
        assert record.add_bars(version, [BAR._replace(premier_bar=1)]) == 0
        assert record.bars(version) == [BAR, later]
        assert record.bars(version + 1) == []


def test_bars_belong_to_a_version_that_is_there() -> None:
    with shop() as record, pytest.raises(Unavailable) as error:
        record.add_bars(7, [BAR])
    assert isinstance(error.value.__cause__, IntegrityError)
