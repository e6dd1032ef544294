import pytest

from benchmarks.targets.corpus import TARGETS, cases, try_case
from benchmarks.targets.file_cases import file_cases
from curator.targets.registry import TARGETS as KNOWN


def test_every_target_has_a_corpus_of_defects():
    assert {target.name for target in KNOWN} == set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_broken_rule_is_found_on_its_line_and_its_nearest_valid_neighbour_is_accepted(target, tmp_path):
    wrong = []
    for case in cases(target):
        found, accepted = try_case(tmp_path, target, case)
        if not (found and accepted):
            wrong.append((case.name, case.rule, "found" if found else "missed", "accepted" if accepted else "refused"))
    assert not wrong


@pytest.mark.parametrize("target", TARGETS)
def test_every_fault_of_a_whole_file_is_found_and_the_sound_file_next_to_it_is_accepted(target, tmp_path):
    wrong = [
        (case.name, case.rule)
        for case in file_cases(target)
        if not (case.is_found(tmp_path) and case.is_accepted(tmp_path))
    ]
    assert not wrong
