DROP TRIGGER vice_clusters_changed ON vice_clusters;
CREATE TRIGGER vice_clusters_changed
    AFTER INSERT OR DELETE OR TRUNCATE
       OR UPDATE OF name, deployer_url, enabled, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, profile
    ON vice_clusters
    FOR EACH STATEMENT EXECUTE FUNCTION notify_vice_clusters_changed();
ALTER TABLE vice_clusters DROP COLUMN client_key_ref;
