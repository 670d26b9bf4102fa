import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """An e-mail may carry a code that shows an address to be somebody's, and is about no communication."""

    dependencies = [
        ("delivery", "0013_letters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="communication",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="delivery.communication",
            ),
        ),
    ]
