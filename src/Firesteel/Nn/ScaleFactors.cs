namespace Firesteel.Nn;

/// <summary>By how much an image grows or shrinks: one number for all spatial dimensions, or one for each. Converts by itself from numbers, tuples and arrays.</summary>
public readonly struct ScaleFactors
{
    private readonly double[] _values;

    private ScaleFactors(params double[] values) => _values = values;

    /// <summary>One number for all dimensions.</summary>
    public static implicit operator ScaleFactors(double value) => new(value);

    /// <summary>One number for each dimension.</summary>
    public static implicit operator ScaleFactors(double[] values) => new([.. values]);

    /// <summary>One number for each of two dimensions.</summary>
    public static implicit operator ScaleFactors((double, double) values) => new(values.Item1, values.Item2);

    /// <summary>One number for each of three dimensions.</summary>
    public static implicit operator ScaleFactors((double, double, double) values) => new(values.Item1, values.Item2, values.Item3);

    /// <summary>One number for each of <paramref name="rank"/> dimensions.</summary>
    /// <exception cref="ArgumentException">Another count of numbers.</exception>
    internal double[] For(string operation, string name, int rank)
    {
        var values = _values ?? [];
        if (values.Length != 1 && values.Length != rank)
            throw OperationError.Argument(operation, $"{name} must be one number or a list of {rank} numbers, got {this}");
        return values.Length == rank ? values : [.. Enumerable.Repeat(values[0], rank)];
    }

    /// <summary>As PyTorch prints it: <c>2.0</c> or <c>(2.0, 1.5)</c>.</summary>
    public override string ToString()
    {
        var texts = Array.ConvertAll(_values ?? [], static v => v == Math.Floor(v) ? v.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) : v.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        return texts.Length == 1 ? texts[0] : $"({string.Join(", ", texts)})";
    }
}
