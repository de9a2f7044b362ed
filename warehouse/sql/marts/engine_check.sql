-- The engine beside published measurements of the same configurations.
select model, accelerator, precision, batch, throughput_tok_per_s, measured_tok_per_s, error_share, source from engine.check_measured
