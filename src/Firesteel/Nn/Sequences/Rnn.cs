namespace Firesteel.Nn;

/// <summary>Batches of sequences of different lengths (<c>torch.nn.utils.rnn</c>).</summary>
public static class Rnn
{
    /// <summary>Takes the padding out of a batch (<c>pack_padded_sequence</c>).</summary>
    /// <param name="input">[time, batch, ...], or [batch, time, ...] if <paramref name="batchFirst"/>.</param>
    /// <param name="lengths">The length of each sequence, at least 1.</param>
    /// <param name="batchFirst">Whether the batch comes first.</param>
    /// <param name="enforceSorted">Whether the sequences must come longest first; else they are sorted.</param>
    /// <exception cref="ArgumentException">Lengths that do not fit the input, or that are not sorted though they must be.</exception>
    public static PackedSequence PackPaddedSequence(Tensor input, ReadOnlySpan<long> lengths, bool batchFirst = false, bool enforceSorted = true)
    {
        const string Name = "pack_padded_sequence";
        ArgumentNullException.ThrowIfNull(input);
        if (input.Ndim < 2) throw OperationError.Argument(Name, $"expected an input of at least 2 dimensions [time, batch, ...], got {OperationError.Text(input.Shape)}");
        if (input.NumElements == 0) throw OperationError.Argument(Name, "Cannot pack empty tensors.");
        long batch = input.Shape[batchFirst ? 0 : 1], time = input.Shape[batchFirst ? 1 : 0];
        if (lengths.Length != batch) throw OperationError.Argument(Name, $"Expected `len(lengths)` to be equal to batch_size, but got {lengths.Length} (batch_size={batch})");
        long[] sorted = lengths.ToArray();
        foreach (long length in sorted)
        {
            if (length <= 0) throw OperationError.Argument(Name, $"Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0: {length}");
            if (length > time) throw OperationError.Argument(Name, $"Expected lengths of at most {time}, the padded length of the input, but got {length}");
        }

        long[] order = [.. Enumerable.Range(0, sorted.Length).OrderByDescending(i => sorted[i]).Select(static i => (long)i)];
        if (enforceSorted)
            for (int i = 1; i < sorted.Length; i++)
                if (sorted[i] > sorted[i - 1]) throw OperationError.Argument(Name, "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass enforceSorted: false to have them sorted.");
        sorted = [.. order.Select(i => sorted[i])];

        var sizes = new long[sorted[0]];
        var rows = new List<long>();
        for (long t = 0, running = batch; t < sizes.Length; t++)
        {
            while (sorted[running - 1] <= t) running--;
            sizes[t] = running;
            for (long b = 0; b < running; b++) rows.Add(batchFirst ? order[b] * time + t : t * batch + order[b]);
        }
        var data = input.Flatten(0, 1).IndexSelect(0, Tensor.From(rows.ToArray(), device: input.Device));
        if (enforceSorted) return new PackedSequence(data, sizes, null, null);
        var places = new long[order.Length];
        for (int i = 0; i < order.Length; i++) places[order[i]] = i;
        return new PackedSequence(data, sizes, Tensor.From(order, device: input.Device), Tensor.From(places, device: input.Device));
    }

