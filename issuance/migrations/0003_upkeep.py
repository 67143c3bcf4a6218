"""What the register's upkeep needs: keys that tell no order, the mark of the daily sweep, the weekly rewrite."""

from django.db import migrations, models

import issuance.fields
from cardservice.grants import ALL, Grant, OwnerFunction

UPKEEP = ("id", "swept_at", "rewritten")

# Rows written by one statement in the order of their key, in files of their own: nothing of theirs tells which came
# first. TRUNCATE gives the tables new files and leaves them what they are, with grants, constraints, indexes and
# functions; a rollback or a crash leaves the old files. No lock is waited for longer than `lock_timeout` says.
REWRITE = """
DECLARE
    tables oid[] := ARRAY(
        SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND c.relname <> 'django_migrations' ORDER BY c.relname
    );
    names text := (SELECT string_agg(format('public.%I', c.relname), ', ') FROM pg_class c WHERE c.oid = ANY (tables));
    one oid;
    name text;
    key text;
BEGIN
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', names);
    FOREACH one IN ARRAY tables LOOP
        SELECT c.relname INTO STRICT name FROM pg_class c WHERE c.oid = one;
        EXECUTE format('CREATE TABLE public.%I AS TABLE public.%I', 'rewriting_' || name, name);
    END LOOP;
    EXECUTE format('TRUNCATE %s', names);
    FOREACH one IN ARRAY tables LOOP
        SELECT c.relname INTO STRICT name FROM pg_class c WHERE c.oid = one;
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) INTO STRICT key
        FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place), pg_attribute a
        WHERE i.indrelid = one AND i.indisprimary AND a.attrelid = one AND a.attnum = k.attnum;
        EXECUTE format('INSERT INTO public.%I SELECT * FROM public.%I ORDER BY %s', name, 'rewriting_' || name, key);
        EXECUTE format('DROP TABLE public.%I', 'rewriting_' || name);
    END LOOP;
END
"""


class Migration(migrations.Migration):
    dependencies = [("issuance", "0002_holder_functions")]
    operations = [
        migrations.AlterField(
            model_name="card",
            name="id",
            field=issuance.fields.StatusReference(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="credential",
            name="id",
            field=issuance.fields.StatusReference(primary_key=True, serialize=False),
        ),
        migrations.AddField(
            model_name="card",
            name="unconfirmed",
            field=models.BooleanField(default=False, help_text="the last daily sweep found the print unacknowledged"),
        ),
        migrations.CreateModel(
            name="Upkeep",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("swept_at", models.BigIntegerField(default=0, help_text="the last daily sweep, UTC seconds")),
                ("rewritten", models.DateField(help_text="Monday of the week of the last rewrite", null=True)),
            ],
        ),
        Grant("desk", "issuance_card", select=("unconfirmed",), insert=("unconfirmed",)),
        Grant("issuance", "issuance_card", select=("unconfirmed",)),
        Grant(
            "registrar",
            "issuance_card",
            select=("id", "expires", "state", "signed", "unconfirmed"),
            update=("state", "unconfirmed"),
            delete=True,
        ),
        Grant("registrar", "issuance_credential", select=("id", "card_id"), delete=True),
        Grant("registrar", "issuance_upkeep", select=UPKEEP, insert=UPKEEP, update=("swept_at", "rewritten")),
        Grant("registrar", "django_migrations", select=ALL),
        OwnerFunction(
            "registrar", "rewrite_register()", arguments="", returns="void", language="plpgsql", body=REWRITE
        ),
        # A segment of the write-ahead log that is not full is kept until it is: this begins the next one.
        OwnerFunction(
            "registrar", "close_wal_segment()", arguments="", returns="void", body="SELECT pg_catalog.pg_switch_wal()"
        ),
    ]
