"""What to do next: each step is a sentence, with its filter, count, command and key of the app.

Text, HTML, Markdown, JSON and the app draw the same steps. A step speaks of exactly what its filter finds at the time
of the report, and followed in order, report after report, the steps end where nothing is open.
"""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from curator.reporting.model import CheckSummary, NextStep
from curator.reporting.readiness import ENOUGH, ReadinessFacts
from curator.reporting.wording import count, joined

_COPIES = "check:exact-duplicate or check:near-duplicate or check:semantic-duplicate"
_WITH_STEPS = ("exact-duplicate", "near-duplicate", "semantic-duplicate", "secret-key", "contamination", "split-leak")
_PLAIN = (".jsonl", ".json", ".csv", ".tsv", ".txt")
"""Endings of files that another program reads as text: neither packed nor a pipe."""
OPEN_KEY, POLICY_KEY = "enter", "p"
"""Of the app's overview: review what a line is about; see what the policy would decide."""


def shell_words(data: Sequence[str]) -> str:
    """`data` as words of a shell command; a name that begins like an option gets `./` before it."""
    return shlex.join(f"./{name}" if name.startswith("-") and name != "-" else name for name in data)


def next_steps(facts: ReadinessFacts, *, ready: bool) -> list[NextStep]:
    """The steps, the first thing to do first."""
    if facts.lines == 0:
        return []
    steps = _about_unreadable(facts)
    if facts.examples == 0:
        return [steps[0], _make_readable(facts)] if steps else [_make_readable(facts)]
    decisions = [
        *_policy(facts),
        *_leaks(facts),
        *(_other_target(facts) or _errors(facts)),
        *_secrets(facts),
        *_contamination(facts),
    ]
    decisions += [*_duplicates(facts), *_accepted(facts)]
    steps += decisions or _look_at(facts)
    if facts.distinct < ENOUGH:
        missing = count(ENOUGH - facts.distinct, "more good example")
        return [*steps, NextStep(sentence=f"Write at least {missing}; vary the questions, keep the answers' style.")]
    if not ready:
        return steps
    if not facts.is_split:
        sentence = "Split off a validation set that resembles nothing in training."
        steps.append(NextStep(sentence=sentence, command=_command(facts, "split", "", reads_only=True)))
    masking = " --mask-secrets" if facts.accepted_secrets else ""
    export = f"--target {facts.target or 'huggingface'} --out curated{masking}"
    sentence = "Write what is kept, in the format your trainer or provider reads."
    return [*steps, NextStep(sentence=sentence, command=_command(facts, "export", export, reads_only=True))]


def show_command(facts: ReadinessFacts) -> str:
    """The command that prints examples of the set, without a filter."""
    return _command(facts, "show", "", reads_only=True)


def _command(facts: ReadinessFacts, name: str, rest: str, *, reads_only: bool = False) -> str:
    options = facts.reading if reads_only else f"{facts.reading} {facts.checking}"
    return " ".join(part for part in ("curator", name, shell_words(facts.data), options.strip(), rest) if part)


def _show(facts: ReadinessFacts, sentence: str, where: str, number: int) -> NextStep:
    command = _command(facts, "show", f"--where {shlex.quote(where)}")
    return NextStep(sentence=sentence, filter=where, count=number, command=command, key=OPEN_KEY)


def _drop(facts: ReadinessFacts, sentence: str, where: str, number: int, reason: str) -> NextStep:
    rest = f"--where {shlex.quote(where)} --drop --reason {shlex.quote(reason)}"
    return NextStep(
        sentence=sentence, filter=where, count=number, command=_command(facts, "decide", rest), key=OPEN_KEY
    )


def _about_unreadable(facts: ReadinessFacts) -> list[NextStep]:
    if not facts.unreadable:
        return []
    where = "is:unreadable is:open" if facts.unreadable < facts.refused else "is:unreadable"
    them, lines = ("it", "line") if facts.unreadable == 1 else ("them", f"{facts.unreadable:,} lines")
    skips = "an export skips what cannot be read."
    drop = _drop(facts, f"Or drop {them}: {skips}", where, facts.unreadable, "cannot be read")
    return [
        _show(facts, f"See the {lines} that could not be read; an editor mends {them}.", where, facts.unreadable),
        drop.model_copy(update={"in_app": f"Or drop {them} there: {skips}"}),
    ]


def _make_readable(facts: ReadinessFacts) -> NextStep:
    """What to do with a file of which no line is an example."""
    if all(check.name == "invalid-encoding" for check in facts.checks if check.unreadable):
        name, ending = shell_words(facts.data[:1]), PurePath(facts.data[0]).suffix
        sentence = "Convert it to UTF-8, from whatever encoding it was written in; often that is Windows-1252."
        new = f"utf8{ending}"
        again = _command(replace(facts, data=[new]), "audit", "")
        is_plain = len(facts.data) == 1 and ending in _PLAIN
        command = f"iconv -f WINDOWS-1252 -t UTF-8 {name} > {new} && {again}" if is_plain else None
        return NextStep(sentence=sentence, command=command)
    return NextStep(sentence="Name the format of its examples with --format, or its columns with --columns.")


