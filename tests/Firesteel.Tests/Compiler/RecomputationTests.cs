using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Compiler = Firesteel.Compiler;

/// <summary>Values that are computed again for backward: the same bits in less memory.</summary>
[Collection(Ops.OpTableThreadsTests.Name)]
public class RecomputationTests
{
    private sealed class Block : Module
    {
        private readonly Conv2d _conv1 = new(8, 8, 3, padding: 1, bias: false), _conv2 = new(8, 8, 3, padding: 1, bias: false);
        private readonly BatchNorm2d _bn1 = new(8), _bn2 = new(8);

        public override Tensor Forward(Tensor input)
        {
            var y = _bn1.Forward(_conv1.Forward(input)).Relu();
            return (_bn2.Forward(_conv2.Forward(y)) + input).Relu();
        }
    }

    private sealed class Feed : Module
    {
        private readonly LayerNorm _norm = new(64);
        private readonly Linear _in = new(64, 256), _out = new(256, 64);

        public override Tensor Forward(Tensor input) => input + _out.Forward(F.Gelu(_in.Forward(_norm.Forward(input))));
    }

    private static (double[] Losses, double[] Parameters, string Report) Train(string name, int steps, bool captured)
    {
        Rng.ManualSeed(2);
        bool image = name == "blocks";
        Module model = image
            ? new Sequential(new Conv2d(3, 8, 3, padding: 1), new BatchNorm2d(8), new ReLU(), new Block(), new Block(), new Flatten(), new Linear(8 * 256, 10))
            : new Sequential(new Linear(20, 64), new Feed(), new Dropout(0.1), new Feed(), new Feed(), new LayerNorm(64), new Linear(64, 10));
        Optimizer optimizer = image ? new SGD(model.Parameters(), 0.01, momentum: 0.9, weightDecay: 1e-4) : new AdamW(model.Parameters(), 1e-3);
        Func<Tensor, Tensor, Tensor> body = (x, y) =>
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            return loss;
        };
        var step = Compiler.Compile(body);
        var losses = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            Tensor x = image ? Tensor.Randn(16, 3, 16, 16) : Tensor.Randn(300, 20), y = Tensor.Randint(0, 10, [image ? 16 : 300]);
            losses[i] = (captured ? step.Run(x, y) : body(x, y)).Item();
        }
        Assert.True(!captured || step.Replays >= steps - 4, step.LastRecapture);
        return (losses, [.. model.Parameters().SelectMany(static p => p.ToArray<double>()), .. model.Buffers().SelectMany(static b => b.ToArray<double>())], step.Explain());
    }

    [Theory]
    [InlineData("blocks", 60)]
    [InlineData("feeds", 500)]
    public void TrainingHasTheSameBitsInLessMemory(string name, int steps)
    {
        var eager = Train(name, steps, false);
        string stored = Train(name, 4, true).Report;
        long cache = Fusion.CacheBytes;
        try
        {
            Fusion.CacheBytes = 0;
            var again = Train(name, steps, true);
            Assert.Equal(eager.Losses, again.Losses);
            Assert.Equal(eager.Parameters, again.Parameters);
            Assert.Contains(name == "blocks" ? "again: map(sub, mul, mul, add" : "again: map(gelu)", again.Report, StringComparison.Ordinal);
            Assert.Contains("computed again for backward", again.Report, StringComparison.Ordinal);
            Assert.True(ArenaOf(again.Report) < 0.85 * ArenaOf(stored), $"{again.Report}\n{stored}");
        }
        finally
        {
            Fusion.CacheBytes = cache;
        }
    }

    [Fact]
    public void WhatIsOverwrittenMeanwhileIsNotComputedFromWhatItBecame()
    {
        Tensor[] Body(Tensor a)
        {
            Tensor x = a + 1, y = x.Exp();
            var early = y.Sum();
            // Much memory, so that this is the peak.
            var wide = Tensor.Stack([x, x * 2, x * 3, x * 4], 0).Sort(0).Values;
            x.MulInPlace(2);
            return [early, wide.Sum(), y.Cumsum(0), x.Cumsum(0)];
        }
        long cache = Fusion.CacheBytes;
        try
        {
            Fusion.CacheBytes = 0;
            var step = Compiler.Compile((Tensor a) => Body(a));
            for (int i = 0; i < 4; i++)
            {
                var a = Tensor.Randn(30_000);
                Tensor[] expected = Body(a), actual = step.Run(a);
                for (int k = 0; k < 4; k++) Assert.Equal(expected[k].ToArray<float>(), actual[k].ToArray<float>());
            }
            Assert.True(step.Replays > 0);
        }
        finally
        {
            Fusion.CacheBytes = cache;
        }
    }

    private static long ArenaOf(string report)
    {
        string[] words = report[report.IndexOf("arena ", StringComparison.Ordinal)..].Split(' ');
        return long.Parse(words[1]) * (words[2] == "MB" ? 1 << 20 : words[2] == "KB" ? 1 << 10 : 1);
    }
}
