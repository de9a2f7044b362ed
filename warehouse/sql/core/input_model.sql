-- Models as the statistics take them.
select model, developer, family, release_date, open_weights from core.model
