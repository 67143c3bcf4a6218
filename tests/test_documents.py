"""The documents of the project: decision records are numbered without gaps, and what documents name exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "clients").glob("*/*.md")]


def test_decision_records_are_numbered_without_gap_or_double():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_documents_that_documents_name_exist():
    missing = set()
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text()):
            if not (document.parent / target).exists():
                missing.add((document.name, target))
        for target in re.findall(r"`(docs/[\w/.-]+\.(?:md|png))`", document.read_text()):
            if not (ROOT / target).exists():
                missing.add((document.name, target))
    assert not missing
