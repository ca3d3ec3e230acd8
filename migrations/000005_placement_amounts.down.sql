DROP FUNCTION vice_has_room(UUID, TEXT, JSONB, BIGINT, BIGINT, BIGINT);
ALTER TABLE vice_deployments DROP COLUMN cpu_millicores, DROP COLUMN memory_bytes, DROP COLUMN gpus, DROP COLUMN image;
