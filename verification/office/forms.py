"""Forms of the office: they help people; rules and database decide."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cardservice.credential.profiles import FIELDS, SECTORS
from verification.agreements import new_provider_id
from verification.office import acts, words


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AgreementForm(forms.Form):
    """What a draft says."""

    provider_id = forms.RegexField("^[0-9A-HJKMNP-TV-Z]{8}$", widget=forms.HiddenInput)
    provider = forms.CharField(label=gettext_lazy("Organisation"), max_length=120)
    sector = forms.ChoiceField(
        label=gettext_lazy("Sector"), choices=[("", "–"), *((code, words.SECTORS[code]) for code in SECTORS)]
    )
    purpose = forms.CharField(
        label=gettext_lazy("What they check cards for"),
        max_length=200,
        help_text=gettext_lazy("In a few words that everybody may read, such as: lending books."),
    )
    fields_ = forms.MultipleChoiceField(
        label=gettext_lazy("What they see besides valid or not"),
        choices=[(code, words.FIELDS[code]) for code in FIELDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("As little as the purpose needs; nothing is often enough."),
    )
    face = forms.ChoiceField(
        label=gettext_lazy("Which side of the card"), choices=list(words.FACES.items()), initial="any"
    )
    starts = forms.DateField(label=gettext_lazy("First day"), widget=_day())
    ends = forms.DateField(label=gettext_lazy("Last day"), widget=_day())
    contact = forms.CharField(
        label=gettext_lazy("Contact"),
        max_length=120,
        help_text=gettext_lazy("An office or function with its telephone or address, never a person's name."),
    )
    duties_signed = forms.BooleanField(
        label=gettext_lazy("The organisation signed not to share what it sees, and that the city may audit it"),
        required=False,
        help_text=gettext_lazy("Without it the agreement cannot be activated."),
    )
    public = forms.BooleanField(
        label=gettext_lazy("Name it in the public list of who checks cards"), required=False, initial=True
    )

    @classmethod
    def blank(cls) -> "AgreementForm":
        """An empty form: a year from today, and an id of its own, so that sending it twice writes one draft."""
        day = acts.today()
        return cls(initial={"provider_id": new_provider_id(), "starts": day, "ends": day + timedelta(days=365)})

    def written(self) -> dict[str, Any]:
        """The valid content, as `draft_agreement` takes it."""
        values = dict(self.cleaned_data)
        return values | {"fields": values.pop("fields_")}


class PlaceForm(forms.Form):
    """What is shown of a place."""

    name = forms.CharField(label=gettext_lazy("Name of the place"), max_length=120)
    sector = forms.ChoiceField(
        label=gettext_lazy("Sector"), choices=[("", "–"), *((code, words.SECTORS[code]) for code in SECTORS)]
    )
    district = forms.CharField(
        label=gettext_lazy("District"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Empty: for the whole city."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=200, help_text=gettext_lazy("Of the institution, in one line.")
    )
    languages = forms.CharField(
        label=gettext_lazy("Languages spoken there"),
        max_length=80,
        help_text=gettext_lazy("Their codes with spaces between, such as: nl en ar"),
    )

    def clean_languages(self) -> list[str]:
        return [code for code in self.cleaned_data["languages"].replace(",", " ").lower().split() if code]
