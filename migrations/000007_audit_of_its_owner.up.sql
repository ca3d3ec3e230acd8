-- The trigger writes with the rights of whoever owns it, so that a role that may change clusters needs none on the audit, and can neither forge nor remove
-- what is remembered of it. Names are qualified: such a function must not find what a caller has put into the search path.
CREATE OR REPLACE FUNCTION vice_audit_clusters() RETURNS trigger AS $$
DECLARE
    said JSONB := coalesce(nullif(current_setting('vice.audit', true), ''), '{}')::jsonb;
    audited TEXT := format('SELECT %I.vice_audited($1)', TG_TABLE_SCHEMA);
    was JSONB;
    becomes JSONB;
BEGIN
    IF TG_OP <> 'INSERT' THEN EXECUTE audited INTO was USING OLD; END IF;
    IF TG_OP <> 'DELETE' THEN EXECUTE audited INTO becomes USING NEW; END IF;
    EXECUTE format(
        'INSERT INTO %I.vice_audit (subject, peer, request_id, action, cluster_id, cluster_name, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
        TG_TABLE_SCHEMA)
    USING
        coalesce(said->>'subject', 'database role ' || session_user),
        coalesce(said->>'peer', host(inet_client_addr())),
        said->>'request_id',
        coalesce(said->>'action', lower(TG_OP)),
        (coalesce(becomes, was)->>'id')::uuid,
        coalesce(becomes, was)->>'name',
        was,
        becomes;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
