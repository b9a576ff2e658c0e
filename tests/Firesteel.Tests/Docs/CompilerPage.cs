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
    public void AStep()
    {
        var (captured, plain) = (Train(capture: true), Train(capture: false));
        Assert.Equal(plain, captured);
    }

    private static double Train(bool capture)
    {
        Rng.ManualSeed(3);
        var model = new Sequential(new Linear(8, 16), new ReLU(), new Linear(16, 4));
        var optimizer = new Adam(model.Parameters());
        var loader = new DataLoader(new TensorDataset(Tensor.Randn(64, 8), Tensor.Randint(0, 4, [64])), batchSize: 8, shuffle: true);
        double total = 0;
        if (capture)
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
