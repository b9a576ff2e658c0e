namespace Firesteel;

public static partial class Special
{
    private static readonly Pointwise s_chebyshevPolynomialT = new("special_chebyshev_polynomial_t", static (x, n) => new FunctionPrimitive("chebyshev_polynomial_t", OrthogonalPolynomials.ChebyshevT).Of(x, n), ResultType.Floating);
    private static readonly Pointwise s_chebyshevPolynomialU = new("special_chebyshev_polynomial_u", static (x, n) => new FunctionPrimitive("chebyshev_polynomial_u", OrthogonalPolynomials.ChebyshevU).Of(x, n), ResultType.Floating);
    private static readonly Pointwise s_chebyshevPolynomialV = new("special_chebyshev_polynomial_v", static (x, n) => new FunctionPrimitive("chebyshev_polynomial_v", OrthogonalPolynomials.ChebyshevV).Of(x, n), ResultType.Floating);
    private static readonly Pointwise s_chebyshevPolynomialW = new("special_chebyshev_polynomial_w", static (x, n) => new FunctionPrimitive("chebyshev_polynomial_w", OrthogonalPolynomials.ChebyshevW).Of(x, n), ResultType.Floating);
    private static readonly Pointwise s_shiftedChebyshevPolynomialT = new("special_shifted_chebyshev_polynomial_t", static (x, n) => new FunctionPrimitive("shifted_chebyshev_polynomial_t", OrthogonalPolynomials.ChebyshevT).Of(2 * x - 1, n), ResultType.Floating);
    private static readonly Pointwise s_shiftedChebyshevPolynomialU = new("special_shifted_chebyshev_polynomial_u", static (x, n) => new FunctionPrimitive("shifted_chebyshev_polynomial_u", OrthogonalPolynomials.ChebyshevU).Of(2 * x - 1, n), ResultType.Floating);
    private static readonly Pointwise s_shiftedChebyshevPolynomialV = new("special_shifted_chebyshev_polynomial_v", static (x, n) => new FunctionPrimitive("shifted_chebyshev_polynomial_v", OrthogonalPolynomials.ChebyshevV).Of(2 * x - 1, n), ResultType.Floating);
    private static readonly Pointwise s_shiftedChebyshevPolynomialW = new("special_shifted_chebyshev_polynomial_w", static (x, n) => new FunctionPrimitive("shifted_chebyshev_polynomial_w", OrthogonalPolynomials.ChebyshevW).Of(2 * x - 1, n), ResultType.Floating);
    private static readonly Pointwise s_hermitePolynomialH = new("special_hermite_polynomial_h", static (x, n) => new FunctionPrimitive("hermite_polynomial_h", OrthogonalPolynomials.HermiteH).Of(x, n), ResultType.Floating);
    private static readonly Pointwise s_hermitePolynomialHe = new("special_hermite_polynomial_he", static (x, n) => new FunctionPrimitive("hermite_polynomial_he", OrthogonalPolynomials.HermiteHe).Of(x, n), ResultType.Floating);
    private static readonly Pointwise s_laguerrePolynomialL = new("special_laguerre_polynomial_l", static (x, n) => new FunctionPrimitive("laguerre_polynomial_l", OrthogonalPolynomials.Laguerre).Of(x, n), ResultType.Floating);
    private static readonly Pointwise s_legendrePolynomialP = new("special_legendre_polynomial_p", static (x, n) => new FunctionPrimitive("legendre_polynomial_p", OrthogonalPolynomials.Legendre).Of(x, n), ResultType.Floating);

    /// <summary>Chebyshev polynomial of the first kind, for negative degrees 0; the degree's integer part counts (<c>torch.special.chebyshev_polynomial_t</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor ChebyshevPolynomialT(Operand x, Operand n) => Polynomial(s_chebyshevPolynomialT, x, n);

    /// <summary>Chebyshev polynomial of the second kind, for negative degrees 0; the degree's integer part counts (<c>torch.special.chebyshev_polynomial_u</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor ChebyshevPolynomialU(Operand x, Operand n) => Polynomial(s_chebyshevPolynomialU, x, n);

    /// <summary>Chebyshev polynomial of the third kind, for negative degrees 0; the degree's integer part counts (<c>torch.special.chebyshev_polynomial_v</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor ChebyshevPolynomialV(Operand x, Operand n) => Polynomial(s_chebyshevPolynomialV, x, n);

    /// <summary>Chebyshev polynomial of the fourth kind, for negative degrees 0; the degree's integer part counts (<c>torch.special.chebyshev_polynomial_w</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor ChebyshevPolynomialW(Operand x, Operand n) => Polynomial(s_chebyshevPolynomialW, x, n);

    /// <summary>Chebyshev polynomial of the first kind at 2x - 1, for negative degrees 0; the degree's integer part counts (<c>torch.special.shifted_chebyshev_polynomial_t</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor ShiftedChebyshevPolynomialT(Operand x, Operand n) => Polynomial(s_shiftedChebyshevPolynomialT, x, n);

    /// <summary>Chebyshev polynomial of the second kind at 2x - 1, for negative degrees 0; the degree's integer part counts (<c>torch.special.shifted_chebyshev_polynomial_u</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor ShiftedChebyshevPolynomialU(Operand x, Operand n) => Polynomial(s_shiftedChebyshevPolynomialU, x, n);

    /// <summary>Chebyshev polynomial of the third kind at 2x - 1, for negative degrees 0; the degree's integer part counts (<c>torch.special.shifted_chebyshev_polynomial_v</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor ShiftedChebyshevPolynomialV(Operand x, Operand n) => Polynomial(s_shiftedChebyshevPolynomialV, x, n);

    /// <summary>Chebyshev polynomial of the fourth kind at 2x - 1, for negative degrees 0; the degree's integer part counts (<c>torch.special.shifted_chebyshev_polynomial_w</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor ShiftedChebyshevPolynomialW(Operand x, Operand n) => Polynomial(s_shiftedChebyshevPolynomialW, x, n);

    /// <summary>Physicist's Hermite polynomial, for negative degrees 0; the degree's integer part counts (<c>torch.special.hermite_polynomial_h</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor HermitePolynomialH(Operand x, Operand n) => Polynomial(s_hermitePolynomialH, x, n);

    /// <summary>Probabilist's Hermite polynomial, for negative degrees 0; the degree's integer part counts (<c>torch.special.hermite_polynomial_he</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor HermitePolynomialHe(Operand x, Operand n) => Polynomial(s_hermitePolynomialHe, x, n);

    /// <summary>Laguerre polynomial, for negative degrees 0; the degree's integer part counts (<c>torch.special.laguerre_polynomial_l</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor LaguerrePolynomialL(Operand x, Operand n) => Polynomial(s_laguerrePolynomialL, x, n);

    /// <summary>Legendre polynomial, for negative degrees 0; the degree's integer part counts (<c>torch.special.legendre_polynomial_p</c>).</summary>
    /// <exception cref="NotSupportedException">An operand requires a gradient.</exception>
    public static Tensor LegendrePolynomialP(Operand x, Operand n) => Polynomial(s_legendrePolynomialP, x, n);

    private static Tensor Polynomial(Pointwise polynomial, Operand x, Operand n)
    {
        Tensor.CheckNoGradient(polynomial.Name, x);
        Tensor.CheckNoGradient(polynomial.Name, n);
        return polynomial.Apply(x, n);
    }
}
