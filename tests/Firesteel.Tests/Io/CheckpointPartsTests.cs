using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using Firesteel.Tests.Conformance;

namespace Firesteel.Tests;

/// <summary>Every class that has a state, through a file.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class CheckpointPartsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("checkpoint");

    private static Sequential Net(long seed)
    {
        Rng.ManualSeed(seed);
        return new Sequential(new Linear(3, 4), new BatchNorm1d(4), new Tanh(), new Linear(4, 1));
    }

    private static Tensor Loss(Module model, int step) => model.Forward(Tensor.Rand([5, 3], generator: new Generator().ManualSeed(step))).Square().Mean();

    private static readonly Dictionary<string, Func<IEnumerable<Tensor>, Optimizer>> s_optimizers = new()
    {
        ["SGD"] = static p => new SGD(p, 0.1),
        ["SGD with momentum"] = static p => new SGD(p, 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.01),
        ["Adam"] = static p => new Adam(p, amsgrad: true, betas: (0.8, 0.95)),
        ["AdamW"] = static p => new AdamW(p, maximize: true),
        ["Adagrad"] = static p => new Adagrad(p, initialAccumulatorValue: 0.1, lrDecay: 0.1),
        ["RMSprop"] = static p => new RMSprop(p, momentum: 0.5, centered: true),
        ["Adadelta"] = static p => new Adadelta(p),
        ["Adamax"] = static p => new Adamax(p),
        ["NAdam"] = static p => new NAdam(p, momentumDecay: 0.1),
        ["RAdam"] = static p => new RAdam(p),
        ["ASGD"] = static p => new ASGD(p, t0: 2),
        ["Rprop"] = static p => new Rprop(p),
        ["LBFGS"] = static p => new LBFGS(p, maxIter: 3, historySize: 3),
        ["LBFGS with line search"] = static p => new LBFGS(p, maxIter: 3, lineSearchFn: "strong_wolfe"),
    };

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void OptimizersGoOn(string name)
    {
        static void Train(Module model, Optimizer optimizer, int from, int to)
        {
            for (int step = from; step < to; step++)
                optimizer.Step(() =>
                {
                    optimizer.ZeroGrad();
                    var loss = Loss(model, step);
                    loss.Backward();
                    return loss;
                });
        }
        var model = Net(1);
        var optimizer = s_optimizers[name](model.Parameters());
        for (int at = 0; at < 8; at++)
        {
            Checkpoint.Save(Path, model, optimizer);
            var other = Net(2);
            var resumed = s_optimizers[name](other.Parameters());
            Train(other, resumed, 100, 102); // what it remembers of these has to go
            Checkpoint.Resume(Path, other, resumed);
            Assert.Equal(Training.Bits(model, optimizer), Training.Bits(other, resumed));
            Train(model, optimizer, at, at + 1);
            Train(other, resumed, at, at + 1);
            Assert.Equal(Training.Bits(model, optimizer), Training.Bits(other, resumed));
        }
    }

    private static readonly Dictionary<string, Func<Optimizer, IStateful>> s_schedulers = new()
    {
        ["LambdaLR"] = static o => new LambdaLR(o, static epoch => 1.0 / (epoch + 1)),
        ["MultiplicativeLR"] = static o => new MultiplicativeLR(o, static epoch => 0.9),
        ["StepLR"] = static o => new StepLR(o, 2),
        ["MultiStepLR"] = static o => new MultiStepLR(o, [2, 5, 5], gamma: 0.3),
        ["ConstantLR"] = static o => new ConstantLR(o, 0.3, totalIters: 3),
        ["LinearLR"] = static o => new LinearLR(o, startFactor: 0.25, endFactor: 0.8, totalIters: 4),
        ["ExponentialLR"] = static o => new ExponentialLR(o, 0.8),
        ["PolynomialLR"] = static o => new PolynomialLR(o, totalIters: 6, power: 1.5),
        ["CosineAnnealingLR"] = static o => new CosineAnnealingLR(o, tMax: 3, etaMin: 0.02),
        ["CosineAnnealingWarmRestarts"] = static o => new CosineAnnealingWarmRestarts(o, t0: 2, tMult: 2, etaMin: 0.01),
        ["CyclicLR"] = static o => new CyclicLR(o, 0.01, 0.2, stepSizeUp: 3, mode: "triangular2"),
        ["CyclicLR exp_range"] = static o => new CyclicLR(o, 0.01, 0.2, stepSizeUp: 3, mode: "exp_range", gamma: 0.9, cycleMomentum: false),
        ["OneCycleLR"] = static o => new OneCycleLR(o, 0.5, epochs: 3, stepsPerEpoch: 4),
        ["OneCycleLR of three phases"] = static o => new OneCycleLR(o, 0.5, totalSteps: 12, threePhase: true, annealStrategy: "linear"),
        ["SequentialLR"] = static o => new SequentialLR(o, [new LinearLR(o, 0.5, totalIters: 2), new StepLR(o, 2), new CosineAnnealingLR(o, 4)], [2, 5]),
        ["SequentialLR with restarts"] = static o => new SequentialLR(o, [new ExponentialLR(o, 0.5), new CosineAnnealingWarmRestarts(o, 2)], [3]),
        ["ChainedScheduler"] = static o => new ChainedScheduler(new ConstantLR(o, 0.1, totalIters: 2), new ExponentialLR(o, 0.9), new CosineAnnealingWarmRestarts(o, 3)),
        ["ReduceLROnPlateau"] = static o => new ReduceLROnPlateau(o, patience: 1, factor: 0.5, cooldown: 1),
        ["ReduceLROnPlateau max"] = static o => new ReduceLROnPlateau(o, mode: "max", patience: 0, thresholdMode: "abs"),
    };

    public static TheoryData<string> Schedulers => [.. s_schedulers.Keys];

    [Fact]
    public void EverySchedulerIsTested()
    {
        var classes = typeof(LRScheduler).Assembly.GetExportedTypes().Where(static t => t is { IsAbstract: false, Namespace: "Firesteel.Optim" } && (t.IsSubclassOf(typeof(LRScheduler)) || t == typeof(ReduceLROnPlateau)));
        Assert.Empty(classes.Select(static t => t.Name).Except(s_schedulers.Keys));
        var optimizers = typeof(Optimizer).Assembly.GetExportedTypes().Where(static t => !t.IsAbstract && t.IsSubclassOf(typeof(Optimizer)));
        Assert.Empty(optimizers.Select(static t => t.Name).Except(s_optimizers.Keys));
    }

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void SchedulersGoOn(string name)
    {
        static SGD Sgd()
        {
            Rng.ManualSeed(3);
            return new SGD([new ParameterGroup(new Linear(2, 2).Parameters()), new ParameterGroup(new Linear(1, 1).Parameters()) { Lr = 0.3 }], lr: 0.1, momentum: 0.9);
        }
        static void Step(IStateful scheduler, int step)
        {
            if (scheduler is LRScheduler schedule) schedule.Step();
            else ((ReduceLROnPlateau)scheduler).Step(1.0 / (1 + step / 4));
        }
        var optimizer = Sgd();
        var scheduler = s_schedulers[name](optimizer);
        for (int at = 0; at < 11; at++)
        {
            Checkpoint.Save(Path, optimizer: optimizer, scheduler: scheduler);
            var other = Sgd();
            var resumed = s_schedulers[name](other);
            Step(resumed, 0);
            Checkpoint.Resume(Path, optimizer: other, scheduler: resumed);
            Assert.Equal(Training.Bits(optimizer: optimizer, scheduler: scheduler), Training.Bits(optimizer: other, scheduler: resumed));
            Step(scheduler, at);
            Step(resumed, at);
            Assert.Equal(Training.Bits(optimizer: optimizer, scheduler: scheduler), Training.Bits(optimizer: other, scheduler: resumed));
            Assert.Equal(optimizer.ParamGroups.Select(static g => (g.Lr, g.Momentum)), other.ParamGroups.Select(static g => (g.Lr, g.Momentum)));
        }
    }

    [Fact]
    public void GeneratorsGoOnWithTheNormalNumberThatWasDrawnAhead()
    {
        var generator = new Generator().ManualSeed(1);
        var numpy = new NumpyRandomState(1);
        string Draw(Generator g, NumpyRandomState n) =>
            $"{Tensor.Randn([3], generator: g).ToArray<float>()[0]:R} {n.StandardNormal():R} {n.Randint(0, 1000)} {Tensor.Randn([3]).ToArray<float>()[2]:R} {Tensor.Rand([700], generator: g).ToArray<float>()[699]:R}";
        Draw(generator, numpy);
        for (int i = 0; i < 5; i++)
        {
            Checkpoint.Save(Path, parts: new() { ["generator"] = generator, ["numpy"] = numpy });
            string expected = Draw(generator, numpy);
            var (other, otherNumpy) = (new Generator(), new NumpyRandomState(7));
            Rng.ManualSeed(i);
            Checkpoint.Resume(Path, parts: new() { ["generator"] = other, ["numpy"] = otherNumpy });
            Assert.Equal(expected, Draw(other, otherNumpy));
        }
    }

    [Fact]
    public void BuffersModesAndDtypesGoOn()
    {
        var model = Net(1);
        Loss(model, 1);
        ((BatchNorm1d)model[1]).Eval();
        Checkpoint.Save(Path, model);
        var other = Net(2);
        other[2].Eval();
        Checkpoint.Resume(Path, other);
        Assert.Equal(1, ((BatchNorm1d)other[1]).NumBatchesTracked!.Item());
        Assert.Equal([true, true, false, true, true], other.Modules().Select(static m => m.Training));
        Assert.Equal(Training.Bits(model), Training.Bits(other));
        Assert.Equal(["model.0.weight", "model.0.bias", "model.1.weight", "model.1.bias", "model.1.running_mean", "model.1.running_var", "model.1.num_batches_tracked", "model.3.weight", "model.3.bias"],
            Safetensors.Load(Path).Keys.Where(static k => k.StartsWith("model.", StringComparison.Ordinal)));

        foreach (var dtype in new[] { DType.Float64, DType.Float16, DType.BFloat16 })
        {
            var converted = new Linear(2, 3, dtype: dtype);
            Checkpoint.Save(Path, converted);
            var back = new Linear(2, 3, dtype: dtype);
            Checkpoint.Resume(Path, back);
            Assert.Equal(Training.Bits(converted), Training.Bits(back));
        }
    }

    private sealed class Counter(int value) : IStateful
    {
        public int Value { get; set; } = value;

        public Dictionary<string, object> StateDict() => new() { ["value"] = Value };

        public void LoadStateDict(IReadOnlyDictionary<string, object> stateDict) => Value = Convert.ToInt32(stateDict["value"], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void SeveralModelsOptimizersAndClassesOfTheCaller()
    {
        static (Sequential G, Sequential D, Adam Og, SGD Od, Counter C) Make(int seed)
        {
            var (g, d) = (Net(seed), Net(seed + 1));
            return (g, d, new Adam(g.Parameters()), new SGD(d.Parameters(), 0.1), new Counter(seed));
        }
        static Dictionary<string, IStateful> Parts((Sequential G, Sequential D, Adam Og, SGD Od, Counter C) t) => new() { ["discriminator"] = t.D, ["discriminator's optimizer"] = t.Od, ["counter"] = t.C };
        var one = Make(5);
        Checkpoint.Save(Path, one.G, one.Og, parts: Parts(one));
        var two = Make(9);
        Checkpoint.Resume(Path, two.G, two.Og, parts: Parts(two));
        Assert.Equal(5, two.C.Value);
        Assert.Equal(Training.Bits(one.G, one.Og, parts: Parts(one)), Training.Bits(two.G, two.Og, parts: Parts(two)));
    }

    [Fact]
    public void ValuesComeBack()
    {
        var best = Tensor.Rand(3, 2);
        Checkpoint.Save(Path, values: new() { ["epoch"] = 3, ["accuracy"] = 0.5f, ["name"] = "größte", ["done"] = true, ["losses"] = new List<double> { 1, double.NaN }, ["best"] = best, ["config"] = new Dictionary<string, object> { ["lr"] = 1e-3 } });
        var values = Checkpoint.Resume(Path);
        File.Delete(Path);
        Assert.Equal((3, 3L, 3.0, (byte)3), (values.Get<int>("epoch"), values.Get<long>("epoch"), values.Get<double>("epoch"), values.Get<byte>("epoch")));
        Assert.Equal((0.5, 0.5f, "größte", true), (values.Get<double>("accuracy"), values.Get<float>("accuracy"), values.Get<string>("name"), values.Get<bool>("done")));
        Assert.Equal([1.0, double.NaN], values.Get<List<object>>("losses"));
        Assert.Equal(best.ToArray<float>(), values.Get<Tensor>("best").ToArray<float>());
        Assert.Equal(1e-3, values.Get<Dictionary<string, object>>("config")["lr"]);
        Assert.Equal(7, values.Get("absent", 7));
        Assert.Equal(Path, values.Path);
        Assert.Contains("there is no value 'epohc'; there are epoch, accuracy", Assert.Throws<KeyNotFoundException>(() => values["epohc"]).Message);
        Assert.Contains("'accuracy' is 0.5, which is no Int32", Assert.Throws<InvalidCastException>(() => values.Get<int>("accuracy")).Message);
        Assert.Contains("'name' is a String, not a Int32", Assert.Throws<InvalidCastException>(() => values.Get<int>("name")).Message);
        Assert.Throws<InvalidCastException>(() => values.Get<bool>("epoch"));
        Checkpoint.Save(Path, values: new() { ["big"] = 300 });
        Assert.Throws<InvalidCastException>(() => Checkpoint.Resume(Path).Get<byte>("big"));
    }

    [Fact]
    public void SavingChangesNothing()
    {
        var model = Net(1);
        var optimizer = new Adam(model.Parameters());
        string before = Training.Bits(model, optimizer);
        Checkpoint.Save(Path, model, optimizer);
        Assert.Equal(before, Training.Bits(model, optimizer));
    }
}
