from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reception', '0003_pickups'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='item',
            index=models.Index(condition=models.Q(('state', 'recorded')), fields=['organisation', 'received_at'], name='reception_recorded'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(condition=models.Q(('state', 'unreadable')), fields=['organisation', 'received_at'], name='reception_aside'),
        ),
    ]
