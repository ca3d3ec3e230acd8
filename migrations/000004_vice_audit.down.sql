DROP TRIGGER vice_clusters_audited ON vice_clusters;
DROP FUNCTION vice_audit_clusters();
DROP FUNCTION vice_audited(vice_clusters);
DROP TABLE vice_audit;
