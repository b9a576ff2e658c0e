using System.Numerics;

namespace Firesteel.Plots;

/// <summary>Copies what the user gives into columns of doubles, so that later changes to it do not reach the picture.</summary>
internal static class Columns
{
    public static double[] From<T>(IEnumerable<T> values, string name)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(values, name);
        return [.. values.Select(double.CreateSaturating)];
    }

    public static double[] From<T>(ReadOnlySpan<T> values)
        where T : INumber<T>
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = double.CreateSaturating(values[i]);
        return result;
    }

    /// <summary>Copies a matrix row by row.</summary>
    public static Grid From<T>(T[,] values, string name)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(values, name);
        var (rows, columns) = (values.GetLength(0), values.GetLength(1));
        var result = new double[rows * columns];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                result[(row * columns) + column] = double.CreateSaturating(values[row, column]);
        return new Grid(result, rows, columns);
    }

    /// <summary>0, 1, 2, ...: the x of values that came without one.</summary>
    public static double[] Count(int count)
    {
        var result = new double[count];
        for (var i = 0; i < count; i++)
            result[i] = i;
        return result;
    }

    public static void RequireSameLength(string method, string firstName, int first, string secondName, int second)
    {
        if (first != second)
            throw new ArgumentException($"{method}: {firstName} has {first} values and {secondName} has {second}; every point needs one of each.");
    }
}
