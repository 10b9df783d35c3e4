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
