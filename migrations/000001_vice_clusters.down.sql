DROP TABLE vice_clusters;
DROP FUNCTION notify_vice_clusters_changed();
DROP FUNCTION update_vice_clusters_timestamp();
