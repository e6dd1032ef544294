"""The content that a person gives an example: whether it is sound, its id, and the repairs that findings offer."""

from curator.audit.decided.repairs import mended
from curator.checks.text.fixes import REPAIRS
from curator.data.content import Content, Refused
from curator.data.dialects.dialect import dialect_named
from curator.data.finding import Finding
from curator.data.identity import example_key, key_to_id
from curator.data.validation import judge
from curator.errors import UsageError


def checked_content(value: object) -> Content:
    """The content that a person wrote as JSON.

    Raises:
        UsageError: it is not an example; the sentence says why.
    """
    dialect = dialect_named("chat")
    if isinstance(value, dict):
        unknown = value.keys() - set(Content._fields)
        if unknown:
            raise UsageError(f"'{min(unknown)}' is not part of an example: {', '.join(Content._fields)} are.")
        for part in ("messages", "chosen", "rejected"):
            if part != "messages" and value.get(part) is None:
                continue
            for refusal in judge({"messages": value.get(part), "tools": value.get("tools")}, dialect):
                raise UsageError(refusal.message if part == "messages" else f"{part}: {refusal.message}")
        if value.get("label") is not None and not isinstance(value["label"], bool):
            raise UsageError("The label is true or false.")
        try:
            content = dialect.content({"messages": value["messages"], "tools": value.get("tools")})
        except Refused as refused:
            raise UsageError(str(refused)) from None
        if value.get("media") is not None and not isinstance(value["media"], dict):
            raise UsageError("media is an object: by field, what it holds.")
        return content._replace(
            chosen=value.get("chosen"),
            rejected=value.get("rejected"),
            label=value.get("label"),
            media=value.get("media"),
        )
    raise UsageError("An example is an object with a list of messages.")


def id_of(content: Content) -> str:
    """The id of an example that is nowhere else."""
    return key_to_id(example_key(content.identity()))


def repaired(content: Content, findings: list[Finding]) -> Content | None:
    """The content with every repair that its findings ask for; None: nothing to do."""
    asked = {finding.check for finding in findings if finding.suggestion == "fix"}
    names = [name for name in REPAIRS if name in asked]
    changed = content._replace(
        messages=[mended(message, names) for message in content.messages],
        chosen=content.chosen and [mended(message, names) for message in content.chosen],
        rejected=content.rejected and [mended(message, names) for message in content.rejected],
    )
    return None if changed == content else changed
