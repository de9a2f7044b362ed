"""Rules that bring normalised labels of one model to one spelling, for the kept script build_models.py.

Each rule is (pattern, replacement, reason) on the normalised label; all are applied in order. They unify
spelling only: order of words, "p" for a point, a serving precision, a host's own suffix. What needs
knowledge (moving aliases, dated snapshots of one name) is in curated_aliases.csv.
"""

from __future__ import annotations

import re

RULES: tuple[tuple[str, str, str], ...] = (
    (r"^(?:models?-|accounts-fireworks-models-)", "", "path of the host"),
    (
        r"^(?:databricks|fw|baidu|thudm|deepseek-ai|moonshotai|moonshot-ai|zai-org|z-ai|bytedance-seed|tencent|anthropic|stepfun-ai"
        r"|nex-agi|alibaba|cohere|snowflake|qwen(?=-qwen)|openai(?=-(?:gpt|o\d))|arcee(?=-trinity)|meta(?=-llama)|google(?=-gem)"
        r"|parasail|inclusionai|lgai-exaone|mistralai|minimaxai|minimax-ai|x-ai|xai(?=-grok)|nvidia|twelvelabs)-",
        "",
        "the maker's name in front",
    ),
    (r"(?<=\d)p(?=\d)", "-", "Fireworks writes p for the point"),
    (
        r"-(?:maas|hf|tee|fp8|fp4|nvfp4|mxfp4|int4|int8|awq|bf16|fp16|gguf|w4a16|quantized)(?=-|$)",
        "",
        "serving precision or host",
    ),
    (r"^(?:meta-)?llama-?v?(\d)(?=-|$)", r"llama-\1", "Meta's names with and without the maker, v, hyphen"),
    (
        r"^(llama-3(?:-\d)?-\d+b)(?:-instruct)?-(?:turbo|lite|versatile|instant|specdec|8192|tool-use|fast)(?:-preview|-free)?$",
        r"\1-instruct",
        "a host's serving variant",
    ),
    (
        r"^(llama-(?:2|3(?:-\d)?)-\d+b)(?:-vision)?-instruct-(?:turbo|lite|fast|spec)(?:-free)?$",
        r"\1-instruct",
        "a host's serving variant",
    ),
    (r"^llama-(3(?:-[123])?)-instruct-(\d+b)(-vision)?$", r"llama-\1-\2\3-instruct", "order of words"),
    (r"^llama-2-chat-(\d+b)$", r"llama-2-\1-chat", "order of words"),
    (r"^qwen(1-5|2|2-5)-(coder-)?(instruct|chat)-(\d+b)$", r"qwen\1-\2\4-\3", "order of words"),
    (r"^qwen-chat-(\d+b)$", r"qwen-\1-chat", "order of words"),
    (r"^(qwen3-(?:235b-a22b|30b-a3b|4b))-2507-(instruct|thinking)$", r"\1-\2-2507", "order of words"),
    (
        r"^llama-4-(scout|maverick)(?:-17b)?(?:-(?:16|128)e)?(?:-instruct)?(?:-basic|-original)?$",
        r"llama-4-\1",
        "Llama 4 spelling",
    ),
    (r"^llama-2-(\d+b)(?:-chat)?(?:-v1)?$", r"llama-2-\1-chat", "priced Llama 2 is the chat model"),
    (
        r"^llama-(3(?:-[123])?)-(\d+b)(?:-chat)?$",
        r"llama-\1-\2-instruct",
        "priced Llama 3 is the instruct model",
    ),
    (
        r"^llama-3-2-(11b|90b)(?:-vision)?(?:-preview|-instruct)?$",
        r"llama-3-2-\1-vision-instruct",
        "Llama 3.2 vision",
    ),
    (r"^(opus|sonnet|haiku)-(?=\d)", r"claude-\1-", "Anthropic's own page leaves Claude out"),
    (
        r"^((?:mistral|ministral|codestral|devstral|magistral|pixtral|voxtral)(?:-(?:small|medium|large|embed|moderation|mini|\d+b|nemo))?)"
        r"(?:-12b)?(?:-\d(?:-\d)?)?-(2[3-6])-(0[1-9]|1[0-2])$",
        r"\1-\2\3",
        "Mistral's page writes the version and YY-MM",
    ),
    (r"^mistral-nemo-2407$", "mistral-nemo", "one release"),
    (r"^llama-4-(scout|maverick)-17bx\d+e$", r"llama-4-\1", "Groq's spelling of the size"),
    (r"^kimi-k2-1t$", "kimi-k2-0711", "Groq's first Kimi K2"),
    (
        r"^(gpt-oss-120b|glm-4-7|deepseek-v4-(?:flash|pro)|deepseek-v3-2)-(?:250805|251222|260425|251201)$",
        r"\1",
        "BytePlus prints the release day",
    ),
    (r"^gpt-35", "gpt-3-5", "Azure leaves the point out"),
    (
        r"^(?:anthropic-)?claude-v?(\d)(?:-(\d))?-(opus|sonnet|haiku)(?=-|$)",
        r"claude-\3-\1-\2",
        "order of version and size",
    ),
    (r"^(claude-(?:opus|sonnet|haiku)-\d)-(?=-|$)", r"\1", "order of version and size"),
    (r"^(claude-(?:opus|sonnet|haiku)-\d)-+(\d(?!\d))", r"\1-\2", "order of version and size"),
    (r"^(claude-(?:opus|sonnet|haiku)-\d)-{2,}", r"\1-", "order of version and size"),
    (r"^claude-(instant-)?v(\d)", r"claude-\1\2", "Claude v1, v2"),
    (r"^gemini-(pro|flash)-(1-5|2-0|2-5)(?=-|$)", r"gemini-\2-\1", "order of version and size"),
    (r"^(gemini-2-0-flash(?:-lite)?)-001$", r"\1", "the only stable revision"),
    (r"^(gemini-1-0-pro|gemini-1-5-(?:pro|flash)(?:-8b)?)-(?:latest)$", r"\1", "moving name"),
    (r"^qwen-(\d)(?=-|$)", r"qwen\1", "Qwen spelling"),
    (
        r"^(qwen2-5-(?:coder-|vl-|math-)?\d+b-instruct)-(?:turbo|fast|free)$",
        r"\1",
        "a host's serving variant",
    ),
    (r"^(qwen2(?:-5)?-(?:coder-|vl-|math-)?\d+b)$", r"\1-instruct", "priced Qwen2 is the instruct model"),
    (r"^qwen2-5-(\d+b)-(coder|vl)-instruct$", r"qwen2-5-\2-\1-instruct", "order of words"),
    (r"^deepseek-(?:ai-)?r1-(?:turbo|fast|basic|throughput)$", "deepseek-r1", "a host's serving variant"),
    (r"^(deepseek-v3(?:-\d)?(?:-0324)?)-(?:turbo|fast|fast-latest)$", r"\1", "a host's serving variant"),
    (
        r"^deepseek-(r1|v3)-(0528|0324)-(?:fast|turbo|throughput)$",
        r"deepseek-\1-\2",
        "a host's serving variant",
    ),
    (r"^deepseek-chat-(v3-0324|v3-1|v3)$", r"deepseek-\1", "OpenRouter's spelling"),
    (
        r"^deepseek-r1-distill-(llama|qwen)-?(\d+b)(?:-fast|-turbo)?$",
        r"deepseek-r1-distill-\1-\2",
        "a host's serving variant",
    ),
    (
        r"^(?:mistral-)?(mixtral-8x(?:7b|22b))(?:-32768)?(?:-instruct)?(?:-v0-1)?(?:-fast)?$",
        r"\1-instruct",
        "Mixtral spelling",
    ),
    (r"^open-(mixtral-8x(?:7b|22b))$", r"\1-instruct", "Mistral's open- names"),
    (r"^open-mistral-7b$", "mistral-7b-instruct", "Mistral's open- names"),
    (r"^(?:open-)?mistral-nemo(?:-instruct)?(?:-2407)?(?:-12b)?$", "mistral-nemo", "one release"),
    (r"^gpt-oss-(20b|120b)(?:-1-0|-free|-turbo|-low|-medium)?$", r"gpt-oss-\1", "one release"),
    (r"^(gemma-(?:2|3|3n|4)-\w+?)-(?:it|instruct)(?:-fast)?$", r"\1", "instruction-tuned is what is priced"),
    (r"^gemma-?(\d)(?=-|$)", r"gemma-\1", "Gemma spelling"),
    (r"^gemma-7b-it$", "gemma-7b", "instruction-tuned is what is priced"),
    (r"^command-r-?\+", "command-r-plus", "Cohere's plus"),
    (r"^c4ai-", "", "Cohere's research prefix"),
    (r"^zai-(?=glm)", "", "maker's prefix"),
    (r"^glm-(\d)-(\d)-(\d+b|air|flash)?", r"glm-\1-\2-\3", "GLM spelling"),
    (r"^kimi-k2-(instruct|instruct-0905|instruct-0711)$", r"kimi-k2-\1", "Kimi spelling"),
    (r"^kimi-k2(?:-0711)?(?:-preview|-instruct)?$", "kimi-k2-0711", "the July 2025 release"),
    (r"^kimi-k2(?:-instruct)?-0905(?:-preview)?$", "kimi-k2-0905", "the September 2025 release"),
    (r"^kimi-k2-instruct-0711$", "kimi-k2-0711", "the July 2025 release"),
    (
        r"^qwen3-235b-a22b-(?:instruct-)?2507$",
        "qwen3-235b-a22b-instruct-2507",
        "OpenRouter leaves out instruct",
    ),
    (r"^(qwen3-30b-a3b)-2507$", r"\1-instruct-2507", "instruct is meant"),
    (r"^qwen3-coder(?:-480b-a35b)?(?:-instruct)?(?:-turbo)?$", "qwen3-coder-480b-a35b", "one release"),
    (r"^qwen3-coder-30b-a3b(?:-instruct)?$", "qwen3-coder-30b-a3b", "one release"),
    (r"^qwen3-next-80b-a3b$", "qwen3-next-80b-a3b-instruct", "instruct is meant"),
    (r"^phi-(\d)-(mini|small|medium)-(4k|8k|128k)-instruct$", r"phi-\1-\2-\3-instruct", "Phi spelling"),
    (
        r"^claude-(opus|sonnet|haiku)-(3(?:-[57])?)(?=-|$)",
        r"claude-\2-\1",
        "Anthropic's order up to Claude 3.7",
    ),
    (r"^(claude-[a-z]+-\d(?:-\d)?)-default$", r"\1", "a cloud's default route"),
    (r"^(magistral-(?:small|medium))-1-2-2509$", r"\1-2509", "version and date"),
    (r"^mistral-saba-24b$", "mistral-saba", "one size"),
    (r"-{2,}", "-", "hyphens"),
    (r"-+$", "", "hyphens"),
)
_COMPILED = tuple((re.compile(p), r, why) for p, r, why in RULES)
_DATES = (
    r"-(\d{2}-\d{2}-20\d{2})$",
    r"-(20\d{2}-\d{2}-\d{2})$",
    r"-(20\d{6})$",
    r"-(\d{2}-20\d{2})$",
    r"-((?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01]))$",
    r"-((?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))$",
    r"-(2[3-6](?:0[1-9]|1[0-2]))$",
    r"-(2[5-6]\d{4})$",
)
_DATED = tuple(re.compile(p) for p in _DATES)


