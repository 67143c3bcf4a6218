"""The newest accepted version of each signed public document."""

from django.db import migrations, models

from cardservice.grants import ALL, Grant


class Migration(migrations.Migration):
    dependencies = [("verification", "0001_agreement")]
    operations = [
        migrations.CreateModel(
            name="AcceptedDocument",
            fields=[
                (
                    "name",
                    models.CharField(
                        help_text='"key-set", "s/0", "commitments/<kid>"',
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("octets", models.BinaryField(max_length=2**20)),
                (
                    "order",
                    models.BigIntegerField(
                        help_text="seq of the key set, iat of a list; no time of acceptance is kept"
                    ),
                ),
            ],
        ),
        Grant("gate", "verification_accepteddocument", select=ALL, insert=ALL, update=("octets", "order")),
    ]
