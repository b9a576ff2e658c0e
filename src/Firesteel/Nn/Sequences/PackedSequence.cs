namespace Firesteel.Nn;

/// <summary>
/// Sequences of different lengths without padding, for recurrent layers: the rows of all sequences at the first step, then at the second,
/// and so on, longest sequence first (<c>torch.nn.utils.rnn.PackedSequence</c>). See <see cref="Rnn"/>.
/// </summary>
public sealed class PackedSequence
{
    internal PackedSequence(Tensor data, long[] sizes, Tensor? sortedIndices, Tensor? unsortedIndices)
    {
        (Data, Sizes, SortedIndices, UnsortedIndices) = (data, sizes, sortedIndices, unsortedIndices);
        BatchSizes = Tensor.From(sizes);
    }

    /// <summary>The rows, [sum of lengths, ...].</summary>
    public Tensor Data { get; }

    /// <summary>How many sequences reach each step, int64 [longest length].</summary>
    public Tensor BatchSizes { get; }

    /// <summary>Which of the original sequences stands at each place, or null if they were sorted by length.</summary>
    public Tensor? SortedIndices { get; }

    /// <summary>Where each of the original sequences stands, or null if they were sorted by length.</summary>
    public Tensor? UnsortedIndices { get; }

    internal long[] Sizes { get; }

    /// <summary>The same with the rows converted to a dtype (<c>to(dtype)</c>).</summary>
    public PackedSequence To(DType dtype) => With(Data.To(dtype));

    /// <summary>The same with the rows moved to a device (<c>to(device)</c>).</summary>
    public PackedSequence To(Device device) => new(Data.To(device), Sizes, SortedIndices?.To(device), UnsortedIndices?.To(device));

    /// <summary>As PyTorch prints it.</summary>
    public override string ToString() => $"PackedSequence(data={Data}, batch_sizes={BatchSizes}, sorted_indices={Text(SortedIndices)}, unsorted_indices={Text(UnsortedIndices)})";

    /// <summary>Other rows for the same sequences.</summary>
    internal PackedSequence With(Tensor data) => new(data, Sizes, SortedIndices, UnsortedIndices);

    private static string Text(Tensor? tensor) => tensor?.ToString() ?? "None";
}
