using Firesteel.Data;
using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Docs;

using Compiler = Firesteel.Compiler;

/// <summary>The code of docs/compiler.md.</summary>
public class CompilerPage
{
    [Fact]
    public void AStep() => Assert.Equal(Train(How.Plain), Train(How.Captured));

    [Fact]
    public void APartOfAStep() => Assert.Equal(Train(How.Plain), Train(How.ForwardCaptured));

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
