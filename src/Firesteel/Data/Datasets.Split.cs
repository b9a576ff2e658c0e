namespace Firesteel.Data;

public static partial class Datasets
{
    /// <summary>Parts of these sizes of a data set, at random (<c>torch.utils.data.random_split</c>).</summary>
    /// <param name="dataset">What to split.</param>
    /// <param name="lengths">The sizes; their sum is the number of samples.</param>
    /// <param name="generator">Where the order is drawn from, by default <see cref="Rng.Default"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not add up to the number of samples, or one is negative.</exception>
    public static Subset<T>[] RandomSplit<T>(Dataset<T> dataset, ReadOnlySpan<int> lengths, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        long sum = 0;
        foreach (int length in lengths)
        {
            if (length < 0) throw new ArgumentException($"RandomSplit: a part of {length} samples was asked for.");
            sum += length;
        }
        if (sum != dataset.Count)
            throw new ArgumentException($"RandomSplit: Sum of input lengths does not equal the length of the input dataset! {string.Join(" + ", lengths.ToArray())} = {sum}, and there are {dataset.Count} samples.");
        int[] order = Draws.Permutation(dataset.Count, generator);
        var parts = new Subset<T>[lengths.Length];
        int start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = new Subset<T>(dataset, order.AsSpan(start, lengths[i]).ToArray());
            start += lengths[i];
        }
        return parts;
    }

    /// <summary>Parts of a data set at random, given as fractions; samples left over by rounding down go to the first parts (<c>torch.utils.data.random_split</c>).</summary>
    /// <param name="dataset">What to split.</param>
    /// <param name="fractions">The sizes as fractions of 1; their sum is 1.</param>
    /// <param name="generator">Where the order is drawn from, by default <see cref="Rng.Default"/>.</param>
    /// <exception cref="ArgumentException">A fraction is not between 0 and 1, or their sum is not 1.</exception>
    public static Subset<T>[] RandomSplit<T>(Dataset<T> dataset, ReadOnlySpan<double> fractions, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        double sum = 0;
        var lengths = new int[fractions.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            if (!(fractions[i] is >= 0 and <= 1)) throw new ArgumentException($"RandomSplit: Fraction at index {i} is not between 0 and 1: {fractions[i]}");
            sum += fractions[i];
            lengths[i] = (int)Math.Floor(dataset.Count * fractions[i]);
        }
        if (Math.Abs(sum - 1) > 1e-9) throw new ArgumentException($"RandomSplit: the fractions {string.Join(", ", fractions.ToArray())} add up to {sum}, not to 1.");
        int left = dataset.Count - lengths.Sum();
        for (int i = 0; i < left; i++) lengths[i % lengths.Length]++;
        return RandomSplit(dataset, lengths, generator);
    }
}
