"""`python -m tests.translations`: brings all catalogues in step with the sources and says what is to be translated."""

from tests.translations.catalogues import ROOT, all_catalogues, catalogue_path, missing, stored, update

print(f"{update()} translations are missing")
for catalogue in all_catalogues():
    for text in missing(stored(*catalogue)):
        print(f"{catalogue_path(*catalogue).relative_to(ROOT)}: {text}")
