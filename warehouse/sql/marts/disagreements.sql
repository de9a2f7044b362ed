-- Who says something else than what is used, since when, which is used and why.
select * from core.disagreement
