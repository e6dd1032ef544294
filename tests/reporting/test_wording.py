"""What is said of a finding names the example that it is about as well."""

from a_report import a_finding

from curator.data.finding import Place
from curator.reporting.wording import sentence_of


def test_a_copy_says_where_the_kept_example_stands():
    said = "It is the same example as the one that is kept."
    kept = Place(file="support.jsonl", line=3, example="0" * 16)
    elsewhere = Place(file="older.jsonl", line=9, example="0" * 16)
    assert sentence_of(a_finding(message=said)) == said
    assert sentence_of(a_finding(message=said, related=[kept, elsewhere])) == f"{said[:-1]}; see line 3."
    assert sentence_of(a_finding(message=said, related=[elsewhere])) == f"{said[:-1]}; see older.jsonl:9."
