namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_sin = new("sin", static x => Expr.Sin(x));
    private static readonly Pointwise s_cos = new("cos", static x => Expr.Cos(x));
    private static readonly Pointwise s_tan = new("tan", static x => Primitive.Tan.Of(x));
    private static readonly Pointwise s_asin = new("asin", static x => Primitive.Asin.Of(x));
    private static readonly Pointwise s_acos = new("acos", static x => Primitive.Acos.Of(x));
    private static readonly Pointwise s_atan = new("atan", static x => Primitive.Atan.Of(x));
    private static readonly Pointwise s_sinh = new("sinh", static x => Expr.Sinh(x));
    private static readonly Pointwise s_cosh = new("cosh", static x => Expr.Cosh(x));
    private static readonly Pointwise s_tanh = new("tanh", static x => Expr.Tanh(x));
    private static readonly Pointwise s_asinh = new("asinh", static x => Primitive.Asinh.Of(x));
    private static readonly Pointwise s_acosh = new("acosh", static x => Primitive.Acosh.Of(x));
    private static readonly Pointwise s_atanh = new("atanh", static x => Primitive.Atanh.Of(x));
    private static readonly Pointwise s_atan2 = new("atan2", static (a, b) => Primitive.Atan2.Of(a, b), ResultType.Floating);

    /// <summary>The angle of the point (other, this) from the first axis, in (-pi, pi] (<c>torch.atan2</c>).</summary>
    public Tensor Atan2(Operand other) => s_atan2.Apply(this, other);

    /// <summary><see cref="Atan2"/> into this tensor (<c>atan2_</c>).</summary>
    public Tensor Atan2InPlace(Operand other) => s_atan2.RunInPlace(this, other);

    /// <summary>Same as <see cref="Atan2"/> (<c>torch.arctan2</c>).</summary>
    public Tensor Arctan2(Operand other) => Atan2(other);

    /// <summary>Same as <see cref="Atan2InPlace"/> (<c>arctan2_</c>).</summary>
    public Tensor Arctan2InPlace(Operand other) => Atan2InPlace(other);

    /// <summary>Sine (<c>torch.sin</c>).</summary>
    public Tensor Sin() => s_sin.Apply(this);

    /// <summary><see cref="Sin"/> into this tensor (<c>sin_</c>).</summary>
    public Tensor SinInPlace() => s_sin.RunInPlace(this);

    /// <summary>Cosine (<c>torch.cos</c>).</summary>
    public Tensor Cos() => s_cos.Apply(this);

    /// <summary><see cref="Cos"/> into this tensor (<c>cos_</c>).</summary>
    public Tensor CosInPlace() => s_cos.RunInPlace(this);

    /// <summary>Tangent (<c>torch.tan</c>).</summary>
    public Tensor Tan() => s_tan.Apply(this);

    /// <summary><see cref="Tan"/> into this tensor (<c>tan_</c>).</summary>
    public Tensor TanInPlace() => s_tan.RunInPlace(this);

    /// <summary>Inverse sine (<c>torch.asin</c>).</summary>
    public Tensor Asin() => s_asin.Apply(this);

    /// <summary><see cref="Asin"/> into this tensor (<c>asin_</c>).</summary>
    public Tensor AsinInPlace() => s_asin.RunInPlace(this);

    /// <summary>Same as <see cref="Asin"/> (<c>torch.arcsin</c>).</summary>
    public Tensor Arcsin() => Asin();

    /// <summary>Same as <see cref="AsinInPlace"/> (<c>arcsin_</c>).</summary>
    public Tensor ArcsinInPlace() => AsinInPlace();

    /// <summary>Inverse cosine (<c>torch.acos</c>).</summary>
    public Tensor Acos() => s_acos.Apply(this);

    /// <summary><see cref="Acos"/> into this tensor (<c>acos_</c>).</summary>
    public Tensor AcosInPlace() => s_acos.RunInPlace(this);

    /// <summary>Same as <see cref="Acos"/> (<c>torch.arccos</c>).</summary>
    public Tensor Arccos() => Acos();

    /// <summary>Same as <see cref="AcosInPlace"/> (<c>arccos_</c>).</summary>
    public Tensor ArccosInPlace() => AcosInPlace();

    /// <summary>Inverse tangent (<c>torch.atan</c>).</summary>
    public Tensor Atan() => s_atan.Apply(this);

    /// <summary><see cref="Atan"/> into this tensor (<c>atan_</c>).</summary>
    public Tensor AtanInPlace() => s_atan.RunInPlace(this);

    /// <summary>Same as <see cref="Atan"/> (<c>torch.arctan</c>).</summary>
    public Tensor Arctan() => Atan();

    /// <summary>Same as <see cref="AtanInPlace"/> (<c>arctan_</c>).</summary>
    public Tensor ArctanInPlace() => AtanInPlace();

    /// <summary>Hyperbolic sine (<c>torch.sinh</c>).</summary>
    public Tensor Sinh() => s_sinh.Apply(this);

    /// <summary><see cref="Sinh"/> into this tensor (<c>sinh_</c>).</summary>
    public Tensor SinhInPlace() => s_sinh.RunInPlace(this);

    /// <summary>Hyperbolic cosine (<c>torch.cosh</c>).</summary>
    public Tensor Cosh() => s_cosh.Apply(this);

    /// <summary><see cref="Cosh"/> into this tensor (<c>cosh_</c>).</summary>
    public Tensor CoshInPlace() => s_cosh.RunInPlace(this);

    /// <summary>Hyperbolic tangent (<c>torch.tanh</c>).</summary>
    public Tensor Tanh() => s_tanh.Apply(this);

    /// <summary><see cref="Tanh"/> into this tensor (<c>tanh_</c>).</summary>
    public Tensor TanhInPlace() => s_tanh.RunInPlace(this);

    /// <summary>Inverse hyperbolic sine (<c>torch.asinh</c>).</summary>
    public Tensor Asinh() => s_asinh.Apply(this);

    /// <summary><see cref="Asinh"/> into this tensor (<c>asinh_</c>).</summary>
    public Tensor AsinhInPlace() => s_asinh.RunInPlace(this);

    /// <summary>Same as <see cref="Asinh"/> (<c>torch.arcsinh</c>).</summary>
    public Tensor Arcsinh() => Asinh();

    /// <summary>Same as <see cref="AsinhInPlace"/> (<c>arcsinh_</c>).</summary>
    public Tensor ArcsinhInPlace() => AsinhInPlace();

    /// <summary>Inverse hyperbolic cosine (<c>torch.acosh</c>).</summary>
    public Tensor Acosh() => s_acosh.Apply(this);

    /// <summary><see cref="Acosh"/> into this tensor (<c>acosh_</c>).</summary>
    public Tensor AcoshInPlace() => s_acosh.RunInPlace(this);

    /// <summary>Same as <see cref="Acosh"/> (<c>torch.arccosh</c>).</summary>
    public Tensor Arccosh() => Acosh();

    /// <summary>Same as <see cref="AcoshInPlace"/> (<c>arccosh_</c>).</summary>
    public Tensor ArccoshInPlace() => AcoshInPlace();

    /// <summary>Inverse hyperbolic tangent (<c>torch.atanh</c>).</summary>
    public Tensor Atanh() => s_atanh.Apply(this);

    /// <summary><see cref="Atanh"/> into this tensor (<c>atanh_</c>).</summary>
    public Tensor AtanhInPlace() => s_atanh.RunInPlace(this);

    /// <summary>Same as <see cref="Atanh"/> (<c>torch.arctanh</c>).</summary>
    public Tensor Arctanh() => Atanh();

    /// <summary>Same as <see cref="AtanhInPlace"/> (<c>arctanh_</c>).</summary>
    public Tensor ArctanhInPlace() => AtanhInPlace();
}
