"""The first answer of every report: is this data ready to fine-tune on, and if not, what first?"""

from curator.reporting.model import Verdict
from curator.reporting.next_steps import next_steps
from curator.reporting.readiness import COMFORTABLE, ENOUGH, ReadinessFacts
from curator.reporting.wording import count, share

_NEVER_TRAIN_ON = {
    "split-leak": "{n} {stand} in training and in validation: the loss would flatter the model",
    "contamination": "{n} {repeat} a benchmark, so its score would mean nothing",
    "secret-key": "{n} {hold} a secret key, which a tuned model can repeat",
}


def judge_readiness(facts: ReadinessFacts) -> Verdict:
    """Weigh the counts. Ready means: nothing is known that a training would fail on, or be wasted on."""
    obstacles = _obstacles(facts)
    ready = not obstacles
    return Verdict(
        ready=ready,
        headline=_ready_headline(facts) if ready else _unready_headline(facts, obstacles),
        reasons=obstacles + _remarks(facts),
        next_steps=next_steps(facts, ready=ready),
    )


def _obstacles(facts: ReadinessFacts) -> list[str]:
    """What stands in the way, as sentences, the first thing to do first."""
    if facts.lines == 0:
        return ["There is nothing in it: not one line was read."]
    found = []
    if facts.is_misread:
        found.append(
            f"{count(facts.unreadable or facts.refused)} of {count(facts.lines, 'line')} could not be read: in the "
            "wrong form, or damaged."
        )
    for number, whose in ((facts.errors, ""), (facts.accepted_errors, " that was accepted")):
        if number:
            verb, them = ("has", "it") if number == 1 else ("have", "them")
            found.append(
                f"{count(number, 'example')} {verb} an error{whose}: a trainer refuses {them} or learns nothing."
            )
    for name, sentence in _NEVER_TRAIN_ON.items():
        if waiting := facts.waiting(name):
            verbs = {verb: verb + "s" * (waiting == 1) for verb in ("stand", "repeat", "hold")}
            found.append(sentence.format(n=count(waiting, "example"), **verbs) + ".")
    if not facts.is_distinct:
        found.append(f"{_copies(facts)} The set is less than half as large as it looks.")
    if facts.distinct < ENOUGH:
        verb = "is" if facts.distinct == 1 else "are"
        found.append(f"{_left(facts)} {verb} left; a model memorises fewer than {ENOUGH} and hardly learns from them.")
    return found


def _copies(facts: ReadinessFacts) -> str:
    if facts.copies == 1:
        return "1 example copies another one, in its words or in others."
    return f"{share(facts.copies / max(facts.kept, 1))} of the examples copy another one, in its words or in others."


def _left(facts: ReadinessFacts) -> str:
    """The distinct examples; that they are distinct is said where others are not."""
    return count(facts.distinct, "example" if facts.distinct == facts.effective else "distinct example")


def _remarks(facts: ReadinessFacts) -> list[str]:
    """What does not stand in the way but is worth knowing."""
    remarks = []
    if facts.unreadable and not facts.is_misread:
        what = "an example" if facts.unreadable == 1 else "examples"
        remarks.append(
            f"{count(facts.unreadable, 'line')} could not be read as {what}; an export leaves such lines out."
        )
    if facts.accepted_secrets:
        verb = "holds" if facts.accepted_secrets == 1 else "hold"
        remarks.append(
            f"{count(facts.accepted_secrets, 'example')} {verb} a secret that was accepted; an export stops at them "
            "without --mask-secrets or --allow-secrets."
        )
    if facts.distinct >= ENOUGH and facts.effective < COMFORTABLE:
        remarks.append(
            f"{count(facts.effective, 'example')} are enough to try, {COMFORTABLE:,} are comfortable; quality matters "
            "more."
        )
    if facts.copies and facts.is_distinct:
        remarks.append(_copies(facts))
    if facts.severities.get("warning"):
        warned = {check.name: check.open.get("warning", 0) for check in facts.checks}
        worst = sorted(filter(warned.__getitem__, warned), key=lambda name: (-warned[name], name))[:2]
        verb = "carries" if facts.severities["warning"] == 1 else "carry"
        most = f", most often {worst[0]}" if len(worst) > 1 else "".join(f": {name}" for name in worst)
        remarks.append(f"{count(facts.severities['warning'], 'line')} {verb} a warning{most}.")
    if facts.tokens and facts.tokens.over_limit:
        limit = f" of {count(facts.tokens.limit)} tokens" if facts.tokens.limit else ""
        verb = "goes" if facts.tokens.over_limit == 1 else "go"
        remarks.append(f"{count(facts.tokens.over_limit, 'example')} {verb} beyond the limit{limit}.")
    return remarks


def _ready_headline(facts: ReadinessFacts) -> str:
    drops = facts.kept - facts.effective
    waiting = f" after {count(drops, 'recommended drop')}" if drops else ""
    return f"Ready: {count(facts.effective, 'example')}{waiting}, and nothing that a training would fail on."


def _unready_headline(facts: ReadinessFacts, obstacles: list[str]) -> str:
    if facts.examples == 0:
        return "Not ready: no line of it could be read as an example."
    if facts.distinct < ENOUGH:
        return f"Not ready: {_left(facts)} to train on, and at least {ENOUGH} are needed."
    things = "one thing stands" if len(obstacles) == 1 else f"{len(obstacles)} things stand"
    return f"Not ready yet: {things} in the way of {count(facts.good, 'good example')}."
