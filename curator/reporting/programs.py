"""The report for programs: JSON in the published schema `audit`, SARIF, JUnit XML, GitHub's annotations.

The three for CI speak of open findings alone: what was decided fails nothing.
"""

import json
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from curator.data.finding import Finding
from curator.data.safe_text import visible
from curator.reporting.model import AuditReport
from curator.reporting.wording import count, sentence_of

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def json_report(report: AuditReport) -> str:
    """The report as indented JSON, in ASCII: what a terminal could act on stays escaped, whatever the data holds."""
    return json.dumps(report.model_dump(), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def sarif_report(report: AuditReport, findings: Iterable[Finding]) -> str:
    """The open findings as SARIF 2.1.0, for code scanning."""
    rules = [
        {"id": check.name, "shortDescription": {"text": check.title}, "fullDescription": {"text": check.explanation}}
        for check in report.checks
    ]
    driver = {"name": "curator", "version": report.program_version, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_result(finding) for finding in findings]}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1, ensure_ascii=True) + "\n"


def _result(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "level": _LEVELS[finding.severity],
        "message": {"text": visible(sentence_of(finding), one_line=True)},
    }
    if finding.file is not None:
        place: dict[str, Any] = {"artifactLocation": {"uri": visible(finding.file, one_line=True)}}
        if finding.line is not None:
            place["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": place}]
    return result


def junit_report(report: AuditReport) -> str:
    """A test case for each check that found something, failed where an open finding is an error or warning."""
    failed = [check for check in report.checks if check.grave]
    suite = ElementTree.Element(
        "testsuite", name="curator audit", tests=str(len(report.checks)), failures=str(len(failed))
    )
    for check in report.checks:
        case = ElementTree.SubElement(suite, "testcase", classname=check.family, name=check.name)
        if check.grave:
            failure = ElementTree.SubElement(case, "failure", message=f"{count(check.grave, 'line')}: {check.title}")
            failure.text = visible("\n".join(github_lines(check.worst, "{file}:{line}: {message}")))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def github_lines(findings: Iterable[Finding], form: str = "::{command} {place}title={check}::{message}") -> list[str]:
    """Findings as workflow commands of GitHub, which shows each at its line; or in another form."""
    lines = []
    for finding in findings:
        file, line = visible(finding.file or "", one_line=True), finding.line or ""
        place = f"file={_escaped(file)},line={line}," if finding.line else ""
        message = _escaped(visible(sentence_of(finding), one_line=True))
        fields = {"command": _COMMANDS[finding.severity], "place": place, "check": finding.check, "message": message}
        lines.append(form.format(file=file, line=line, **fields))
    return lines


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
