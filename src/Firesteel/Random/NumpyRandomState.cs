using System.Globalization;
using System.Numerics;
using Firesteel.Io;

namespace Firesteel.Data;

/// <summary>
/// NumPy's legacy generator (<c>numpy.random.RandomState</c>), number for number, so that shuffles, splits and generated data sets of the
/// Python world can be repeated. Not safe for concurrent use.
/// </summary>
public sealed class NumpyRandomState : IStateful
{
    private Mt19937 _engine;
    private double? _nextGauss;

    /// <summary>The stream of a seed between 0 and 2^32 - 1 (<c>RandomState(seed)</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The seed does not fit in 32 bits.</exception>
    public NumpyRandomState(long seed)
    {
        if (seed is < 0 or > uint.MaxValue) throw new ArgumentOutOfRangeException(nameof(seed), seed, "Seed must be between 0 and 2**32 - 1");
        _engine = new Mt19937((uint)seed);
    }

    /// <summary>The stream of a key of several numbers (<c>RandomState([a, b, ...])</c>).</summary>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public NumpyRandomState(ReadOnlySpan<uint> key)
    {
        _engine = new Mt19937(0);
        _engine.Seed(key);
    }

    Dictionary<string, object> IStateful.StateDict()
    {
        var state = new Dictionary<string, object>
        {
            ["keys"] = Tensor.From(_engine.State.ToArray().Select(static word => (long)word).ToArray()),
            ["left"] = (long)_engine.Left,
            ["pos"] = (long)_engine.Position,
        };
        if (_nextGauss is { } next) state["cached_gaussian"] = next;
        return state;
    }

    void IStateful.LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        if (stateDict.GetValueOrDefault("keys") is not Tensor { DType: DType.Int64 } keys || stateDict.GetValueOrDefault("left") is not { } left || stateDict.GetValueOrDefault("pos") is not { } position)
            throw new ArgumentException("not the state of a RandomState: 'keys', 'left' or 'pos' is missing", nameof(stateDict));
        _engine = new Mt19937([.. keys.ToArray<long>().Select(static word => checked((uint)word))], Convert.ToInt32(left, CultureInfo.InvariantCulture), Convert.ToInt32(position, CultureInfo.InvariantCulture));
        _nextGauss = stateDict.TryGetValue("cached_gaussian", out var next) ? Convert.ToDouble(next, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>A number in [0, 1) of 53 random bits (<c>random_sample()</c>).</summary>
    public double RandomSample()
    {
        uint high = _engine.Next() >> 5, low = _engine.Next() >> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /// <summary><paramref name="size"/> numbers in [0, 1) (<c>random_sample(size)</c>).</summary>
    public double[] RandomSample(int size) => Repeat(size, RandomSample);

    /// <summary>A number in [low, high) (<c>uniform(low, high)</c>).</summary>
    public double Uniform(double low = 0, double high = 1) => low + (high - low) * RandomSample();

    /// <summary><paramref name="size"/> numbers in [low, high) (<c>uniform(low, high, size)</c>).</summary>
    public double[] Uniform(double low, double high, int size) => Repeat(size, () => Uniform(low, high));

    /// <summary>A number of the standard normal distribution, by Marsaglia's polar method (<c>standard_normal()</c>).</summary>
    public double StandardNormal()
    {
        if (_nextGauss is { } cached)
        {
            _nextGauss = null;
            return cached;
        }
        double x1, x2, r2;
        do
        {
            x1 = 2.0 * RandomSample() - 1.0;
            x2 = 2.0 * RandomSample() - 1.0;
            r2 = x1 * x1 + x2 * x2;
        }
        while (r2 >= 1.0 || r2 == 0.0);
        double f = Math.Sqrt(-2.0 * Math.Log(r2) / r2);
        _nextGauss = f * x1;
        return f * x2;
    }

    /// <summary><paramref name="size"/> numbers of the standard normal distribution (<c>standard_normal(size)</c>, <c>randn(size)</c>).</summary>
    public double[] StandardNormal(int size) => Repeat(size, StandardNormal);

    /// <summary>A normal number with mean <paramref name="loc"/> and standard deviation <paramref name="scale"/> (<c>normal(loc, scale)</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scale"/> is negative.</exception>
    public double Normal(double loc = 0, double scale = 1)
    {
        if (!(scale >= 0)) throw new ArgumentOutOfRangeException(nameof(scale), scale, "scale < 0");
        return loc + scale * StandardNormal();
    }

    /// <summary><paramref name="size"/> normal numbers (<c>normal(loc, scale, size)</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scale"/> is negative.</exception>
    public double[] Normal(double loc, double scale, int size) => Repeat(size, () => Normal(loc, scale));

    /// <summary>An integer in [low, high), of the int64 stream (<c>randint(low, high)</c>).</summary>
    /// <exception cref="ArgumentException">There is no integer in the range.</exception>
    public long Randint(long low, long high)
    {
        if (low >= high) throw new ArgumentException($"low >= high: {low} >= {high}");
        return unchecked(low + (long)Interval((ulong)high - 1 - (ulong)low));
    }

    /// <summary><paramref name="size"/> integers in [low, high) (<c>randint(low, high, size)</c>).</summary>
    /// <exception cref="ArgumentException">There is no integer in the range.</exception>
    public long[] Randint(long low, long high, int size) => Repeat(size, () => Randint(low, high));

    /// <summary>Puts the values in random order, in place (<c>shuffle(x)</c>).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = (int)Interval((ulong)i);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>The numbers 0..n-1 in random order (<c>permutation(n)</c>).</summary>
    public long[] Permutation(int n)
    {
        var order = new long[n];
        for (int i = 0; i < n; i++) order[i] = i;
        Shuffle<long>(order);
        return order;
    }

    /// <summary><paramref name="size"/> of the numbers 0..n-1, all equally likely (<c>choice(n, size, replace)</c>).</summary>
    /// <exception cref="ArgumentException">There are not that many.</exception>
    public long[] Choice(int n, int size, bool replace = true)
    {
        if (n <= 0 && size != 0) throw new ArgumentException("a must be greater than 0 unless no samples are taken");
        if (replace) return Randint(0, n, size);
        if (size > n) throw new ArgumentException("Cannot take a larger sample than population when 'replace=False'");
        return Permutation(n)[..size];
    }

    /// <summary>An integer in [0, max]: as many bits as max has, drawn again until they are not larger.</summary>
    private ulong Interval(ulong max)
    {
        if (max == 0) return 0;
        ulong mask = ulong.MaxValue >> BitOperations.LeadingZeroCount(max);
        ulong value;
        if (max <= uint.MaxValue)
        {
            do value = _engine.Next() & mask;
            while (value > max);
        }
        else
        {
            do value = _engine.Next64() & mask;
            while (value > max);
        }
        return value;
    }

    private static T[] Repeat<T>(int size, Func<T> draw)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var values = new T[size];
        for (int i = 0; i < size; i++) values[i] = draw();
        return values;
    }
}
