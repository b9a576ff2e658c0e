namespace Firesteel.Tests.Ops;

/// <summary>Special functions on both sides of every border between methods; the numbers were computed with 40 digits.</summary>
public class SpecialTests
{
    public static TheoryData<string, double[], double[]> Values => new()
    {
        { "BesselJ0", [0.5, 7.5, 24.9, 25.1, 300], [0.9384698072408129, 0.2663396578803784, 0.0832459683530155, 0.10827567149994945, -0.03329855487630567] },
        { "BesselJ1", [-0.5, 7.5, 24.9, 25.1, 300], [-0.2422684576748739, 0.1352484275797055, -0.13485569953140886, -0.11463478413442257, -0.03188743137749995] },
        { "BesselY0", [1e-09, 0.5, 7.5, 25.1], [-13.266645074938387, -0.44451873350670656, 0.11731328614820863, -0.11676770763803694] },
        { "BesselY1", [1e-09, 0.5, 7.5, 25.1], [-636619772.3675814, -1.471472392670243, -0.25912851048611624, -0.11062223322783099] },
        { "I0e", [-3, 24, 26, 500], [0.2430003541618254, 0.08186828833403062, 0.07862365204001373, 0.017845706500153168] },
        { "I1e", [-3, 24, 26, 500], [-0.19682671329730086, 0.08014413927653474, 0.07709652456966624, 0.017827851852898056] },
        { "ModifiedBesselK0", [1e-06, 1.9, 2.1, 30], [13.93144207362642, 0.1288459792760475, 0.10078374088996693, 2.1324774964630563e-14] },
        { "ModifiedBesselK1", [1e-06, 1.9, 2.1, 30], [999999.9999927843, 0.15966015303266762, 0.12274641153350789, 2.1677320018915495e-14] },
        { "AiryAi", [-20, -9.1, -8.9, -5, -2, 0, 1.9, 2.1, 15], [-0.1764061270779847, 0.07495988727355446, -0.11726630637175181, 0.35076100902411433, 0.22740742820168558, 0.3550280538878172, 0.0405944200315295, 0.029952602115866523, 2.1649625207379925e-18] },
        { "Gammaln", [-2.5, 1e-05, 0.49, 1.000001, 2.4, 2.6, 9.9, 10.1, 100000.0], [-0.056243716497674054, 11.512919692895826, 0.592249629335267, -5.772148423874147e-07, 0.21685932244884157, 0.35741186354897986, 12.57717990421988, 13.027526738633236, 1051287.7089736569] },
        { "Digamma", [-2.5, 1e-05, 11.9, 12.1, 100000.0], [1.103156640645243, -100000.57719921567, 2.4339335368825377, 2.4513143481743374, 11.512920464961896] },
        { "Erfcx", [-3, 0.9, 1.1, 30, 100000.0], [16205.988853999586, 0.456531651323117, 0.4017304606364951, 0.01879588886141675, 5.6418958351954685e-06] },
        { "LogNdtr", [-50, -1.1, -0.9, 3, 8], [-1254.8313611394199, -1.997558846986297, -1.6924928065613383, -0.0013508099647481938, -6.220960574271786e-16] },
        { "Ndtri", [0.25, 0.975], [-0.6744897501960817, 1.9599639845400538] },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void IsExactInDouble(string function, double[] x, double[] expected)
    {
        var method = typeof(Special).GetMethod(function, [typeof(Tensor)])!;
        double[] got = ((Tensor)method.Invoke(null, [Tensor.From(x)])!).ToArray<double>();
        for (int i = 0; i < x.Length; i++)
            Assert.True(Math.Abs(got[i] - expected[i]) <= 2e-13 * Math.Abs(expected[i]), $"{function}({x[i]:R}) is {got[i]:R} instead of {expected[i]:R}");
    }

    [Theory]
    [InlineData(1e-3, 0.5, 0.9994399333435292, 0.0005600666564707498)]
    [InlineData(0.5, 3, 0.9856941215645704, 0.01430587843542964)]
    [InlineData(20, 18, 0.34908387201929825, 0.6509161279807018)]
    [InlineData(20, 22, 0.6939729794378253, 0.30602702056217473)]
    [InlineData(1000, 950, 0.05505468623073803, 0.9449453137692619)]
    public void IncompleteGamma(double a, double x, double lower, double upper)
    {
        Tensor shape = Tensor.From(new[] { a }), at = Tensor.From(new[] { x });
        Assert.Equal(1, shape.Igamma(at).Item() / lower, 1e-12);
        Assert.Equal(1, shape.Igammac(at).Item() / upper, 1e-12);
    }

    [Fact]
    public void IncompleteGammaAtTheEdges()
    {
        const double inf = double.PositiveInfinity;
        Tensor a = Tensor.From(new[] { 0, 0, 2, 2, inf, inf, -1, 2 }), x = Tensor.From(new[] { 0, 1.0, 0, inf, 1, inf, 1, -1 });
        Assert.Equal([double.NaN, 1, 0, 1, 0, double.NaN, double.NaN, double.NaN], a.Igamma(x).ToArray<double>());
        Assert.Equal([double.NaN, 0, 1, 0, 1, double.NaN, double.NaN, double.NaN], a.Igammac(x).ToArray<double>());
    }

    [Fact]
    public void ZetaAndPolygammaAlsoLeftOfZero()
    {
        Assert.Equal(21.069239202247726, Special.Zeta(Tensor.From(new[] { 2.5 }), 0.3).Item(), 1e-12);
        Assert.Equal(0.1181020258208637, Special.Zeta(3, Tensor.From(new[] { -1.5 })).Item(), 1e-13);
        Assert.Equal(281.78204104534575, Tensor.From(new[] { -0.4 }).Polygamma(3).Item(), 1e-10);
        Assert.Equal(double.PositiveInfinity, Special.Zeta(2, Tensor.From(new[] { -3.0 })).Item());
    }

    [Fact]
    public void PolesAndInfinities()
    {
        const double inf = double.PositiveInfinity;
        Assert.Equal([inf, inf, inf], Tensor.From(new[] { 0, -3.0, -inf }).Lgamma().ToArray<double>());
        Assert.Equal([-inf, double.NaN, inf], Tensor.From(new[] { 0, -3.0, inf }).Digamma().ToArray<double>());
        Assert.Equal([-inf, inf, double.NaN], Tensor.From(new[] { -1.0, 1, 1.01 }).Erfinv().ToArray<double>());
        Assert.Equal([-inf, double.NaN, 0], Special.BesselY0(Tensor.From(new[] { 0.0, -1, inf })).ToArray<double>());
        Assert.Equal([inf, double.NaN, 0], Special.ModifiedBesselK1(Tensor.From(new[] { 0.0, -1, inf })).ToArray<double>());
        Assert.Equal([-inf, 0, 0], Special.Entr(Tensor.From(new[] { -1.0, 0, 1 })).ToArray<double>());
    }

    [Fact]
    public void PolynomialsOfDegree()
    {
        var x = Tensor.From(new[] { 0.3 });
        Assert.Equal(0, Special.LegendrePolynomialP(x, -1).Item());
        Assert.Equal(0.5 * (3 * 0.09 - 1), Special.LegendrePolynomialP(x, 2.9).Item(), 1e-15);
        Assert.Equal(Math.Cos(100 * Math.Acos(0.3)), Special.ChebyshevPolynomialT(x, 100).Item(), 1e-13);
        Assert.Equal([1.0, -1], Special.ChebyshevPolynomialT(Tensor.From(new[] { 1.0, -1 }), 101).ToArray<double>());
    }

    [Fact]
    public void GradientsThatDoNotExistAreRefused()
    {
        var a = Tensor.From(new[] { 2.0 }).RequiresGradInPlace();
        var one = Tensor.From(new[] { 1.0 });
        Assert.Contains("igamma: input", Assert.Throws<NotSupportedException>(() => a.Igamma(one)).Message);
        Assert.Contains("airy_ai", Assert.Throws<NotSupportedException>(() => Special.AiryAi(a)).Message);
        Assert.Contains("zeta", Assert.Throws<NotSupportedException>(() => Special.Zeta(a, one)).Message);
        Assert.Contains("negative n", Assert.Throws<ArgumentException>(() => one.Polygamma(-1)).Message);
        Assert.Contains("p has to be", Assert.Throws<ArgumentException>(() => one.Mvlgamma(0)).Message);
    }
}
