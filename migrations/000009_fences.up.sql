-- When it last became unknown what an attempt had come to, so that it was fenced off. A fence is kept in the anchor of what comes after it and goes with that, so what is
-- removed within the life of a fence is removed behind another one.
ALTER TABLE vice_deployments ADD COLUMN fenced_at TIMESTAMPTZ;
