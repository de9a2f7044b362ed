-- A column of a closed list holds its words and no other; a new word is declared in warehouse/schema/enumerations.py.
-- severity: warn
-- table: marts.dictionary
select table_name, column_name, undeclared_values from marts.dictionary where undeclared_values <> ''
