using Firesteel.Data;
using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Docs;

using Autograd = Firesteel.Autograd;
using Compiler = Firesteel.Compiler;

/// <summary>The code of docs/compiler.md.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class CompilerPage
{
    [Fact]
    public void AStep() => Assert.Equal(Train(How.Plain), Train(How.Captured));

    [Fact]
    public void APartOfAStep() => Assert.Equal(Train(How.Plain), Train(How.ForwardCaptured));

    [Fact]
    public void Generation()
    {
        Rng.ManualSeed(4);
        const long length = 12, width = 8;
        Embedding embedding = new(7, width), positions = new(length, width);
        Linear toKey = new(width, width), toValue = new(width, width), head = new(width, 7);
        Tensor token = Tensor.Zeros([1, 1], DType.Int64), place = Tensor.Zeros([1], DType.Int64);
        Tensor keys = Tensor.Zeros(1, length, width), values = Tensor.Zeros(1, length, width);
        var text = new List<long>();
        var next = Compiler.Compile(() =>
        {
            using var _ = Autograd.NoGrad();
            var h = embedding.Forward(token) + positions.Forward(place);
            var written = Tensor.Arange(length) <= place; // what comes later is not there yet
            keys.IndexCopyInPlace(1, place, toKey.Forward(h));
            values.IndexCopyInPlace(1, place, toValue.Forward(h));
            var logits = head.Forward(F.ScaledDotProductAttention(h, keys, values, written));
            token.CopyInPlace(logits.Argmax(-1));
            place.AddInPlace(1);
            return token;
        });
        for (int i = 0; i < length; i++) text.Add(next.Run().Item<long>());
        Assert.Equal(length - 2, next.Replays);

        // The same with slices that grow, and no cache.
        using var _ = Autograd.NoGrad();
        var so = Tensor.From([0L, .. text]).Unsqueeze(0)[.., ..(int)length];
        var all = embedding.Forward(so) + positions.Forward(Tensor.Arange(length));
        var expected = head.Forward(F.ScaledDotProductAttention(all, toKey.Forward(all), toValue.Forward(all), isCausal: true)).Argmax(-1);
        Assert.Equal(expected.ToArray<long>(), text);
    }

    private enum How
    {
        Plain,
        Captured,
        ForwardCaptured,
    }

    private static double Train(How how)
    {
        Rng.ManualSeed(3);
        var model = new Sequential(new Linear(8, 16), new ReLU(), new Linear(16, 4));
        var optimizer = new Adam(model.Parameters());
        var loader = new DataLoader(new TensorDataset(Tensor.Randn(64, 8), Tensor.Randint(0, 4, [64])), batchSize: 8, shuffle: true);
        double total = 0;
        if (how == How.Captured)
        {
            var step = Compiler.Compile((Tensor x, Tensor y) =>
            {
                optimizer.ZeroGrad();
                var loss = F.CrossEntropy(model.Forward(x), y);
                loss.Backward();
                optimizer.Step();
                return loss;
            });
            foreach (var batch in loader) total += step.Run(batch[0], batch[1]).Item();
            Assert.NotEqual(0, step.Replays);
        }
        else if (how == How.ForwardCaptured)
        {
            var forward = Compiler.Compile(model);
            foreach (var (x, y) in loader)
            {
                optimizer.ZeroGrad();
                var loss = F.CrossEntropy(forward.Run(x), y);
                loss.Backward();
                optimizer.Step();
                total += loss.Item();
            }
            Assert.NotEqual(0, forward.Replays);
        }
        else
        {
            foreach (var (x, y) in loader)
            {
                optimizer.ZeroGrad();
                var loss = F.CrossEntropy(model.Forward(x), y);
                loss.Backward();
                optimizer.Step();
                total += loss.Item();
            }
        }
        return total;
    }
}
