"""What the reader or the target refuses: these checks have no `find`, the findings come with the batch."""

from curator.checks.check import Check

READING_CHECKS = (
    Check(
        name="invalid-json",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="the line is not JSON",
        explanation=(
            "The line (or array element, or table row) cannot be parsed as one JSON value: cut off, written with "
            "Python's repr, with a comma behind it, two objects on one line, NaN, or empty.\n\n"
            "Every trainer and provider either refuses the whole file or silently skips the line.\n\n"
            "Write the file again with a JSON library, one object a line. The message names the column where parsing "
            "stopped."
        ),
    ),
    Check(
        name="invalid-encoding",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="the line is not UTF-8",
        explanation=(
            "Some bytes of the line are not UTF-8: it was written as Latin-1 or Windows-1252, or a character was cut "
            "in the middle.\n\n"
            "Providers refuse the file; a lenient reader puts replacement characters where the letters were, and the "
            "model learns to write them.\n\n"
            "Convert the file from its real encoding: `iconv -f WINDOWS-1252 -t UTF-8`."
        ),
    ),
    Check(
        name="unrecognised-example",
        family="structure",
        severity="error",
        suggestion="drop",
        version=1,
        title="the line is not a training example of this file's form",
        explanation=(
            "It is JSON, but not an object with the keys of the form that the file was recognised as, or a value has "
            "the wrong type.\n\n"
            "No trainer can use it, and one such line makes strict ones refuse the whole file.\n\n"
            "Drop it, or correct the key. If most lines are reported, the file was taken for the wrong form: name it "
            "with `--format`, or the columns with `--columns prompt=KEY,answer=KEY`."
        ),
    ),
    Check(
        name="rejected-by-target",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="the target, or the trainer, does not take it",
        explanation=(
            "The target that `--target` names, or without one the built-in trainer, rejects the example for a reason "
            "that no other check reports: a picture for a trainer that reads text, turns out of order, a word that is "
            "reserved. It is the same question that an export and a training ask.\n\n"
            "An export stops at the example, or leaves it out with `--skip-invalid`.\n\n"
            "Correct what the message names, drop the example, or choose a target that takes it: "
            "`curator audit DATA --target NAME`."
        ),
    ),
)
