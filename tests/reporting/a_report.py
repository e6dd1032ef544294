"""Audit reports made by hand, for tests: a believable one, and the same with every text replaced by a hostile one."""

from typing import Any

from pydantic import BaseModel

from curator.data.finding import Finding
from curator.reporting.model import (
    AuditReport,
    CheckSummary,
    DecisionSummary,
    DuplicateSummary,
    NotRun,
    PriceEstimate,
    ShapeSummary,
    SourceSummary,
    Specimen,
    SpecimenMessage,
    TokenSummary,
)
from curator.reporting.next_steps import show_command
from curator.reporting.readiness import ReadinessFacts
from curator.reporting.verdict import judge_readiness

HISTOGRAM = [
    (0, 64, 18),
    (64, 128, 121),
    (128, 192, 214),
    (192, 256, 133),
    (256, 320, 71),
    (320, 384, 28),
    (384, 448, 12),
    (448, 512, 6),
    (512, 576, 4),
    (576, 640, 1),
    (640, 704, 0),
    (704, 768, 2),
]


def a_finding(check="refusal", severity="warning", line=48, message="The answer refuses.", **given: Any) -> Finding:
    unread = given.pop("unread", False)
    return Finding(
        check=check,
        severity=severity,
        example=None if unread or line is None else f"{line:016x}",
        file=given.pop("file", "support.jsonl"),
        line=line,
        message=message,
        **given,
    )


def a_check(name, severity, examples, title, family="text", worst=None, total=624, **given: Any) -> CheckSummary:
    given.setdefault("severities", {severity: examples})
    given.setdefault("open", given["severities"])
    return CheckSummary(
        name=name,
        family=family,
        severity=severity,
        title=title,
        findings=examples,
        examples=examples,
        share=examples / total,
        worst=[a_finding(check=name, severity=severity)] if worst is None else worst,
        **given,
    )


def a_believable_report(**changes: Any) -> AuditReport:
    """What the audit of a support desk's examples would say."""
    checks = _checks()
    tokens = TokenSummary(
        tokenizer="o200k_base",
        total=118_204,
        trained=61_377,
        median=172,
        percentile_95=402,
        longest=741,
        limit=512,
        over_limit=7,
        histogram=HISTOGRAM,
    )
    duplicates = DuplicateSummary(
        threshold=0.7,
        recall=0.9995,
        exact=9,
        near=14,
        groups=17,
        conflicts=2,
        templates=3,
        pairs={"copy": 41, "same-prompt": 6, "same-answer": 12},
        incomplete=[],
    )
    severities = {"error": 17, "warning": 57, "info": 9}
    facts = ReadinessFacts(
        data=["support desk.jsonl"],
        lines=624,
        examples=610,
        kept=610,
        effective=586,
        good=583,
        distinct=586,
        copies=23,
        unreadable=14,
        errors=3,
        proposed_drops=24,
        severities=severities,
        checks=checks,
        tokens=tokens,
    )
    values: dict[str, Any] = {
        "program_version": "0.1.0",
        "created": "2026-11-23T12:00:00Z",
        "sources": [_source()],
        "lines": 624,
        "examples": 610,
        "show": show_command(facts),
        "verdict": judge_readiness(facts),
        "severities": severities,
        "effective": 586,
        "distinct": 586,
        "checks": checks,
        "not_run": [NotRun(check="split-leak", reason="there is no split yet; make one with `curator split`.")],
        "tokens": tokens,
        "shapes": [
            ShapeSummary(shape="sua", examples=402, share=402 / 610),
            ShapeSummary(shape="suauaua", examples=141, share=141 / 610),
            ShapeSummary(shape="suatatsa", examples=60, share=60 / 610),
            ShapeSummary(shape="ua", examples=7, share=7 / 610),
        ],
        "duplicates": duplicates,
        "prices": [_price("openai", "gpt-4.1-mini-2025-04-14", 1.77), _price("together", "Llama-3.1-8B (LoRA)", 0.17)],
        "decisions": DecisionSummary(kept=31, dropped=4, flagged=2, edited=1, added=0, pending=575),
        "specimens": _specimens(),
        "seconds": {"reading": 0.21, "checks": 0.84, "tokens": 0.11, "duplicates": 0.4},
        "reused": 0.0,
    }
    return AuditReport(**(values | changes))


