using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Autograd = Firesteel.Autograd;
using Compiler = Firesteel.Compiler;

/// <summary>What could make a captured function go on with stale numbers: each is either right, as eager code is, or refused with a message.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class TrapTests
{
    private static Tensor Numbers(params float[] values) => Tensor.From(values);

    [Fact]
    public void AClosureOverAnIntThatChanges()
    {
        int k = 1;
        var f = Compiler.Compile((Tensor x) => x * k);
        var x = Numbers(1, 2);
        for (int i = 0; i < 6; i++) Assert.Equal([1f, 2f], f.Run(x).ToArray<float>());
        Assert.True(f.Replays > 0, f.LastRecapture);
        k = 3;
        for (int i = 0; i < 6; i++) Assert.Equal([3f, 6f], f.Run(x).ToArray<float>());
        Assert.Equal(2, f.Captures);
        k = 1;
        Assert.Equal([1f, 2f], f.Run(x).ToArray<float>());
    }

    [Fact]
    public void AClosureThatChangesEveryTimeIsNotCaptured()
    {
        int k = 0;
        var f = Compiler.Compile((Tensor x) => x * k++);
        var x = Numbers(1, 2);
        for (int i = 0; i < 40; i++) Assert.Equal([i, 2f * i], f.Run(x).ToArray<float>());
        Assert.Equal(0, f.Replays);
        Assert.NotNull(f.EagerBecause);
    }

    [Fact]
    public void RandomNumbersOfCSharpAreNotCaptured()
    {
        var random = new Random(1);
        var same = new Random(1);
        var f = Compiler.Compile((Tensor x) => x * random.NextDouble());
        var x = Tensor.From([1.0, 2.0]);
        for (int i = 0; i < 30; i++)
        {
            double factor = same.NextDouble();
            Assert.Equal([factor, 2 * factor], f.Run(x).ToArray<double>());
        }
        Assert.Equal(0, f.Replays);
    }

    [Fact]
    public void DrawsAreThoseOfEagerCode()
    {
        Func<Tensor, Tensor> body = x => x + Tensor.Randn(5) + F.Dropout(x, 0.5) + Tensor.Rand(5);
        var x = Tensor.Ones(5);
        Rng.ManualSeed(11);
        var expected = Enumerable.Range(0, 8).Select(_ => body(x).ToArray<float>()).ToList();
        var f = Compiler.Compile(body);
        Rng.ManualSeed(11);
        foreach (var numbers in expected) Assert.Equal(numbers, f.Run(x).ToArray<float>());
        Assert.Equal(6, f.Replays);
    }

    [Fact]
    public void ASeedSetInsideIsSetEveryTime()
    {
        var f = Compiler.Compile(() =>
        {
            Rng.ManualSeed(1);
            return Tensor.Randn(4);
        });
        var first = f.Run().ToArray<float>();
        for (int i = 0; i < 6; i++) Assert.Equal(first, f.Run().ToArray<float>());
        Assert.True(f.Replays > 0, f.LastRecapture);
    }

    [Fact]
    public void AnArgumentThatIsWrittenTo()
    {
        var f = Compiler.Compile((Tensor x) => x.AddInPlace(1) * 2);
        for (int i = 0; i < 6; i++)
        {
            var x = Numbers(i, 2);
            Assert.Equal([2f * (i + 1), 6f], f.Run(x).ToArray<float>());
            Assert.Equal([i + 1f, 3f], x.ToArray<float>());
        }
        Assert.True(f.Replays > 0, f.LastRecapture);
    }

    [Fact]
    public void ArgumentsThatAreViewsOfOneTensor()
    {
        var f = Compiler.Compile((Tensor a, Tensor b) =>
        {
            a.AddInPlace(1);
            return b * 10;
        });
        for (int i = 0; i < 6; i++)
        {
            var root = Numbers(i, 1, 2, 3);
            Assert.Equal([20f, 20f], f.Run(root[..2], root[1..3]).ToArray<float>());
        }
        // Views of different tensors are another case.
        Assert.Equal([10f, 20f], f.Run(Numbers(5, 6), Numbers(1, 2)).ToArray<float>());
        Assert.Equal([10f, 20f], f.Run(Numbers(5, 6), Numbers(1, 2)).ToArray<float>());
        Assert.Equal([10f, 20f], f.Run(Numbers(5, 6), Numbers(1, 2)).ToArray<float>());
        Assert.Equal([40f, 50f], f.Run(Numbers(5, 6), Numbers(4, 5)).ToArray<float>());
    }

    [Fact]
    public void ThePartOfABatchMayBeAnother()
    {
        var data = Tensor.Arange(40, dtype: DType.Float32).Reshape(10, 4);
        var f = Compiler.Compile((Tensor x) => x.Sum());
        for (int i = 0; i < 10; i++) Assert.Equal(16.0 * i + 6, f.Run(data[i]).Item());
        Assert.Equal(1, f.Captures);
    }

    [Fact]
    public void ATensorFromOutsideIsReadAnew()
    {
        var w = Numbers(1, 2);
        var f = Compiler.Compile((Tensor x) => x * w);
        var x = Numbers(3, 4);
        for (int i = 0; i < 4; i++) f.Run(x);
        w.MulInPlace(10);
        Assert.Equal([30f, 80f], f.Run(x).ToArray<float>());
        w = Numbers(5, 6);
        for (int i = 0; i < 4; i++) Assert.Equal([15f, 24f], f.Run(x).ToArray<float>());
    }

    [Fact]
    public void AnArrayFromOutsideIsReadAnew()
    {
        float[] numbers = [1, 2];
        var f = Compiler.Compile((Tensor x) => x * Tensor.From((Array)numbers));
        var x = Numbers(3, 4);
        for (int i = 0; i < 4; i++) Assert.Equal([3f, 8f], f.Run(x).ToArray<float>());
        numbers[0] = 10;
        Assert.Equal([30f, 8f], f.Run(x).ToArray<float>());
    }

    [Fact]
    public void AResultGivenBackAsArgument()
    {
        var f = Compiler.Compile((Tensor h) => h * 2 + h.Flip(0));
        var h = Numbers(1, 2, 3);
        var expected = Numbers(1, 2, 3);
        for (int i = 0; i < 8; i++)
        {
            h = f.Run(h);
            expected = expected * 2 + expected.Flip(0);
            Assert.Equal(expected.ToArray<float>(), h.ToArray<float>());
        }
        Assert.True(f.Replays > 0, f.LastRecapture);
    }

    [Fact]
    public void StateCarriedInAVariable()
    {
        var h = Tensor.Zeros(2);
        var f = Compiler.Compile((Tensor x) => h = h * 0.5 + x);
        var expected = Tensor.Zeros(2);
        for (int i = 0; i < 40; i++)
        {
            var x = Numbers(i, 1);
            expected = expected * 0.5 + x;
            Assert.Equal(expected.ToArray<float>(), f.Run(x).ToArray<float>());
        }
    }

    [Fact]
    public void AnArgumentThatIsAlsoAParameter()
    {
        var layer = new Linear(2, 2, bias: false);
        var f = Compiler.Compile((Tensor w) => layer.Forward(w.Detach()).Sum());
        for (int i = 0; i < 4; i++) f.Run(layer.Weight);
        double expected = layer.Forward(layer.Weight.Detach()).Sum().Item();
        Assert.Equal(expected, f.Run(layer.Weight).Item());
        var other = Tensor.Ones(2, 2);
        Assert.Equal(layer.Forward(other).Sum().Item(), f.Run(other).Item());
        using (Autograd.NoGrad()) layer.Weight.MulInPlace(2);
        Assert.Equal(layer.Forward(layer.Weight.Detach()).Sum().Item(), f.Run(layer.Weight).Item());
    }

    [Fact]
    public void TrainAndEvalAreNoticed()
    {
        var model = new Sequential(new Linear(4, 4), new Dropout(0.5));
        var f = Compiler.Compile(model);
        var x = Tensor.Ones(3, 4);
        using var _ = Autograd.NoGrad();
        for (int i = 0; i < 4; i++) f.Run(x);
        model.Eval();
        var expected = model.Forward(x).ToArray<float>();
        for (int i = 0; i < 4; i++) Assert.Equal(expected, f.Run(x).ToArray<float>());
        model.Train();
        Assert.Contains(0f, f.Run(x).ToArray<float>());
    }

    [Fact]
    public void SettingsOfModulesAreNoticed()
    {
        var model = new Scaled { Factor = 2 };
        var f = Compiler.Compile(model);
        var x = Numbers(1, 2);
        for (int i = 0; i < 4; i++) Assert.Equal([2f, 4f], f.Run(x).ToArray<float>());
        model.Factor = 3;
        Assert.Equal([3f, 6f], f.Run(x).ToArray<float>());
    }

    private sealed class Scaled : Module
    {
        public double Factor { get; set; }

        public override Tensor Forward(Tensor input) => input * Factor;
    }

    [Fact]
    public void AParameterThatIsReplacedOrFrozenIsNoticed()
    {
        var layer = new Linear(2, 1);
        var f = Compiler.Compile((Tensor x) =>
        {
            layer.ZeroGrad();
            var loss = layer.Forward(x).Sum();
            loss.Backward();
            return loss;
        });
        var x = Tensor.Ones(1, 2);
        for (int i = 0; i < 4; i++) f.Run(x);
        layer.Weight = new Parameter(Tensor.Ones(1, 2) * 3);
        Assert.Equal(6 + layer.Bias!.Item(), f.Run(x).Item(), 1e-6);
        Assert.Equal([1f, 1f], layer.Weight.Grad!.ToArray<float>());
        layer.Bias.RequiresGrad = false;
        layer.Bias.Grad = null;
        f.Run(x);
        Assert.Null(layer.Bias.Grad);
    }

    [Fact]
    public void ModulesAddedLaterAreNoticed()
    {
        var model = new Sequential(new ReLU());
        var f = Compiler.Compile((Tensor x) => model.Forward(x));
        var x = Numbers(-1, 2);
        for (int i = 0; i < 4; i++) Assert.Equal([0f, 2f], f.Run(x).ToArray<float>());
        model.Add(new Threshold(3, 7));
        Assert.Equal([7f, 7f], f.Run(x).ToArray<float>());
    }

    [Fact]
    public void GradModeIsNoticed()
    {
        var layer = new Linear(2, 2);
        var f = Compiler.Compile((Tensor x) => layer.Forward(x).Detach());
        var x = Tensor.Ones(1, 2);
        for (int i = 0; i < 4; i++) f.Run(x);
        using (Autograd.NoGrad())
            for (int i = 0; i < 4; i++) f.Run(x);
        Assert.Equal(2, f.Captures);
    }

    [Fact]
    public void GradientAccumulationOverSeveralCalls()
    {
        double[] Run(bool captured)
        {
            Rng.ManualSeed(0);
            var layer = new Linear(3, 1);
            var optimizer = new SGD(layer.Parameters(), 0.1);
            Func<Tensor, Tensor> body = x =>
            {
                var loss = layer.Forward(x).Square().Mean();
                loss.Backward();
                return loss;
            };
            var f = Compiler.Compile(body);
            var losses = new List<double>();
            for (int i = 0; i < 30; i++)
            {
                var x = Tensor.Full([2, 3], 0.1 * i);
                losses.Add((captured ? f.Run(x) : body(x)).Item());
                if (i % 3 != 2) continue;
                optimizer.Step();
                optimizer.ZeroGrad();
            }
            if (captured) Assert.True(f.Replays > 10, f.EagerBecause);
            return [.. losses, .. layer.Parameters().SelectMany(static p => p.ToArray<double>())];
        }

        Assert.Equal(Run(false), Run(true));
    }

    [Fact]
    public void ClippingAndLossScalingAndMovingAverages()
    {
        double[] Run(bool captured)
        {
            Rng.ManualSeed(0);
            var layer = new Linear(3, 1);
            var average = new Linear(3, 1);
            var optimizer = new Adam(layer.Parameters(), 0.1);
            var scale = Tensor.From(8.0, DType.Float32);
            Func<Tensor, Tensor> body = x =>
            {
                optimizer.ZeroGrad(setToNone: false);
                var loss = layer.Forward(x).Square().Mean();
                (loss * scale).Backward();
                using (Autograd.NoGrad())
                {
                    var norm = layer.Weight.Grad!.Norm() / scale;
                    foreach (var p in layer.Parameters()) p.Grad?.MulInPlace((1 / (norm + 1e-6)).Clamp(max: 1) / scale);
                    optimizer.Step();
                    average.Weight.LerpInPlace(layer.Weight, 0.1);
                }
                return loss;
            };
            var f = Compiler.Compile(body);
            var losses = new List<double>();
            for (int i = 0; i < 30; i++)
            {
                if (i == 15) scale.MulInPlace(0.5);
                var x = Tensor.Full([2, 3], 0.1 * i);
                losses.Add((captured ? f.Run(x) : body(x)).Item());
            }
            if (captured) Assert.True(f.Replays > 20, f.EagerBecause);
            return [.. losses, .. average.Weight.ToArray<double>(), .. layer.Parameters().SelectMany(static p => p.ToArray<double>())];
        }

        Assert.Equal(Run(false), Run(true));
    }

    [Fact]
    public void HyperparametersChangeWhileCaptured()
    {
        double[] Run(bool captured)
        {
            Rng.ManualSeed(0);
            var layer = new Linear(3, 1);
            var optimizer = new AdamW(layer.Parameters(), 0.1);
            Func<Tensor, Tensor> body = x =>
            {
                optimizer.ZeroGrad();
                var loss = layer.Forward(x).Square().Mean();
                loss.Backward();
                optimizer.Step();
                return loss;
            };
            var f = Compiler.Compile(body);
            for (int i = 0; i < 30; i++)
            {
                if (i == 10) optimizer.ParamGroups[0].Lr = 0.01;
                if (i == 15) optimizer.ParamGroups[0].Betas = (0.5, 0.9);
                if (i == 20) optimizer.ParamGroups[0].WeightDecay = 0;
                var x = Tensor.Full([2, 3], 0.1 * i);
                _ = captured ? f.Run(x) : body(x);
            }
            if (captured) Assert.Equal(2, f.Captures);
            return [.. layer.Parameters().SelectMany(static p => p.ToArray<double>())];
        }

        Assert.Equal(Run(false), Run(true));
    }

    [Fact]
    public void ACheckpointLoadedBetweenSteps()
    {
        var layer = new Linear(2, 2);
        var f = Compiler.Compile((Tensor x) => layer.Forward(x).Detach());
        var x = Tensor.Ones(1, 2);
        for (int i = 0; i < 4; i++) f.Run(x);
        layer.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = Tensor.Full([2, 2], 5.0), ["bias"] = Tensor.Zeros(2) });
        Assert.Equal([10f, 10f], f.Run(x).ToArray<float>());
        Assert.Equal(1, f.Captures);
    }

    [Fact]
    public void ReadingAValueIsRefusedAndNamesTheLine()
    {
        var f = Compiler.Compile((Tensor x) => x.Sum().Item() > 0 ? x : -x);
        var error = Assert.Throws<InvalidOperationException>(() => f.Run(Numbers(1)));
        Assert.Contains("Tensor.Where", error.Message);
        Assert.Contains("TrapTests.cs:", error.Message);
        foreach (var body in (Func<Tensor, Tensor>[])[x => x * x.ToArray<float>()[0], x => x * x.AsSpan<float>()[0], x => x[x > 0], x => x.Nonzero(), x => Tensor.From(x.ToString().Length), x => x.Unique()])
            Assert.Throws<InvalidOperationException>(() => Compiler.Compile(body).Run(Numbers(1)));
    }

    [Fact]
    public void AnExceptionInTheMiddleLeavesNothingBehind()
    {
        bool fail = true;
        var f = Compiler.Compile((Tensor x) =>
        {
            var y = x * 2;
            if (fail) throw new FormatException();
            return y;
        });
        Assert.Throws<FormatException>(() => f.Run(Numbers(1)));
        Assert.False(Recorder.Any);
        Assert.Equal(3, Numbers(3).Item());
        fail = false;
        for (int i = 0; i < 4; i++) Assert.Equal(2, f.Run(Numbers(1)).Item());
        Assert.True(f.Replays > 0, f.LastRecapture);
    }

    [Fact]
    public void AnErrorInAReplayIsThatOfTheKernelAndTheNextRunIsRight()
    {
        var table = Tensor.Arange(10, dtype: DType.Float32);
        var f = Compiler.Compile((Tensor i) => table.IndexSelect(0, i));
        for (int i = 0; i < 4; i++) f.Run(Tensor.From([1L, 2L]));
        Assert.Throws<IndexOutOfRangeException>(() => f.Run(Tensor.From([1L, 20L])));
        Assert.Equal([3f, 4f], f.Run(Tensor.From([3L, 4L])).ToArray<float>());
    }

    /// <summary>Work on the host is done again by every replay, and so are its checks.</summary>
    [Fact]
    public void FactorizationsAreDoneAgainAndFailAgain()
    {
        var f = Compiler.Compile((Tensor a) => Linalg.Cholesky(a).Sum() + Linalg.Inv(a)[0, 0]);
        for (int i = 1; i < 6; i++)
        {
            if (i % 2 == 0) Assert.Contains("positive-definite", Assert.Throws<InvalidOperationException>(() => f.Run(-Tensor.Eye(3, dtype: DType.Float64))).Message);
            Assert.Equal((3 * i) + (1.0 / (i * i)), f.Run(Tensor.Eye(3, dtype: DType.Float64) * (i * i)).Item(), 1e-12);
        }
        Assert.True(f.Replays > 2, f.LastRecapture);
    }

    /// <summary>Kernels of a recorded run come late, but an error says what it says otherwise.</summary>
    [Fact]
    public void MessagesThatNameValues()
    {
        var table = Tensor.Zeros(4, 2);
        Assert.Contains("index 9 is out of range", Assert.Throws<IndexOutOfRangeException>(() => Compiler.Compile((Tensor i) => F.Embedding(i, table)).Run(Tensor.From([1L, 9L]))).Message);
        Assert.Contains("target 7 is out of bounds", Assert.Throws<IndexOutOfRangeException>(() => Compiler.Compile((Tensor y) => F.NllLoss(table, y)).Run(Tensor.From([1L, 7L, 0L, 0L]))).Message);
    }

    [Fact]
    public void StatisticsThatAreMeansOfAllBatches()
    {
        Rng.ManualSeed(2);
        BatchNorm1d plain = new(3, momentum: null), layer = new(3, momentum: null);
        var f = Compiler.Compile((Tensor x) => layer.Forward(x).Detach());
        for (int i = 0; i < 6; i++)
        {
            var x = Tensor.Randn(5, 3);
            Assert.Equal(plain.Forward(x).ToArray<float>(), f.Run(x).ToArray<float>());
            Assert.Equal(plain.RunningMean!.ToArray<float>(), layer.RunningMean!.ToArray<float>());
            Assert.Equal(plain.RunningVar!.ToArray<float>(), layer.RunningVar!.ToArray<float>());
        }
        Assert.True(f.Replays > 2, f.LastRecapture);
    }

    [Fact]
    public void CallingItselfIsRefused()
    {
        Compiled<Tensor>? f = null;
        f = Compiler.Compile((Tensor x) => x.NumElements > 1 ? f!.Run(x[..1]) : x * 2);
        Assert.Equal(2, f.Run(Numbers(1, 5)).Item());
    }

    [Fact]
    public void ACapturedFunctionInsideAnother()
    {
        var inner = Compiler.Compile((Tensor x) => x * 2);
        var outer = Compiler.Compile((Tensor x) => inner.Run(x) + 1);
        for (int i = 0; i < 6; i++) Assert.Equal(2 * i + 1, outer.Run(Numbers(i)).Item());
        Assert.True(outer.Replays > 0);
    }

    [Fact]
    public async Task TwoThreadsAtOnceAreRefused()
    {
        using var inside = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var f = Compiler.Compile((Tensor x) =>
        {
            inside.Set();
            go.Wait();
            return x * 2;
        });
        var other = Task.Run(() => f.Run(Numbers(1)).Item());
        inside.Wait();
        Assert.Contains("thread", Assert.Throws<InvalidOperationException>(() => f.Run(Numbers(1))).Message);
        go.Set();
        Assert.Equal(2, await other);
    }

    [Fact]
    public void ThreadsInsideAreRefused()
    {
        Exception? error = null;
        var f = Compiler.Compile((Tensor x) =>
        {
            var thread = new Thread(() => error = Record.Exception(() => x * 2));
            thread.Start();
            thread.Join();
            return x;
        });
        f.Run(Numbers(1));
        Assert.Contains("thread", Assert.IsType<InvalidOperationException>(error).Message);
    }

    [Fact]
    public void OtherThreadsGoOnWhileAFunctionIsCaptured()
    {
        using var inside = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var f = Compiler.Compile((Tensor x) =>
        {
            inside.Set();
            go.Wait();
            return x * 2;
        });
        var thread = new Thread(() => f.Run(Numbers(1)));
        thread.Start();
        inside.Wait();
        Assert.Equal(12, (Numbers(3) * 4).Item());
        go.Set();
        thread.Join();
    }

    [Fact]
    public void OtherShapesAndDtypesAreCapturedForThemselves()
    {
        var f = Compiler.Compile((Tensor x) => (x * 2).Sum());
        for (int i = 0; i < 4; i++) Assert.Equal(6, f.Run(Numbers(1, 2)).Item());
        Assert.Equal(12, f.Run(Numbers(1, 2, 3)).Item());
        Assert.Equal(6.5, f.Run(Tensor.From([1.25, 2.0])).Item());
        for (int i = 0; i < 4; i++) Assert.Equal(20, f.Run(Tensor.Arange(5, dtype: DType.Float32).Reshape(1, 5).T).Item());
    }

    [Fact]
    public void AnArgumentKeepsItsOwnGradient()
    {
        var f = Compiler.Compile((Tensor x) =>
        {
            var loss = (x * x).Sum();
            loss.Backward();
            return loss;
        });
        var arguments = Enumerable.Range(1, 6).Select(static i => Tensor.Full([2], (double)i, requiresGrad: true)).ToList();
        foreach (var x in arguments) f.Run(x);
        Assert.True(f.Replays > 0, f.LastRecapture);
        for (int i = 0; i < 6; i++) Assert.Equal([2f * (i + 1), 2f * (i + 1)], arguments[i].Grad!.ToArray<float>());
    }

    [Fact]
    public void BackwardThroughAResultIsThatOfEagerCode()
    {
        Rng.ManualSeed(0);
        var model = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 1));
        var f = Compiler.Compile(model);
        for (int i = 0; i < 6; i++)
        {
            var x = Tensor.Full([2, 3], 0.1 * i);
            f.Run(x).Sum().Backward();
            var gradients = model.Parameters().Select(static p => p.Grad!.ToArray<float>()).ToList();
            model.ZeroGrad();
            model.Forward(x).Sum().Backward();
            Assert.Equal(gradients, [.. model.Parameters().Select(static p => p.Grad!.ToArray<float>())]);
            model.ZeroGrad();
        }
        Assert.Equal(4, f.Replays);
        using (Autograd.NoGrad())
            for (int i = 0; i < 4; i++) f.Run(Tensor.Ones(2, 3));
        Assert.True(f.Replays > 0, f.LastRecapture);
    }

    /// <summary>The network begins with a product over a single feature, forward and backward.</summary>
    [Fact]
    public void ProductsOfDepthOne()
    {
        double[] Run(bool captured)
        {
            Rng.ManualSeed(0);
            var model = new Sequential(new Linear(1, 40), new Tanh(), new Linear(40, 1));
            var optimizer = new SGD(model.Parameters(), 0.01, momentum: 0.9);
            Func<Tensor, Tensor> body = x =>
            {
                optimizer.ZeroGrad();
                var loss = F.MseLoss(model.Forward(x), (x * 3).Sin());
                loss.Backward();
                optimizer.Step();
                return loss;
            };
            var f = Compiler.Compile(body);
            var x = Tensor.Linspace(-1, 1, 37).Reshape(37, 1);
            var losses = new double[30];
            for (int i = 0; i < 30; i++) losses[i] = (captured ? f.Run(x) : body(x)).Item();
            if (captured) Assert.True(f.Replays > 20, f.LastRecapture);
            return [.. losses, .. model.Parameters().SelectMany(static p => p.ToArray<double>())];
        }

        Assert.Equal(Run(false), Run(true));
    }

    [Fact]
    public void TheReportTellsWhatWasCaptured()
    {
        double factor = 1.5;
        var model = new Sequential(new Linear(4, 8), new ReLU(), new Dropout(0.25));
        var f = Compiler.Compile((Tensor x) => (model.Forward(x) * factor).Sum().Detach());
        Assert.Contains("0 captured", f.Explain());
        for (int i = 0; i < 70; i++) f.Run(Tensor.Ones(3, 4));
        string report = f.Explain();
        Assert.Contains("float32 [3, 4]", report);
        Assert.Contains("factor = 1.5", report);
        Assert.Contains("P = 0.25", report);
        Assert.Contains("matmul", report);
        Assert.Contains("arena", report);
        Assert.Matches("kernels: [0-9]+ recorded, [0-9]+ run", report);
        Assert.Contains("<table>", f.ToHtml());
        Assert.Contains("matmul", f.ToHtml());
    }

    [Fact]
    public void TheReportTellsWhereTheTimeGoes()
    {
        var model = new Sequential(new Linear(4, 8), new LayerNorm(8), new Linear(8, 2));
        var step = Compiler.Compile((Tensor x) =>
        {
            model.ZeroGrad();
            var loss = model.Forward(x).Square().Sum();
            loss.Backward();
            return loss.Detach();
        });
        for (int i = 0; i < 70; i++) step.Run(Tensor.Ones(3, 4));
        string report = step.Explain();
        // Forward and backward by module, and kernels of a kind added up.
        Assert.Contains(" 0, Linear(4, 8)", report);
        Assert.Contains("gradient of 0, Linear(4, 8)", report);
        Assert.Contains("gradient of 1, LayerNorm", report);
        Assert.Contains("layer norm backward", report);
        Assert.Matches("by kind:(?s:.*)matmul +[0-9]+ +[0-9.]+ us", report);
        Assert.Matches("[0-9.]+ us estimated, [0-9.]+ us measured in kernels", report);
        Assert.Contains("gradient of 2, Linear(8, 2)", step.ToHtml());
    }

    [Fact]
    public void TimesAreThereAfterTheFirstReplay()
    {
        Tensor w = Tensor.Randn(64, 64), x = Tensor.Randn(64, 64);
        var f = Compiler.Compile((Tensor x) => x.Matmul(w).Exp().Sum());
        for (int runs = 1; f.Replays == 0; runs++)
        {
            Assert.DoesNotContain("us measured in kernels", f.Explain(), StringComparison.Ordinal);
            Assert.True(runs < 10);
            f.Run(x);
        }
        Assert.Matches(@"[1-9][0-9.]* us estimated, [0-9.]*[1-9][0-9.]* us measured in kernels", f.Explain());
        // Of the product, too: kB, flops, both times, share.
        Assert.Matches(@"0  matmul .* [0-9.]*[1-9][0-9.]*  +[0-9]+", f.Explain());
    }

    [Fact]
    public void ResultsAreTensors()
    {
        Assert.Contains("double", Assert.Throws<ArgumentException>(() => Compiler.Compile((Tensor x) => 2.0)).Message, StringComparison.OrdinalIgnoreCase);
        var f = Compiler.Compile((Tensor x) => (x * 2, new[] { x + 1, x - 1 }));
        for (int i = 0; i < 5; i++)
        {
            var (a, rest) = f.Run(Numbers(i));
            Assert.Equal((2 * i, i + 1, i - 1), (a.Item(), rest[0].Item(), rest[1].Item()));
        }
    }
}
