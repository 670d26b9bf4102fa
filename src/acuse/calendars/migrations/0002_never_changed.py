"""What the database itself refuses: changing or removing a version that was published."""

from django.db import migrations

NEVER_CHANGED = """
CREATE FUNCTION calendars_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A published version of a calendar never changes: % is refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER versions_no_change BEFORE UPDATE OR DELETE ON calendars_versions
    FOR EACH ROW EXECUTE FUNCTION calendars_refuse();
CREATE TRIGGER versions_no_truncate BEFORE TRUNCATE ON calendars_versions EXECUTE FUNCTION calendars_refuse();
"""
AGAIN = """
DROP TRIGGER versions_no_truncate ON calendars_versions;
DROP TRIGGER versions_no_change ON calendars_versions;
DROP FUNCTION calendars_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]

    operations = [migrations.RunSQL(NEVER_CHANGED, AGAIN)]
