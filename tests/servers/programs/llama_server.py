"""Serves a GGUF with llama.cpp's own HTTP server on a free loopback port, says which, and ends with its input.

python llama_server.py MODEL.gguf KEY
"""

from __future__ import annotations

import sys

import xllamacpp

CONTEXT = 8192
# One with which the model calls get_weather and book_table twice each.
SEED = 8

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {"tiny"}
params.api_keys = [sys.argv[2]]
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = CONTEXT
params.n_parallel = 1
params.n_gpu_layers = 0
params.use_jinja = True
params.endpoint_slots = True
params.cpuparams.n_threads = 1
params.sampling.seed = SEED
server = xllamacpp.Server(params)
print("listening on", server.listening_address, flush=True)
sys.stdin.read()
