-- A column of a table with rows holds something in one of them, or the schema says until when it may not.
-- severity: warn
-- table: marts.dictionary
select table_name, column_name from marts.dictionary where table_rows > 0 and filled_rows = 0 and empty_until = ''
