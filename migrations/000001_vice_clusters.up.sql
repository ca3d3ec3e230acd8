-- The clusters that analyses may run in. Timestamps are in UTC, whatever the time zone of the session that writes.
CREATE TABLE vice_clusters (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL UNIQUE,
    deployer_url VARCHAR(512) NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT true,
    -- Lower is asked first.
    priority INTEGER NOT NULL DEFAULT 100,
    mtls_enabled BOOLEAN NOT NULL DEFAULT false,
    ca_cert TEXT,
    client_cert TEXT,
    client_key_encrypted BYTEA,
    -- What the coordinator must know of the cluster to build manifests that run there.
    profile JSONB NOT NULL DEFAULT '{}',
    created_at TIMESTAMP NOT NULL DEFAULT timezone('UTC', now()),
    updated_at TIMESTAMP NOT NULL DEFAULT timezone('UTC', now())
);

CREATE INDEX idx_vice_clusters_enabled ON vice_clusters (enabled) WHERE enabled = true;

CREATE FUNCTION update_vice_clusters_timestamp() RETURNS trigger AS $$
BEGIN
    NEW.updated_at = timezone('UTC', now());
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER vice_clusters_updated
    BEFORE UPDATE ON vice_clusters
    FOR EACH ROW EXECUTE FUNCTION update_vice_clusters_timestamp();

-- Tells every coordinator to read the table again. Columns that are no configuration are left out, or each health check would do so too.
CREATE FUNCTION notify_vice_clusters_changed() RETURNS trigger AS $$
BEGIN
    PERFORM pg_notify('vice_clusters_changed', '');
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER vice_clusters_changed
    AFTER INSERT OR DELETE OR TRUNCATE
       OR UPDATE OF name, deployer_url, enabled, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, profile
    ON vice_clusters
    FOR EACH STATEMENT EXECUTE FUNCTION notify_vice_clusters_changed();
