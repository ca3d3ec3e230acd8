-- Where the private key of a cluster lies when it is not in this table: the name of a folder of files that the coordinator sees.
ALTER TABLE vice_clusters ADD COLUMN client_key_ref TEXT;

-- The same as before, and the new column besides.
DROP TRIGGER vice_clusters_changed ON vice_clusters;
CREATE TRIGGER vice_clusters_changed
    AFTER INSERT OR DELETE OR TRUNCATE
       OR UPDATE OF name, deployer_url, enabled, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, client_key_ref, profile
    ON vice_clusters
    FOR EACH STATEMENT EXECUTE FUNCTION notify_vice_clusters_changed();
