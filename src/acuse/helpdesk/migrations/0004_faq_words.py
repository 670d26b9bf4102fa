"""Whether search engines may list the public pages, words that found nothing, and articles' words stemmed anew."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import uuid6
from django.db import migrations, models

import acuse.evidence.fulltext
import acuse.helpdesk.stems


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_copies'),
        ('helpdesk', '0003_call_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='settings',
            name='portal_indexed',
            field=models.BooleanField(db_default=True),
        ),
        migrations.CreateModel(
            name='MissedWord',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=5)),
                ('word', models.CharField(max_length=40)),
                ('times', models.IntegerField(default=1)),
                ('last_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.organisation')),
            ],
            options={
                'db_table': 'helpdesk_faq_missed_words',
                'indexes': [models.Index(fields=['last_at'], name='faq_missed_words_by_age')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'language', 'word'), name='one_row_per_missed_word')],
            },
        ),
        # A generated column cannot be altered: made anew, with its index, it is worked out anew.
        migrations.RemoveIndex(model_name='articletext', name='faq_texts_search'),
        migrations.RemoveField(model_name='articletext', name='search'),
        migrations.AddField(
            model_name='articletext',
            name='search',
            field=models.GeneratedField(db_persist=True, expression=acuse.helpdesk.stems.StemmedWords('language', acuse.evidence.fulltext.FoldedWords('title'), acuse.evidence.fulltext.FoldedWords('body')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='articletext',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='faq_texts_search'),
        ),
    ]
