namespace Firesteel;

public static partial class Special
{
    private static readonly Pointwise s_besselJ0 = new("special_bessel_j0", static x => Primitive.BesselJ0.Of(x));
    private static readonly Pointwise s_besselJ1 = new("special_bessel_j1", static x => Primitive.BesselJ1.Of(x));
    private static readonly Pointwise s_besselY0 = new("special_bessel_y0", static x => Primitive.BesselY0.Of(x));
    private static readonly Pointwise s_besselY1 = new("special_bessel_y1", static x => Primitive.BesselY1.Of(x));
    private static readonly Pointwise s_i0e = new("special_i0e", static x => Primitive.I0e.Of(x));
    private static readonly Pointwise s_i1 = new("special_i1", static x => Primitive.I1.Of(x));
    private static readonly Pointwise s_i1e = new("special_i1e", static x => Primitive.I1e.Of(x));
    private static readonly Pointwise s_modifiedBesselI0 = new("special_modified_bessel_i0", static x => Primitive.I0.Of(x));
    private static readonly Pointwise s_modifiedBesselI1 = new("special_modified_bessel_i1", static x => Primitive.I1.Of(x));
    private static readonly Pointwise s_modifiedBesselK0 = new("special_modified_bessel_k0", static x => Primitive.K0.Of(x));
    private static readonly Pointwise s_modifiedBesselK1 = new("special_modified_bessel_k1", static x => Primitive.K1.Of(x));
    private static readonly Pointwise s_scaledModifiedBesselK0 = new("special_scaled_modified_bessel_k0", static x => Primitive.K0e.Of(x));
    private static readonly Pointwise s_scaledModifiedBesselK1 = new("special_scaled_modified_bessel_k1", static x => Primitive.K1e.Of(x));
    private static readonly Pointwise s_sphericalBesselJ0 = new("special_spherical_bessel_j0", static x => Primitive.SphericalBesselJ0.Of(x));

    /// <summary>Bessel function of the first kind, order 0 (<c>torch.special.bessel_j0</c>).</summary>
    public static Tensor BesselJ0(Tensor input) => s_besselJ0.Apply(input);

    /// <summary>Bessel function of the first kind, order 1 (<c>torch.special.bessel_j1</c>).</summary>
    public static Tensor BesselJ1(Tensor input) => s_besselJ1.Apply(input);

    /// <summary>Bessel function of the second kind, order 0; NaN below 0 (<c>torch.special.bessel_y0</c>).</summary>
    public static Tensor BesselY0(Tensor input) => s_besselY0.Apply(input);

    /// <summary>Bessel function of the second kind, order 1; NaN below 0 (<c>torch.special.bessel_y1</c>).</summary>
    public static Tensor BesselY1(Tensor input) => s_besselY1.Apply(input);

    /// <summary>Modified Bessel function of the first kind, order 0, times exp(-|x|) (<c>torch.special.i0e</c>).</summary>
    public static Tensor I0e(Tensor input) => s_i0e.Apply(input);

    /// <summary>Modified Bessel function of the first kind, order 1 (<c>torch.special.i1</c>).</summary>
    public static Tensor I1(Tensor input) => s_i1.Apply(input);

    /// <summary>Modified Bessel function of the first kind, order 1, times exp(-|x|) (<c>torch.special.i1e</c>).</summary>
    public static Tensor I1e(Tensor input) => s_i1e.Apply(input);

    /// <summary>Modified Bessel function of the first kind, order 0 (<c>torch.special.modified_bessel_i0</c>).</summary>
    public static Tensor ModifiedBesselI0(Tensor input) => s_modifiedBesselI0.Apply(input);

    /// <summary>Modified Bessel function of the first kind, order 1 (<c>torch.special.modified_bessel_i1</c>).</summary>
    public static Tensor ModifiedBesselI1(Tensor input) => s_modifiedBesselI1.Apply(input);

    /// <summary>Modified Bessel function of the second kind, order 0; NaN below 0 (<c>torch.special.modified_bessel_k0</c>).</summary>
    public static Tensor ModifiedBesselK0(Tensor input) => s_modifiedBesselK0.Apply(input);

    /// <summary>Modified Bessel function of the second kind, order 1; NaN below 0 (<c>torch.special.modified_bessel_k1</c>).</summary>
    public static Tensor ModifiedBesselK1(Tensor input) => s_modifiedBesselK1.Apply(input);

    /// <summary>Modified Bessel function of the second kind, order 0, times exp(x) (<c>torch.special.scaled_modified_bessel_k0</c>).</summary>
    public static Tensor ScaledModifiedBesselK0(Tensor input) => s_scaledModifiedBesselK0.Apply(input);

    /// <summary>Modified Bessel function of the second kind, order 1, times exp(x) (<c>torch.special.scaled_modified_bessel_k1</c>).</summary>
    public static Tensor ScaledModifiedBesselK1(Tensor input) => s_scaledModifiedBesselK1.Apply(input);

    /// <summary>Spherical Bessel function of the first kind, order 0: sin(x) / x (<c>torch.special.spherical_bessel_j0</c>).</summary>
    public static Tensor SphericalBesselJ0(Tensor input) => s_sphericalBesselJ0.Apply(input);

    private static readonly Pointwise s_airyAi = new("special_airy_ai", static x => Primitive.AiryAi.Of(x));

    /// <summary>Airy function Ai; not differentiable (<c>torch.special.airy_ai</c>).</summary>
    /// <exception cref="NotSupportedException">The input requires a gradient.</exception>
    public static Tensor AiryAi(Tensor input)
    {
        Tensor.CheckNoGradient("special_airy_ai", input);
        return s_airyAi.Apply(input);
    }
}
