"""The report as JSON, in the published schema `audit`."""

import json

from curator.reporting.model import AuditReport


def json_report(report: AuditReport) -> str:
    """The report as indented JSON, in ASCII: what a terminal could act on stays escaped, whatever the data holds."""
    return json.dumps(report.model_dump(), indent=2, ensure_ascii=True, allow_nan=False) + "\n"
