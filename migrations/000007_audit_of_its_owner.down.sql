-- The program says who acts in the setting `vice.audit` of its transaction; without it somebody works on the table by hand.
CREATE OR REPLACE FUNCTION vice_audit_clusters() RETURNS trigger AS $$
DECLARE
    said JSONB := coalesce(nullif(current_setting('vice.audit', true), ''), '{}')::jsonb;
BEGIN
    INSERT INTO vice_audit (subject, peer, request_id, action, cluster_id, cluster_name, before, after)
    VALUES (
        coalesce(said->>'subject', 'database role ' || session_user),
        coalesce(said->>'peer', host(inet_client_addr())),
        said->>'request_id',
        coalesce(said->>'action', lower(TG_OP)),
        CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END,
        CASE TG_OP WHEN 'DELETE' THEN OLD.name ELSE NEW.name END,
        CASE WHEN TG_OP <> 'INSERT' THEN vice_audited(OLD) END,
        CASE WHEN TG_OP <> 'DELETE' THEN vice_audited(NEW) END);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
