"""Recall and precision of the privacy checks on sentences whose personal data is labelled.

``python -m benchmarks.checks.personal_data pii_synth_dataset_v2.json`` (Presidio's synthetic set: ``full_text`` and
``spans``). A labelled span is found where a place that the check reports overlaps it; a place that overlaps no span of
its type is counted as wrong.
"""

import json
import sys
from pathlib import Path

from curator.checks.privacy.accounts import card_numbers, ibans
from curator.checks.privacy.contacts import emails, phone_numbers
from curator.checks.privacy.network import ip_addresses
from curator.checks.privacy.secret_keys import secret_keys

FINDERS = {
    "EMAIL_ADDRESS": ("email-address", emails),
    "PHONE_NUMBER": ("phone-number", phone_numbers),
    "CREDIT_CARD": ("credit-card-number", card_numbers),
    "IBAN_CODE": ("iban", ibans),
    "IP_ADDRESS": ("ip-address", ip_addresses),
    "(none)": ("secret-key", secret_keys),
}


def main() -> None:
    sentences = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    show = "--show" in sys.argv
    print("| check | labelled | found | recall | places reported | of them labelled | precision |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for entity, (check, find) in FINDERS.items():
        labelled = found = reported = right = 0
        for sentence in sentences:
            text = sentence["full_text"]
            spans = [
                (span["start_position"], span["end_position"])
                for span in sentence["spans"]
                if span["entity_type"] == entity
            ]
            locations = [(place.start, place.end) for place in find(text)]
            hit = [any(a < end and start < b for a, b in locations) for start, end in spans]
            good = [any(a < end and start < b for start, end in spans) for a, b in locations]
            labelled, found = labelled + len(spans), found + sum(hit)
            reported, right = reported + len(locations), right + sum(good)
            if show:
                for (start, end), was_hit in zip(spans, hit, strict=True):
                    if not was_hit:
                        print("missed", check, repr(text[max(0, start - 40) : end + 10]))
                for (start, end), was_good in zip(locations, good, strict=True):
                    if not was_good:
                        print("wrong", check, repr(text[max(0, start - 40) : end + 10]))
        recall = f"{found / labelled:.3f}" if labelled else ""
        precision = f"{right / reported:.3f}" if reported and labelled else ""
        print(f"| {check} | {labelled} | {found} | {recall} | {reported} | {right} | {precision} |")


if __name__ == "__main__":
    main()
