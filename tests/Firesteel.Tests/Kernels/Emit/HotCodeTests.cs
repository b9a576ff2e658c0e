using System.Runtime.CompilerServices;

namespace Firesteel.Tests.Kernels.Emit;

/// <summary>Programs that eager code has run often become machine code, which changes no bit.</summary>
public class HotCodeTests
{
    private const int Seed = 9302;

    private static Program Formula(bool functions)
    {
        Expr x = Expr.In(0), y = Expr.In(1), z = Expr.In(2), number = Expr.In(3);
        Expr u = x * number + y, v = -Expr.Abs(z);
        var t = (functions ? Expr.Tanh(u) - Expr.Exp(v) : u - v) / (Expr.Sqrt(Expr.Abs(x)) + 0.25);
        return new Program(4, t, Expr.Where(x > z, t * t, Expr.Max(y, t)));
    }

    [Theory]
    [InlineData(DType.Float32, 1003)]
    [InlineData(DType.Float32, 100_001)]
    [InlineData(DType.Float64, 1003)]
    public void TheSameBits(DType dtype, long n)
    {
        Rng.ManualSeed(Seed);
        // A matrix, a row that repeats, a transposed matrix, a number in memory.
        Tensor x = Tensor.Randn([3, n], dtype), y = Tensor.Randn([n], dtype), z = Tensor.Randn([n, 3], dtype).T, number = Tensor.Rand([], dtype);
        var program = Formula(functions: dtype == DType.Float32);
        var kernel = program.KernelFor(dtype);
        var first = Run();
        for (int i = 0; i < 4000 && !Hot().IsEmitted; i++) Run();
        Assert.Equal(RuntimeFeature.IsDynamicCodeSupported, Hot().IsEmitted);
        var last = Run();
        Assert.True(Same(first.A, last.A) && Same(first.B, last.B), $"seed {Seed}");

        HotCode Hot() => dtype == DType.Float32 ? program.HotSingle : program.HotDouble;

        (Tensor A, Tensor B) Run()
        {
            Tensor a = Tensor.Empty([3, n], dtype), b = Tensor.Empty([3, n], dtype);
            Device.Cpu.Run(new KernelCall(kernel, [a.Layout, b.Layout], [x.Layout, y.Layout, z.Layout, number.Layout]));
            return (a, b);
        }
    }

    [Fact]
    public void OptimizersGoOnWithTheSameBits()
    {
        // Two parameters with the same gradients, one of them updated before the formula is hot and one after.
        Rng.ManualSeed(Seed);
        Tensor start = Tensor.Randn(50_003), gradient = Tensor.Randn(50_003);
        Tensor? expected = null;
        for (int i = 0; i < 60; i++)
        {
            var p = new Firesteel.Nn.Parameter(start.Clone());
            p.Grad = gradient;
            var optimizer = new Firesteel.Optim.Adam([p], weightDecay: 0.1, amsgrad: true, maximize: true);
            optimizer.Step();
            optimizer.Step();
            expected ??= p.Detach();
            Assert.True(Same(expected, p.Detach()), $"seed {Seed}: run {i}");
        }
    }

    private static bool Same(Tensor a, Tensor b) => a.Equal(b);
}
