namespace Firesteel;

public partial class Tensor
{
    /// <summary>Elementwise sum.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => a.Add(b);

    /// <summary>Elementwise sum.</summary>
    public static Tensor operator +(Tensor a, Scalar b) => a.Add(b);

    /// <summary>Elementwise sum.</summary>
    public static Tensor operator +(Scalar a, Tensor b) => b.Add(a);

    /// <summary>Elementwise difference.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => a.Sub(b);

    /// <summary>Elementwise difference.</summary>
    public static Tensor operator -(Tensor a, Scalar b) => a.Sub(b);

    /// <summary>Elementwise difference.</summary>
    public static Tensor operator -(Scalar a, Tensor b) => s_rsub.Apply(a, b);

    /// <summary>Elementwise negation.</summary>
    public static Tensor operator -(Tensor a) => a.Neg();

    /// <summary>Elementwise product.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => a.Mul(b);

    /// <summary>Elementwise product.</summary>
    public static Tensor operator *(Tensor a, Scalar b) => a.Mul(b);

    /// <summary>Elementwise product.</summary>
    public static Tensor operator *(Scalar a, Tensor b) => b.Mul(a);

    /// <summary>Elementwise quotient.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => a.Div(b);

    /// <summary>Elementwise quotient.</summary>
    public static Tensor operator /(Tensor a, Scalar b) => a.Div(b);

    /// <summary>Elementwise quotient.</summary>
    public static Tensor operator /(Scalar a, Tensor b) => s_div.Apply(a, b);

    // Compound assignment writes in place, as in PyTorch. All four stand together: a missing one would silently make a new tensor.

    /// <summary>Adds in place (<c>add_</c>).</summary>
    public void operator +=(Tensor other) => AddInPlace(other);

    /// <summary>Adds in place (<c>add_</c>).</summary>
    public void operator +=(Scalar other) => AddInPlace(other);

    /// <summary>Subtracts in place (<c>sub_</c>).</summary>
    public void operator -=(Tensor other) => SubInPlace(other);

    /// <summary>Subtracts in place (<c>sub_</c>).</summary>
    public void operator -=(Scalar other) => SubInPlace(other);

    /// <summary>Multiplies in place (<c>mul_</c>).</summary>
    public void operator *=(Tensor other) => MulInPlace(other);

    /// <summary>Multiplies in place (<c>mul_</c>).</summary>
    public void operator *=(Scalar other) => MulInPlace(other);

    /// <summary>Divides in place (<c>div_</c>).</summary>
    public void operator /=(Tensor other) => DivInPlace(other);

    /// <summary>Divides in place (<c>div_</c>).</summary>
    public void operator /=(Scalar other) => DivInPlace(other);
}
