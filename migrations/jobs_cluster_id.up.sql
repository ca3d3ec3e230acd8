-- jobs is the Discovery Environment's table, so this is no numbered migration: it is tried at each run until the column is there, by whoever may.
-- The constraint is checked separately, because checking it here would keep everybody from jobs while the whole table is read.
ALTER TABLE jobs ADD COLUMN cluster_id UUID;
ALTER TABLE jobs ADD CONSTRAINT jobs_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES vice_clusters (id) ON DELETE SET NULL NOT VALID;
