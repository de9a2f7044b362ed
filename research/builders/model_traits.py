"""What a canonical name tells about a model: kind, developer, family, size, open weights. For build_models.py."""

from __future__ import annotations

import re

KINDS: tuple[tuple[str, str], ...] = (
    (
        "embedding",
        r"embed|^voyage-(?!.*rerank)|^bge-|^gte-|^e5-|-e5-|text-ada-emb|minilm|mini-lm|^ember|mpnet|retrieval-|^titan-embed|^uae-",
    ),
    ("rerank", r"rerank"),
    ("moderation", r"guard|moderation|content-safety|shieldgemma|llamaguard|nemoguard|pplx-decider"),
    (
        "audio",
        r"whisper|tts|transcri|audio|realtime|voxtral|sonic|live|aura|^nova-[23]$|asr|orpheus|speech|stt|lyria",
    ),
    ("video", r"video|veo|sora|wan2|kling|seedance|pegasus|omni-1|omni-flash"),
    (
        "image",
        r"image|imagen|flux|stable-diffusion|dall-e|playground-v2|ssd-1b|sd3|nano-banana|seedream|sdxl|resnet",
    ),
    ("ocr", r"ocr"),
    ("fine-tuned", r"^ft-|fine-tun"),
    ("size class", r"^together-ai-|^fireworks-ai-|less-than|up-to-|parameters"),
)


def kind_of(model: str) -> str:
    """text, or another kind read from the name."""
    return next((kind for kind, pattern in KINDS if re.search(pattern, model)), "text")


DEVELOPERS: tuple[tuple[str, str], ...] = (
    (
        r"^(gpt|o1|o3|o4|chatgpt|davinci|babbage|curie|ada|text-(davinci|ada|babbage|curie|embedding)|codex|computer-use|dall-e|whisper|sora|chat-latest)",
        "OpenAI",
    ),
    (r"^claude", "Anthropic"),
    (
        r"^(gemini|gemma|palm|text-bison|chat-bison|code-?bison|codechat|code-gecko|text-unicorn|imagen|veo|codegemma|deep-research)",
        "Google",
    ),
    (r"^(llama|meta-|muse|codellama|code-llama)", "Meta"),
    (r"^deepseek", "DeepSeek"),
    (r"^(grok)", "xAI"),
    (
        r"^(mistral|mixtral|ministral|codestral|devstral|magistral|pixtral|open-|voxtral|leanstral|labs-)",
        "Mistral AI",
    ),
    (r"^(qwen|qwq|qvq|wan2|tongyi|codeqwen|code-qwen)", "Alibaba"),
    (r"^(glm|autoglm|cogview|charglm)", "Z.ai"),
    (r"^(kimi|moonshot|moonlight)", "Moonshot AI"),
    (r"^(command|aya|cohere|embed-|rerank-|north|c4ai)", "Cohere"),
    (r"^(minimax|abab)", "MiniMax"),
    (r"^(nova|titan)", "Amazon"),
    (r"^(phi|wizardlm|mai-|orca)", "Microsoft"),
    (r"^(nemotron|llama-.*nemotron)", "NVIDIA"),
    (r"^(jamba|j2|jurassic)", "AI21 Labs"),
    (r"^(sonar|pplx|r1-1776)", "Perplexity"),
    (r"^(ernie|qianfan|cobuddy)", "Baidu"),
    (r"^(doubao|seed|dola|ui-tars|skylark)", "ByteDance"),
    (r"^(hunyuan|hy3|hy-)", "Tencent"),
    (r"^(step)", "StepFun"),
    (r"^(yi-)", "01.AI"),
    (r"^(dbrx|dolly)", "Databricks"),
    (r"^(granite)", "IBM"),
    (r"^(solar)", "Upstage"),
    (r"^(mercury)", "Inception"),
    (r"^(olmo|molmo|tulu)", "Ai2"),
    (r"^(reka)", "Reka AI"),
    (r"^(inflection)", "Inflection"),
    (r"^(mimo)", "Xiaomi"),
    (r"^(longcat)", "Meituan"),
    (r"^(ling|ring)-", "Ant Group"),
    (r"^(luminous)", "Aleph Alpha"),
    (r"^(voyage)", "Voyage AI"),
    (r"^(trinity|afm|virtuoso|caller|maestro|spotlight|arcee|coder-large|blitz)", "Arcee AI"),
    (r"^(falcon)", "TII"),
    (r"^(lfm)", "Liquid AI"),
    (r"^(hermes|nous|deephermes)", "Nous Research"),
    (r"^(exaone|k-exaone)", "LG AI Research"),
    (r"^(palmyra)", "Writer"),
    (r"^(cogito)", "Deep Cogito"),
    (r"^openchat", "OpenChat"),
    (r"^(starcoder|santacoder|octocoder)", "BigCode"),
    (r"^l3(?:1|-[13])?-.*(?:euryale|lunaris|stheno)", "Sao10K"),
    (r"^(internlm|internvl)", "Shanghai AI Laboratory"),
    (r"^(baichuan)", "Baichuan"),
    (r"^minicpm", "OpenBMB"),
    (r"^(opt-|bloom|mpt-)", ""),
    (r"^kat-", "Kwaipilot"),
    (r"^sarvam", "Sarvam AI"),
    (r"^(apertus)", "Swiss AI"),
    (r"^apriel", "ServiceNow"),
    (r"^(code-davinci)", "OpenAI"),
    (r"^(arctic)", "Snowflake"),
    (r"^(inkling)", "Thinking Machines"),
    (r"^(intellect)", "Prime Intellect"),
    (r"^(swe-)", "Cognition"),
)


