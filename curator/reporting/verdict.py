"""The first answer of every report: is this data ready to fine-tune on, and if not, what first?"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curator.data.finding import Severity
from curator.reporting.model import (
    CheckSummary,
    DecisionSummary,
    DuplicateSummary,
    NextStep,
    TokenSummary,
    Verdict,
)
from curator.reporting.wording import count, joined, share

ENOUGH = 100
"""Kept examples below which nothing is ready: providers advise 50 to 100 as the start, and a tenth is held out."""

COMFORTABLE = 1_000
"""Kept examples from which more of the same matters little: LIMA (arXiv 2305.11206) tuned on 1,000 chosen ones."""

REFUSED_SHARE = 0.01
"""Lines that cannot be read, of all lines, above which the file was probably read in the wrong form. Our judgement."""

DUPLICATE_SHARE = 0.2
"""Duplicates, of all examples, above which the set is much smaller than it looks. Our judgement."""

_NEVER_TRAIN_ON = {
    "split-leak": "{n} in training also {stand} in validation, so the validation loss would flatter the model",
    "contamination": "{n} {repeat} a benchmark, so its score would mean nothing",
    "secret-key": "{n} {hold} a secret key, and a tuned model can repeat it to anyone",
}
_LOOKED_AT = 2


@dataclass(frozen=True)
class ReadinessFacts:
    """The counts a verdict is made from.

    Attributes:
        data: the sources as the person named them, for the commands in the next steps.
        lines: physical lines, or elements, read.
        examples: lines that are examples.
        effective: examples left after the policy `recommended` and what was decided.
        severities: lines with at least one finding of that severity.
        checks: gravest first, then by examples.
        duplicates: None when the duplicate engine did not run.
        tokens: None when nothing was counted.
        decisions: None when nothing was decided.
        undecided_errors: examples with an error that nobody dropped or edited; None: nothing was decided.
        against: evaluation files that were looked for.
        target: the target that was named; None: none, so the built-in trainer's rules were asked.
        undecided: per check, the examples with a finding above information that nobody dropped or edited; None: nothing
            was decided.
    """

    data: Sequence[str]
    lines: int
    examples: int
    effective: int
    severities: Mapping[Severity, int]
    checks: Sequence[CheckSummary]
    duplicates: DuplicateSummary | None = None
    tokens: TokenSummary | None = None
    decisions: DecisionSummary | None = None
    undecided_errors: int | None = None
    undecided: Mapping[str, int] | None = None
    against: Sequence[str] = ()
    target: str | None = None

    @property
    def refused(self) -> int:
        """Lines that are not examples."""
        return self.lines - self.examples

    @property
    def is_misread(self) -> bool:
        """Whether so many lines are not examples that something is wrong with the file as a whole."""
        return self.refused > max(REFUSED_SHARE * self.lines, 1) or 0 < self.refused == self.lines

    @property
    def errors(self) -> int:
        """Examples with an error that still await a decision."""
        if self.undecided_errors is not None:
            return self.undecided_errors
        return max(0, self.severities.get("error", 0) - self.refused)

    @property
    def waiting_drops(self) -> int:
        """Examples that the policy `recommended` would drop and that nobody has dropped yet."""
        dropped = self.decisions.dropped if self.decisions else 0
        return max(0, self.examples - dropped - self.effective)

    @property
    def secrets(self) -> int:
        """Examples with a secret that nobody dropped or edited: an export stops at them."""
        return sum(self.waiting(check) for check in self.checks if check.name == "secret-key")

    @property
    def duplicate_share(self) -> float:
        """Duplicates of all examples, while they still stand in the set."""
        if self.duplicates is None or self.waiting_drops == 0:
            return 0.0
        return (self.duplicates.exact + self.duplicates.near) / max(1, self.examples)

    def waiting(self, check: CheckSummary) -> int:
        """Examples with a finding of `check` above information that still await a decision."""
        return check.grave if self.undecided is None else self.undecided.get(check.name, 0)


def judge_readiness(facts: ReadinessFacts) -> Verdict:
    """Weigh the counts. Ready means: nothing is known that a training would fail on, or be wasted on."""
    obstacles = _obstacles(facts)
    ready = not obstacles
    return Verdict(
        ready=ready,
        headline=_ready_headline(facts) if ready else _unready_headline(facts, obstacles),
        reasons=obstacles + _remarks(facts),
        next_steps=_next_steps(facts, ready),
    )


def shell_words(data: Sequence[str]) -> str:
    """`data` as words of a shell command; a name that begins like an option gets `./` before it."""
    return shlex.join(f"./{name}" if name.startswith("-") and name != "-" else name for name in data)


def _obstacles(facts: ReadinessFacts) -> list[str]:
    """What stands in the way, as sentences, the first thing to do first."""
    if facts.lines == 0:
        return ["There is nothing in it: not one line was read."]
    found = []
    if facts.is_misread:
        found.append(
            f"{count(facts.refused, 'line')} of {count(facts.lines)} could not be read as examples: "
            "perhaps the file was read in the wrong form, or is damaged."
        )
    if facts.errors:
        verb = "has" if facts.errors == 1 else "have"
        found.append(
            f"{count(facts.errors, 'example')} {verb} an error: a trainer would refuse them or learn nothing from them."
        )
    for check in facts.checks:
        waiting = facts.waiting(check) if check.name in _NEVER_TRAIN_ON else 0
        if waiting:
            verbs = {verb: verb + "s" * (waiting == 1) for verb in ("stand", "repeat", "hold")}
            found.append(_NEVER_TRAIN_ON[check.name].format(n=count(waiting, "example"), **verbs) + ".")
    if facts.duplicate_share >= DUPLICATE_SHARE:
        found.append(
            f"{share(facts.duplicate_share)} of the examples are duplicates of another one; "
            "the model would see those again and again."
        )
    if facts.effective < ENOUGH:
        verb = "is" if facts.effective == 1 else "are"
        found.append(
            f"{count(facts.effective, 'example')} {verb} left to train on; under {ENOUGH} a model can memorise them "
            "but hardly learn from them, and too few remain to validate with."
        )
    return found


def _remarks(facts: ReadinessFacts) -> list[str]:
    """What does not stand in the way but is worth knowing."""
    remarks = []
    if facts.refused and not facts.is_misread:
        what = "an example" if facts.refused == 1 else "examples"
        remarks.append(f"{count(facts.refused, 'line')} could not be read as {what}; an export leaves such lines out.")
    if ENOUGH <= facts.effective < COMFORTABLE:
        remarks.append(
            f"{count(facts.effective, 'example')} are enough to try; {COMFORTABLE:,} is comfortable. "
            "Quality matters more than quantity: a hundred right answers teach more than a thousand careless ones."
        )
    if facts.effective >= COMFORTABLE:
        remarks.append(
            f"{count(facts.effective, 'example')} are comfortable. From here on, better answers help more than "
            "more answers: quality matters more than quantity."
        )
    if facts.duplicate_share and facts.duplicate_share < DUPLICATE_SHARE:
        remarks.append(f"{share(facts.duplicate_share)} of the examples are duplicates of another one.")
    if facts.severities.get("warning"):
        warned = {check.name: check.severities.get("warning", 0) for check in facts.checks}
        worst = sorted(filter(warned.__getitem__, warned), key=lambda name: (-warned[name], name))[:3]
        verb = "carries" if facts.severities["warning"] == 1 else "carry"
        most = f", most of them {joined(worst)}" if len(worst) > 1 else "".join(f": {name}" for name in worst)
        remarks.append(f"{count(facts.severities['warning'], 'line')} {verb} a warning{most}.")
    if facts.tokens and facts.tokens.over_limit:
        limit = f" of {count(facts.tokens.limit)} tokens" if facts.tokens.limit else ""
        verb = "goes" if facts.tokens.over_limit == 1 else "go"
        remarks.append(f"{count(facts.tokens.over_limit, 'example')} {verb} beyond the limit{limit}.")
    return remarks


def _ready_headline(facts: ReadinessFacts) -> str:
    waiting = f" after {count(facts.waiting_drops, 'recommended drop')}" if facts.waiting_drops else ""
    return f"Ready: {count(facts.effective, 'example')}{waiting}, and nothing that a training would fail on."


def _unready_headline(facts: ReadinessFacts, obstacles: list[str]) -> str:
    if facts.examples == 0:
        return "Not ready: no line of it could be read as an example."
    if facts.effective < ENOUGH:
        return f"Not ready: {count(facts.effective, 'example')} to train on, and at least {ENOUGH} are needed."
    things = "one thing stands" if len(obstacles) == 1 else f"{len(obstacles)} things stand"
    return f"Not ready yet: {things} in the way of {count(facts.effective, 'good example')}."


def _next_steps(facts: ReadinessFacts, ready: bool) -> list[NextStep]:
    data = shell_words(facts.data)
    steps = []
    if facts.refused:
        steps.append(_look_at_refused(facts, data))
    if facts.examples == 0:
        return [*steps, _make_readable(facts)]
    if facts.waiting_drops or facts.errors:
        steps.append(
            NextStep(
                sentence="Preview what the recommended policy would drop and fix; nothing changes yet.",
                command=f"curator decide {data} --policy recommended --dry-run",
            )
        )
    steps.extend(_look_at(facts, data))
    if facts.secrets:
        that_hold = "the example that holds" if facts.secrets == 1 else f"the {facts.secrets:,} examples that hold"
        steps.append(
            NextStep(
                sentence=f"Drop {that_hold} a secret, or mask it on the way out (--mask-secrets); else nothing leaves.",
                command=f'curator decide {data} --where check:secret-key/warning --drop --reason "a secret"',
            )
        )
    if facts.effective < ENOUGH:
        missing = count(ENOUGH - facts.effective, "more good example")
        steps.append(NextStep(sentence=f"Write at least {missing}; vary the questions, keep the answers' style."))
        return steps
    then = "" if ready else "then "
    steps.append(
        NextStep(
            sentence=f"{then}split off a validation set that resembles nothing in training.".capitalize(),
            command=f"curator split {data}",
        )
    )
    masking = " --mask-secrets" if facts.secrets else ""
    steps.append(
        NextStep(
            sentence="Write what is kept, in the form your trainer or provider reads.",
            command=f"curator export {data} --target {facts.target or 'huggingface'} --out curated{masking}",
        )
    )
    return steps


def _make_readable(facts: ReadinessFacts) -> NextStep:
    """What to do with a file of which no line is an example."""
    if all(check.name == "invalid-encoding" for check in facts.checks if _is_about_unread_lines(check)):
        name = shell_words(facts.data[:1])
        return NextStep(
            sentence="Convert it to UTF-8, from whatever encoding it was written in; often that is Windows-1252.",
            command=f"iconv -f WINDOWS-1252 -t UTF-8 {name} > utf8.jsonl",
        )
    return NextStep(sentence="Name the form of its examples with --format, or its columns with --columns.")


def _look_at_refused(facts: ReadinessFacts, data: str) -> NextStep:
    """The commonest check among those whose findings have no example."""
    unread = [check for check in facts.checks if _is_about_unread_lines(check)]
    name = max(unread, key=lambda check: check.examples).name if unread else "invalid-json"
    sentence = "See the line that could not be read." if facts.refused == 1 else "See the lines that could not be read."
    return NextStep(sentence=sentence, command=f"curator show {data} --where check:{name}")


def _look_at(facts: ReadinessFacts, data: str) -> list[NextStep]:
    """The checks a person should read examples of, gravest first; what has a step of its own is left out."""
    steps = []
    for check in sorted(facts.checks, key=lambda check: check.name not in _NEVER_TRAIN_ON):
        waiting = facts.waiting(check)
        has_own_step = check.name in ("exact-duplicate", "near-duplicate") or _is_about_unread_lines(check)
        if waiting == 0 or has_own_step:
            continue
        found = f"check:{check.name}" + ("/warning" if check.severities.get("info") else "")
        if check.name == "contamination":
            found += "".join(f" --against {shell_words([name])}" for name in facts.against)
        steps.append(
            NextStep(
                sentence=f"Read the {'example' if waiting == 1 else count(waiting, 'example')} with {check.name}: "
                f"{check.title}.",
                command=f"curator show {data} --where {found}",
            )
        )
    return steps[:_LOOKED_AT]


def _is_about_unread_lines(check: CheckSummary) -> bool:
    return any(finding.example is None and finding.line is not None for finding in check.worst)
