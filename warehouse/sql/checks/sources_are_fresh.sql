-- Sources that failed or are stale: shown, never a reason not to publish.
-- table: marts.data_health
-- severity: warn
select source, status, message from marts.data_health where status in ('failed', 'stale')
