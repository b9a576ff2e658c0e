using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Compiler = Firesteel.Compiler;

/// <summary>
/// The workloads of benchmarks/workloads in small, 500 steps each: captured, with and without machine code, they have the losses and parameters of plain code. At full size the
/// same is shown by <c>Firesteel.Workloads NAME --verify 500</c>.
/// </summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class WorkloadTests
{
    private const int Steps = 500;

    public static TheoryData<string> Names => ["widenet", "twolayer", "moons", "logistic", "mlp", "cnn", "lstm", "gpt_nano", "gpt_mini", "resnet18"];

    private sealed record Task(Module Model, Tensor X, Tensor Y, Func<Tensor, Tensor, Tensor> Loss, Optimizer Optimizer);

    private static Task Build(string name)
    {
        Rng.ManualSeed(0);
        switch (name)
        {
            case "widenet":
                var wide = new Sequential(new Linear(1, 64), new Tanh(), new Linear(64, 1));
                return new(wide, Tensor.Linspace(-1, 1, 16).Reshape(16, 1), Tensor.Randn(16, 1), static (p, t) => F.MseLoss(p, t), new SGD(wide.Parameters(), 0.003, momentum: 0.9));
            case "twolayer":
                var two = new Sequential(new Linear(20, 40), new ReLU(), new Linear(40, 5));
                return new(two, Tensor.Randn(16, 20) * 1e-3, Tensor.Randn(16, 5) * 1e-3, static (p, t) => F.MseLoss(p, t, reduction: Reduction.Sum), new Adam(two.Parameters(), 1e-4));
            case "moons":
                var moons = new Sequential(new Linear(2, 16), new ReLU(), new Linear(16, 2));
                return new(moons, Tensor.Randn(32, 2), Tensor.Randint(0, 2, [32]), static (p, t) => F.CrossEntropy(p, t), new SGD(moons.Parameters(), 1e-2));
            case "logistic":
                var logistic = new Linear(50, 10);
                return new(logistic, Tensor.Rand(16, 50), Tensor.Randint(0, 10, [16]), static (p, t) => F.CrossEntropy(p, t), new Adam(logistic.Parameters()));
            case "mlp":
                var mlp = new Sequential(new Linear(50, 32), new ReLU(), new Linear(32, 32), new ReLU(), new Linear(32, 10));
                return new(mlp, Tensor.Rand(16, 50), Tensor.Randint(0, 10, [16]), static (p, t) => F.CrossEntropy(p, t), new Adam(mlp.Parameters()));
            case "cnn":
                var cnn = new Sequential(new Conv2d(1, 3, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(3, 5, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(20, 16), new ReLU(), new Linear(16, 10));
                return new(cnn, Tensor.Rand(4, 1, 8, 8), Tensor.Randint(0, 10, [4]), static (p, t) => F.CrossEntropy(p, t), new SGD(cnn.Parameters(), 0.01, momentum: 0.9));
            case "lstm":
                var lstm = new Recurrent();
                return new(lstm, Tensor.Randint(0, 13, [3, 5]), Tensor.Randint(0, 13, [15]), static (p, t) => F.CrossEntropy(p, t), new Adam(lstm.Parameters()));
            case "gpt_nano" or "gpt_mini":
                var gpt = name == "gpt_nano" ? new Gpt(6, 8, 1, 2) : new Gpt(8, 18, 2, 3);
                long length = name == "gpt_nano" ? 6 : 8;
                return new(gpt, Tensor.Randint(0, 13, [2, length]), Tensor.Randint(0, 13, [2 * length]), static (p, t) => F.CrossEntropy(p, t), new AdamW(gpt.Parameters(), 1e-3));
            default:
                var resnet = new Sequential(new Conv2d(3, 4, 3, 1, 1, bias: false), new BatchNorm2d(4), new ReLU(), new Residual(4, 4, 1), new Residual(4, 6, 2), new AdaptiveAvgPool2d(1), new Flatten(), new Linear(6, 10));
                return new(resnet, Tensor.Rand(4, 3, 6, 6), Tensor.Randint(0, 10, [4]), static (p, t) => F.CrossEntropy(p, t), new SGD(resnet.Parameters(), 0.1, momentum: 0.9, weightDecay: 5e-4));
        }
    }

    private static (double[] Losses, double[] Parameters) Train(string name, bool captured)
    {
        var task = Build(name);
        Func<Tensor, Tensor, Tensor> body = (x, y) =>
        {
            task.Optimizer.ZeroGrad();
            var loss = task.Loss(task.Model.Forward(x), y);
            loss.Backward();
            task.Optimizer.Step();
            return loss;
        };
        var step = captured ? Compiler.Compile(body) : null;
        var losses = new double[Steps];
        for (int i = 0; i < Steps; i++) losses[i] = (step is null ? body(task.X, task.Y) : step.Run(task.X, task.Y)).Item();
        if (step is not null) Assert.True(step.Replays >= Steps - 4, step.EagerBecause ?? step.LastRecapture);
        return (losses, [.. task.Model.Parameters().SelectMany(static p => p.ToArray<double>())]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CapturedTrainingIsThatOfPlainCode(string name)
    {
        var plain = Train(name, false);
        var captured = Train(name, true);
        Assert.Equal(plain.Losses, captured.Losses);
        Assert.Equal(plain.Parameters, captured.Parameters);
        try
        {
            MapCodes.Enabled = false;
            var interpreted = Train(name, true);
            Assert.Equal(plain.Losses, interpreted.Losses);
            Assert.Equal(plain.Parameters, interpreted.Parameters);
        }
        finally
        {
            MapCodes.Enabled = true;
        }
    }

    private sealed class Recurrent : Module
    {
        private readonly Embedding _emb = new(13, 6);
        private readonly LSTM _rnn = new(6, 9, 2, batchFirst: true);
        private readonly Linear _head = new(9, 13);

        public override Tensor Forward(Tensor input) => _head.Forward(_rnn.Forward(_emb.Forward(input)).Output).Flatten(0, 1);
    }

    private sealed class Gpt : Module
    {
        private readonly Embedding _tok, _pos;
        private readonly Sequential _blocks;
        private readonly LayerNorm _ln;
        private readonly Linear _head;

        public Gpt(long length, long width, int layers, long heads)
        {
            (_tok, _pos, _ln, _head) = (new(13, width), new(length, width), new(width), new(width, 13, bias: false));
            _blocks = new([.. Enumerable.Range(0, layers).Select(_ => (Module)new Block(width, heads))]);
        }

        public override Tensor Forward(Tensor input) => _head.Forward(_ln.Forward(_blocks.Forward(_tok.Forward(input) + _pos.Forward(Tensor.Arange(input.Shape[1]))))).Flatten(0, 1);
    }

    private sealed class Block(long width, long heads) : Module
    {
        private readonly LayerNorm _ln1 = new(width), _ln2 = new(width);
        private readonly Linear _qkv = new(width, 3 * width), _proj = new(width, width), _fc = new(width, 4 * width), _out = new(4 * width, width);

        public override Tensor Forward(Tensor input)
        {
            Tensor[] qkv = [.. _qkv.Forward(_ln1.Forward(input)).Split(width, 2).Select(t => t.View(input.Shape[0], input.Shape[1], heads, width / heads).Transpose(1, 2))];
            var x = input + _proj.Forward(F.ScaledDotProductAttention(qkv[0], qkv[1], qkv[2], isCausal: true).Transpose(1, 2).Reshape(input.Shape));
            return x + _out.Forward(F.Gelu(_fc.Forward(_ln2.Forward(x))));
        }
    }

    private sealed class Residual : Module
    {
        private readonly Conv2d _conv1, _conv2;
        private readonly BatchNorm2d _bn1, _bn2;
        private readonly Sequential? _down;

        public Residual(long input, long output, long stride)
        {
            (_conv1, _bn1, _conv2, _bn2) = (new(input, output, 3, stride, 1, bias: false), new(output), new(output, output, 3, 1, 1, bias: false), new(output));
            if (stride != 1 || input != output) _down = new(new Conv2d(input, output, 1, stride, bias: false), new BatchNorm2d(output));
        }

        public override Tensor Forward(Tensor input) => F.Relu(_bn2.Forward(_conv2.Forward(F.Relu(_bn1.Forward(_conv1.Forward(input))))) + (_down?.Forward(input) ?? input));
    }
}
