-- The memory-bandwidth ceiling by accelerator and launch date, and bytes moved per joule.
select * from engine.ceiling
