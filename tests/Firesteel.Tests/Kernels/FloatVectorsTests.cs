using System.Numerics;

namespace Firesteel.Tests.Kernels;

/// <summary>The float32 vector functions against double precision, over the whole range of exponents.</summary>
public class FloatVectorsTests
{
    public static TheoryData<string> Functions => ["exp", "expm1", "tanh", "sigmoid", "log", "erf", "sin", "cos"];

    private static (Func<Vector<float>, Vector<float>> Ours, Func<double, double> Exact) Of(string name) => name switch
    {
        "exp" => (FloatVectors.Exp, Math.Exp),
        "expm1" => (FloatVectors.Expm1, RealFunctions.Expm1),
        "tanh" => (FloatVectors.Tanh, Math.Tanh),
        "sin" => (FloatTrigonometry.Sin, Math.Sin),
        "cos" => (FloatTrigonometry.Cos, Math.Cos),
        "erf" => (FloatVectors.Erf, RealFunctions.Erf),
        "sigmoid" => (FloatVectors.Sigmoid, static x => 1 / (1 + Math.Exp(-x))),
        _ => (FloatVectors.Log, Math.Log),
    };

    /// <summary>Distance in units in the last place of the float nearest to the exact value.</summary>
    private static double Ulps(float ours, double exact)
    {
        float nearest = (float)exact;
        if (float.IsNaN(nearest) || float.IsNaN(ours)) return float.IsNaN(nearest) == float.IsNaN(ours) ? 0 : double.PositiveInfinity;
        if (float.IsInfinity(nearest) || float.IsInfinity(ours)) return nearest == ours ? 0 : Math.Abs(exact) > 3.4028e38 && Math.Abs(ours) > 3.4028e38 ? 1 : double.PositiveInfinity;
        double unit = Math.Max(Math.Abs((double)MathF.BitIncrement(Math.Abs(nearest)) - Math.Abs(nearest)), float.Epsilon);
        return Math.Abs(ours - exact) / unit;
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void StaysWithinFourUlps(string name)
    {
        var (ours, exact) = Of(name);
        double worst = 0;
        float at = 0;
        // Every 4099th of all bit patterns: both signs, every exponent, denormals.
        var lanes = new float[Vector<float>.Count];
        for (long bits = 0; bits <= uint.MaxValue;)
        {
            for (int i = 0; i < lanes.Length; i++, bits += 4099) lanes[i] = BitConverter.UInt32BitsToSingle((uint)Math.Min(bits, uint.MaxValue));
            var result = ours(new Vector<float>(lanes));
            for (int i = 0; i < lanes.Length; i++)
            {
                // The sigmoid of a very negative number is 0 before it would be denormal, as 1/(1 + inf) is.
                if (name == "sigmoid" && lanes[i] < -87.3f && result[i] is >= 0 and < 2e-38f) continue;
                double ulps = Ulps(result[i], exact(lanes[i]));
                if (ulps > worst) (worst, at) = (ulps, lanes[i]);
            }
        }
        Assert.True(worst <= 4, $"{name}({at:R}) is {worst:F2} ulps off");
    }

    [Theory]
    [InlineData("exp", 0f, 1f)]
    [InlineData("exp", float.NegativeInfinity, 0f)]
    [InlineData("exp", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("exp", 89f, float.PositiveInfinity)]
    [InlineData("expm1", float.NegativeInfinity, -1f)]
    [InlineData("expm1", 1e-30f, 1e-30f)]
    [InlineData("tanh", float.PositiveInfinity, 1f)]
    [InlineData("tanh", float.NegativeInfinity, -1f)]
    [InlineData("tanh", 1e-40f, 1e-40f)]
    [InlineData("sigmoid", float.PositiveInfinity, 1f)]
    [InlineData("sigmoid", float.NegativeInfinity, 0f)]
    [InlineData("log", 0f, float.NegativeInfinity)]
    [InlineData("log", -1f, float.NaN)]
    [InlineData("log", 1f, 0f)]
    [InlineData("log", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("tanh", float.NaN, float.NaN)]
    [InlineData("sin", float.NaN, float.NaN)]
    [InlineData("sin", float.PositiveInfinity, float.NaN)]
    [InlineData("sin", 1e-40f, 1e-40f)]
    [InlineData("cos", float.NaN, float.NaN)]
    [InlineData("cos", float.NegativeInfinity, float.NaN)]
    [InlineData("cos", 1e-40f, 1f)]
    [InlineData("cos", -0f, 1f)]
    [InlineData("erf", float.NaN, float.NaN)]
    [InlineData("erf", float.PositiveInfinity, 1f)]
    [InlineData("erf", float.NegativeInfinity, -1f)]
    public void IsExactAtTheEdges(string name, float x, float expected) => Assert.Equal(expected, Of(name).Ours(new Vector<float>(x))[0]);

    [Theory]
    [InlineData("tanh")]
    [InlineData("expm1")]
    [InlineData("erf")]
    [InlineData("sin")]
    public void KeepsTheSignOfZero(string name)
    {
        Assert.True(float.IsNegative(Of(name).Ours(new Vector<float>(-0f))[0]));
        Assert.False(float.IsNegative(Of(name).Ours(new Vector<float>(0f))[0]));
    }

    /// <summary>Where float32 comes nearest to multiples of pi/2, most digits of the angle cancel.</summary>
    [Fact]
    public void AnglesNextToMultiplesOfARightOne()
    {
        for (long k = 1; k < 60_000; k++)
        {
            float nearest = (float)(k * (Math.PI / 2));
            foreach (float x in (float[])[nearest, MathF.BitIncrement(nearest), MathF.BitDecrement(nearest), -nearest])
            {
                Assert.True(Ulps(FloatTrigonometry.Sin(new Vector<float>(x))[0], Math.Sin(x)) <= 4, $"sin({x:R})");
                Assert.True(Ulps(FloatTrigonometry.Cos(new Vector<float>(x))[0], Math.Cos(x)) <= 4, $"cos({x:R})");
            }
        }
    }

    [Fact]
    public void PowersStayWithinFourUlps()
    {
        var random = new Random(5150);
        float[] x = new float[Vector<float>.Count], y = new float[x.Length];
        double worst = 0;
        string at = "";
        for (int round = 0; round < 200_000; round++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                // Any bits; bases near 1 with large exponents; results over the whole range; small integers.
                (x[i], y[i]) = (round & 3) switch
                {
                    0 => (Bits(), Bits()),
                    1 => (1 + (random.NextSingle() - 0.5f) * 0.01f, (random.NextSingle() - 0.5f) * 30000),
                    2 => (MathF.Exp((random.NextSingle() - 0.5f) * 100), (random.NextSingle() - 0.5f) * 10),
                    _ => (random.Next(-20, 20) * 0.5f, random.Next(-20, 20)),
                };
            }
            var result = FloatPower.Pow(new Vector<float>(x), new Vector<float>(y));
            for (int i = 0; i < x.Length; i++)
            {
                double ulps = Ulps(result[i], Math.Pow(x[i], y[i]));
                if (ulps > worst) (worst, at) = (ulps, $"pow({x[i]:R}, {y[i]:R}) = {result[i]:R}");
            }
        }
        Assert.True(worst <= 4, $"{at} is {worst:F2} ulps off");

        float Bits() => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
    }

    [Fact]
    public void PowersAtTheEdges()
    {
        float[] edges = [0f, -0f, 1f, -1f, 2f, -2f, 3f, -3f, 0.5f, -0.5f, 0.99f, 1.01f, -0.99f, 1e-40f, -1e-40f, float.Epsilon, float.MaxValue, float.MinValue, 16777216f, 16777217f * 2, -16777215f, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        foreach (float x in edges)
        {
            foreach (float y in edges)
            {
                float ours = FloatPower.Pow(new Vector<float>(x), new Vector<float>(y))[0], exact = (float)Math.Pow(x, y);
                Assert.True(Ulps(ours, exact) <= 1 && (float.IsNaN(exact) || float.IsNegative(ours) == float.IsNegative(exact)), $"pow({x:R}, {y:R}) is {ours:R}, expected {exact:R}");
            }
        }
    }

    /// <summary>Both subtract on the negative side, as PyTorch's do, so the error is measured against the size of x, or of 1 for the slope.</summary>
    [Fact]
    public void GeluAndItsSlope()
    {
        var lanes = new float[Vector<float>.Count];
        for (double at = -40; at < 40; at += 0.0013 * lanes.Length)
        {
            for (int i = 0; i < lanes.Length; i++) lanes[i] = (float)(at + i * 0.0013);
            Vector<float> gelu = FloatVectors.Gelu(new Vector<float>(lanes)), slope = FloatVectors.GeluSlope(new Vector<float>(lanes));
            for (int i = 0; i < lanes.Length; i++)
            {
                double x = lanes[i], half = 0.5 * RealFunctions.Erfc(-x / Math.Sqrt(2));
                Assert.True(Math.Abs(gelu[i] - x * half) <= 2e-7 * Math.Abs(x), $"gelu({x}) is {gelu[i]}");
                Assert.True(Math.Abs(slope[i] - (half + x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI))) <= 4e-7, $"the slope of gelu at {x} is {slope[i]}");
            }
        }
        Assert.True(float.IsNaN(FloatVectors.Gelu(new Vector<float>(float.NaN))[0]) && float.IsNaN(FloatVectors.GeluSlope(new Vector<float>(float.NaN))[0]));
        Assert.Equal(float.PositiveInfinity, FloatVectors.Gelu(new Vector<float>(float.PositiveInfinity))[0]);
    }
}
