"""Since when a card key is active, so that it is replaced monthly: a week, as cards tell it as well."""

from django.db import migrations, models

from cardservice.grants import Grant

SINCE = ("since",)


class Migration(migrations.Migration):
    dependencies = [("issuance", "0003_upkeep")]
    operations = [
        migrations.AddField(
            model_name="signingkey",
            name="since",
            field=models.DateField(help_text="Monday of the week in which a card key became active", null=True),
        ),
        Grant("desk", "issuance_signingkey", select=SINCE, update=SINCE),
        Grant("signer", "issuance_signingkey", select=SINCE),
        Grant("issuance", "issuance_signingkey", select=SINCE, insert=SINCE, update=SINCE),
    ]
