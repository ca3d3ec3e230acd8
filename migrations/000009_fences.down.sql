ALTER TABLE vice_deployments DROP COLUMN fenced_at;
