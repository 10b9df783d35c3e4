"""Chat templates as GGUF files carry them, good and odd."""

from __future__ import annotations

from jinja2.sandbox import ImmutableSandboxedEnvironment

from tutor.llm.segments import Template

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{{ '<|im_start|>assistant\n' }}"
)
GEMMA = """{%- for m in messages -%}
{%- if m.role == 'system' -%}{{ raise_exception('System role not supported') }}{%- endif -%}
{%- if (m.role == 'user') != (loop.index0 % 2 == 0) -%}{{ raise_exception('roles must alternate') }}{%- endif -%}
{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\n' + m.content | trim + '<end_of_turn>\n' }}
{%- endfor -%}
{{ '<start_of_turn>model\n' }}"""
# The families of the catalogue, in the form that their makers document; written here, not copied from a file.
GEMMA_3 = """{{ '<bos>' }}{%- set head = messages[0].content + '\n\n' if messages[0].role == 'system' else '' -%}
{%- for m in (messages[1:] if head else messages) -%}
{%- if (m.role == 'user') != (loop.index0 % 2 == 0) -%}{{ raise_exception('roles must alternate') }}{%- endif -%}
{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\n' + (head if loop.first else '') + m.content | trim + '<end_of_turn>\n' }}
{%- endfor -%}
{{ '<start_of_turn>model\n' }}"""
LLAMA_3 = (
    "<|begin_of_text|>{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content | trim }}<|eot_id|>"
    "{% endfor %}<|start_header_id|>assistant<|end_header_id|>\n\n"
)
EXAONE_3 = (
    "{% for m in messages %}[|{{ m.role }}|]{{ m.content }}{{ '\n' if m.role == 'user' else '[|endofturn|]\n' }}{% endfor %}"
    "{{ '[|assistant|]' }}"
)
EXAONE_4 = (
    "{% for m in messages %}[|{{ m.role }}|]\n{{ m.content }}[|endofturn|]\n{% endfor %}"
    "{{ '[|assistant|]\n<think>\n\n</think>\n\n' }}"
)
QWEN_3 = CHATML + "{{ '<think>\n\n</think>\n\n' }}"
TRIMS = "{% for m in messages %}[{{ m.content | trim }}]{% endfor %}"
TWICE = "{% for m in messages %}<a>{{ m.content }}<b>{{ m.content }}{% endfor %}"
LOUD = "{% for m in messages %}{{ (m.role + ': ' + m.content) | upper }}{% endfor %}"
DROPS = "{% for m in messages if m.role == 'user' %}user: {{ m.content }}\n{% endfor %}"


def jinja(source: str) -> Template:
    """A template rendered the way the worker renders one."""

    def raise_exception(message: str) -> str:
        raise ValueError(message)

    template = ImmutableSandboxedEnvironment().from_string(source)
    return lambda messages: template.render(messages=messages, raise_exception=raise_exception)
