using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>The Mersenne Twister MT19937, as both PyTorch's CPU generator and NumPy's <c>RandomState</c> run it. Not safe for concurrent use.</summary>
internal sealed class Mt19937
{
    public const int StateLength = 624;
    private const int Middle = 397;
    private const uint MatrixA = 0x9908B0DF, UpperMask = 0x80000000, LowerMask = 0x7FFFFFFF;

    private readonly uint[] _state = new uint[StateLength];

    /// <summary>One more than the numbers left in the current block.</summary>
    private int _left = 1;

    /// <summary>The next word of the current block.</summary>
    private int _next;

    private long _blocks;

    public Mt19937(uint seed) => Seed(seed);

    /// <summary>An engine in a recorded position.</summary>
    /// <exception cref="ArgumentException">The position is not one that the engine can be in.</exception>
    public Mt19937(ReadOnlySpan<uint> state, int left, int next)
    {
        if (state.Length != StateLength || left is <= 0 or > StateLength || next is < 0 or > StateLength || (left > 1 && left + next != StateLength + 1))
            throw new ArgumentException("Invalid mt19937 state");
        state.CopyTo(_state);
        (_left, _next) = (left, next);
    }

    public ReadOnlySpan<uint> State => _state;

    public int Left => _left;

    public int Position => _next;

    /// <summary>Grows with every word that is drawn.</summary>
    public long Drawn => _blocks * StateLength + _next;

    public Mt19937 Clone() => new(_state, _left, _next);

    /// <summary>The initialisation from one number (Knuth's multiplicative generator).</summary>
    public void Seed(uint seed)
    {
        _state[0] = seed;
        for (int i = 1; i < StateLength; i++) _state[i] = 1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
        (_left, _next) = (1, 0);
    }

    /// <summary>The initialisation from a key of any length (<c>init_by_array</c> of the reference implementation).</summary>
    public void Seed(ReadOnlySpan<uint> key)
    {
        if (key.IsEmpty) throw new ArgumentException("Seed must be non-empty");
        Seed(19650218u);
        int i = 1;
        for (int k = 0, j = 0; k < Math.Max(StateLength, key.Length); k++)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1664525u)) + key[j] + (uint)j;
            i = Advance(i);
            j = j + 1 == key.Length ? 0 : j + 1;
        }
        for (int k = 0; k < StateLength - 1; k++)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1566083941u)) - (uint)i;
            i = Advance(i);
        }
        _state[0] = 0x80000000;

        int Advance(int index)
        {
            if (index + 1 < StateLength) return index + 1;
            _state[0] = _state[StateLength - 1];
            return 1;
        }
    }

    /// <summary>The next 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Next()
    {
        if (_left == 1) Refill();
        _left--;
        return Temper(_state[_next++]);
    }

    /// <summary>The next 64 bits: the first word drawn is the upper half.</summary>
    public ulong Next64()
    {
        ulong high = Next();
        return (high << 32) | Next();
    }

    /// <summary>The next words of the stream, the same as by <see cref="Next"/> one at a time.</summary>
    public void Fill(Span<uint> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_left == 1) Refill();
            int count = Math.Min(_left - 1, destination.Length);
            Temper(_state.AsSpan(_next, count), destination);
            _next += count;
            _left -= count;
            destination = destination[count..];
        }
    }

    private static uint Temper(uint y)
    {
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private static void Temper(ReadOnlySpan<uint> source, Span<uint> destination)
    {
        ref uint from = ref MemoryMarshal.GetReference(source);
        ref uint to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i <= source.Length - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            var y = Vector256.LoadUnsafe(ref from, (nuint)i);
            y ^= y >>> 11;
            y ^= (y << 7) & Vector256.Create(0x9D2C5680u);
            y ^= (y << 15) & Vector256.Create(0xEFC60000u);
            y ^= y >>> 18;
            y.StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < source.Length; i++) destination[i] = Temper(source[i]);
    }

    /// <summary>The next block of 624 words.</summary>
    private void Refill()
    {
        Twist(0, StateLength - Middle, Middle);
        Twist(StateLength - Middle, StateLength - 1, Middle - StateLength);
        _state[StateLength - 1] = _state[Middle - 1] ^ Twist(_state[StateLength - 1], _state[0]);
        (_left, _next) = (StateLength + 1, 0);
        _blocks++;
    }

    /// <summary>Words start..end-1; each depends on its successor, which is still the old one, and on the word <paramref name="distance"/> away.</summary>
    private void Twist(int start, int end, int distance)
    {
        ref uint state = ref MemoryMarshal.GetArrayDataReference(_state);
        int i = start;
        for (; i <= end - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            var current = Vector256.LoadUnsafe(ref state, (nuint)i);
            var following = Vector256.LoadUnsafe(ref state, (nuint)(i + 1));
            var mixed = (current & Vector256.Create(UpperMask)) | (following & Vector256.Create(LowerMask));
            var odd = Vector256<uint>.Zero - (following & Vector256<uint>.One);
            var result = Vector256.LoadUnsafe(ref state, (nuint)(i + distance)) ^ (mixed >>> 1) ^ (odd & Vector256.Create(MatrixA));
            result.StoreUnsafe(ref state, (nuint)i);
        }
        for (; i < end; i++) _state[i] = _state[i + distance] ^ Twist(_state[i], _state[i + 1]);
    }

    private static uint Twist(uint current, uint following) =>
        (((current & UpperMask) | (following & LowerMask)) >> 1) ^ ((following & 1) != 0 ? MatrixA : 0);
}
