namespace Firesteel;

public partial class Tensor
{
    /// <summary>The tensor as PyTorch prints it, with <see cref="PrintOptions.Current"/>. Waits for the device.</summary>
    public override string ToString() => TensorFormatter.Format(this, PrintOptions.Current);

    /// <summary>The tensor as PyTorch prints it, with other options than the current ones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public string ToString(PrintOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return TensorFormatter.Format(this, options);
    }

    /// <summary>
    /// Changes how tensors are printed (<c>torch.set_printoptions</c>). What is left out stays as it is, but for <paramref name="sciMode"/>,
    /// which returns to null as in PyTorch.
    /// </summary>
    /// <param name="precision">Digits behind the point.</param>
    /// <param name="threshold">The number of elements beyond which only the edges are printed.</param>
    /// <param name="edgeitems">How many positions at both ends of a dimension are printed then.</param>
    /// <param name="linewidth">Characters on a line.</param>
    /// <param name="profile"><c>"default"</c>, <c>"short"</c> or <c>"full"</c>: what the others start from.</param>
    /// <param name="sciMode">Scientific notation always, never, or (null) where it is needed.</param>
    /// <exception cref="ArgumentException">There is no such profile, or a value is out of its range.</exception>
    public static void SetPrintoptions(int? precision = null, long? threshold = null, int? edgeitems = null, int? linewidth = null, string? profile = null, bool? sciMode = null)
    {
        var start = profile switch
        {
            null => PrintOptions.Current,
            "default" => PrintOptions.Default,
            "short" => PrintOptions.Short,
            "full" => PrintOptions.Full,
            _ => throw OperationError.Argument("set_printoptions", $"there is no profile '{profile}'; use 'default', 'short' or 'full'"),
        };
        PrintOptions.Current = new PrintOptions(precision ?? start.Precision, threshold ?? start.Threshold, edgeitems ?? start.Edgeitems, linewidth ?? start.Linewidth, sciMode);
    }
}
