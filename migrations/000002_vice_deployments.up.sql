-- Which cluster each analysis lives in, and how far its launch or its removal has come. One row per external id, kept when the analysis has ended.
CREATE TABLE vice_deployments (
    external_id TEXT PRIMARY KEY,
    -- jobs.id, where the launch named one. No reference: the launch comes before the row of jobs.
    analysis_id TEXT,
    user_id TEXT NOT NULL,
    username TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'applying', 'applied', 'running', 'stopping', 'stopped', 'failed')),
    -- Raised by each launch, each further placement and each removal; a deployer refuses what is older than the removal it has seen.
    attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt > 0),

    -- The home, and the exact text that was or is sent there. Without a home until a cluster was chosen.
    cluster_id UUID REFERENCES vice_clusters (id),
    spec TEXT,
    spec_hash TEXT,
    millicores INTEGER NOT NULL DEFAULT 0,
    applied_at TIMESTAMPTZ,

    -- Why the last launch ended without an analysis.
    reason TEXT,
    details JSONB,

    -- Who works on the row, and until when others leave it alone.
    lease_owner TEXT,
    lease_until TIMESTAMPTZ,

    -- When the removal is to be tried next; without one none is queued.
    removal_due TIMESTAMPTZ,
    -- The launch may still be on its way: the deployer is told to refuse it when it comes.
    removal_fence BOOLEAN NOT NULL DEFAULT false,
    removal_tries INTEGER NOT NULL DEFAULT 0,
    removal_note TEXT,

    -- Millicores and cluster are still to be written into jobs, whose row may come after the launch.
    jobs_pending BOOLEAN NOT NULL DEFAULT false,

    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),

    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK (removal_due IS NULL OR cluster_id IS NOT NULL),
    CHECK (state NOT IN ('applying', 'applied', 'running', 'stopping') OR cluster_id IS NOT NULL)
);

-- What counts against a user's limit.
CREATE INDEX vice_deployments_user_idx ON vice_deployments (user_id) WHERE state NOT IN ('stopped', 'failed');
-- What takes up a slot of a cluster: also what may still be there although its launch failed.
CREATE INDEX vice_deployments_cluster_idx ON vice_deployments (cluster_id) WHERE state NOT IN ('stopped', 'failed') OR removal_due IS NOT NULL;
CREATE INDEX vice_deployments_lease_idx ON vice_deployments (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX vice_deployments_removal_idx ON vice_deployments (removal_due) WHERE removal_due IS NOT NULL;
CREATE INDEX vice_deployments_jobs_idx ON vice_deployments (applied_at) WHERE jobs_pending;

-- How many analyses of the user count against the limit, the one named left out. Nobody else can add one until the caller's transaction has ended.
-- The lock is taken in here because a function that is volatile sees, after the wait, what others committed meanwhile; the statement that calls it
-- does not, and would count what was there before it waited.
CREATE FUNCTION vice_count_running(of_user TEXT, but TEXT) RETURNS INTEGER VOLATILE AS $$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM pg_advisory_xact_lock(1986618213, hashtext(of_user));
    RETURN (SELECT count(*) FROM vice_deployments
            WHERE user_id = of_user AND state NOT IN ('stopped', 'failed') AND external_id <> but);
END;
$$ LANGUAGE plpgsql;

-- Whether another analysis finds a slot, the one named left out of the count. Nobody else can take one until the caller's transaction has ended.
CREATE FUNCTION vice_has_slot(of_cluster UUID, slots INTEGER, but TEXT) RETURNS BOOLEAN VOLATILE AS $$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM pg_advisory_xact_lock(1986618214, hashtext(of_cluster::text));
    RETURN (SELECT count(*) FROM vice_deployments
            WHERE cluster_id = of_cluster AND (state NOT IN ('stopped', 'failed') OR removal_due IS NOT NULL) AND external_id <> but) < slots;
END;
$$ LANGUAGE plpgsql;
