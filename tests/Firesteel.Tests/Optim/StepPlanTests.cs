using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Tests.Optim;

using Compiler = Firesteel.Compiler;

/// <summary>An optimizer updates all parameters that it can in one kernel, with the bits of one kernel for each.</summary>
[Collection(Ops.OpTableThreadsTests.Name)]
public class StepPlanTests
{
    public static TheoryData<string> Names => ["SGD", "SGD momentum", "SGD nesterov decay", "Adam", "Adam amsgrad", "AdamW", "Adagrad", "RMSprop", "Adadelta", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop"];

    private static Optimizer Make(string name, IEnumerable<Tensor> p) => name switch
    {
        "SGD" => new SGD(p, 0.1),
        "SGD momentum" => new SGD(p, 0.1, momentum: 0.9),
        "SGD nesterov decay" => new SGD(p, 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01),
        "Adam" => new Adam(p, 0.02, weightDecay: 0.1),
        "Adam amsgrad" => new Adam(p, 0.02, amsgrad: true, maximize: true),
        "AdamW" => new AdamW(p, 0.02),
        "Adagrad" => new Adagrad(p, initialAccumulatorValue: 0.1),
        "RMSprop" => new RMSprop(p, momentum: 0.5, centered: true),
        "Adadelta" => new Adadelta(p),
        "Adamax" => new Adamax(p),
        "NAdam" => new NAdam(p),
        "RAdam" => new RAdam(p),
        "ASGD" => new ASGD(p, t0: 2),
        _ => new Rprop(p),
    };

    /// <summary>Parameters of all kinds: one element, none, many, no dimension, other strides, parts of larger tensors, other dtypes.</summary>
    private static Parameter[] Parameters(bool narrow)
    {
        Rng.ManualSeed(11);
        List<Tensor> tensors =
        [
            Tensor.Randn(3, 5), Tensor.Randn(1), Tensor.Randn(7, 4).T, Tensor.Randn(0, 2), Tensor.Randn(300, 260), Tensor.Randn([]), Tensor.Randn(4, 9)[.., 1..8], Tensor.Randn(41), Tensor.Randn(2, 3, 4, 2).Permute(3, 1, 0, 2),
            Tensor.Randn([6, 2], dtype: DType.Float64), Tensor.Randn([5, 3], dtype: DType.Float64).T,
        ];
        if (narrow) tensors.Add(Tensor.Randn(19).To(DType.BFloat16));
        return [.. tensors.Select(static t => new Parameter(t.Detach()))];
    }

    private static void Gradients(IReadOnlyList<Tensor> parameters, int step)
    {
        Rng.ManualSeed(100 + step);
        for (int i = 0; i < parameters.Count; i++)
        {
            var p = parameters[i];
            var gradient = Tensor.Randn(p.Shape.ToArray()).To(p.DType);
            // Gradients have strides of their own.
            p.Grad = i % 3 == 2 && p.Ndim == 2 ? gradient.T.Contiguous().T : gradient;
        }
    }

    private static double[] Values(IEnumerable<Tensor> tensors) => [.. tensors.SelectMany(static t => t.To(DType.Float64).ToArray<double>())];

    private static double[] Everything(Optimizer optimizer, IReadOnlyList<Tensor> parameters) =>
        [.. Values(parameters), .. parameters.Where(optimizer.State.ContainsKey).SelectMany(p => Values(optimizer.State[p].Tensors.Select(static t => t.Value)).Concat(optimizer.State[p].Numbers.Select(static n => n.Value)).Append(optimizer.State[p].Step))];

    private static List<Kernel> KernelsOf(Action action)
    {
        var recorder = new Recorder([]);
        recorder.Record<object?>(() =>
        {
            action();
            return null;
        });
        return [.. recorder.Items.OfType<RecordedCall>().Select(static c => c.Kernel)];
    }

    private static void WithThreads(int count, Action action)
    {
        int before = Threads.Count;
        try
        {
            Threads.Count = count;
            action();
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AllParametersAtOnceGiveTheBitsOfEachAlone(string name)
    {
        foreach (int threads in (int[])[1, 3])
            WithThreads(threads, () =>
            {
                Parameter[] together = Parameters(true), alone = Parameters(true);
                var one = Make(name, together);
                Optimizer[] many = [.. alone.Select(p => Make(name, [p]))];
                for (int step = 0; step < 6; step++)
                {
                    Gradients(together, step);
                    Gradients(alone, step);
                    one.Step();
                    foreach (var optimizer in many) optimizer.Step();
                }
                Assert.Equal(alone.SelectMany((p, i) => Everything(many[i], [p])).Order(), Everything(one, together).Order());
                Assert.Equal(Values(alone), Values(together));
            });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AGroupIsOneKernelForEachPrecision(string name)
    {
        var parameters = Parameters(false);
        var optimizer = Make(name, parameters);
        for (int step = 0; step < 3; step++)
        {
            Gradients(parameters, step);
            optimizer.Step();
        }
        Gradients(parameters, 3);
        var kernels = KernelsOf(optimizer.Step);
        Assert.Equal([DType.Float32, DType.Float64], kernels.Select(static k => Assert.IsType<ForeachKernel>(k).Map.Compute));
    }

    [Fact]
    public void AStepAllocatesNothing()
    {
        Parameter[] parameters = [.. Enumerable.Range(1, 20).Select(static n => new Parameter(Tensor.Ones(n, 3)))];
        var adam = new Adam(parameters);
        foreach (var p in parameters) p.Grad = Tensor.Ones(p.Shape.ToArray());
        for (int i = 0; i < 5; i++) adam.Step();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            adam.Step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void ParametersThatComeLaterHaveTheirOwnPassUntilAllAreInStep()
    {
        Parameter[] p = [new(Tensor.Ones(3)), new(Tensor.Ones(2, 2)), new(Tensor.Ones(5))], alone = [new(Tensor.Ones(3)), new(Tensor.Ones(2, 2)), new(Tensor.Ones(5))];
        var adam = new Adam(p);
        Adam[] each = [.. alone.Select(static q => new Adam([q]))];
        void Step(int step, params int[] present)
        {
            for (int i = 0; i < 3; i++)
            {
                p[i].Grad = present.Contains(i) ? Tensor.Full(p[i].Shape.ToArray(), 0.3 + step) : null;
                alone[i].Grad = p[i].Grad;
                if (p[i].Grad is not null) each[i].Step();
            }
            adam.Step();
            for (int i = 0; i < 3; i++) Assert.Equal(alone[i].ToArray<float>(), p[i].ToArray<float>());
        }
        Step(0, 0, 1);
        Step(1, 0, 1);
        Step(2, 0, 1, 2);
        Assert.Equal([3L, 3, 1], p.Select(q => adam.State[q].Step));
        foreach (var q in p) q.Grad = Tensor.Ones(q.Shape.ToArray());
        Assert.Equal(2, KernelsOf(adam.Step).Count);
        foreach (var (q, i) in alone.Select(static (q, i) => (q, i)))
        {
            q.Grad = Tensor.Ones(q.Shape.ToArray());
            each[i].Step();
        }
        Step(4, 2);
        Step(5, 2);
        Step(6, 2);
        Step(7, 0, 1, 2);
        adam.State[p[2]].Step = adam.State[p[0]].Step;
        foreach (var q in p) q.Grad = Tensor.Ones(q.Shape.ToArray());
        Assert.Single(KernelsOf(adam.Step));
    }

    [Fact]
    public void ChangedOptionsAndStateAreNoticed()
    {
        Parameter[] p = [new(Tensor.Ones(2)), new(Tensor.Ones(3))];
        foreach (var q in p) q.Grad = Tensor.Ones(q.Shape.ToArray());
        var sgd = new SGD(p, 1, momentum: 0.5);
        sgd.Step();
        sgd.Step(); // 1 - 1 - 1.5
        Assert.Equal(-1.5, p[0].Max().Item());
        sgd.ParamGroups[0].WeightDecay = 2; // g = 1 + 2 (-1.5), b = 0.75 - 2
        sgd.Step();
        Assert.Equal(-0.25, p[1].Min().Item());
        sgd.ParamGroups[0].WeightDecay = 0;
        sgd.State[p[0]]["momentum_buffer"] = Tensor.Zeros(2);
        sgd.Step(); // b = 1, and -1.25 / 2 + 1
        Assert.Equal(-1.25, p[0].Max().Item());
        Assert.Equal(-0.625, p[1].Max().Item());
        sgd.LoadStateDict(new SGD([new Parameter(Tensor.Ones(2)), new Parameter(Tensor.Ones(3))], 0.5).StateDict());
        sgd.Step();
        Assert.Equal(-1.75, p[0].Max().Item());
    }

    [Fact]
    public void PartsOfOneBufferAreOnePassAndOverlappingOnesGoInTurn()
    {
        var flat = Tensor.Arange(10, dtype: DType.Float32);
        Parameter[] parts = [new(flat[..4].Detach()), new(flat[4..].Detach())];
        foreach (var q in parts) q.Grad = Tensor.Ones(q.Shape.ToArray());
        var sgd = new SGD(parts, 1);
        sgd.Step();
        Assert.Single(KernelsOf(sgd.Step));
        Assert.Equal([-2f, -1, 0, 1, 2, 3, 4, 5, 6, 7], flat.ToArray<float>());

        // Each adds its gradient to what those before it left.
        var shared = Tensor.Zeros(200_000);
        Parameter[] overlapping = [new(shared.Detach()), new(shared[50_000..].Detach())];
        foreach (var q in overlapping) q.Grad = Tensor.Ones(q.Shape.ToArray());
        var adding = new SGD(overlapping, 1, maximize: true);
        WithThreads(4, () =>
        {
            for (int i = 0; i < 20; i++) adding.Step();
        });
        Assert.All(shared[..50_000].ToArray<float>(), static x => Assert.Equal(20, x));
        Assert.All(shared[50_000..].ToArray<float>(), static x => Assert.Equal(40, x));
    }

    [Fact]
    public void AGradientThatIsAnotherParameterIsReadWhenItsTurnComes()
    {
        Parameter[] p = [new(Tensor.Full([100_000], 1.0)), new(Tensor.Full([100_000], 5.0))];
        p[0].Grad = Tensor.Ones(100_000);
        p[1].Grad = p[0];
        WithThreads(4, () => new SGD(p, 2).Step());
        Assert.All(p[0].ToArray<float>(), static x => Assert.Equal(-1, x));
        Assert.All(p[1].ToArray<float>(), static x => Assert.Equal(7, x));
    }

    [Fact]
    public void MoreParametersThanAKernelTakesAreSeveralPasses()
    {
        Parameter[] p = [.. Enumerable.Range(0, 1500).Select(static i => new Parameter(Tensor.Full([i % 3 + 1], (double)i)))];
        foreach (var q in p) q.Grad = Tensor.Ones(q.Shape.ToArray());
        var sgd = new SGD(p, 1, momentum: 0.9);
        Assert.Equal(2, KernelsOf(sgd.Step).Count(static k => k is ForeachKernel));
        for (int i = 0; i < p.Length; i++) Assert.Equal(i - 1, p[i].Max().Item());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CapturedStepsUpdateWhatIsLeftInOneKernel(bool code)
    {
        MapCodes.Enabled = code;
        try
        {
            Parameter[] p = Parameters(true), plain = Parameters(true);
            Optimizer captured = new Adam(p, 0.01), eager = new Adam(plain, 0.01);
            Tensor Loss(Parameter[] parameters, Tensor x)
            {
                Tensor total = Tensor.Zeros([]);
                foreach (var q in parameters)
                    if (q.NumElements > 0) total = total + (q * q * x).Sum().To(DType.Float32);
                return total;
            }
            Tensor Step(Optimizer optimizer, Parameter[] parameters, Tensor x)
            {
                optimizer.ZeroGrad();
                var loss = Loss(parameters, x);
                loss.Backward();
                optimizer.Step();
                return loss;
            }
            var step = Compiler.Compile((Tensor x) => Step(captured, p, x));
            for (int i = 0; i < 12; i++)
            {
                if (i == 7) captured.ParamGroups[0].Lr = eager.ParamGroups[0].Lr = 0.005;
                var x = Tensor.Full([], 1 + 0.1 * i);
                double a = step.Run(x).Item(), b = Step(eager, plain, x).Item();
                Assert.Equal(b, a);
            }
            Assert.True(step.Replays >= 8, step.EagerBecause ?? step.LastRecapture);
            Assert.Equal(Everything(eager, plain), Everything(captured, p));
            Assert.Contains("each map(", step.Explain(), StringComparison.Ordinal);
        }
        finally
        {
            MapCodes.Enabled = true;
        }
    }

    [Fact]
    public void GradientsThatAreForgottenBetweenCapturedStepsDoNotStopTheCount()
    {
        var p = new Parameter(Tensor.Ones(3));
        var adam = new Adam([p]);
        var step = Compiler.Compile((Tensor x) =>
        {
            adam.ZeroGrad();
            var loss = (p * x).Sum();
            loss.Backward();
            adam.Step();
            return loss;
        });
        var other = new Parameter(Tensor.Ones(3));
        var plain = new Adam([other]);
        for (int i = 0; i < 9; i++)
        {
            var x = Tensor.Full([3], i - 4.5);
            step.Run(x);
            adam.ZeroGrad();
            other.Grad = x;
            plain.Step();
        }
        Assert.True(step.Replays >= 5, step.EagerBecause ?? step.LastRecapture);
        Assert.Equal(9, adam.State[p].Step);
        Assert.Equal(other.ToArray<float>(), p.ToArray<float>());
    }

    [Fact]
    public void AStateThatFallsOutOfStepIsCapturedAnew()
    {
        Parameter[] p = [new(Tensor.Ones(3)), new(Tensor.Ones(4))], q = [new(Tensor.Ones(3)), new(Tensor.Ones(4))];
        Adam captured = new(p, 0.1), plain = new(q, 0.1);
        Tensor Step(Adam adam, Parameter[] parameters)
        {
            adam.ZeroGrad();
            var loss = (parameters[0] * parameters[0]).Sum() + (parameters[1] * parameters[1]).Sum();
            loss.Backward();
            adam.Step();
            return loss;
        }
        var step = Compiler.Compile(() => Step(captured, p));
        for (int i = 0; i < 14; i++)
        {
            if (i == 6) captured.State[p[1]].Step = plain.State[q[1]].Step = 1000;
            if (i == 10) plain.LoadStateDict(captured.StateDict());
            Assert.Equal(Step(plain, q).Item(), step.Run().Item());
        }
        Assert.Equal(q[1].ToArray<float>(), p[1].ToArray<float>());
        Assert.True(step.Replays >= 6, step.EagerBecause ?? step.LastRecapture);
    }
}
