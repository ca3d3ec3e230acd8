-- What may still be in a cluster that was forgotten. Whenever its deployer answers again, under this cluster or another of the same address, it is removed there.
CREATE TABLE vice_tombstones (
    external_id TEXT NOT NULL,
    -- Everything up to this attempt is dead; the analysis may have been launched elsewhere since, with a higher one.
    attempt INTEGER NOT NULL,
    deployer_url TEXT NOT NULL,
    -- While it is registered still.
    cluster_id UUID REFERENCES vice_clusters (id) ON DELETE SET NULL,
    cluster_name TEXT NOT NULL,
    -- When the removal is to be tried next, if the deployer answers.
    due TIMESTAMPTZ NOT NULL DEFAULT now(),
    tries INTEGER NOT NULL DEFAULT 0,
    note TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (external_id, attempt)
);

CREATE INDEX vice_tombstones_due_idx ON vice_tombstones (due);
CREATE INDEX vice_tombstones_cluster_idx ON vice_tombstones (cluster_id);
