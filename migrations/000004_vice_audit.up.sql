-- Who changed which cluster, and how. Written by a trigger, so that no change can be made without its row, by whatever program or hand it is made.
CREATE TABLE vice_audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    -- The subject of the caller's token, `anonymous` where none is asked for, or who is logged in to the database.
    subject TEXT NOT NULL,
    -- The address that the request came from.
    peer TEXT,
    request_id TEXT,
    action TEXT NOT NULL,
    -- No reference: the row outlives its cluster.
    cluster_id UUID NOT NULL,
    cluster_name TEXT NOT NULL,
    before JSONB,
    after JSONB
);

-- A cluster as the audit shows it: digests in the place of certificates, whose texts are long and may have been stored together with a key. The digest of
-- a key is that of its encrypted form, so it tells that a key was replaced and nothing of the key.
CREATE FUNCTION vice_audited(c vice_clusters) RETURNS JSONB STABLE AS $$
    SELECT to_jsonb(c) - 'ca_cert' - 'client_cert' - 'client_key_encrypted' || jsonb_build_object(
        'ca_cert_sha256', encode(sha256(convert_to(c.ca_cert, 'UTF8')), 'hex'),
        'client_cert_sha256', encode(sha256(convert_to(c.client_cert, 'UTF8')), 'hex'),
        'client_key_encrypted_sha256', encode(sha256(c.client_key_encrypted), 'hex'));
$$ LANGUAGE sql;

-- The program says who acts in the setting `vice.audit` of its transaction; without it somebody works on the table by hand.
CREATE FUNCTION vice_audit_clusters() RETURNS trigger AS $$
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

-- The columns are those of the notification: what is no configuration is no change that an administrator makes.
CREATE TRIGGER vice_clusters_audited
    AFTER INSERT OR DELETE
       OR UPDATE OF name, deployer_url, enabled, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, client_key_ref, profile
    ON vice_clusters
    FOR EACH ROW EXECUTE FUNCTION vice_audit_clusters();
