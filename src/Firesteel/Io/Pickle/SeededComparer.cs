using System.Diagnostics.CodeAnalysis;

namespace Firesteel.Io;

/// <summary>Equality with hash codes that differ from process to process, so that no file can choose keys that collide. (Those of strings do anyhow; those of numbers do not.)</summary>
internal sealed class SeededComparer<T> : IEqualityComparer<T>
    where T : notnull
{
    public static SeededComparer<T> Instance { get; } = new();

    public bool Equals(T? x, T? y) => EqualityComparer<T>.Default.Equals(x, y);

    public int GetHashCode([DisallowNull] T value) => value switch
    {
        long number => Mixed(number),
        double number => Mixed(BitConverter.DoubleToInt64Bits(number + 0.0)), // -0 becomes 0, which it equals
        _ => value.GetHashCode(),
    };

    private static int Mixed(long bits) => HashCode.Combine((int)bits, (int)(bits >> 32));
}
