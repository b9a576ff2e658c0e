using System.Globalization;

namespace Firesteel.Tests.Ops;

/// <summary>An input to draw: its shape, where its values lie, and whether derivatives with respect to it are wanted.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="Domain">See <see cref="Draws"/>.</param>
/// <param name="IsConstant">True for inputs that no gradient is asked for.</param>
public sealed record SampleInput(long[] Shape, string Domain, bool IsConstant)
{
    /// <summary>Integer and logical arguments keep their dtype whatever dtype is tested.</summary>
    public DType? Fixed => Domain.StartsWith("int<", StringComparison.Ordinal) ? DType.Int64 : Domain == "bool" ? DType.Bool : null;
}

/// <summary>Inputs of one call, and the shapes of the results where they are written down.</summary>
public sealed record Sample(SampleInput[] Inputs, long[][]? Outputs)
{
    public bool IsEmpty => Inputs.Any(static input => input.Shape.Contains(0));

    public bool IsScalar => Inputs.All(static input => input.Shape.Length == 0);

    /// <summary>
    /// Reads <c>3,4; 4,2:positive -> 3,2 | 0,4; 4,2 -> 0,2 | (); () -> ()</c>: samples between bars, inputs and outputs between semicolons,
    /// sizes between commas, <c>()</c> for no dimension, then a colon and the domain (<c>any</c> if left out), which may end in
    /// <c>const</c>.
    /// </summary>
    public static Sample[] Parse(string text) => [.. text.Split('|').Select(One)];

    public override string ToString() => string.Join("; ", Inputs.Select(static input => $"[{string.Join(", ", input.Shape)}] {input.Domain}"));

    private static Sample One(string text)
    {
        var sides = text.Split("->");
        return new Sample([.. sides[0].Split(';').Select(Input)], sides.Length == 1 ? null : [.. sides[1].Split(';').Select(Sizes)]);
    }

    private static SampleInput Input(string text)
    {
        var parts = text.Split(':');
        var words = parts.Length == 1 ? [] : parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string domain = words.Length > 0 && words[0] != "const" ? words[0] : "any";
        return new SampleInput(Sizes(parts[0]), domain, words.Contains("const"));
    }

    private static long[] Sizes(string text) => text.Trim() is "()"
        ? []
        : [.. text.Split(',').Select(static size => long.Parse(size, CultureInfo.InvariantCulture))];
}