HOSTILE = [
    "\x1b[2J\x1b]52;c;aGFja2Vk\x07 cleared \x9b31m",
    "left \u202e right-to-left override \u2066 isolate \u200b zero width \ufeff \U000e0041",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' \" onfocus=\"alert(2)",
    "</style></script></title><!-- --><svg onload=alert(1)>",
    "[red]rich[/red] [/] [link=https://example.com]x[/link] [bold",
    "| a | pipe \\| and\na newline\r\n\n# heading\n- item\n---",
    "``` fence ```` `code` **bold** _it_ ~~no~~ [text](https://example.com) ![i](x) <b>",
    "@everyone #12 https://example.com www.example.com &amp; &lt;script&gt;",
    "{{ 7 * 7 }} {% raw %} {# note #}",
    "1. one",
    "    four spaces",
    "\ud800 lone surrogate \x00 null \uffff",
]

_OURS = ("severity", "suggestion", "explanation")


def filled_with(text: str) -> AuditReport:
    """The believable report with `text` in place of every text that is free to vary."""
    return _filled(a_believable_report(), text)


def _filled(value: Any, text: str, name: str = "") -> Any:
    if isinstance(value, BaseModel):
        filled = {field: _filled(getattr(value, field), text, field) for field in type(value).model_fields}
        return value.model_copy(update=filled)
    if isinstance(value, str):
        return value if name in _OURS else text
    if isinstance(value, dict):
        return {text if name in ("pairs", "seconds") else key: _filled(one, text) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, text, name) for one in value]
    return value


def _source() -> SourceSummary:
    return SourceSummary(
        file="support desk.jsonl",
        format="jsonl",
        dialect="openai-chat",
        reason="every line has messages with role and content",
        lines=624,
        examples=610,
        refused=14,
        bytes=812_340,
    )


def _price(target: str, model: str, dollars: float) -> PriceEstimate:
    source = "https://example.com/pricing"
    return PriceEstimate(
        target=target, model=model, tokens=118_204, epochs=3, dollars=dollars, source=source, read="2026-11-20"
    )


def _checks() -> list[CheckSummary]:
    broken = a_finding(
        "invalid-json", "error", 91, "The line is not JSON: a comma is missing at column 118.", unread=True
    )
    copied = a_finding(
        "exact-duplicate", "warning", 211, "The same as line 17.", score=1.0, group=f"{17:016x}", suggestion="drop"
    )
    refused = a_finding(
        "refusal", "warning", 305, "The answer refuses to help with an ordinary question.", start=0, end=30
    )
    garbled = a_finding("mojibake", "warning", 77, "Text was decoded in the wrong encoding: “CafÃ©”.", suggestion="fix")
    explanation = (
        "The answer declines to help. A few of these teach a model to refuse `ordinary` questions.\n\n"
        "Keep those that are right to refuse; drop or rewrite the others."
    )
    return [
        a_check("invalid-json", "error", 14, "a line that is not JSON", "structure", [broken], unreadable=14),
        a_check("nothing-to-learn", "error", 3, "no answer that a trainer would learn from", "structure"),
        a_check("refusal", "warning", 21, "the answer refuses to help", "text", [refused], explanation=explanation),
        a_check("near-duplicate", "warning", 14, "a copy with small changes of another example", "similarity"),
        a_check("exact-duplicate", "warning", 9, "the same example as an earlier one", "similarity", [copied]),
        a_check("mojibake", "warning", 6, "text decoded in the wrong encoding", "text", [garbled]),
        a_check("over-token-limit", "warning", 7, "more tokens than the limit", "length"),
        a_check("email-address", "warning", 9, "an email address", "privacy", severities={"warning": 2, "info": 7}),
    ]


def _specimens() -> list[Specimen]:
    refused = _checks()[2].worst[0]
    garbled = _checks()[5].worst[0]
    return [
        Specimen(
            check="refusal",
            finding=refused.model_copy(update={"message_index": 2}),
            messages=[
                SpecimenMessage(role="system", text="You are the Larkspur support desk. Be calm and brief.", cut=False),
                SpecimenMessage(role="user", text="Hi, where do I find my invoice for LS-7866?\nThank you!", cut=False),
                SpecimenMessage(
                    role="assistant",
                    text="I'm sorry, but I cannot assist with that request. Please consult a professional.",
                    cut=False,
                    start=0,
                    end=49,
                ),
            ],
        ),
        Specimen(
            check="mojibake",
            finding=garbled.model_copy(update={"message_index": 1}),
            messages=[
                SpecimenMessage(role="user", text="Do you ship to France?", cut=False),
                SpecimenMessage(
                    role="assistant",
                    text="Yes, to every address, also to the CafÃ© de la Gare if you like. "
                    + "Two to four days. " * 12,
                    cut=True,
                    start=35,
                    end=40,
                ),
            ],
        ),
    ]
