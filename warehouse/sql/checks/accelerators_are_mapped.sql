-- Accelerators that a source prints and nobody has mapped or specified: shown, never guessed.
-- table: core.unmapped_accelerator
-- severity: warn
select source, accelerator_label, reason from core.unmapped_accelerator
