"""Extracts translatable texts from the sources and keeps the catalogues of every app in step with them."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_javascript, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from cardservice.languages import FOR_RESIDENTS, OF_STAFF, OWN_NAMES, SOURCE

ROOT = Path(__file__).resolve().parents[2]
APPS = ("cardservice", "issuance", "privacy", "staff", "verification")
DOMAINS = ("django", "djangojs")
"""Python and templates; scripts of the browser."""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Catalogues carry no time of day: the same texts are the same bytes."""
_KEYWORDS = {
    "gettext": (1,),
    "gettext_lazy": (1,),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_": (1,),
}
_CALL = re.compile(r"""\b(_|n?p?gettext)(\((?:[^()'"]|u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")*\))""")


def sources(app: str, domain: str) -> list[Path]:
    """The files of one app that may hold texts of a domain, sorted."""
    folder = ROOT / app
    if domain == "djangojs":
        found = [path for path in folder.glob("**/*.js") if "vendor" not in path.parts]
    else:
        found = [path for path in folder.glob("**/*.py") if "migrations" not in path.parts]
        found += folder.glob("**/templates/**/*.html")
    return sorted(found)


def extracted(app: str, domain: str) -> Catalog:
    """Every text of an app's sources, with the files it stands in."""
    catalog = Catalog(domain=domain)
    for path in sources(app, domain):
        for message, context in texts_in(path):
            catalog.add(message, context=context, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def texts_in(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Texts of one file, each with its context; a text with a plural is a pair."""
    if path.suffix == ".html":
        calls: Iterator[tuple[str, list[str | None]]] = _calls_of_template(path.read_text(encoding="utf-8"))
    else:
        extract = extract_javascript if path.suffix == ".js" else extract_python
        options: Any = {"encoding": "utf-8"}
        with path.open("rb") as file:
            found = list(extract(file, _KEYWORDS, [], options))
        calls = ((name, [texts] if isinstance(texts, str) else list(texts)) for _, name, texts, _ in found)
    for name, arguments in calls:
        context = arguments.pop(0) if "pgettext" in name else None
        texts = [text for text in arguments if isinstance(text, str)]
        if texts:
            yield ((texts[0], texts[1]) if name.startswith("n") and len(texts) > 1 else texts[0]), context


def _calls_of_template(source: str) -> Iterator[tuple[str, list[str | None]]]:
    for match in _CALL.finditer(templatize(source)):
        call = ast.parse(match[0], mode="eval").body
        assert isinstance(call, ast.Call)
        yield match[1], [part.value for part in call.args if isinstance(part, ast.Constant)]


def required(catalog: Catalog, language: str) -> Catalog:
    """Those texts of a catalogue that must be there in `language`, without translations."""
    chosen = Catalog(locale=language, domain=catalog.domain, creation_date=_EPOCH, revision_date=_EPOCH, fuzzy=False)
    for message in catalog:
        places = [place for place, _ in message.locations]
        for_residents = any(fnmatch(place, glob) for place in places for glob in FOR_RESIDENTS)
        if message.id and (language in OF_STAFF or for_residents):
            chosen.add(message.id, context=message.context, locations=message.locations, flags=message.flags)
    return chosen


def catalogue_path(app: str, domain: str, language: str, suffix: str = "po") -> Path:
    """Where a catalogue lies; Django looks there."""
    return ROOT / app / "locale" / language / "LC_MESSAGES" / f"{domain}.{suffix}"


def stored(app: str, domain: str, language: str) -> Catalog:
    """The catalogue in the checkout; empty when there is none."""
    path = catalogue_path(app, domain, language)
    with path.open("rb") if path.exists() else BytesIO() as file:
        return _read(file, domain, language)


def _read(file: IO[bytes], domain: str, language: str) -> Catalog:
    return read_po(file, locale=language, domain=domain, ignore_obsolete=True, charset="utf-8")


def in_step(app: str, domain: str, language: str) -> Catalog:
    """What the catalogue should be: exactly the required texts, with the translations that are stored for them."""
    wanted, known = required(extracted(app, domain), language), stored(app, domain, language)
    for message in wanted:
        translated = known.get(message.id, message.context) if message.id else None
        if translated is not None:
            message.string, message.flags = translated.string, message.flags | (translated.flags & {"fuzzy"})
    return wanted


def all_catalogues() -> list[tuple[str, str, str]]:
    """App, domain and language of every catalogue there may be."""
    return [
        (app, domain, language) for app in APPS for domain in DOMAINS for language in OWN_NAMES if language != SOURCE
    ]


def as_po(catalog: Catalog) -> bytes:
    """The text form, which people edit: sorted, without line numbers, so that it changes with the texts only."""
    out = BytesIO()
    write_po(out, catalog, width=120, omit_header=True, sort_output=True, include_lineno=False)
    return out.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """The binary form, which Django reads. Untranslated and doubtful texts are left out."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Texts of a catalogue that have no translation, or a doubtful one."""
    return [
        str(message.id)
        for message in catalog
        if message.id
        and (message.fuzzy or not all(message.string if isinstance(message.string, tuple) else [message.string]))
    ]


def update() -> int:
    """Writes every catalogue in step with the sources; how many translations are missing."""
    count = 0
    for app, domain, language in all_catalogues():
        catalog = in_step(app, domain, language)
        po, mo = (catalogue_path(app, domain, language, suffix) for suffix in ("po", "mo"))
        if len(catalog) == 0:
            po.unlink(missing_ok=True)
            mo.unlink(missing_ok=True)
            continue
        po.parent.mkdir(parents=True, exist_ok=True)
        po.write_bytes(as_po(catalog))
        mo.write_bytes(as_mo(catalog))
        count += len(missing(catalog))
    return count
