from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("helpdesk", "0011_draft_templates"),
    ]

    operations = [
        migrations.AddIndex(
            "ticket",
            GinIndex(
                fields=["search"],
                name="tickets_open_search",
                condition=models.Q(
                    status__in=("new", "open", "pending_customer", "pending_conformity", "reopened"),
                ),
                fastupdate=False,
            ),
        ),
    ]
