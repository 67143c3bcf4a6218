"""Finds texts for people that no translator is asked for: in templates, scripts and problem details."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.jslexer import tokenize

_WORD = re.compile(r"[^\W\d_]{2,}")
_CLASS_NAME = re.compile(r"[a-z]+(-[a-z]+)*(--|__)[a-z-]+")
_SPOKEN = ("alt", "aria-label", "data-label", "placeholder", "title")
"""Attributes whose value people read or hear."""
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_WHOLE = re.compile(
    r"\{%\s*(blocktranslate|comment)\b.*?\{%\s*end\1\s*%\}",
    re.DOTALL,
)
_SENTENCE = re.compile(r"^[A-Z][a-z]+( .*|…)|^[^<>{}=]*[a-z][.!?…]$")
_TOLD = ("title", "detail", "label")
"""Keyword arguments whose value people read."""


def in_template(path: Path) -> list[str]:
    """Texts and spoken attributes that stand outside of the tags that translate."""
    source = _TAG.sub("", _WHOLE.sub("", path.read_text(encoding="utf-8")))
    reader = _Reader()
    reader.feed(source)
    return [text for text in reader.texts if _WORD.search(text) and not _CLASS_NAME.fullmatch(text)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.texts += [value for name, value in attributes if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, text: str) -> None:
        if not self.silent:
            self.texts.append(text.strip())


def in_script(path: Path) -> list[str]:
    """Strings that read like a sentence and are not handed to gettext."""
    tokens = [token for token in tokenize(path.read_text(encoding="utf-8")) if "comment" not in token.type]
    found = []
    for position, token in enumerate(tokens):
        if token.type not in ("string", "template_string"):
            continue
        called = position > 1 and tokens[position - 1].value == "(" and tokens[position - 2].value == "gettext"
        text = token.value[1:-1]
        if not called and _SENTENCE.match(text):
            found.append(text)
    return found


def in_rules(path: Path) -> list[str]:
    """Titles, details, labels and helps that are plain strings."""
    return list(_told(ast.parse(path.read_text(encoding="utf-8"))))


def _told(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in _TOLD and isinstance(keyword.value, ast.Constant | ast.JoinedStr):
                    text = ast.unparse(keyword.value)
                    if _WORD.search(text):
                        yield text
