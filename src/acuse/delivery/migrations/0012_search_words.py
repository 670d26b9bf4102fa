"""Search words without accents, and words inside addresses: the column of search is made again from every row."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from acuse.evidence.fulltext import FoldedWords, SearchWords


class Migration(migrations.Migration):
    """The name of the column stays: processes of the version before go on searching, by whole words."""

    dependencies = [("delivery", "0011_copies_tracking_suppression")]

    operations = [
        migrations.RemoveIndex("communication", "communications_search"),
        migrations.RemoveField("communication", "search"),
        migrations.AddField(
            "communication",
            "search",
            models.GeneratedField(
                db_persist=True,
                expression=SearchWords(FoldedWords("subject", "recipient", "sender"), "recipient", "sender", "domain"),
                output_field=SearchVectorField(),
            ),
        ),
        migrations.AddIndex("communication", GinIndex(fields=["search"], name="communications_search")),
    ]
