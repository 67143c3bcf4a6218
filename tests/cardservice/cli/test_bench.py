"""The word `bench` measures everything it names, in one run."""

import json
import subprocess
import sys


def test_every_row_has_a_figure_and_its_bare_counterpart():
    word = [sys.executable, "-m", "cardservice", "bench", "--cards", "20000", "--json"]
    done = subprocess.run(word, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads(done.stdout)["rows"]
    assert all(row.keys() == {"name", "value", "unit", "ratio", "against"} and row["value"] > 0 for row in rows)
    compared = {row["against"] for row in rows if row["ratio"]}
    assert compared == {
        "one bare P-256 verification",
        "one bare P-256 signature",
        "hashing 200,000 nodes",
        "a bare REST framework view",
        "their own median",
        "our check of one QR text",
        "an empty list",
    }