    /// <summary>Takes the padding out of a batch, with lengths in a tensor of integers (<c>pack_padded_sequence</c>). Waits for the device.</summary>
    /// <exception cref="ArgumentException">Lengths that do not fit the input, or that are not sorted though they must be.</exception>
    public static PackedSequence PackPaddedSequence(Tensor input, Tensor lengths, bool batchFirst = false, bool enforceSorted = true)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (lengths.Ndim != 1) throw OperationError.Argument("pack_padded_sequence", $"expected a vector of lengths, got {OperationError.Text(lengths.Shape)}");
        return PackPaddedSequence(input, lengths.To(DType.Int64).ToArray<long>(), batchFirst, enforceSorted);
    }

    /// <summary>The batch with padding again, its sequences in their original order, and their lengths as int64 (<c>pad_packed_sequence</c>).</summary>
    /// <param name="sequence">The packed batch.</param>
    /// <param name="batchFirst">Whether the result is [batch, time, ...] and not [time, batch, ...].</param>
    /// <param name="paddingValue">What fills the ends.</param>
    /// <param name="totalLength">The padded length; that of the longest sequence if not given.</param>
    /// <exception cref="ArgumentException"><paramref name="totalLength"/> is less than the longest length.</exception>
    public static (Tensor Output, Tensor Lengths) PadPackedSequence(PackedSequence sequence, bool batchFirst = false, double paddingValue = 0, long? totalLength = null)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        long[] sizes = sequence.Sizes;
        long time = totalLength ?? sizes.Length, batch = sizes[0];
        if (time < sizes.Length) throw OperationError.Argument("pad_packed_sequence", $"Expected total_length to be at least the length of the longest sequence in input, but got total_length={time} and max sequence length being {sizes.Length}");
        long[]? order = sequence.SortedIndices?.ToArray<long>();
        var lengths = new long[batch];
        var rows = new List<long>();
        for (int t = 0; t < sizes.Length; t++)
            for (int i = 0; i < sizes[t]; i++)
            {
                long b = order is null ? i : order[i];
                lengths[b]++;
                rows.Add(batchFirst ? b * time + t : t * batch + b);
            }
        var data = sequence.Data;
        long[] rest = [.. data.Shape.AsSpan()[1..]];
        var padded = Tensor.Full([time * batch, .. rest], paddingValue, data.DType, data.Device).IndexCopy(0, Tensor.From(rows.ToArray(), device: data.Device), data);
        return (padded.Reshape(batchFirst ? [batch, time, .. rest] : [time, batch, .. rest]), Tensor.From(lengths));
    }

    /// <summary>Sequences [length, ...] in one batch [longest, batch, ...], filled up at the ends (<c>pad_sequence</c>).</summary>
    /// <param name="sequences">At least one sequence.</param>
    /// <param name="batchFirst">Whether the result is [batch, longest, ...].</param>
    /// <param name="paddingValue">What fills the ends.</param>
    /// <exception cref="ArgumentException">No sequence, or trailing sizes that differ.</exception>
    public static Tensor PadSequence(IReadOnlyList<Tensor> sequences, bool batchFirst = false, double paddingValue = 0)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Count == 0) throw OperationError.Argument("pad_sequence", "received an empty list of sequences");
        var first = sequences[0];
        long longest = 0;
        foreach (var sequence in sequences)
        {
            if (sequence.Ndim == 0) throw OperationError.Argument("pad_sequence", "a sequence needs at least 1 dimension, got a 0-D tensor");
            if (!sequence.Shape.AsSpan()[1..].SequenceEqual(first.Shape.AsSpan()[1..]))
                throw OperationError.Argument("pad_sequence", $"expected trailing sizes {OperationError.Text(first.Shape.AsSpan()[1..])} as in the first sequence, got a sequence {OperationError.Text(sequence.Shape)}");
            longest = Math.Max(longest, sequence.Shape[0]);
        }
        long[] rest = [.. first.Shape.AsSpan()[1..]];
        return Tensor.Stack([.. sequences.Select(Filled)], batchFirst ? 0 : 1);

        Tensor Filled(Tensor sequence) => sequence.Shape[0] == longest ? sequence
            : Tensor.Cat([sequence, Tensor.Full([longest - sequence.Shape[0], .. rest], paddingValue, sequence.DType, sequence.Device)]);
    }

    /// <summary>The sequences of a padded batch, as views without the padding (<c>unpad_sequence</c>).</summary>
    /// <exception cref="ArgumentException">As many lengths as sequences are needed.</exception>
    public static Tensor[] UnpadSequence(Tensor paddedSequences, Tensor lengths, bool batchFirst = false)
    {
        ArgumentNullException.ThrowIfNull(paddedSequences);
        ArgumentNullException.ThrowIfNull(lengths);
        if (paddedSequences.Ndim < 2) throw OperationError.Argument("unpad_sequence", $"expected at least 2 dimensions, got {OperationError.Text(paddedSequences.Shape)}");
        var sequences = paddedSequences.Unbind(batchFirst ? 0 : 1);
        long[] sizes = lengths.To(DType.Int64).ToArray<long>();
        if (sizes.Length != sequences.Length) throw OperationError.Argument("unpad_sequence", $"expected {sequences.Length} lengths, one for each sequence, got {sizes.Length}");
        return [.. sequences.Select((sequence, i) => sequence.Narrow(0, 0, sizes[i]))];
    }

    /// <summary>Packs a list of sequences [length, ...] (<c>pack_sequence</c>).</summary>
    /// <exception cref="ArgumentException">No sequence, trailing sizes that differ, or lengths that are not sorted though they must be.</exception>
    public static PackedSequence PackSequence(IReadOnlyList<Tensor> sequences, bool enforceSorted = true) =>
        PackPaddedSequence(PadSequence(sequences), [.. sequences.Select(static s => s.Shape[0])], enforceSorted: enforceSorted);

    /// <summary>The sequences of a packed batch in their original order (<c>unpack_sequence</c>).</summary>
    public static Tensor[] UnpackSequence(PackedSequence packedSequences)
    {
        var (padded, lengths) = PadPackedSequence(packedSequences, batchFirst: true);
        return UnpadSequence(padded, lengths, batchFirst: true);
    }
}
