namespace Firesteel.Data;

/// <summary>Data sets that are generated or known by name, and their division into parts.</summary>
public static partial class Datasets
{
    /// <summary>
    /// Two interleaving half circles, [nSamples, 2], with labels 0 (outer) and 1 (inner); <paramref name="noise"/> is the standard deviation of
    /// normal noise, and the same <paramref name="randomState"/> gives the same points (<c>sklearn.datasets.make_moons</c>).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A size or the noise is negative, or the seed does not fit in 32 bits.</exception>
    public static (double[,] X, long[] Y) MakeMoons(int nSamples = 100, bool shuffle = true, double? noise = null, long? randomState = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nSamples);
        var random = new NumpyRandomState(randomState ?? Random.Shared.NextInt64(1L << 32));
        int outer = nSamples / 2, inner = nSamples - outer;
        var order = new int[nSamples];
        for (int i = 0; i < nSamples; i++) order[i] = i;
        if (shuffle) random.Shuffle<int>(order);

        var x = new double[nSamples, 2];
        var y = new long[nSamples];
        for (int i = 0; i < nSamples; i++)
        {
            int k = order[i];
            double angle = k < outer ? Angle(k, outer) : Angle(k - outer, inner);
            (x[i, 0], x[i, 1]) = k < outer ? (Math.Cos(angle), Math.Sin(angle)) : (1 - Math.Cos(angle), 1 - Math.Sin(angle) - 0.5);
            y[i] = k < outer ? 0 : 1;
        }
        if (noise is { } scale)
        {
            for (int i = 0; i < nSamples; i++)
            {
                x[i, 0] += random.Normal(0, scale);
                x[i, 1] += random.Normal(0, scale);
            }
        }
        return (x, y);
    }

    /// <summary>Element <paramref name="i"/> of <c>numpy.linspace(0, pi, count)</c>.</summary>
    private static double Angle(int i, int count) =>
        count == 1 ? 0 : i == count - 1 ? Math.PI : i * (Math.PI / (count - 1));
}
