-- What each analysis takes of its cluster, so that clusters are filled by more than the number of analyses. Analyses that were there before count as one slot
-- and nothing else.
ALTER TABLE vice_deployments
    ADD COLUMN cpu_millicores BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN memory_bytes BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN gpus BIGINT NOT NULL DEFAULT 0,
    -- As the analysis names it, without the mirror of a cluster.
    ADD COLUMN image TEXT;

-- Whether another analysis finds room, the one named left out of the count. `capacity` is that of the cluster's profile: what is not in it has no end.
-- Nobody else can take anything of the cluster until the caller's transaction has ended: the lock is the one of vice_has_slot, which coordinators of the
-- version before go on calling while they are replaced.
CREATE FUNCTION vice_has_room(of_cluster UUID, but TEXT, capacity JSONB, cpu BIGINT, memory BIGINT, gpu BIGINT) RETURNS BOOLEAN VOLATILE AS $$
DECLARE
    taken RECORD;
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM pg_advisory_xact_lock(1986618214, hashtext(of_cluster::text));
    SELECT count(*) AS slots, sum(d.cpu_millicores) AS cpu, sum(d.memory_bytes) AS memory, sum(d.gpus) AS gpus INTO taken
    FROM vice_deployments d
    WHERE d.cluster_id = of_cluster AND (d.state NOT IN ('stopped', 'failed') OR d.removal_due IS NOT NULL) AND d.external_id <> but;
    RETURN coalesce(taken.slots < (capacity ->> 'slots')::bigint, true)
       AND (cpu = 0 OR coalesce(coalesce(taken.cpu, 0) + cpu <= (capacity ->> 'cpu_millicores')::numeric, true))
       AND (memory = 0 OR coalesce(coalesce(taken.memory, 0) + memory <= (capacity ->> 'memory_bytes')::numeric, true))
       AND (gpu = 0 OR coalesce(coalesce(taken.gpus, 0) + gpu <= (capacity ->> 'gpus')::numeric, true));
END;
$$ LANGUAGE plpgsql;
