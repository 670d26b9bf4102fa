"""Open cases with a missed deadline are found without walking through all that are open."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0006_call_trials'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status__in', ('new', 'open', 'pending_customer', 'pending_conformity', 'reopened')), ('missed__gt', 0)), fields=['organisation', 'assignee', 'due_at', 'id'], name='tickets_missed'),
        ),
    ]
