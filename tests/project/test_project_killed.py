"""Killed without warning at any moment: whatever was said to be decided is decided."""

import random
import subprocess
import sys

import pytest

from curator.project.decisions.state_snapshot import States
from curator.project.opening import open_project

DECIDE = """
import random, sys
from pathlib import Path
from curator.project.decisions.decision import Proposed
from curator.project.opening import open_project
chance = random.Random(int(sys.argv[2]))
examples = [f"{number:016x}" for number in range(40)]
with open_project([Path(sys.argv[1])]) as project:
    while True:
        if chance.random() < 0.2:
            undone = project.log.undo("anna")
            made = [undone.event] if undone else []
        else:
            chosen = chance.sample(examples, chance.choice([1, 1, 1, 30]))
            made = project.log.append([Proposed(
                one, chance.choice(["keep", "drop", "flag"])) for one in chosen], "anna")
        print(" ".join(decision.id for decision in made), flush=True)
"""


@pytest.mark.parametrize("seed", range(8))
def test_every_decision_that_was_confirmed_is_there_after_kill_9(data, seed):
    chance = random.Random(seed)
    confirmed = []
    for life in range(3):
        command = [sys.executable, "-c", DECIDE, data, str(seed * 10 + life)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as decider:
            for _ in range(chance.randrange(1, 60)):
                confirmed += decider.stdout.readline().split()
            decider.kill()
            confirmed += decider.stdout.read().rpartition("\n")[0].split()
    with open_project([data]) as project:
        kept = {id_ for (id_,) in project.database.rows("SELECT id FROM decision")}
        assert set(confirmed) <= kept
        assert project.database.rows("PRAGMA integrity_check") == [("ok",)]
        units = {id_.partition(":")[0] for id_ in kept}
        sizes = {unit: sum(id_.partition(":")[0] == unit for id_ in kept) for unit in units}
        assert set(sizes.values()) <= {1, 30}, "a unit is there as a whole or not at all"
        everything = States(project.log, project.cache)
        assert everything.present().equals(everything.replayed())
