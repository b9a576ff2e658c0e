"""The PyTorch side of benchmarks/kernels, for PyTorch 1.13 to 2.x: python peer.py THREADS wall|processor. A line of JSON prepares a case,
a number runs it for so many seconds; answers are lines too."""
import json
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit('no PyTorch')

torch.set_num_threads(int(sys.argv[1]))
clock = time.perf_counter if sys.argv[2] == 'wall' else time.thread_time
torch.set_grad_enabled(False)
torch.manual_seed(0)
work = None
print('PyTorch', torch.__version__, flush=True)


def measure(seconds):
    work()
    began = clock()
    work()
    inner = int(min(max(20e-6 / max(clock() - began, 1e-8), 1), 10000))
    samples = []
    start = time.perf_counter()
    while len(samples) < 3 or time.perf_counter() - start < seconds:
        before = clock()
        for _ in range(inner):
            work()
        samples.append((clock() - before) / inner * 1e6)
    samples.sort()
    return samples[0], samples[len(samples) // 2]


for line in sys.stdin:
    if line.startswith('{'):
        case = json.loads(line)
        names = {'torch': torch, 'F': F}
        exec(case['setup'], names)
        work = eval('lambda: ' + case['expression'], names)
        work()
        print('ready', flush=True)
    else:
        print('%r\t%r' % measure(float(line)), flush=True)
