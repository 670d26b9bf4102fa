"""What has no Message-ID leaves the index of them: in a hash, all of it would stand in one bucket."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0015_refused_and_unopened'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='submission', name='submissions_by_message_id'),
        migrations.AddIndex(
            model_name='submission',
            index=django.contrib.postgres.indexes.HashIndex(condition=models.Q(('message_id', ''), _negated=True), fields=['message_id'], name='submissions_by_message_id'),
        ),
    ]
