using System.Diagnostics.CodeAnalysis;

namespace Firesteel.Io;

/// <summary>Equality with hash codes that differ from process to process, so that no file can choose keys that collide.</summary>
internal sealed class SeededComparer<T> : IEqualityComparer<T>
    where T : notnull
{
    public static SeededComparer<T> Instance { get; } = new();

    public bool Equals(T? x, T? y) => EqualityComparer<T>.Default.Equals(x, y);

    public int GetHashCode([DisallowNull] T value) => HashCode.Combine(value);
}
