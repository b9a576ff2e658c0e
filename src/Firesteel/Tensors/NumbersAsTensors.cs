namespace Firesteel;

public partial class Tensor
{
    /// <summary>Made from a number by conversion: takes part in type promotion as the number does, as PyTorch's wrapped numbers do.</summary>
    internal bool IsWrappedNumber { get; private init; }

    private static Tensor Wrapped(Scalar value) => new(From(value, value.DType).Layout) { IsWrappedNumber = true };

    /// <summary>A number as a 0-d tensor, so that it can be assigned: <c>x[mask] = 0</c>.</summary>
    public static implicit operator Tensor(Scalar value) => Wrapped(value);

    /// <summary>A number as a 0-d tensor, so that it can be assigned: <c>x[mask] = 0</c>.</summary>
    public static implicit operator Tensor(bool value) => Wrapped(value);

    /// <summary>A number as a 0-d tensor, so that it can be assigned: <c>x[mask] = 0</c>.</summary>
    public static implicit operator Tensor(int value) => Wrapped(value);

    /// <summary>A number as a 0-d tensor, so that it can be assigned: <c>x[mask] = 0</c>.</summary>
    public static implicit operator Tensor(long value) => Wrapped(value);

    /// <summary>A number as a 0-d tensor, so that it can be assigned: <c>x[mask] = 0</c>.</summary>
    public static implicit operator Tensor(float value) => Wrapped(value);

    /// <summary>A number as a 0-d tensor, so that it can be assigned: <c>x[mask] = 0</c>.</summary>
    public static implicit operator Tensor(double value) => Wrapped(value);
}
