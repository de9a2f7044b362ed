-- What the same estimator reports on the same dates and scores with no trend at all.
select * from stats.selection_audit
