-- Which trackers say something else than what is used, and why?
select * from marts.disagreements order by abs(difference_share) desc limit 20
