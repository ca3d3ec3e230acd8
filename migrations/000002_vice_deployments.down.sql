DROP FUNCTION vice_has_slot(UUID, INTEGER, TEXT);
DROP FUNCTION vice_count_running(TEXT, TEXT);
DROP TABLE vice_deployments;
