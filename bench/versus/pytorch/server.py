"""Trains in PyTorch on request: one JSON object a line in, one out.

{"open": {"config", "options", "weights": FILE}}                   a model with these weights: {"parameters"}
{"train": {"batches": FILE, "steps", "fed"}}   steps on the batches of the file, over and over; with `fed` on its noise:
                                               {"losses", "wall", "cpu"}, milliseconds of each step
{"forward": {"batches": FILE, "steps"}}        predictions alone: {"wall", "cpu"}
{"about": {}}                                  {"torch", "blas", "threads"}

Both kinds of files are safetensors. Batches: `clean` and `noise` [K, B, T, F], `timesteps` and `condition` (classes) [K, B], and, where
motions differ in length, `lengths` [K, B].
"""
import json
import os
import sys
import time

import torch
from model import Trainer, read_safetensors

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
files = {}
trainer = None


def batches(path):
    if path not in files:
        files.clear()
        files[path] = read_safetensors(path)
    return files[path]


def timed(steps, work):
    values, wall, cpu = [], [], []
    for index in range(steps):
        begun, spent = time.perf_counter(), time.process_time()
        values.append(work(index))
        wall.append(1e3 * (time.perf_counter() - begun))
        cpu.append(1e3 * (time.process_time() - spent))
    return values, {"wall": wall, "cpu": cpu}


def about():
    torch.randn(64, 64) @ torch.randn(64, 64)  # loads what it multiplies with
    with open("/proc/self/maps", encoding="utf8") as maps:
        libraries = {line.split("/")[-1].strip() for line in maps if "blas" in line}
    return {"torch": torch.__version__, "blas": sorted(libraries), "threads": torch.get_num_threads()}


def item(data, index, *names):
    return [data[name][index % len(data["clean"])] if name in data else None for name in names]


def answer(request):
    global trainer
    ((kind, given),) = request.items()
    if kind == "about":
        return about()
    if kind == "open":
        trainer = Trainer(given["config"], read_safetensors(given["weights"]), given["options"])
        return {"parameters": sum(p.numel() for p in trainer.parameters)}
    data, steps = batches(given["batches"]), given["steps"]
    if kind == "train":

        def step(index):
            clean, noise, *rest = item(data, index, "clean", "noise", "timesteps", "condition", "lengths")
            return trainer.step(clean, noise if given.get("fed") else None, *rest)

        losses, times = timed(steps, step)
        return {"losses": losses, **times}
    if kind == "forward":
        _, times = timed(
            steps, lambda index: trainer.forward(*item(data, index, "clean", "timesteps", "condition", "lengths"))
        )
        return times
    raise ValueError(f"Expected open, train, forward or about but received {kind}")


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # the caller tells what is wrong
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
