"""The PyTorch side of benchmarks/compare, for PyTorch 1.13 to 2.x: runs one workload and prints what was measured, a name and a value a line,
separated by a tab, as Firesteel.Workloads does. Models and data are drawn from the same seeds in the same order."""
import argparse
import gzip
import math
import os
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


def training(model, x, y, loss, optimizer, compiled):
    run = torch.compile(model) if compiled else model

    def step():
        optimizer.zero_grad()
        value = loss(run(x), y)
        value.backward()
        optimizer.step()
        return value.item()
    return step


def inferring(model, x, compiled):
    model.eval()
    run = torch.compile(model) if compiled else model

    def step():
        with torch.inference_mode():
            return run(x).max().item()
    return step


def widenet(o):
    torch.manual_seed(2021)
    m = nn.Sequential(nn.Linear(1, 512), nn.Tanh(), nn.Linear(512, 1))
    x = torch.linspace(-1, 1, 32).reshape(32, 1)
    y = torch.sin(math.pi * x) + torch.randn(32, 1) / 4
    return training(m, x, y, F.mse_loss, torch.optim.SGD(m.parameters(), lr=0.003, momentum=0.9), o.compile)


def twolayer(o):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(100, 200), nn.ReLU(), nn.Linear(200, 5))
    x, y = torch.randn(64, 100) * 1e-3, torch.randn(64, 5) * 1e-3
    return training(m, x, y, nn.MSELoss(reduction='sum'), torch.optim.Adam(m.parameters(), lr=1e-4), o.compile)


def moons(o):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
    x, y = torch.randn(256, 2), torch.randint(0, 2, (256,))
    return training(m, x, y, F.cross_entropy, torch.optim.SGD(m.parameters(), lr=1e-2), o.compile)


def logistic(o):
    torch.manual_seed(0)
    m = nn.Linear(784, 10)
    x, y = torch.rand(128, 784), torch.randint(0, 10, (128,))
    return training(m, x, y, F.cross_entropy, torch.optim.Adam(m.parameters()), o.compile)


def mlp_model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))


def mlp(o):
    m = mlp_model()
    x, y = torch.rand(128, 784), torch.randint(0, 10, (128,))
    return training(m, x, y, F.cross_entropy, torch.optim.Adam(m.parameters()), o.compile)


def mlp_infer(o):
    m = mlp_model()
    return inferring(m, torch.rand(1, 784), o.compile)


def cnn(o):
    torch.manual_seed(0)
    m = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 49, 128), nn.ReLU(), nn.Linear(128, 10))
    x, y = torch.rand(64, 1, 28, 28), torch.randint(0, 10, (64,))
    return training(m, x, y, F.cross_entropy, torch.optim.SGD(m.parameters(), lr=0.01, momentum=0.9), o.compile)


class ResNetBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.down = None
        if stride != 1 or inputs != outputs:
            self.down = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        h = F.relu(self.bn1(self.conv1(x)))
        h = self.bn2(self.conv2(h))
        return F.relu(h + (x if self.down is None else self.down(x)))


def resnet18_model():
    torch.manual_seed(0)
    layers, channels = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()], 64
    for width, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)):
        layers.append(ResNetBlock(channels, width, stride))
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def resnet18(o):
    m = resnet18_model()
    x, y = torch.rand(16, 3, 32, 32), torch.randint(0, 10, (16,))
    return training(m, x, y, F.cross_entropy, torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4), o.compile)


def resnet18_infer(o):
    m = resnet18_model()
    return inferring(m, torch.rand(1, 3, 32, 32), o.compile)


def causal_attention(q, k, v):
    if hasattr(F, 'scaled_dot_product_attention'):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    length = q.shape[-2]
    weights = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    weights = weights.masked_fill(torch.ones(length, length, dtype=torch.bool).triu(1), -math.inf)
    return F.softmax(weights, -1) @ v


class GptBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.ln2 = nn.LayerNorm(width)
        self.fc = nn.Linear(width, 4 * width)
        self.out = nn.Linear(4 * width, width)

    def next(self, x, keys, values, position):
        width = x.shape[2]
        q, k, v = (t.view(1, 1, self.heads, width // self.heads).transpose(1, 2) for t in self.qkv(self.ln1(x)).split(width, 2))
        keys[:, :, position:position + 1] = k
        values[:, :, position:position + 1] = v
        k, v = keys[:, :, :position + 1], values[:, :, :position + 1]
        if hasattr(F, 'scaled_dot_product_attention'):
            attended = F.scaled_dot_product_attention(q, k, v)
        else:
            attended = F.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), -1) @ v
        x = x + self.proj(attended.transpose(1, 2).reshape(1, 1, width))
        return x + self.out(F.gelu(self.fc(self.ln2(x))))

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (t.view(batch, length, self.heads, width // self.heads).transpose(1, 2) for t in self.qkv(self.ln1(x)).split(width, 2))
        x = x + self.proj(causal_attention(q, k, v).transpose(1, 2).reshape(batch, length, width))
        return x + self.out(F.gelu(self.fc(self.ln2(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary, length, width, layers, heads):
        super().__init__()
        self.tok = nn.Embedding(vocabulary, width)
        self.pos = nn.Embedding(length, width)
        self.blocks = nn.Sequential(*[GptBlock(width, heads) for _ in range(layers)])
        self.ln = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        h = self.tok(x) + self.pos(torch.arange(x.shape[1]))
        return self.head(self.ln(self.blocks(h))).flatten(0, 1)


def gpt(o, batch, vocabulary, length, width, layers, heads):
    torch.manual_seed(0)
    m = Gpt(vocabulary, length, width, layers, heads)
    x, y = torch.randint(0, vocabulary, (batch, length)), torch.randint(0, vocabulary, (batch * length,))
    return training(m, x, y, F.cross_entropy, torch.optim.AdamW(m.parameters(), lr=1e-3), o.compile)


def gpt_nano(o):
    return gpt(o, 12, 65, 64, 128, 4, 4)


def gpt_mini(o):
    return gpt(o, 4, 65, 256, 384, 6, 6)


def gpt_mini_generate(o):
    torch.manual_seed(0)
    length, width, layers, heads = 256, 384, 6, 6
    m = Gpt(65, length, width, layers, heads).eval()
    seen = [(torch.zeros(1, heads, length, width // heads), torch.zeros(1, heads, length, width // heads)) for _ in range(layers)]
    state = [torch.zeros(1, 1, dtype=torch.int64), 0]

    def logits_after(token, position):
        h = m.tok(token) + m.pos.weight[position:position + 1]
        for block, (keys, values) in zip(m.blocks, seen):
            h = block.next(h, keys, values, position)
        return m.head(m.ln(h))
    run = torch.compile(logits_after, dynamic=True) if o.compile else logits_after

    def step():
        with torch.inference_mode():
            token, position = state
            logits = run(token, position % length)
            state[:] = logits.argmax(-1).reshape(1, 1), position + 1
            return logits.max().item()
    return step


class LstmNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(65, 64)
        self.rnn = nn.LSTM(64, 128, 2, batch_first=True)
        self.head = nn.Linear(128, 65)

    def forward(self, x):
        return self.head(self.rnn(self.emb(x))[0]).flatten(0, 1)


def lstm(o):
    torch.manual_seed(0)
    m = LstmNet()
    x, y = torch.randint(0, 65, (32, 64)), torch.randint(0, 65, (32 * 64,))
    return training(m, x, y, F.cross_entropy, torch.optim.Adam(m.parameters()), o.compile)


class FashionMnist(torch.utils.data.Dataset):
    """What torchvision's data set and transforms do: bytes to floats in [0, 1], normalised, image by image."""
    def __init__(self, folder):
        with gzip.open(os.path.join(folder, 'train-images-idx3-ubyte.gz')) as f:
            self.images = torch.frombuffer(bytearray(f.read()[16:]), dtype=torch.uint8).reshape(-1, 28, 28)
        with gzip.open(os.path.join(folder, 'train-labels-idx1-ubyte.gz')) as f:
            self.labels = torch.frombuffer(bytearray(f.read()[8:]), dtype=torch.uint8).long()
        self.mean, self.std = torch.tensor([0.2860]).view(-1, 1, 1), torch.tensor([0.3530]).view(-1, 1, 1)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = self.images[index].unsqueeze(0).to(torch.float32).div(255)
        return image.sub_(self.mean).div_(self.std), self.labels[index]


def loader(o):
    torch.manual_seed(0)
    batches = torch.utils.data.DataLoader(FashionMnist(o.data), batch_size=64, shuffle=True, drop_last=True)

    def endless():
        while True:
            yield from batches
    stream = endless()
    return lambda: next(stream)[0][-1].abs().mean().item()


def blas():
    """The library that does the matrix products."""
    try:
        with open('/proc/self/maps') as f:
            files = {os.path.realpath(line.split()[-1]) for line in f if '/' in line and '.so' in line}
    except OSError:
        files = set()
    for known in ('openblas', 'mkl', 'blis', 'atlas', 'libblas'):
        for path in sorted(files):
            if known in os.path.basename(path):
                return 'reference ' + path if known == 'libblas' and 'openblas' not in path else path
    return 'MKL, built in' if torch.backends.mkl.is_available() else 'unknown'


def peak_mb():
    try:
        with open('/proc/self/status') as f:
            return next(float(line.split()[1]) / 1024 for line in f if line.startswith('VmHWM:'))
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1048576


def report(name, value):
    print(f'{name}\t{value}', flush=True)


def measure(step, steps, seconds, checked):
    """Steps for some seconds, of which a quarter is for warming up; the loss to compare is that of a fixed step."""
    check, done, times, start = 0.0, 1, [], time.perf_counter()
    while done < steps if steps else len(times) < 3 or done < checked or time.perf_counter() - start < seconds:
        warm = done >= 2 and (steps or time.perf_counter() - start >= seconds / 4)
        before = time.perf_counter()
        loss = step()
        if warm:
            times.append((time.perf_counter() - before) * 1e6)
        done += 1
        if done == checked:
            check = loss
    report('last_loss', check)
    if times:
        report('median_us', statistics.median(times))
        report('min_us', min(times))
    report('steps', done)


def main():
    workloads = {f.__name__: f for f in (widenet, twolayer, moons, logistic, mlp, cnn, lstm, gpt_nano, gpt_mini, resnet18, mlp_infer, resnet18_infer, gpt_mini_generate, loader)}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('workload', choices=workloads)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--seconds', type=float, default=3)
    parser.add_argument('--steps', type=int, default=0)
    parser.add_argument('--check', type=int, default=5)
    parser.add_argument('--data', default='/usr/share/datasets/fashion-mnist')
    parser.add_argument('--compile', action='store_true')
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    step = workloads[options.workload](options)
    report('first_loss', step())
    if options.steps != 1:
        measure(step, options.steps, options.seconds, options.check)
    report('peak_mb', peak_mb())
    report('torch', torch.__version__)
    report('blas', blas())


if __name__ == '__main__':
    main()
