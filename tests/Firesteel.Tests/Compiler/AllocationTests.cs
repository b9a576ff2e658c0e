using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Compiler = Firesteel.Compiler;

/// <summary>A replay allocates nothing: no managed byte on any thread, no garbage collection, no block of native memory.</summary>
[Collection(Ops.OpTableThreadsTests.Name)]
public class AllocationTests
{
    public static TheoryData<string> Models => ["mlp adam", "cnn sgd", "norm dropout adamw", "lstm", "attention"];

    [Theory]
    [MemberData(nameof(Models))]
    public void ReplaysAllocateNothing(string name)
    {
        Rng.ManualSeed(0);
        Module model = name switch
        {
            "cnn sgd" => new Sequential(new Conv2d(1, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(4 * 16, 10)),
            "norm dropout adamw" => new Sequential(new Linear(64, 300), new LayerNorm(300), new GELU(), new Dropout(0.1), new Linear(300, 10)),
            "lstm" => new Recurrent(),
            "attention" => new Attending(),
            _ => new Sequential(new Linear(64, 300), new Tanh(), new Linear(300, 10)),
        };
        Optimizer optimizer = name.Contains("adamw", StringComparison.Ordinal) ? new AdamW(model.Parameters()) : name.Contains("adam", StringComparison.Ordinal) ? new Adam(model.Parameters()) : new SGD(model.Parameters(), 0.01, momentum: 0.9);
        var step = Compiler.Compile((Tensor x, Tensor y) =>
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            return loss;
        });
        var batches = Enumerable.Range(0, 4).Select(_ => (X: name == "cnn sgd" ? Tensor.Randn(16, 1, 8, 8) : name is "lstm" or "attention" ? Tensor.Randn(8, 6, 16) : Tensor.Randn(256, 64), Y: Tensor.Randint(0, 10, [name == "cnn sgd" ? 16 : name is "lstm" or "attention" ? 8 : 256]))).ToArray();
        for (int i = 0; i < 12; i++) step.Run(batches[i % 4].X, batches[i % 4].Y);
        Assert.True(step.Replays >= 8, step.EagerBecause ?? step.LastRecapture);

        long total = long.MaxValue, own = long.MaxValue;
        long collections = 0;
        // Other threads of the test runner may allocate meanwhile, so the least of several spans counts.
        for (int attempt = 0; attempt < 100 && total != 0; attempt++)
        {
            int gen0 = GC.CollectionCount(0);
            long before = GC.GetTotalAllocatedBytes(true), ownBefore = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 4; i++) step.Run(batches[i & 3].X, batches[i & 3].Y);
            own = Math.Min(own, GC.GetAllocatedBytesForCurrentThread() - ownBefore);
            total = Math.Min(total, GC.GetTotalAllocatedBytes(true) - before);
            collections = GC.CollectionCount(0) - gen0;
        }
        Assert.Equal(0, own);
        Assert.Equal(0, total);
        Assert.Equal(0, collections);
    }

    private sealed class Recurrent : Module
    {
        private readonly LSTM _rnn = new(16, 32, batchFirst: true);
        private readonly Linear _head = new(32, 10);

        public override Tensor Forward(Tensor input) => _head.Forward(_rnn.Forward(input).Output.Select(1, -1));
    }

    private sealed class Attending : Module
    {
        private readonly Linear _qkv = new(16, 48), _head = new(16, 10);

        public override Tensor Forward(Tensor input)
        {
            var parts = _qkv.Forward(input).Chunk(3, -1);
            return _head.Forward(F.ScaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true).Mean(1));
        }
    }
}
