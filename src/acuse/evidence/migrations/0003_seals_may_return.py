"""A seal that was replaced may come back and sign the log's key again."""

from django.db import migrations


class Migration(migrations.Migration):
    """Lets one seal have several bindings of one key; the newest binding of a key counts."""

    dependencies = [("evidence", "0002_append_only")]
    operations = [migrations.RemoveConstraint(model_name="binding", name="one_binding_per_seal")]
