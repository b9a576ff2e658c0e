namespace Firesteel;

/// <summary>How tensors are printed (<c>torch.set_printoptions</c>).</summary>
/// <param name="Precision">Digits behind the point of floating-point numbers.</param>
/// <param name="Threshold">Tensors of more elements than this are printed with their edges only.</param>
/// <param name="Edgeitems">How many positions at both ends of every dimension are printed then.</param>
/// <param name="Linewidth">The number of characters after which a line is broken.</param>
/// <param name="SciMode">Scientific notation: always, never, or (null) where the range of the numbers asks for it.</param>
public sealed record PrintOptions(int Precision = 4, long Threshold = 1000, int Edgeitems = 3, int Linewidth = 80, bool? SciMode = null)
{
    private static volatile PrintOptions s_current = new();

    /// <summary>The profile <c>"default"</c>.</summary>
    public static PrintOptions Default { get; } = new();

    /// <summary>The profile <c>"short"</c>: two digits, two edge items.</summary>
    public static PrintOptions Short { get; } = new(Precision: 2, Edgeitems: 2);

    /// <summary>The profile <c>"full"</c>: every element, however many.</summary>
    public static PrintOptions Full { get; } = new(Threshold: long.MaxValue);

    /// <summary>What <see cref="Tensor.ToString()"/> uses, in the whole process.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative precision, threshold or edge, or a line without room.</exception>
    public static PrintOptions Current
    {
        get => s_current;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Check();
            s_current = value;
        }
    }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Precision);
        ArgumentOutOfRangeException.ThrowIfNegative(Threshold);
        ArgumentOutOfRangeException.ThrowIfNegative(Edgeitems);
        ArgumentOutOfRangeException.ThrowIfLessThan(Linewidth, 1);
    }
}
