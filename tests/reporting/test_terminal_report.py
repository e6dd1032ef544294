"""The terminal report says first what matters, and nothing in the data can act on the terminal."""

import io
import re

import pytest
from a_report import HOSTILE, a_believable_report, a_check, filled_with
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from curator.reporting.model import NextStep, NotRun, Verdict
from curator.reporting.terminal import print_report

STYLE = re.compile(r"\x1b\[[0-9;]*m")
DANGEROUS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)


def printed(report, width=80, *, full=True, **settings):
    console = Console(file=io.StringIO(), width=width, **settings)
    print_report(report, console, full=full)
    return console.file.getvalue()


def test_the_first_thing_said_is_whether_the_data_is_ready_and_what_to_do_first():
    lines = [line.strip() for line in printed(a_believable_report()).splitlines()]
    question = lines.index("Is this data ready to fine-tune on?")
    assert lines[question + 1] == "Not ready yet: 2 things stand in the way of 583 good examples."
    first = lines.index("What first?")
    assert question < first < next(number for number, line in enumerate(lines) if line.startswith("What was found"))
    assert lines[first + 2] == "curator show 'support desk.jsonl' --where is:unreadable"


def test_the_last_line_repeats_the_verdict_where_the_prompt_will_be():
    report = a_believable_report()
    assert printed(report, width=100).rstrip().splitlines()[-1] == report.verdict.headline


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal_but_those_to_be_copied_or_clicked(width):
    for line in printed(a_believable_report(), width=width).splitlines():
        assert cell_len(line.rstrip()) <= width or line.lstrip().startswith(("curator ", "support.jsonl:"))


def test_a_command_is_never_broken_into_two_lines():
    report = a_believable_report()
    lines = [line.strip() for line in printed(report, width=40).splitlines()]
    assert [step.command for step in report.verdict.next_steps if step.command and step.command not in lines] == []


def test_without_colour_and_through_a_pipe_nothing_but_text_is_printed():
    assert DANGEROUS.search(printed(a_believable_report(), color_system=None)) is None


def test_the_severity_is_a_word_and_not_only_a_colour():
    text = printed(a_believable_report(), color_system=None)
    assert re.search(r"^ *error +nothing-to-learn +3 +0\.5%", text, re.MULTILINE)


def test_a_check_with_warnings_and_notes_has_one_row_that_says_how_many_of_each():
    lines = [" ".join(line.split()) for line in printed(a_believable_report(), width=120).splitlines()]
    row = next(line for line in lines if "email-address" in line)
    assert row == "warning email-address 9 1.4% 7 notes an email address"


def test_what_was_decided_stands_beside_each_check():
    partly = a_check("refusal", "warning", 20, "the answer refuses", open={"warning": 8}, decided=12)
    lines = [" ".join(line.split()) for line in printed(a_believable_report(checks=[partly])).splitlines()]
    assert "warning refusal 8 1.3% 12 decided" in lines


@pytest.mark.parametrize("steps", [0, 1, 5, 12])
@pytest.mark.parametrize("reasons", [1, 6, 14])
def test_the_short_report_fits_a_screen_of_forty_lines_at_eighty_columns(steps, reasons):
    verdict = Verdict(
        ready=False,
        headline="Not ready yet: 14 things stand in the way of 583 good examples.",
        reasons=[
            f"{number} examples have something that takes a sentence of some length to say."
            for number in range(reasons)
        ],
        next_steps=[
            NextStep(sentence=f"Do the {number}th thing.", command="curator decide " + "x" * 90)
            for number in range(steps)
        ],
    )
    checks = [a_check(f"check-{number}", "warning", number, "something") for number in range(1, 30)]
    sources = [a_believable_report().sources[0]] * 9
    text = printed(a_believable_report(verdict=verdict, checks=checks, sources=sources), full=False)
    rows = sum(-(-cell_len(line.rstrip()) // 80) or 1 for line in text.splitlines())
    assert rows <= 40
    assert verdict.headline in text and "0 examples have something" in text
    assert text.count("check-") == 10


def test_the_short_report_says_what_it_leaves_out():
    text = printed(a_believable_report(), full=False)
    assert "Tokens" not in text
    assert "--full" in printed(
        a_believable_report(checks=[a_check(f"c{n}", "info", 1, "x") for n in range(11)]), full=False
    )


def test_a_finding_about_the_whole_set_counts_no_example():
    whole = a_check("too-few-examples", "warning", 0, "the set is small")
    text = printed(a_believable_report(checks=[whole]), width=120)
    assert re.search(r"warning +too-few-examples +the set +the set is small", text)


def test_the_histogram_stays_in_proportion_and_marks_the_limit():
    lines = [line for line in printed(a_believable_report(), width=60).splitlines() if "█" in line]
    cells = {int(line.split("█")[-1].split()[-1].replace(",", "")): line.count("█") for line in lines}
    assert cells[139] == pytest.approx(cells[347] * 139 / 347, abs=1)
    assert "◂ limit 512" in printed(a_believable_report(), width=60)


def test_an_output_that_cannot_show_blocks_gets_plain_bars():
    console = Console(file=io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace"), width=80)
    print_report(a_believable_report(), console)
    console.file.seek(0)
    text = console.file.read()
    assert "#####" in text and "█" not in text


def test_prices_are_called_estimates():
    text = printed(a_believable_report())
    assert re.search(r"What a training would cost +estimates", text)
    assert "≈ $1.77" in text


def test_what_did_not_run_is_said_with_its_reason_once_for_all_that_share_it():
    reason = "no limit was given: name one with --max-tokens"
    absent = [NotRun(check=name, reason=reason) for name in ("over-token-limit", "answer-cut-by-limit")]
    text = printed(a_believable_report(not_run=absent), width=120)
    assert f"over-token-limit and answer-cut-by-limit: {reason}" in text


def test_clean_data_gets_a_short_report_that_says_so():
    report = a_believable_report(checks=[], tokens=None, duplicates=None, decisions=None, prices=[], shapes=[])
    text = printed(report)
    assert "Nothing. Every check that ran was content." in text
    assert "Tokens" not in text and "The worst of them" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_cannot_act_on_the_terminal(text):
    shown = STYLE.sub("", printed(filled_with(text), force_terminal=True, color_system="truecolor"))
    assert DANGEROUS.search(shown) is None
    assert "\x1b" not in shown


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_no_text_whatever_reaches_the_terminal_unseen(text):
    assert DANGEROUS.search(printed(filled_with(text), color_system=None)) is None


def test_square_brackets_are_shown_and_not_taken_for_markup():
    assert "[red]rich[/red] [/]" in printed(filled_with("[red]rich[/red] [/]"), width=100)
