"""The scalar formulas: dimensions by pint, limits by hand, and properties that hold for any numbers."""

from __future__ import annotations

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughput.engine import formats
from throughput.physics import cost, energy, memory, moe, parallel, roofline, techniques

U = pint.UnitRegistry()
U.define("token = []")
U.define("usd = [currency]")
U.define("flop = []")
positive = st.floats(1e-3, 1e9)
share = st.floats(0.01, 1.0)


def test_moving_bytes_and_computing_flops_take_seconds():
    assert (7e10 * U.byte / roofline.reached(3.35e12 * U.byte / U.s, 0.25)).check("[time]")
    assert (1e12 * U.flop / roofline.reached(1e15 * U.flop / U.s, 1.0)).to("s").magnitude == pytest.approx(2e-3)


@given(positive, positive, st.floats(0.0, 1.0))
def test_overlapping_work_takes_at_least_the_longer_and_at_most_the_sum(first, second, exposed):
    seconds = roofline.overlap(first, second, exposed)
    assert max(first, second) <= seconds <= (first + second) * (1 + 1e-12)


def test_a_small_batch_pays_for_a_full_tile_and_a_large_one_for_itself():
    assert [roofline.tile_rows(float(n), 64.0) for n in (1, 64, 65, 200)] == [64.0, 64.0, 65.0, 200.0]


def test_a_causal_prompt_pays_for_half_of_all_pairs_of_tokens_and_a_window_for_its_reach():
    """Two operations for each dimension of score and value, for the pairs a mask leaves: half of S x S."""
    tokens, heads, dims = 4096.0, 32.0, 128.0
    pairs = tokens * tokens / 2
    assert roofline.causal_attention_flops(tokens, heads, dims, dims, 10.0, 0.0, 0.0) == 2 * heads * 2 * dims * pairs * 10
    assert roofline.causal_attention_flops(tokens, heads, dims, dims, 0.0, 10.0, 1000.0) == 2 * heads * 2 * dims * tokens * 1000 * 10


def test_energy_per_token_is_joules():
    assert energy.joules_per_token(700 * U.W, 100 / U.s).check("[energy]")
    assert energy.chip_power_w(700 * U.W, 1.0, 0.4, 0.2, 0.1, 0.2, 0.5, 1.0).check("[power]")


def test_with_stall_and_density_at_one_a_byte_costs_the_same_joules_on_every_part():
    """Watts of reading over bytes a second, for a part of twice the bandwidth per watt that is used half as well."""
    joules = []
    for tdp, bandwidth, working, used in ((700.0, 3.35e12, 0.9, 0.6), (1000.0, 9.57e12, 0.9, 0.3)):
        watts = tdp * energy.moving_time(working, used, bandwidth / tdp, 1.0, 1.0)
        joules.append(watts / (used * bandwidth))
    assert joules[0] == pytest.approx(joules[1]) and joules[0] == pytest.approx(700.0 / 3.35e12)
    assert energy.moving_time(0.9, 0.3, 1.0, 0.0, 0.0) == 0.9, "with both at zero only the time of work counts"


def test_cost_per_million_tokens_of_a_known_deployment():
    # 2 $/h at 1,000 tok/s: 3.6 M tokens an hour
    assert cost.usd_per_mtok(2.0, 1000.0) == pytest.approx(2.0 / 3.6)
    assert cost.usd_per_mtok(2.0, 1000.0, 0.5) == pytest.approx(4.0 / 3.6)
    assert cost.energy_usd_per_mtok(3.6, 0.1) == pytest.approx(0.1)


def test_paged_memory_holds_several_times_what_contiguous_memory_holds():
    paged, contiguous = (memory.sequences_that_fit(70e9, 40e9, 1e9, waste) for waste in (0.04, 0.7))
    assert paged / contiguous == pytest.approx(0.96 / 0.3)


def test_kv_per_token_of_known_models():
    llama = memory.kv_elements_per_layer(8, 128, 128, 0, 0) * 2 * 80
    deepseek = memory.kv_elements_per_layer(128, 56, 128, 512, 64) * 2 * 61
    assert (llama, deepseek) == (327_680, 70_272)


def test_window_layers_stop_reading_at_the_window():
    short, long = (memory.kv_bytes_read(n, 1024, 2, 0, 10, 128, 0, 0) for n in (1_000, 100_000))
    assert short == long == 1024 * 2 * 10 * 128


def test_latent_caches_are_replicated_and_heads_split_until_one_is_left():
    assert memory.kv_share_per_rank(8, 1, 1.0) == 1.0
    assert memory.kv_share_per_rank(4, 8, 0.0) == 0.25
    assert memory.kv_share_per_rank(16, 8, 0.0) == 0.125


