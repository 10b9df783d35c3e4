"""What llama.cpp 0.3.36 logged of four models, line for line, and what the headers of their files say."""

from __future__ import annotations

from tutor.llm.gguf import GgufHeader

WEIGHTS = {
    "smollm2-135m": """\
load_tensors:   CPU_Mapped model buffer size =    92.10 MiB
""",
    "gemma-3-270m": """\
load_tensors:   CPU_Mapped model buffer size =   235.16 MiB
load_tensors:   CPU_REPACK model buffer size =    12.66 MiB
""",
    "qwen2.5-coder-0.5b": """\
load_tensors:   CPU_Mapped model buffer size =   462.96 MiB
load_tensors:   CPU_REPACK model buffer size =    28.05 MiB
""",
    "qwen2.5-coder-1.5b": """\
load_tensors:   CPU_Mapped model buffer size =  1059.89 MiB
load_tensors:   CPU_REPACK model buffer size =   596.53 MiB
""",
}
"""Logged once, as the file is loaded."""

CONTEXT = {
    ("smollm2-135m", 1024): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.19 MiB
llama_kv_cache:        CPU KV buffer size =    22.50 MiB
sched_reserve:        CPU compute buffer size =    49.13 MiB
""",
    ("smollm2-135m", 4096): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.19 MiB
llama_kv_cache:        CPU KV buffer size =    90.00 MiB
sched_reserve:        CPU compute buffer size =    49.13 MiB
""",
    ("smollm2-135m", 16384): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.19 MiB
llama_kv_cache:        CPU KV buffer size =   180.00 MiB
sched_reserve:        CPU compute buffer size =    49.13 MiB
""",
    ("gemma-3-270m", 1024): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     1.00 MiB
llama_kv_cache:        CPU KV buffer size =     3.00 MiB
llama_kv_cache:        CPU KV buffer size =    15.00 MiB
sched_reserve:        CPU compute buffer size =   257.25 MiB
""",
    ("gemma-3-270m", 4096): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     1.00 MiB
llama_kv_cache:        CPU KV buffer size =    12.00 MiB
llama_kv_cache:        CPU KV buffer size =    60.00 MiB
sched_reserve:        CPU compute buffer size =   257.25 MiB
""",
    ("gemma-3-270m", 16384): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     1.00 MiB
llama_kv_cache:        CPU KV buffer size =    48.00 MiB
llama_kv_cache:        CPU KV buffer size =   240.00 MiB
sched_reserve:        CPU compute buffer size =   257.88 MiB
""",
    ("qwen2.5-coder-0.5b", 1024): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.58 MiB
llama_kv_cache:        CPU KV buffer size =    12.00 MiB
sched_reserve:        CPU compute buffer size =   150.13 MiB
""",
    ("qwen2.5-coder-0.5b", 4096): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.58 MiB
llama_kv_cache:        CPU KV buffer size =    48.00 MiB
sched_reserve:        CPU compute buffer size =   150.13 MiB
""",
    ("qwen2.5-coder-0.5b", 16384): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.58 MiB
llama_kv_cache:        CPU KV buffer size =   192.00 MiB
sched_reserve:        CPU compute buffer size =   150.13 MiB
""",
    ("qwen2.5-coder-1.5b", 1024): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.58 MiB
llama_kv_cache:        CPU KV buffer size =    28.00 MiB
sched_reserve:        CPU compute buffer size =   151.38 MiB
""",
    ("qwen2.5-coder-1.5b", 4096): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.58 MiB
llama_kv_cache:        CPU KV buffer size =   112.00 MiB
sched_reserve:        CPU compute buffer size =   151.38 MiB
""",
    ("qwen2.5-coder-1.5b", 16384): """\
llama_context: constructing llama_context
llama_context:        CPU  output buffer size =     0.58 MiB
llama_kv_cache:        CPU KV buffer size =   448.00 MiB
sched_reserve:        CPU compute buffer size =   151.38 MiB
""",
}
"""By model and tokens asked for; logged for each context, with batches of 256 tokens and `swa_full`."""

HEADERS = {
    "smollm2-135m": GgufHeader(
        kind="model",
        architecture="llama",
        name="Smollm2 135M 8k Lc100K Mix1 Ep2",
        size_label="135M",
        context_length=8192,
        block_count=30,
        embedding_length=576,
        head_count=9,
        kv_heads=90,
        key_length=64,
        value_length=64,
        feed_forward_length=1536,
        sliding_window=0,
        recurrent_state=0,
        vocabulary=49152,
        parameters=134515008,
        shards=1,
        chat_template=True,
        weights=96576768,
        bytes=98362432,
        expected_bytes=98362432,
    ),
    "gemma-3-270m": GgufHeader(
        kind="model",
        architecture="gemma3",
        name="Gemma 3 270m",
        size_label="270M",
        context_length=32768,
        block_count=18,
        embedding_length=640,
        head_count=4,
        kv_heads=18,
        key_length=256,
        value_length=256,
        feed_forward_length=2048,
        sliding_window=512,
        recurrent_state=0,
        vocabulary=262144,
        parameters=268098176,
        shards=1,
        chat_template=False,
        weights=246587904,
        bytes=253113024,
        expected_bytes=253113024,
    ),
    "qwen2.5-coder-0.5b": GgufHeader(
        kind="model",
        architecture="qwen2",
        name="Qwen2.5 Coder 0.5B Instruct AWQ",
        size_label="0.5B",
        context_length=32768,
        block_count=24,
        embedding_length=896,
        head_count=14,
        kv_heads=48,
        key_length=64,
        value_length=64,
        feed_forward_length=4864,
        sliding_window=0,
        recurrent_state=0,
        vocabulary=151936,
        parameters=630167424,
        shards=1,
        chat_template=True,
        weights=485452288,
        bytes=491400064,
        expected_bytes=491400064,
    ),
    "qwen2.5-coder-1.5b": GgufHeader(
        kind="model",
        architecture="qwen2",
        name="Qwen2.5 Coder 1.5B Instruct GGUF",
        size_label="1.5B",
        context_length=32768,
        block_count=28,
        embedding_length=1536,
        head_count=12,
        kv_heads=56,
        key_length=128,
        value_length=128,
        feed_forward_length=8960,
        sliding_window=0,
        recurrent_state=0,
        vocabulary=151936,
        parameters=1777088000,
        shards=1,
        chat_template=True,
        weights=1111370240,
        bytes=1117320768,
        expected_bytes=1117320768,
    ),
}
"""As `read_header` reads them."""
