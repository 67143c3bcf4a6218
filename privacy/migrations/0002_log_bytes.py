"""The log becomes a Merkle tree: entries get nonce and hash, staged ones a writer's number and signature."""

import secrets
import uuid

from django.db import migrations, models

from privacy.leaf import Line, encode, new_nonce
from privacy.merkle import leaf_hash

FIELDS = ("actor", "district", "action", "purpose", "week")


def take_over(apps, schema_editor):
    """Entries keep their numbers; staged ones, which no writer signed, are appended now, in random order."""
    alias = schema_editor.connection.alias
    entry, staged = apps.get_model("privacy", "Entry"), apps.get_model("privacy", "StagedEntry")
    rows = list(entry.objects.using(alias).order_by("number"))
    waiting = list(staged.objects.using(alias).all())
    secrets.SystemRandom().shuffle(waiting)
    rows += [
        entry(number=number, **{name: getattr(row, name) for name in FIELDS})
        for number, row in enumerate(waiting, start=len(rows))
    ]
    for row in rows:
        row.nonce = new_nonce()
        row.leaf_hash = leaf_hash(encode(Line(*(getattr(row, name) for name in FIELDS)), nonce=row.nonce))
        row.save(using=alias)
    staged.objects.using(alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_action_log")]

    operations = [
        migrations.AddField("entry", "nonce", models.BinaryField(max_length=16, default=b""), preserve_default=False),
        migrations.AddField(
            "entry", "leaf_hash", models.BinaryField(max_length=32, default=b""), preserve_default=False
        ),
        migrations.AddField("entry", "count", models.PositiveIntegerField(default=1)),
        migrations.AlterField("entry", "week", models.DateField(null=True)),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.AddField(
            "stagedentry", "entry_id", models.UUIDField(default=uuid.UUID(int=0)), preserve_default=False
        ),
        migrations.AddField(
            "stagedentry", "writer", models.CharField(max_length=64, default=""), preserve_default=False
        ),
        migrations.AddField("stagedentry", "number", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField(
            "stagedentry", "signature", models.BinaryField(max_length=64, default=b""), preserve_default=False
        ),
        migrations.AddField("lastbatch", "seal", models.BinaryField(max_length=32, default=b"")),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("signed", models.BinaryField(max_length=64000)),
            ],
        ),
        migrations.CreateModel(
            name="RecentEntry",
            fields=[("id", models.UUIDField(primary_key=True, serialize=False)), ("day", models.DateField())],
        ),
        migrations.CreateModel(
            name="Writer",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("next_number", models.BigIntegerField()),
            ],
        ),
    ]
