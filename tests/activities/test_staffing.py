"""Adults needed (B23)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.activities.enums import StaffRule
from preau.activities.staffing import RATIOS, staff_needed

CHILDREN = st.integers(0, 400)
RULES = st.sampled_from(list(StaffRule))


@given(CHILDREN, CHILDREN, RULES)
def test_there_are_enough_adults_and_not_one_to_spare_at_each_age(
    under: int, older: int, rule: StaffRule
) -> None:
    ratio = RATIOS[rule]
    needed = staff_needed(under_six=under, from_six=older, ratio=ratio)
    young = staff_needed(under_six=under, from_six=0, ratio=ratio)
    old = staff_needed(under_six=0, from_six=older, ratio=ratio)
    assert needed == young + old
    assert (young - 1) * ratio.under_six < under <= young * ratio.under_six
    assert (old - 1) * ratio.from_six < older <= old * ratio.from_six


@given(CHILDREN, CHILDREN, RULES)
def test_one_child_more_never_asks_for_fewer_adults(
    under: int, older: int, rule: StaffRule
) -> None:
    ratio = RATIOS[rule]
    before = staff_needed(under_six=under, from_six=older, ratio=ratio)
    assert staff_needed(under_six=under + 1, from_six=older, ratio=ratio) >= before
    assert staff_needed(under_six=under, from_six=older + 1, ratio=ratio) >= before


@pytest.mark.parametrize("rule", list(StaffRule))
def test_the_words_of_a_rule_say_its_numbers(rule: StaffRule) -> None:
    said = [int(number) for number in re.findall(r"1 pour (\d+)", str(rule.label))]
    assert said == [RATIOS[rule].under_six, RATIOS[rule].from_six]
    assert "R227-1" in RATIOS[rule].source
