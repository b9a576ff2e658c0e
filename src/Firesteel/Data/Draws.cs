namespace Firesteel.Data;

/// <summary>What samplers and loaders draw, in PyTorch's way.</summary>
internal static class Draws
{
    /// <summary>A seed of 63 bits (<c>torch.empty((), dtype=torch.int64).random_()</c>).</summary>
    public static long Seed(Generator? generator) => Tensor.Empty([], DType.Int64).RandomInPlace(generator).Item<long>();

    /// <summary>The numbers 0..n-1 in random order (<c>torch.randperm(n)</c>).</summary>
    public static int[] Permutation(int n, Generator? generator) => Tensor.Randperm(n, generator: generator).ToArray<int>();

    /// <summary>Numbers in [0, high) (<c>torch.randint(high, (count,))</c>).</summary>
    public static int[] Integers(int high, int count, Generator? generator) => Tensor.Randint(high, [count], generator: generator).ToArray<int>();

    /// <summary>Positions with these probabilities (<c>torch.multinomial(weights, count, replacement)</c>).</summary>
    public static int[] Multinomial(Tensor weights, int count, bool replacement, Generator? generator) =>
        weights.Multinomial(count, replacement, generator: generator).ToArray<int>();
}
