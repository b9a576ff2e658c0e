namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_deg2rad = new("deg2rad", static x => x * (Math.PI / 180), null, ResultType.Floating);
    private static readonly Pointwise s_rad2deg = new("rad2deg", static x => x * (180 / Math.PI), null, ResultType.Floating);
    private static readonly Pointwise s_sinc = new("sinc", static x => Expr.Where(Expr.Eq(x, 0), 1, Expr.Sin(Math.PI * x) / (Math.PI * x)), static (x, y, g) => Expr.Where(Expr.Eq(x, 0), 0, g * ((Expr.Cos(Math.PI * x) - y) / x)));
    private static readonly Pointwise s_i0 = new("i0", static x => Primitive.I0.Of(x));

    /// <summary>Degrees as radians (<c>torch.deg2rad</c>).</summary>
    public Tensor Deg2rad() => s_deg2rad.Apply(this);

    /// <summary><see cref="Deg2rad"/> into this tensor (<c>deg2rad_</c>).</summary>
    public Tensor Deg2radInPlace() => s_deg2rad.RunInPlace(this);

    /// <summary>Radians as degrees (<c>torch.rad2deg</c>).</summary>
    public Tensor Rad2deg() => s_rad2deg.Apply(this);

    /// <summary><see cref="Rad2deg"/> into this tensor (<c>rad2deg_</c>).</summary>
    public Tensor Rad2degInPlace() => s_rad2deg.RunInPlace(this);

    /// <summary><c>sin(pi x) / (pi x)</c>, 1 at 0 (<c>torch.sinc</c>).</summary>
    public Tensor Sinc() => s_sinc.Apply(this);

    /// <summary><see cref="Sinc"/> into this tensor (<c>sinc_</c>).</summary>
    public Tensor SincInPlace() => s_sinc.RunInPlace(this);

    /// <summary>Modified Bessel function of the first kind, order 0 (<c>torch.i0</c>).</summary>
    public Tensor I0() => s_i0.Apply(this);

    /// <summary><see cref="I0"/> into this tensor (<c>i0_</c>).</summary>
    public Tensor I0InPlace() => s_i0.RunInPlace(this);
}
