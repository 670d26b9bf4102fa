"""What the database itself refuses (evidence.md section 4), and the one way out: erasure after retention."""

from django.db import migrations

APPEND_ONLY = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'acuse_eraser') THEN
        RAISE EXCEPTION 'The role acuse_eraser is missing: create it as docs/operations.md says.';
    END IF;
END
$$;

CREATE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Evidence is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION evidence_refuse_unless_eraser() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'acuse_eraser' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Evidence is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION evidence_tile_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.level <> OLD.level OR NEW.index <> OLD.index OR length(NEW.hashes) > 8192
       OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'A tile only grows: rewriting tile %/% is refused.', OLD.level, OLD.index
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION evidence_head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size < OLD.size OR NEW.origin <> OLD.origin OR NEW.verifier_key <> OLD.verifier_key OR (NEW.size = OLD.size AND NEW.root <> OLD.root) THEN
        RAISE EXCEPTION 'The ledger only grows: moving its head back is refused.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION evidence_retention_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.retain_until < OLD.retain_until OR NEW.organisation <> OLD.organisation OR NEW.sequence < OLD.sequence
       OR NEW.kind <> OLD.kind OR NEW.subject <> OLD.subject THEN
        RAISE EXCEPTION 'Retention is only extended: shortening that of % % is refused.', OLD.kind, OLD.subject
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER heads_retention BEFORE UPDATE ON evidence_heads
    FOR EACH ROW EXECUTE FUNCTION evidence_retention_grows();
CREATE TRIGGER heads_no_delete BEFORE DELETE ON evidence_heads FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER heads_no_truncate BEFORE TRUNCATE ON evidence_heads EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER facts_no_update BEFORE UPDATE ON evidence_facts FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER facts_no_delete BEFORE DELETE ON evidence_facts
    FOR EACH ROW EXECUTE FUNCTION evidence_refuse_unless_eraser();
CREATE TRIGGER facts_no_truncate BEFORE TRUNCATE ON evidence_facts EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER entries_no_change BEFORE UPDATE OR DELETE ON evidence_entries
    FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON evidence_entries EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER anchors_no_change BEFORE UPDATE OR DELETE ON evidence_anchors
    FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER anchors_no_truncate BEFORE TRUNCATE ON evidence_anchors EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER tiles_grow BEFORE UPDATE ON evidence_tiles FOR EACH ROW EXECUTE FUNCTION evidence_tile_grows();
CREATE TRIGGER tiles_no_delete BEFORE DELETE ON evidence_tiles FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER tiles_no_truncate BEFORE TRUNCATE ON evidence_tiles EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER head_grows BEFORE UPDATE ON evidence_tree_head FOR EACH ROW EXECUTE FUNCTION evidence_head_grows();
CREATE TRIGGER head_no_delete BEFORE DELETE ON evidence_tree_head FOR EACH ROW EXECUTE FUNCTION evidence_refuse();

-- pg_temp comes last in the path: left unsaid it comes first, and the caller's temporary tables would stand for ours.
CREATE FUNCTION evidence_erase_facts(erased_kind text, erased_subject uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held evidence_heads%ROWTYPE;
    erased integer;
BEGIN
    SELECT * INTO held FROM evidence_heads WHERE kind = erased_kind AND subject = erased_subject FOR UPDATE;
    IF NOT FOUND OR held.legal_hold OR held.retain_until > now() THEN
        RAISE EXCEPTION 'The retention of this subject has not ended, or it is on legal hold.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM evidence_facts WHERE kind = erased_kind AND subject = erased_subject;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END
$$;
GRANT SELECT, UPDATE ON evidence_heads TO acuse_eraser;
GRANT SELECT, DELETE ON evidence_facts TO acuse_eraser;
GRANT CREATE ON SCHEMA public TO acuse_eraser;
ALTER FUNCTION evidence_erase_facts(text, uuid) OWNER TO acuse_eraser;
REVOKE CREATE ON SCHEMA public FROM acuse_eraser;
"""


class Migration(migrations.Migration):
    """Append-only triggers and the erasure function."""

    dependencies = [("evidence", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop)]
