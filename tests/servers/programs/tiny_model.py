"""Writes a GGUF of some 100 kB whose weights are set by hand, so that llama.cpp's server has a model to run.

It knows nothing. All layers are zero, so the next byte depends on the last token alone: after the line break that
ends a prompt with tools it opens a tool call, whose arguments the server's grammar then holds to the schema; after a
call it makes another or stops, at even odds; anywhere else it writes letters, digits and quotes until it stops.

    python tiny_model.py OUT.gguf
"""

from __future__ import annotations

import sys

import gguf
import numpy as np

WIDTH, HEADS, INNER, CONTEXT = 64, 4, 64, 32768
SPECIAL = ("<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>")
START, END, OPEN, CLOSE = range(256, 256 + len(SPECIAL))
# What the last token was: the one thing the model sees. Each is an axis of the embedding.
KINDS = ANYTHING, LINE_BREAK, BRACE, CALL = range(4)
# As logits. What must be written anyway, since the grammar allows nothing else, is rare; white space never is.
ALWAYS, RARELY, NEVER = 12.0, -6.0, -12.0

# The marker of a call must hold no line break, or the server's grammar never starts. Only a prompt that offers tools
# and waits for no answer to a result ends in a line break.
TEMPLATE = r"""
{%- set line = "\n" -%}
{%- if tools -%}
<|im_start|>system{{ line }}Tools:{{ line }}
{%- for tool in tools %}{{ tool | tojson }}{{ line }}{% endfor -%}
Call one with <tool_call>{"name": NAME, "arguments": OBJECT}</tool_call><|im_end|>{{ line }}
{%- endif -%}
{%- for message in messages -%}
<|im_start|>{{ message.role }}{{ line }}
{%- if message.content is string %}{{ message.content }}{% endif -%}
{%- for call in message.tool_calls or [] -%}
<tool_call>{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}</tool_call>
{%- endfor -%}
<|im_end|>{{ line }}
{%- endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant{% if tools and messages[-1].role != "tool" %}{{ line }}{% else %}{{ " " }}{% endif %}
{%- endif -%}
"""


def vocabulary() -> list[str]:
    """The 256 bytes as GPT-2 writes them (the unprintable ones as letters beyond 255), then the special tokens."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spare = iter(range(256, 512))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)] + list(SPECIAL)


def likings() -> np.ndarray:
    """How much each token (row) is wanted after each kind of token (column)."""
    table = np.zeros((256 + len(SPECIAL), WIDTH), np.float32)
    table[:, : len(KINDS)] = NEVER
    for chars, liking in (("abcdefghijklmnopqrstuvwxyz0123456789", 0.0), ('"', 2.5), ("{}[]:,", RARELY)):
        table[[ord(char) for char in chars], : len(KINDS)] = liking
    table[END, ANYTHING] = 1.0
    table[OPEN, LINE_BREAK] = ALWAYS
    table[CLOSE, BRACE] = ALWAYS
    table[[OPEN, END], CALL] = ALWAYS
    return table


def main(path: str) -> None:
    tokens = vocabulary()
    seen = np.zeros((len(tokens), WIDTH), np.float32)
    seen[:, ANYTHING] = 1.0
    for token, axis in ((ord("\n"), LINE_BREAK), (ord("}"), BRACE), (CLOSE, CALL)):
        seen[token] = np.eye(WIDTH, dtype=np.float32)[axis]

    out = gguf.GGUFWriter(path, "llama")
    out.add_name("tiny")
    out.add_context_length(CONTEXT)
    out.add_embedding_length(WIDTH)
    out.add_block_count(1)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_vocab_size(len(tokens))
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(tokens)
    kinds = gguf.TokenType
    out.add_token_types([kinds.NORMAL] * 256 + [kinds.CONTROL] * 2 + [kinds.USER_DEFINED] * 2)
    out.add_token_merges(["a b"])
    out.add_bos_token_id(START)
    out.add_eos_token_id(END)
    out.add_chat_template(TEMPLATE)

    # The norm before the output scales a vector with a single one in it by the root of its width.
    out.add_tensor("output.weight", likings() / np.float32(WIDTH**0.5))
    out.add_tensor("token_embd.weight", seen)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        out.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        out.add_tensor(f"blk.0.{name}.weight", np.zeros((WIDTH, WIDTH), np.float32))
    for name, shape in (("gate", (INNER, WIDTH)), ("up", (INNER, WIDTH)), ("down", (WIDTH, INNER))):
        out.add_tensor(f"blk.0.ffn_{name}.weight", np.zeros(shape, np.float32))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    main(sys.argv[1])
