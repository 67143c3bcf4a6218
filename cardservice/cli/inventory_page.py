"""The data inventory as one self-contained page: its styles lie in it, and there is no script."""

from html import escape
from pathlib import Path

from cardservice import inventory
from cardservice.declarations import Declaration, Kind
from cardservice.forbidden import EXCUSED

_TOKENS = Path(__file__).parents[1] / "web/static/city/tokens.css"

_TITLES = {
    "issuance": "Issuance: the register of cards",
    "verification": "Verification: agreements and checks",
    "privacy": "Privacy: the action log of staff",
    "staff": "Staff: accounts and sign-in",
    "frame": "What all processes share",
}

_STYLES = """
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--basis-color-default-bg-document); color: var(--basis-color-default-color-document);
  font: var(--basis-text-font-size-md) / var(--basis-text-line-height) var(--basis-text-font-family);
}
header, nav, main { max-width: 62rem; margin: 0 auto; padding: var(--basis-space-md); }
h1 { font-size: var(--basis-text-font-size-xl); margin: var(--basis-space-md) 0 var(--basis-space-sm); }
h2 { font-size: var(--basis-text-font-size-lg); margin: var(--basis-space-xl) 0 var(--basis-space-sm); }
h3 { font-size: var(--basis-text-font-size-md); margin: 0; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: var(--basis-space-sm) var(--basis-space-lg); padding: 0; margin: 0; }
nav li { list-style: none; }
a { color: inherit; }
a:focus-visible, [tabindex]:focus-visible {
  outline: var(--basis-focus-outline-width) solid currentColor; outline-offset: var(--basis-focus-outline-offset);
}
section > p, header p { color: var(--basis-color-default-color-subtle); max-width: 44rem; }
article {
  background: var(--basis-color-default-bg-default); margin: var(--basis-space-md) 0; padding: var(--basis-space-md);
  border: var(--basis-border-width) solid var(--basis-color-default-border-subtle);
  border-radius: var(--basis-border-radius-md);
}
article > p { margin: 0; }
article > header { display: flex; flex-wrap: wrap; gap: var(--basis-space-sm); align-items: baseline; padding: 0; }
.kind, .whom { font-size: var(--basis-text-font-size-sm); color: var(--basis-color-default-color-subtle); }
.whom { margin-left: auto; padding: 0 var(--basis-space-sm); border-radius: var(--basis-border-radius-md);
  background: var(--basis-color-default-bg-subtle); color: inherit; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 var(--basis-space-md);
  margin: var(--basis-space-sm) 0; }
dt { color: var(--basis-color-default-color-subtle); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: var(--basis-text-font-size-sm); }
th, td { text-align: start; vertical-align: top; overflow-wrap: anywhere;
  padding: var(--basis-space-xs) var(--basis-space-sm) var(--basis-space-xs) 0;
  border-top: var(--basis-border-width) solid var(--basis-color-default-border-subtle); }
th[scope=row] { font-family: var(--basis-text-font-family-code); font-weight: normal; width: 13rem; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: var(--basis-space-xs); }
  th[scope=row] { width: 40%; } }
@media print { nav { display: none; } article { break-inside: avoid; } body { background: none; } }
"""


def page() -> str:
    """The whole page."""
    counted = inventory.summary()
    links = "".join(f'<li><a href="#{name}">{escape(_TITLES[name])}</a></li>' for name in inventory.INVENTORY)
    sections = "".join(_section(name, part) for name, part in inventory.INVENTORY.items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Data inventory</title>\n'
        f"<style>\n{_TOKENS.read_text(encoding='utf-8')}{_STYLES}</style>\n</head>\n<body>\n"
        "<header><h1>Data inventory</h1>"
        "<p>Every place that holds or carries data, generated from the declarations in the code. Tests compare them"
        " with the tables, addresses, files and grants. After a card is printed, nothing is kept of its holder.</p>"
        f"<p>{counted['places']} places with {counted['fields']} fields: {counted['none']} without personal data,"
        f" {counted['staff_pseudonym']} with a staff pseudonym, {counted['in_passing']} that carry data of one request"
        f" and keep none, {counted['stay_empty']} that stay empty.</p></header>\n"
        f'<nav aria-label="Parts"><ul>{links}</ul></nav>\n<main>\n{sections}</main>\n</body>\n</html>\n'
    )


def _section(name: str, part: tuple[Declaration, ...]) -> str:
    articles = "".join(_article(it) for it in part)
    heading = f'<h2 id="{name}-title">{escape(_TITLES[name])}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-title">{heading}{articles}</section>\n'


def _article(it: Declaration) -> str:
    if it.name == "none":
        return f"<article><h3>No {it.kind}</h3><p>{escape(it.purpose)}</p></article>\n"
    facts = {
        "Purpose": it.purpose,
        "Retention": it.retention,
        "Readers": ", ".join(it.readers) or "nobody",
        "GDPR": f"article {it.article}",
    }
    terms = "".join(f"<dt>{term}</dt><dd>{escape(text)}</dd>" for term, text in facts.items())
    whom = "stays empty" if it.stays_empty else f"personal data: {it.personal_data}"
    return (
        f'<article><header><h3>{escape(it.name)}</h3> <span class="kind">{it.kind}</span>'
        f' <span class="whom">{escape(whom)}</span></header><dl>{terms}</dl>{_fields(it)}</article>\n'
    )


def _fields(it: Declaration) -> str:
    if not it.fields:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(says)}{_excuse(it, name)}</td></tr>'
        for name, says in it.fields.items()
    )
    head = '<thead><tr><th scope="col">Field</th><th scope="col">Says</th></tr></thead>'
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def _excuse(it: Declaration, field: str) -> str:
    why = EXCUSED.get(f"{it.name}.{field}") if it.kind is Kind.TABLE else None
    return f" <em>(kept because: {escape(why)})</em>" if why else ""
