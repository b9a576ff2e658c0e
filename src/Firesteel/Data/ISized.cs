namespace Firesteel.Data;

/// <summary>Something of a known number of elements, as samplers ask for.</summary>
public interface ISized
{
    /// <summary>The number of elements (<c>len(x)</c>).</summary>
    int Count { get; }
}
