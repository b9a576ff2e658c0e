using Firesteel.Nn;

namespace Firesteel.Tests.Autograd;

using Autograd = Firesteel.Autograd;

/// <summary>Anomaly mode names what made the first NaN or Inf. It holds for all threads, so nothing runs beside these tests.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public class AnomalyTests
{
    public const string Name = "anomaly mode";

    private static readonly Tensor s_negative = Tensor.From([-1.0, 4], requiresGrad: true);

    [Fact]
    public void ForwardNamesTheOperation()
    {
        using var scope = Autograd.DetectAnomaly();
        Assert.Contains("log made NaN in its result of shape [2]", Assert.Throws<InvalidOperationException>(static () => s_negative.Log()).Message);
        Assert.Contains("made Inf in its result", Assert.Throws<InvalidOperationException>(static () => Tensor.From([1.0]) / Tensor.From([0.0])).Message);
        Assert.Contains("log made NaN", Assert.Throws<InvalidOperationException>(static () => Tensor.From([-1.0]).LogInPlace()).Message);
    }

    [Fact]
    public void StructuralOperationsAreLookedAtToo()
    {
        var big = Tensor.From(new[,] { { 1e200, 1e200 }, { 1e200, 1e200 } });
        using var scope = Autograd.DetectAnomaly();
        Assert.Contains("made Inf", Assert.Throws<InvalidOperationException>(() => big.Matmul(big)).Message);
        Assert.Contains("made Inf", Assert.Throws<InvalidOperationException>(static () => Tensor.From([1e308, 1e308]).Sum()).Message);
    }

    [Fact]
    public void BackwardNamesTheNode()
    {
        var x = Tensor.From([0.0, 4], requiresGrad: true);
        using var scope = Autograd.DetectAnomaly();
        var y = x.Sqrt();
        Assert.Contains("SqrtBackward0 made Inf in the gradient of its input 0, of shape [2]", Assert.Throws<InvalidOperationException>(() => y.Sum().Backward()).Message);
        Assert.Null(x.Grad);
    }

    [Fact]
    public void TheModuleIsNamed()
    {
        Rng.ManualSeed(1);
        var model = new Sequential(new Linear(2, 3), new Sequential(new Root()));
        using var scope = Autograd.DetectAnomaly();
        Fill(3);
        Assert.Contains("Inf in its result of shape [1, 3] (in 0, Linear(", Assert.Throws<InvalidOperationException>(() => model.Forward(Tensor.From(new[,] { { 1e38f, 1e38f } }))).Message);
        Fill(0);
        var y = model.Forward(Tensor.From(new[,] { { 1f, 2f } }));
        Assert.Contains("SqrtBackward0 made Inf in the gradient of its input 0, of shape [1, 3] (in 1.0, Root()", Assert.Throws<InvalidOperationException>(() => y.Sum().Backward()).Message);

        void Fill(double value)
        {
            using var noGrad = Autograd.NoGrad();
            foreach (var parameter in model.Parameters()) parameter.FillInPlace(value);
        }
    }

    [Fact]
    public void WithoutItNothingIsThrownAndIntegersAreFine()
    {
        Assert.True(double.IsNaN(s_negative.Log().ToArray<double>()[0]));
        using (Autograd.DetectAnomaly())
        {
            Assert.Equal(3, (Tensor.From([1L, 2]).Sum() + 0).Item());
            Assert.Equal([], Tensor.Zeros(0).Exp().ToArray<float>());
        }
        Assert.True(double.IsNaN(s_negative.Log().ToArray<double>()[0]));
    }

    /// <summary>The scope on one thread ends while another is in the middle of a check.</summary>
    [Fact]
    public void EndsForAllThreadsWhateverTheyAreDoing()
    {
        using var stop = new ManualResetEventSlim();
        var others = new Thread(() =>
        {
            var x = Tensor.From([1.0, 2]);
            while (!stop.IsSet) (x * 2).Exp();
        });
        others.Start();
        for (int i = 0; i < 200; i++)
        {
            using var scope = Autograd.DetectAnomaly();
            Thread.Yield();
        }
        stop.Set();
        others.Join();
        Assert.True(double.IsNaN(s_negative.Log().ToArray<double>()[0]));
    }

    private sealed class Root : Module
    {
        public override Tensor Forward(Tensor input)
        {
            using var scope = Enter(ref input);
            return scope.Exit(input.Sqrt());
        }
    }
}
