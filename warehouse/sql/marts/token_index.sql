-- What a token costs and why it changed: the weekly token family with its interval, status and the hash of its inputs.
select index_id, period_start, value, lower, upper, unit, status, method_version, inputs_sha256
from stats.token_index