def spelled(form: str) -> tuple[str, str]:
    """One spelling of a normalised label, and the reasons that changed it (joined by "; ")."""
    reasons: list[str] = []
    for pattern, replacement, why in _COMPILED:
        changed = pattern.sub(replacement, form)
        if changed != form and why not in ("hyphens", *reasons):
            reasons.append(why)
        form = changed
    return form, "; ".join(reasons)


ONE_RELEASE = re.compile(
    r"^(?:command-a(?:-reasoning|-vision|-translate|-plus)?|command-r7b|command-r7b-arabic|devstral-medium|glm-4-(?:32b|9b)|glm-z1-(?:32b|9b)"
    r"|gpt-3-5-turbo-instruct|grok-2-vision|grok-4|grok-4-20(?:-multi-agent)?(?:-beta|-experimental-beta)?|grok-code-fast-1"
    r"|grok-build-0-1|moonshot-v1-(?:8|32|128)k|pixtral-12b|mistral-embed|codestral-embed|mimo-v2-omni|seed-1-8|seed-1-6(?:-flash)?"
    r"|glm-5-2|glm-5-3-flash|qwen3-0-6b|labs-devstral-small|openchat-3-5)$"
)
"""Names with a short date (MMDD, YYMM, MM-YYYY) of which there was one release. All others are kept apart:
deepseek-r1 and deepseek-r1-0528 are two models."""


