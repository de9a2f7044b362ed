-- Prices that read well and are not believed yet; the old price stays until someone confirms the move.
select * from core.quarantine