def developer_of(model: str, path: str = "") -> str:
    """The maker: from the name, else the maker's folder a router prints before the name."""
    path = {"google": "Google", "tencent": "Tencent", "microsoft": "Microsoft", "nvidia": "NVIDIA"}.get(path, path)
    return next((who for pattern, who in DEVELOPERS if re.match(pattern, model)), path)


def family_of(model: str) -> str:
    """The line a model belongs to, for clustered standard errors: letters of the name up to size or date."""
    parts = [p for p in model.split("-") if not re.fullmatch(r"v?\d[\d.]*[bkm]?|a\d+b|\d+x\d+b|instruct|chat|preview|latest|exp|base", p)]
    words = [re.sub(r"\d+$", "", p) or p for p in parts[:2]]
    return "-".join(w for w in words if w) or model


def sizes_of(label: str) -> tuple[float | None, float | None]:
    """(total, active) billions of parameters printed in a name such as Qwen3-235B-A22B; None where not."""
    text = label.replace("_", "-")
    total = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)b(?![a-z\d])", text, re.IGNORECASE)
    active = re.search(r"(?<![\w.])a(\d+(?:\.\d+)?)b(?![a-z\d])", text, re.IGNORECASE)
    if re.search(r"\d+x\d", text) or not total:
        return None, None
    size = float(total.group(1))
    return size, float(active.group(1)) if active else size


OPEN = re.compile(
    r"^(?:deepseek-(?:v|r|coder|llm|prover|ocr)|qwen.*-\d+b|qwen-\d+b|qwq-32b|qvq-72b|qwen3-(?:coder-next|next)|gemma|llama|mixtral|mistral-7b"
    r"|mistral-nemo|ministral-(?:8b|3b-2512|14b)|codestral-(?:2405|mamba)|magistral-small|devstral-(?:small|2-123b)|pixtral|phi-|olmo|molmo|tulu"
    r"|yi-(?:1-5-)?\d+b|starcoder|falcon|granite-.*\d+b|.*nemotron|glm-(?:4-[567]|5(?!-?v?-turbo)|z1|4-9b|4-32b)|kimi-(?:k2|linear|dev|vl)|minimax-m\d|gpt-oss"
    r"|jamba-(?:1-[567]|reasoning)|command-(?:r|a)(?!.*plus-05)|aya|ling-|ring-|seed-oss|ernie-4-5-\d|openchat|hermes|deephermes|dbrx|arctic|wizardlm"
    r"|exaone|r1-1776|mimo-v2(?:-5)?-flash|step-?3|intellect|hunyuan-a13b|redpajama|vicuna|mpt-|opt-|bloom|baichuan|internlm|openhands-lm|lfm2?-?\d*-?\d*-?\d+b"
    r"|sarvam|trinity|reka-flash-3|solar-10-7b|zephyr|dolphin|mythomax|nous|apertus|smollm|stable|pythia|gpt-(?:j|neo|2)|gpt2)"
)
CLOSED = re.compile(
    r"^(?:gpt-(?!oss|j-|neo|2)|chatgpt|o[134](?:-|$)|davinci|babbage|curie|ada$|text-|code-davinci|codex|claude|gemini|palm|grok-|nova-|titan|sonar"
    r"|mistral-(?:medium|saba|large-2402|small-2402|tiny)|ministral-3b-2410|devstral-medium|magistral-medium|codestral-25|qwen-(?:max|plus|turbo|flash)"
    r"|qwen3(?:-\d)?-(?:max|plus|flash)|qwen3-coder-(?:plus|flash)|reka-(?:core|edge)|yi-(?:large|lightning)|inflection|jurassic|j2-|luminous|mercury|solar-(?:pro|mini))"
)
"""Lines whose weights can, and cannot, be downloaded: the makers' own release pages. Trackers mark hosts' listings
of open models as closed, so a line named here wins over what a tracker says."""


def openness(model: str) -> bool | None:
    """Whether the weights can be downloaded, where the line is known."""
    if CLOSED.match(model):
        return False
    return True if OPEN.match(model) else None
