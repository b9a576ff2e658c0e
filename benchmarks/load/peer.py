"""Loads a checkpoint into a model of parameters of 16 MB each: milliseconds, the growth of the peak of memory in MB, the sum of the last parameter."""
import json, struct, sys, time

import numpy as np
import torch
from torch import nn


class Layers(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(torch.zeros(2048, 2048)) for _ in range(count)])


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def safetensors(path):
    file = np.memmap(path, np.uint8, "c")
    (length,) = struct.unpack("<Q", file[:8].tobytes())
    header = json.loads(file[8:8 + length].tobytes())
    header.pop("__metadata__", None)
    data = torch.from_numpy(file[8 + length:])
    return {name: data[t["data_offsets"][0]:t["data_offsets"][1]].view(torch.float32).view(t["shape"]) for name, t in header.items()}


path, count = sys.argv[1], int(sys.argv[2])
model = Layers(count)
before = peak() - count * 16
start = time.perf_counter()
model.load_state_dict(torch.load(path) if path.endswith(".pt") else safetensors(path))
elapsed = time.perf_counter() - start
print(elapsed * 1000, peak() - before, model.weights[-1].double().sum().item())
