"""The tables of packaged facts: accelerators, architectures, scores, rentals, energy and what they are joined to."""

from __future__ import annotations

from warehouse.schema.types import Table, declare

PACKAGED: tuple[Table, ...] = (
    declare(
        "core.model",
        "one canonical model",
        "model developer family kind release_date release_date_basis open_weights total_params_b "
        "active_params_b reason source source_ref source_url licence observed_at basis",
        "model",
    ),
    declare(
        "core.model_alias",
        "one printed label of one provider scope and its canonical model",
        "alias provider valid_from valid_to model reason source source_ref source_url licence observed_at basis",
        "alias provider model",
    ),
    declare(
        "core.score",
        "one benchmark score of one model",
        "model variant model_label benchmark benchmark_version score unit se n_items as_of first_seen "
        "source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.benchmark",
        "one benchmark: its unit, its number of questions, what guessing scores",
        "benchmark kind n_items guess_rate unit reason source source_ref source_url licence observed_at basis",
        "benchmark",
    ),
    declare(
        "core.task_tokens",
        "tokens one run of a benchmark took",
        "model variant model_label benchmark benchmark_version output_mtok_per_run usd_per_run source "
        "source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.listed_quote",
        "one value of a listed index as quoted on a public page",
        "quoted_on listed_index subject term quoted_value unit quote_precision source source_ref source_url licence observed_at basis",
        "listed_index quoted_on subject term",
    ),
    declare(
        "core.token_volume",
        "one figure of what a gateway served in a period: tokens of a model, or its share of spend or tokens",
        "gateway period_start period_days model_label measure value unit source source_ref source_url licence observed_at basis",
        "gateway period_start period_days model_label measure",
    ),
    declare(
        "core.token_name",
        "one label of a gateway and the model it means, by rule",
        "model_label model naming_rule route volume_kind",
        "model_label",
    ),
    declare(
        "core.rental_price",
        "one dated rental price per accelerator-hour",
        "provider accelerator region term usd_per_accelerator_hour accelerators_in_offer provider_kind "
        "note source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.rental_believed",
        "one dated rental price that may be used: dated, quoted, not generated",
        "provider accelerator region term usd_per_accelerator_hour accelerators_in_offer provider_kind "
        "note source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.electricity",
        "one electricity price",
        "period period_kind region sector usd_per_kwh eur_per_kwh note source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.pue",
        "one PUE figure",
        "year operator region pue scope note source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.energy_measured",
        "one measured energy per output token with its boundary",
        "model active_params_b total_params_b task accelerator n_accelerators precision parallelism "
        "batch_concurrency avg_batch_size avg_input_tokens avg_output_tokens output_tok_per_s avg_power_w "
        "energy_j_per_output_token boundary note source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.ownership_cost",
        "one published all-in cost of ownership",
        "accelerator owner_kind usd_per_accelerator_hour power_kw_all_in note source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.exchange_rate",
        "one monthly reference rate",
        "month currency units_per_usd days source source_ref source_url licence observed_at basis",
        "month currency",
    ),
    declare(
        "core.architectures",
        "one model architecture, as the engine needs it",
        "model aliases layers hidden_size heads kv_heads head_dim value_head_dim query_matrices "
        "intermediate_size mlp_matrices vocabulary_size tied_embeddings experts experts_per_token "
        "expert_intermediate_size expert_matrices shared_intermediate_size dense_layers moe_layers full_layers "
        "window_layers window_tokens linear_layers linear_key_dim linear_value_dim linear_state_rows kv_lora_rank "
        "q_lora_rank qk_nope_dim qk_rope_dim sparse_top_k native_weight_precision published_parameters "
        "published_active_parameters source_url accessed_on basis notes canonical_model served_models",
        "model",
    ),
    declare(
        "core.accelerators",
        "one accelerator, as the engine needs it",
        "accelerator aliases vendor family launch_date memory_bytes memory_kind bandwidth_bytes_per_s "
        "fp16_flop_per_s bf16_flop_per_s fp8_flop_per_s int8_op_per_s fp4_flop_per_s link_bytes_per_s "
        "link_kind link_domain tdp_w source_url accessed_on basis notes",
        "accelerator",
    ),
    declare(
        "core.hardware_part",
        "one accelerator of Epoch's hardware table: launch date, figures, price at release",
        "part maker launch_date memory_gb memory_bandwidth_gb_s tensor_tflops tdp_w price_usd source_url observed_at licence",
        "part",
    ),
    declare(
        "core.published_trend",
        "one published growth rate of accelerators",
        "metric growth_per_year source source_url published_on note",
        "metric source",
    ),
    declare(
        "core.software_release",
        "one published throughput of one release of serving software",
        "software release release_date accelerator model weight_precision n_accelerators tensor_parallel data_parallel pipeline_parallel "
        "isl osl output_tok_s source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.speculative_decoding",
        "one published figure of one speculative decoding method",
        "accelerator model method precision batch workload metric value source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.quantization_speedup",
        "one measured speed-up of one weight format over another",
        "accelerator n_accelerators model from_precision to_precision setting speedup_factor source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.quantization_quality",
        "one published change of quality of one weight format",
        "model precision baseline_precision metric value low high source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.user_speed",
        "one published speed that one user gets of one host",
        "provider accelerator model precision user_tok_per_s source source_ref source_url licence observed_at basis",
        "",
    ),
    declare(
        "core.interactivity_measured",
        "one best published rate of a model on an accelerator at a stated speed per user",
        "model accelerator precision service_level_tok_s_per_user measured_tok_per_s measured_usd_per_mtok isl osl disaggregated "
        "source source_ref source_url licence observed_at basis",
        "model accelerator precision service_level_tok_s_per_user",
    ),
    declare(
        "core.unmapped_accelerator",
        "one printed accelerator that cannot be used, and why",
        "source accelerator_label reason",
        "source accelerator_label",
    ),
    declare(
        "core.claim",
        "one claim of the essay",
        "claim_id claim claimed_value measured_unit claimed_low claimed_high measured_as",
        "claim_id",
    ),
    declare(
        "core.application",
        "one assumption about one application",
        "assumption_id application unit_of_use quantity low mode high unit basis source source_url reasoning",
        "assumption_id",
    ),
    declare(
        "core.assumption",
        "one assumption with its range and source",
        "assumption_id section subject quantity low mode high unit basis source source_url reasoning",
        "assumption_id",
    ),
    declare(
        "core.spec_history",
        "one dated reading of one specification; never overwritten",
        "accelerator vendor field value_text unit qualifier observed_at source label source_url evidence basis licence rejected_because",
        "",
    ),
)
