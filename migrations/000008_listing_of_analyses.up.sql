-- The order in which analyses are listed, those that have ended included: rows are never deleted, so a page must not cost the more the more there are.
CREATE INDEX vice_deployments_listing_idx ON vice_deployments (created_at DESC, external_id DESC);
