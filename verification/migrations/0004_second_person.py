"""Who wrote an agreement, who activated it, whether its duties are signed; those made before keep their access."""

from django.db import migrations, models
from django.db.models import F, Q

from cardservice.grants import Grant

_CODE = "^[0-9A-HJKMNP-TV-Z]{6}$"


class Migration(migrations.Migration):
    dependencies = [("verification", "0003_pairing_code")]
    operations = [
        migrations.AddField(
            "agreement",
            "proposed_by",
            models.CharField(default="000000", help_text="staff code of who wrote it", max_length=6),
            preserve_default=False,
        ),
        # Not blank in rows that are there already: they were active without a second person being asked for.
        migrations.AddField(
            "agreement",
            "activated_by",
            models.CharField(blank=True, default="000001", help_text="staff code of the second person", max_length=6),
            preserve_default=False,
        ),
        migrations.AddField(
            "agreement",
            "duties_signed",
            models.BooleanField(
                default=True, help_text="the signed paper holds the duty not to share and the city's right to audit"
            ),
        ),
        migrations.AlterField(
            "agreement",
            "duties_signed",
            models.BooleanField(
                default=False, help_text="the signed paper holds the duty not to share and the city's right to audit"
            ),
        ),
        migrations.AddConstraint(
            "agreement",
            models.CheckConstraint(condition=Q(proposed_by__regex=_CODE), name="proposed_by_somebody"),
        ),
        migrations.AddConstraint(
            "agreement",
            models.CheckConstraint(
                condition=~Q(state__in=["active", "suspended"])
                | Q(activated_by__regex=_CODE) & ~Q(activated_by=F("proposed_by")),
                name="activated_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            "agreement",
            models.CheckConstraint(
                condition=~Q(state__in=["active", "suspended"]) | Q(duties_signed=True), name="no_access_without_duties"
            ),
        ),
        Grant("verification", "verification_agreement", update=("activated_by",)),
    ]
