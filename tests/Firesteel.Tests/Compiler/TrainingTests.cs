using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Compiler = Firesteel.Compiler;

/// <summary>A captured training step gives the losses and parameters of the same step run as C# code, bit for bit.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class TrainingTests
{
    private const int Steps = 500;

    public static TheoryData<string> Optimizers => ["SGD", "SGD momentum", "SGD nesterov", "Adam", "Adam amsgrad", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop"];

    private static Optimizer Make(string name, IEnumerable<Tensor> p) => name switch
    {
        "SGD" => new SGD(p, 0.05),
        "SGD momentum" => new SGD(p, 0.02, momentum: 0.9, weightDecay: 1e-3),
        "SGD nesterov" => new SGD(p, 0.02, momentum: 0.9, nesterov: true),
        "Adam" => new Adam(p, 0.01, weightDecay: 1e-2),
        "Adam amsgrad" => new Adam(p, 0.01, amsgrad: true),
        "AdamW" => new AdamW(p, 0.01),
        "RMSprop" => new RMSprop(p, 0.01, momentum: 0.5, centered: true),
        "Adagrad" => new Adagrad(p, 0.05),
        "Adadelta" => new Adadelta(p),
        "Adamax" => new Adamax(p),
        "NAdam" => new NAdam(p),
        "RAdam" => new RAdam(p),
        "ASGD" => new ASGD(p),
        _ => new Rprop(p),
    };

    private static Sequential Model()
    {
        Rng.ManualSeed(3);
        return new Sequential(new Linear(6, 24), new Tanh(), new Dropout(0.2), new Linear(24, 24), new GELU(), new LayerNorm(24), new Linear(24, 4));
    }

    private static (Tensor X, Tensor Y)[] Batches()
    {
        Rng.ManualSeed(4);
        return [.. Enumerable.Range(0, Steps).Select(static _ => (Tensor.Randn(16, 6), Tensor.Randint(0, 4, [16])))];
    }

    private static (double[] Losses, double[] Parameters, Compiled<Tensor>? Step) Train(string name, bool captured, LrSchedule schedule = LrSchedule.None)
    {
        var batches = Batches();
        var model = Model();
        var optimizer = Make(name, model.Parameters());
        var scheduler = schedule == LrSchedule.None ? null : new CosineAnnealingLR(optimizer, 20);
        Func<Tensor, Tensor, Tensor> body = (x, y) =>
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            if (schedule == LrSchedule.Inside) scheduler!.Step();
            return loss;
        };
        var step = captured ? Compiler.Compile(body) : null;
        Rng.ManualSeed(5);
        var losses = new double[Steps];
        for (int i = 0; i < Steps; i++)
        {
            var (x, y) = batches[i];
            losses[i] = (step is null ? body(x, y) : step.Run(x, y)).Item();
            if (schedule == LrSchedule.Outside) scheduler!.Step();
        }
        return (losses, [.. model.Parameters().SelectMany(static p => p.ToArray<double>())], step);
    }

    public enum LrSchedule
    {
        None,
        Inside,
        Outside,
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void LossesAndParametersAreThoseOfEagerCode(string name)
    {
        var eager = Train(name, false);
        var captured = Train(name, true);
        Assert.Equal(eager.Losses, captured.Losses);
        Assert.Equal(eager.Parameters, captured.Parameters);
        Assert.True(captured.Step!.Replays >= Steps - 4, $"{captured.Step.Replays} replays: {captured.Step.EagerBecause}");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void FusionAndMachineCodeChangeNoBit(bool fusion, bool code)
    {
        var expected = Train("AdamW", true);
        try
        {
            (Fusion.Enabled, MapCodes.Enabled) = (fusion, code);
            var actual = Train("AdamW", true);
            Assert.Equal(expected.Losses, actual.Losses);
            Assert.Equal(expected.Parameters, actual.Parameters);
            Assert.True(actual.Step!.Replays >= Steps - 4);
        }
        finally
        {
            (Fusion.Enabled, MapCodes.Enabled) = (true, true);
        }
    }

    [Theory]
    [InlineData(LrSchedule.Inside)]
    [InlineData(LrSchedule.Outside)]
    public void SchedulersGoOnChangingTheLearningRate(LrSchedule schedule)
    {
        var eager = Train("AdamW", false, schedule);
        var captured = Train("AdamW", true, schedule);
        Assert.Equal(eager.Losses, captured.Losses);
        Assert.Equal(eager.Parameters, captured.Parameters);
        Assert.True(captured.Step!.Replays >= Steps - 4);
    }
}
