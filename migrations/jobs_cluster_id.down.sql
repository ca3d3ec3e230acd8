ALTER TABLE jobs DROP COLUMN cluster_id;