@given(st.integers(2, 512), st.integers(1, 8), st.floats(1, 1e5), share)
def test_distinct_experts_lie_between_one_token_and_all(experts, chosen, tokens, independence):
    chosen = min(chosen, experts)
    touched = moe.distinct_experts(experts, chosen, tokens, independence)
    assert chosen - 1e-9 <= touched <= experts + 1e-9


def test_a_dense_layer_touches_no_expert():
    assert moe.distinct_experts(1.0, 0.0, 64.0, 1.0) == 0.0


@given(st.floats(0, 0.99), st.integers(0, 16))
def test_speculation_yields_between_one_and_all_tokens(acceptance, drafts):
    tokens = techniques.tokens_per_verification(acceptance, float(drafts))
    assert 1.0 - 1e-12 <= tokens <= drafts + 1.0 + 1e-9


def test_certain_acceptance_yields_every_draft():
    assert techniques.tokens_per_verification(1.0, 5.0) == 6.0


def test_leviathans_worked_example():
    # alpha = 0.8, gamma = 5 gives 3.69 expected tokens (Leviathan et al. 2023, table 1 column E)
    assert techniques.tokens_per_verification(0.8, 5.0) == pytest.approx(3.689, abs=1e-3)


@given(share, positive, positive)
def test_a_router_costs_between_its_two_models(part, small, large):
    mixed = techniques.routed_cost(part, small, large)
    assert min(small, large) * (1 - 1e-9) <= mixed <= max(small, large) * (1 + 1e-9)


def test_all_reduce_is_free_for_one_rank_and_grows_with_ranks():
    one, two, eight = (parallel.all_reduce_seconds(r, 8.0, 1e6, 4e11, 5e10) for r in (1.0, 2.0, 8.0))
    assert one == 0.0 and 0 < two < eight
    assert two == pytest.approx(1e6 / 4e11)


def test_one_rank_more_than_a_domain_holds_sends_only_its_part_outside():
    inside, edge, twice = (parallel.all_reduce_seconds(r, 8.0, 1e6, 4e11, 5e10) for r in (8.0, 9.0, 16.0))
    assert inside < edge < twice and twice == pytest.approx(inside + 1e6 / 8.0 / 5e10)
    sent = [parallel.all_to_all_seconds(8.0, r, 72.0, 1e4, 9e11, 5e10) for r in (72.0, 80.0, 144.0)]
    assert sent[0] == pytest.approx(8e4 / 9e11) and sent[0] < sent[1] < sent[2] <= sent[0] + 1e4 / 5e10


@given(st.floats(1e-3, 512.0), st.integers(1, 64))
def test_more_requests_never_lower_pipeline_throughput(fill, stages):
    def rate(f):
        return f / parallel.pipeline_stretch(float(stages), f, 0.04, 1.3)

    assert rate(fill * 1.1) >= rate(fill) * (1 - 1e-12)
    assert 1.0 <= parallel.pipeline_stretch(float(stages), fill, 0.04, 1.3) <= 1.0 + 0.04 * (stages - 1) ** 1.3


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("bf16", 16),
        ("FP8", 8),
        ("fp8_block", 8),
        ("int4_awq_g128", 4.125),
        ("int4_gptq_g32", 4.5),
        ("int4_wo", 4.25),
        ("q4_0", 4.5),
        ("Q4_K_M", 4.89),
        ("q8_0", 8.5),
        ("nvfp4", 4.5),
        ("mxfp4", 4.25),
        ("int4_newmethod", 4.25),
        ("w4a16", 4.25),
        ("bfloat16", 16),
        ("q5_1", 5.5),
        ("int8", 8),
        ("w8a8_fp8", 8),
        ("w8a8_int8", 8),
        ("w4a4", 4.5),
        ("int3", 3.25),
        ("int4_gptq_g64_sym", 4.25),
        ("4-bit", 4.25),
        ("fp6", 6.25),
        ("exl2_3.5bpw", 3.5),
        ("UD-Q4_K_XL", 4.5),
        ("tf32", 32),
    ],
)
def test_formats_are_read_by_family_and_bits(text, bits):
    assert formats.read_weight_format(text).weight_bits == pytest.approx(bits)


@pytest.mark.parametrize("text", ["", "fp7", "banana", "q9_0", "int9"])
def test_unknown_formats_are_refused_with_the_known_ones(text):
    with pytest.raises(formats.UnknownFormat, match="known families"):
        formats.read_weight_format(text)


def test_scalars_and_arrays_give_the_same_numbers():
    batch = np.array([1.0, 8.0, 64.0])
    many = moe.distinct_experts(256.0, 8.0, batch, 0.9)
    assert [moe.distinct_experts(256.0, 8.0, float(b), 0.9) for b in batch] == pytest.approx(list(many))
