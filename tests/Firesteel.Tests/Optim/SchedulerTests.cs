using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Tests.Optim;

/// <summary>Learning rates of PyTorch 1.13 for the schedulers that the recorded cases do not cover.</summary>
public class SchedulerTests
{
    private static SGD Sgd() => new([new Parameter(Tensor.Zeros(1))], lr: 0.1, momentum: 0.9);

    public static TheoryData<Func<Optimizer, LRScheduler>, double[]> Schedules => new()
    {
        { o => new LambdaLR(o, epoch => 1.0 / (epoch + 1)), [0.1, 0.05, 0.03333333333333333, 0.025, 0.020000000000000004, 0.016666666666666666, 0.014285714285714285, 0.0125, 0.011111111111111112] },
        { o => new MultiplicativeLR(o, epoch => 0.9), [0.1, 0.09000000000000001, 0.08100000000000002, 0.07290000000000002, 0.06561000000000002, 0.05904900000000002, 0.05314410000000002, 0.04782969000000002, 0.043046721000000024] },
        { o => new MultiStepLR(o, [2, 5, 5], gamma: 0.3), [0.1, 0.1, 0.03, 0.03, 0.03, 0.0026999999999999997, 0.0026999999999999997, 0.0026999999999999997, 0.0026999999999999997] },
        { o => new LinearLR(o, startFactor: 0.25, endFactor: 0.8, totalIters: 4), [0.025, 0.03875000000000001, 0.05250000000000001, 0.06625000000000002, 0.08000000000000002, 0.08000000000000002, 0.08000000000000002, 0.08000000000000002, 0.08000000000000002] },
        { o => new PolynomialLR(o, totalIters: 6, power: 1.5), [0.1, 0.07607257743127309, 0.05443310539518176, 0.03535533905932738, 0.019245008972987532, 0.006804138174397715, 0.0, 0.0, 0.0] },
        { o => new CosineAnnealingLR(o, tMax: 3, etaMin: 0.02), [0.1, 0.08, 0.04000000000000001, 0.02, 0.039999999999999994, 0.08000000000000003, 0.10000000000000003, 0.08000000000000004, 0.040000000000000036] },
        { o => new CosineAnnealingWarmRestarts(o, t0: 2, tMult: 2, etaMin: 0.01), [0.1, 0.05500000000000001, 0.1, 0.08681980515339464, 0.05500000000000001, 0.023180194846605363, 0.1, 0.0965745789630079, 0.08681980515339464] },
        { o => new CyclicLR(o, 0.01, 0.2, stepSizeUp: 3, mode: "triangular2"), [0.01, 0.07333333333333336, 0.13666666666666666, 0.2, 0.13666666666666674, 0.07333333333333328, 0.01, 0.04166666666666673, 0.07333333333333328] },
        { o => new OneCycleLR(o, 0.5, epochs: 3, stepsPerEpoch: 3), [0.020000000000000018, 0.32567911761729995, 0.49720771772545586, 0.44928332967322343, 0.3528223644955498, 0.23131855133348753, 0.11436497657982403, 0.030446484879016203, 2e-06] },
        { o => new SequentialLR(o, [new ConstantLR(o, 0.1, totalIters: 2), new ExponentialLR(o, 0.9)], [3]), [0.010000000000000002, 0.010000000000000002, 0.10000000000000002, 0.1, 0.09000000000000001, 0.08100000000000002, 0.07290000000000002, 0.06561000000000002, 0.05904900000000002] },
        { o => new SequentialLR(o, [new LinearLR(o, 0.5, totalIters: 2), new StepLR(o, 2), new CosineAnnealingLR(o, 4)], [2, 5]), [0.05, 0.07500000000000001, 0.1, 0.1, 0.010000000000000002, 0.1, 0.08535533905932738, 0.05, 0.014644660940672627] },
        { o => new ChainedScheduler(new ConstantLR(o, 0.1, totalIters: 2), new ExponentialLR(o, 0.9)), [0.010000000000000002, 0.009000000000000003, 0.08100000000000003, 0.07290000000000003, 0.06561000000000003, 0.059049000000000025, 0.05314410000000002, 0.04782969000000002, 0.043046721000000024] },
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void LearningRatesAreThoseOfPyTorch(Func<Optimizer, LRScheduler> make, double[] expected)
    {
        var optimizer = Sgd();
        var scheduler = make(optimizer);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], optimizer.ParamGroups[0].Lr, 1e-15);
            Assert.Equal(optimizer.ParamGroups[0].Lr, scheduler.GetLastLr()[0]);
            if (i < expected.Length - 1) scheduler.Step();
        }
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void AScheduleGoesOnFromItsState(Func<Optimizer, LRScheduler> make, double[] expected)
    {
        var optimizer = Sgd();
        var scheduler = make(optimizer);
        for (int i = 0; i < 4; i++) scheduler.Step();
        var other = Sgd();
        var resumed = make(other);
        resumed.LoadStateDict(scheduler.StateDict());
        other.LoadStateDict(optimizer.StateDict());
        for (int i = 4; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], other.ParamGroups[0].Lr, 1e-15);
            if (i < expected.Length - 1) resumed.Step();
        }
    }

    [Fact]
    public void ReduceOnPlateau()
    {
        var optimizer = Sgd();
        var scheduler = new ReduceLROnPlateau(optimizer, patience: 1, factor: 0.5, cooldown: 1, minLr: 0.02);
        double[] measures = [1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.49999, 0.4, 0.4, 0.4, 0.4, .4, .4];
        double[] expected = [0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.025, 0.02, 0.02, 0.02, 0.02];
        for (int i = 0; i < measures.Length; i++)
        {
            scheduler.Step(Tensor.From(measures[i]));
            Assert.Equal(expected[i], optimizer.ParamGroups[0].Lr);
        }
        optimizer = Sgd();
        scheduler = new ReduceLROnPlateau(optimizer, mode: "max", patience: 0, threshold: 0.1, thresholdMode: "abs");
        measures = [1, 1.05, 1.2, 1.25, 1.4];
        expected = [0.1, 0.010000000000000002, 0.010000000000000002, 0.0010000000000000002, 0.0010000000000000002];
        for (int i = 0; i < measures.Length; i++)
        {
            scheduler.Step(measures[i]);
            Assert.Equal(expected[i], optimizer.ParamGroups[0].Lr);
        }
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        var optimizer = Sgd();
        Assert.Throws<KeyNotFoundException>(() => new StepLR(optimizer, 2, lastEpoch: 3));
        Assert.Throws<ArgumentException>(() => new StepLR(optimizer, 0));
        Assert.Throws<ArgumentException>(() => new LinearLR(optimizer, startFactor: 2));
        Assert.Throws<ArgumentException>(() => new CosineAnnealingWarmRestarts(optimizer, 0));
        Assert.Throws<ArgumentException>(() => new ReduceLROnPlateau(optimizer, mode: "best"));
        Assert.Throws<ArgumentException>(() => new SequentialLR(optimizer, [new StepLR(optimizer, 1)], [1]));
        Assert.Throws<ArgumentException>(() => new SequentialLR(optimizer, [new StepLR(Sgd(), 1)], []));
        Assert.Throws<ArgumentException>(() => new ChainedScheduler());
        var once = new OneCycleLR(Sgd(), 0.1, totalSteps: 2);
        once.Step();
        once.Step();
        Assert.Throws<InvalidOperationException>(once.Step);
    }
}