def undated(form: str) -> tuple[str, str]:
    """(name without its snapshot date, the date as written or "")."""
    if re.match(r"qwen3-.*-2507$", form):
        return form, ""  # 2507 is part of the model's name: before it, the name meant another model
    for pattern in _DATED:
        found = pattern.search(form)
        if found:
            return form[: found.start()], found.group(1)
    return form, ""


_HOSTED = {
    "groq": r"-\d+k$",
    "nebius": r"-fast$",
    "fireworks": r"-(?:fast|spot|us|ultrafast|latest-us)$",
    "openrouter": r"(?<=claude-opus-\d-\d)-fast$|(?<=claude-opus-\d)-fast$",
    "azure": r"-(?:global|data-zone|regional|datazone)$",
    "chutes": r"-turbo$",
    "moonshot": r"-turbo(?=$|-preview$)",
    "tencent": r"-?[^\x00-\x7f].*$",
    "aliyun": r"-?[^\x00-\x7f].*$",
}
_HOST_RULES = {provider: re.compile(pattern) for provider, pattern in _HOSTED.items()}


def hosted(form: str, provider: str) -> str:
    """The form without an ending that at this one provider names an endpoint, not a model."""
    rule = _HOST_RULES.get(provider)
    return rule.sub("", form) if rule else form
