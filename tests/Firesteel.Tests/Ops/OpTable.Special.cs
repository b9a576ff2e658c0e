namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static readonly DType[] s_precise = [DType.Float32, DType.Float64];

    private static IEnumerable<OpCase> MoreElementwise =>
    [
        Unary("angle", x => x.Angle(), "nonzero"),
        Binary("copysign", (x, y) => x.Copysign(y), "nonzero", "nonzero", (x, y) => x.CopysignInPlace(y), Kind.Floating),
        Unary("deg2rad", x => x.Deg2rad(), inPlace: x => x.Deg2radInPlace()),
        Unary("rad2deg", x => x.Rad2deg(), inPlace: x => x.Rad2degInPlace()),
        Binary("gcd", (x, y) => x.Gcd(y), inPlace: (x, y) => x.GcdInPlace(y), gradient: false, dtypes: Integers),
        Binary("lcm", (x, y) => x.Lcm(y), inPlace: (x, y) => x.LcmInPlace(y), gradient: false, dtypes: Integers),
        Binary("heaviside", (x, y) => x.Heaviside(y), "any const", inPlace: (x, y) => x.HeavisideInPlace(y), gradient: false),
        Binary("hypot", (x, y) => x.Hypot(y), "nonzero", inPlace: (x, y) => x.HypotInPlace(y), dtypes: Floats),
        Binary("ldexp", (x, y) => x.Ldexp(y), inPlace: (x, y) => x.LdexpInPlace(y), dtypes: s_precise),
        Binary("logaddexp", (x, y) => x.Logaddexp(y), dtypes: Floats),
        Binary("logaddexp2", (x, y) => x.Logaddexp2(y), dtypes: Floats),
        Binary("nextafter", (x, y) => x.Nextafter(y), "any const", inPlace: (x, y) => x.NextafterInPlace(y), gradient: false, dtypes: s_precise),
        Many("frexp", x => Pair(x[0].Frexp()), "3,4:nonzero -> 3,4; 3,4 | 0,3 -> 0,3; 0,3", [Kind.Same, Kind.Int32], dtypes: s_precise),
        Unary("nan_to_num", x => x.Log().NanToNum(nan: 7), "any", dtypes: s_precise),
        Unary("nan_to_num(finite)", x => x.NanToNum(), inPlace: x => x.NanToNumInPlace(), kind: Kind.Same),
        Unary("conj", x => x.Conj(), kind: Kind.Same) with { Shares = Shares.Sometimes },
        Unary("conj_physical", x => x.ConjPhysical(), kind: Kind.Same) with { Shares = Shares.Sometimes },
        Unary("resolve_conj", x => x.ResolveConj(), kind: Kind.Same) with { Shares = Shares.Sometimes },
        Unary("resolve_neg", x => x.ResolveNeg(), kind: Kind.Same) with { Shares = Shares.Sometimes },
        Unary("sinc", x => x.Sinc(), "nonzero", x => x.SincInPlace()),
        Alias("special.sinc", of: "sinc", x => Special.Sinc(x[0])),
        Unary("logit", x => x.Logit(), "prob", x => x.LogitInPlace(), dtypes: Floats),
        Unary("logit(eps)", x => x.Logit(0.2), "prob", x => x.LogitInPlace(0.2), dtypes: Floats),
        Alias("special.logit", of: "logit", x => Special.Logit(x[0])),
        Binary("xlogy", (x, y) => x.Xlogy(y), "any", "positive", (x, y) => x.XlogyInPlace(y), Kind.Floating),
        Alias("special.xlogy", of: "xlogy", x => Special.Xlogy(x[0], x[1])),
        Binary("special.xlog1py", (x, y) => Special.Xlog1py(x, y), "any", "positive", kind: Kind.Floating),
    ];

    private static IEnumerable<OpCase> Gammas =>
    [
        Unary("lgamma", x => x.Lgamma(), "positive", x => x.LgammaInPlace(), dtypes: s_precise),
        Alias("special.gammaln", of: "lgamma", x => Special.Gammaln(x[0])),
        Unary("digamma", x => x.Digamma(), "positive", x => x.DigammaInPlace(), dtypes: s_precise),
        Alias("special.digamma", of: "digamma", x => Special.Digamma(x[0])),
        Alias("special.psi", of: "digamma", x => Special.Psi(x[0])),
        Unary("polygamma", x => x.Polygamma(1), "positive", x => x.PolygammaInPlace(1), dtypes: s_precise),
        Unary("polygamma(3)", x => Tensor.Polygamma(3, x), "above1", dtypes: s_precise),
        Alias("special.polygamma", of: "polygamma", x => Special.Polygamma(1, x[0])),
        Unary("mvlgamma", x => x.Mvlgamma(2), "above1", x => x.MvlgammaInPlace(2), dtypes: s_precise),
        Alias("special.multigammaln", of: "mvlgamma", x => Special.Multigammaln(x[0], 2)),
        Binary("igamma", (x, y) => x.Igamma(y), "positive const", "positive", (x, y) => x.IgammaInPlace(y), dtypes: s_precise),
        Alias("special.gammainc", of: "igamma", x => Special.Gammainc(x[0], x[1])),
        Binary("igammac", (x, y) => x.Igammac(y), "positive const", "positive", (x, y) => x.IgammacInPlace(y), dtypes: s_precise),
        Alias("special.gammaincc", of: "igammac", x => Special.Gammaincc(x[0], x[1])),
        Binary("special.zeta", (x, y) => Special.Zeta(x, y), "above1 const", "positive", dtypes: s_precise),
    ];

    private static IEnumerable<OpCase> SpecialFunctions =>
    [
        Alias("special.erf", of: "erf", x => Special.Erf(x[0])),
        Alias("special.erfc", of: "erfc", x => Special.Erfc(x[0])),
        Alias("special.erfinv", of: "erfinv", x => Special.Erfinv(x[0])),
        Alias("special.exp2", of: "exp2", x => Special.Exp2(x[0])),
        Alias("special.expm1", of: "expm1", x => Special.Expm1(x[0])),
        Alias("special.expit", of: "sigmoid", x => Special.Expit(x[0])),
        Alias("special.log1p", of: "log1p", x => Special.Log1p(x[0])),
        Alias("special.round", of: "round", x => Special.Round(x[0])),
        Unary("special.erfcx", x => Special.Erfcx(x), dtypes: s_precise),
        Unary("special.entr", x => Special.Entr(x), "positive", dtypes: s_precise),
        Unary("special.ndtr", x => Special.Ndtr(x), dtypes: s_precise),
        Unary("special.ndtri", x => Special.Ndtri(x), "prob", dtypes: s_precise),
        Unary("special.log_ndtr", x => Special.LogNdtr(x), dtypes: s_precise),
        Unary("i0", x => x.I0(), inPlace: x => x.I0InPlace(), dtypes: s_precise),
        Alias("special.i0", of: "i0", x => Special.I0(x[0])),
        Unary("special.i0e", x => Special.I0e(x), "nonzero", dtypes: s_precise),
        Unary("special.i1", x => Special.I1(x), "nonzero", dtypes: s_precise),
        Unary("special.i1e", x => Special.I1e(x), "nonzero", dtypes: s_precise),
        Unary("special.airy_ai", Special.AiryAi, "any const", gradient: false, dtypes: s_precise),
        Bessel("bessel_j0", Special.BesselJ0),
        Bessel("bessel_j1", Special.BesselJ1),
        Bessel("bessel_y0", Special.BesselY0, "positive"),
        Bessel("bessel_y1", Special.BesselY1, "positive"),
        Bessel("modified_bessel_i0", Special.ModifiedBesselI0),
        Bessel("modified_bessel_i1", Special.ModifiedBesselI1),
        Bessel("modified_bessel_k0", Special.ModifiedBesselK0, "positive"),
        Bessel("modified_bessel_k1", Special.ModifiedBesselK1, "positive"),
        Bessel("scaled_modified_bessel_k0", Special.ScaledModifiedBesselK0, "positive"),
        Bessel("scaled_modified_bessel_k1", Special.ScaledModifiedBesselK1, "positive"),
        Bessel("spherical_bessel_j0", Special.SphericalBesselJ0, "nonzero"),
        Polynomial("chebyshev_polynomial_t", (x, n) => Special.ChebyshevPolynomialT(x, n)),
        Polynomial("chebyshev_polynomial_u", (x, n) => Special.ChebyshevPolynomialU(x, n)),
        Polynomial("chebyshev_polynomial_v", (x, n) => Special.ChebyshevPolynomialV(x, n)),
        Polynomial("chebyshev_polynomial_w", (x, n) => Special.ChebyshevPolynomialW(x, n)),
        Polynomial("shifted_chebyshev_polynomial_t", (x, n) => Special.ShiftedChebyshevPolynomialT(x, n)),
        Polynomial("shifted_chebyshev_polynomial_u", (x, n) => Special.ShiftedChebyshevPolynomialU(x, n)),
        Polynomial("shifted_chebyshev_polynomial_v", (x, n) => Special.ShiftedChebyshevPolynomialV(x, n)),
        Polynomial("shifted_chebyshev_polynomial_w", (x, n) => Special.ShiftedChebyshevPolynomialW(x, n)),
        Polynomial("hermite_polynomial_h", (x, n) => Special.HermitePolynomialH(x, n)),
        Polynomial("hermite_polynomial_he", (x, n) => Special.HermitePolynomialHe(x, n)),
        Polynomial("laguerre_polynomial_l", (x, n) => Special.LaguerrePolynomialL(x, n)),
        Polynomial("legendre_polynomial_p", (x, n) => Special.LegendrePolynomialP(x, n)),
    ];

    private static OpCase Bessel(string name, Func<Tensor, Tensor> run, string domain = "any") => Unary("special." + name, run, domain, dtypes: s_precise) with { Amplifies = 5 };

    private static OpCase Polynomial(string name, Func<Tensor, Tensor, Tensor> run) => Binary("special." + name, run, "unit const", "int<6", gradient: false, dtypes: s_precise) with { Amplifies = 5 };
}