def _policy(facts: ReadinessFacts) -> list[NextStep]:
    drops, repairs = facts.proposed_drops, facts.proposed_repairs
    if not drops + repairs:
        return []
    parts = [f"drop {count(drops, 'example')}"] if drops else []
    parts += [f"repair {repairs:,}" if drops else f"repair {count(repairs, 'example')}"] if repairs else []
    return [
        NextStep(
            sentence=f"Let `recommended` {joined(parts)}; --dry-run shows them first.",
            in_app=f"Let `recommended` {joined(parts)}; {POLICY_KEY} shows them first.",
            count=drops + repairs,
            command=_command(facts, "decide", "--policy recommended"),
            key=POLICY_KEY,
        )
    ]


def _leaks(facts: ReadinessFacts) -> list[NextStep]:
    if not facts.is_split or not facts.waiting("split-leak"):
        return []
    sentence = "Split again: what leaks moves to training."
    return [NextStep(sentence=sentence, command=_command(facts, "split", "", reads_only=True))]


def _other_target(facts: ReadinessFacts) -> list[NextStep]:
    """Data of a kind that the built-in trainer does not train, such as prompts with an answer to check."""
    if facts.target is not None or 2 * facts.waiting("rejected-by-target") <= facts.examples:
        return []
    sentence = "Name what you train with: the built-in trainer rejects most of these examples, another may take them."
    return [NextStep(sentence=sentence, command=_command(facts, "audit", "--target huggingface"))]


def _errors(facts: ReadinessFacts) -> list[NextStep]:
    if not facts.errors:
        return []
    where = "severity:error is:open not is:unreadable"
    examples, them = ("example", "it") if facts.errors == 1 else (f"{facts.errors:,} examples", "them")
    sentence = f"Drop the {examples} with an error, or edit {them}"
    step = _drop(facts, f"{sentence} in `curator review`.", where, facts.errors, "an error")
    return [step.model_copy(update={"in_app": f"{sentence}."})]


def _secrets(facts: ReadinessFacts) -> list[NextStep]:
    if not facts.secrets:
        return []
    that_hold = "example that holds" if facts.secrets == 1 else f"{facts.secrets:,} examples that hold"
    sentence = f"Drop the {that_hold} a secret, or edit what is to be kept."
    where = "check:secret-key/warning" + _is_open(facts, "secret-key")
    return [_drop(facts, sentence, where, facts.secrets, "a secret")]


def _contamination(facts: ReadinessFacts) -> list[NextStep]:
    number = facts.waiting("contamination")
    if not number:
        return []
    examples = "example that repeats" if number == 1 else f"{number:,} examples that repeat"
    where = "check:contamination" + _is_open(facts, "contamination")
    return [_drop(facts, f"Drop the {examples} a benchmark.", where, number, "in a benchmark")]


def _duplicates(facts: ReadinessFacts) -> list[NextStep]:
    if facts.is_distinct:
        return []
    sentence = f"Drop the {count(facts.copies, 'example')} that another one says already; one of each stays."
    return [_drop(facts, sentence, f"({_COPIES}) is:open", facts.copies, "another one says it already")]


def _look_at(facts: ReadinessFacts) -> list[NextStep]:
    """The check that most examples await a look for, of those without a step of their own."""
    waiting = [check for check in facts.checks if check.name not in _WITH_STEPS and _warned(check)]
    if not waiting:
        return []
    check = max(waiting, key=_warned)
    number = _warned(check)
    where = f"check:{check.name}" + ("/warning" if check.severities.get("info") else "")
    where += " is:open" * bool(check.decided) + " not is:unreadable" * bool(check.unreadable)
    examples = "example" if number == 1 else count(number, "example")
    return [_show(facts, f"Read the {examples} with {check.name}: {check.title}.", where, number)]


def _warned(check: CheckSummary) -> int:
    """Examples with an open finding above information."""
    return check.grave - check.unreadable


def _accepted(facts: ReadinessFacts) -> list[NextStep]:
    if not facts.accepted_errors:
        return []
    examples = "example" if facts.accepted_errors == 1 else f"{facts.accepted_errors:,} examples"
    sentence = f"See the {examples} with an error that you accepted; edit or drop what is to be trained on."
    return [_show(facts, sentence, "severity:error is:accepted not is:unreadable", facts.accepted_errors)]


def _is_open(facts: ReadinessFacts, name: str) -> str:
    """The end of a filter that finds only what is open, where some of it was decided."""
    return " is:open" if any(check.decided for check in facts.checks if check.name == name) else ""
