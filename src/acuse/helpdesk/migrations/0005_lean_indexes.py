"""Indexes that others already cover go; the board counts from an index alone, and finds who waits longest in one."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_copies'),
        ('contacts', '0002_one_time_codes'),
        ('helpdesk', '0004_faq_words'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='ticket',
            name='tickets_open_by_assignee',
        ),
        migrations.AlterField(
            model_name='deadline',
            name='ticket',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deadlines', to='helpdesk.ticket'),
        ),
        migrations.AlterField(
            model_name='interaction',
            name='ticket',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='interactions', to='helpdesk.ticket'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contacts.contact'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.organisation'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status__in', ('new', 'open', 'pending_customer', 'pending_conformity', 'reopened'))), fields=['organisation', 'assignee', 'due_at', 'id'], include=('waits_since', 'missed', 'escalated_at'), name='tickets_open_by_assignee'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status__in', ('new', 'open', 'pending_customer', 'pending_conformity', 'reopened')), ('waits_since__isnull', False)), fields=['organisation', 'waits_since', 'id'], name='tickets_waiting'),
        ),
        migrations.RemoveIndex(model_name='interaction', name='interactions_communication'),
        migrations.RemoveIndex(model_name='interaction', name='interactions_reception'),
        migrations.RemoveIndex(model_name='interaction', name='interactions_message_id'),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('communication__isnull', False)), fields=['communication'], name='interactions_communication'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('reception__isnull', False)), fields=['reception'], name='interactions_reception'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=django.contrib.postgres.indexes.HashIndex(condition=models.Q(('message_id', ''), _negated=True), fields=['message_id'], name='interactions_message_id'),
        ),
    ]
