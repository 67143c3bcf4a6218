"""The two things a resident may do without anybody: block a card by its slip, and ask what is held about a card."""

from django.db import migrations

from cardservice.grants import OwnerFunction


class Migration(migrations.Migration):
    dependencies = [("issuance", "0001_register")]
    operations = [
        # Returns nothing, whatever the slip was: nobody learns from it whether a slip exists.
        OwnerFunction(
            "holder",
            "block_by_slip(bytea)",
            arguments="wanted bytea",
            returns="void",
            body="""
                UPDATE public.issuance_card SET state = 'suspended'
                WHERE slip_hash = wanted AND state IN ('reserved', 'active')
            """,
        ),
        # `wanted` is a printed card number: list * 2^20 + index. Suspended and revoked look the same.
        OwnerFunction(
            "holder",
            "held(bigint)",
            arguments="wanted bigint",
            returns="TABLE (week date, expires date, blocked boolean, key character varying, credentials bigint)",
            body="""
                SELECT card.week, card.expires, card.state IN ('suspended', 'revoked'), card.key_id,
                       (SELECT count(*) FROM public.issuance_credential AS other WHERE other.card_id = card.id)
                FROM public.issuance_credential AS asked JOIN public.issuance_card AS card ON card.id = asked.card_id
                WHERE asked.id = wanted
            """,
        ),
    ]
