-- A table that says it holds the last days alone holds no other day.
-- severity: warn
-- table: marts.dictionary
select table_name, column_name, window_days, outside_window_rows from marts.dictionary where outside_window_rows > 0
