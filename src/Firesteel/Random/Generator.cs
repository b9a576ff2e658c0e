using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Runtime.InteropServices;
using Firesteel.Io;

namespace Firesteel;

/// <summary>
/// A stream of random numbers (<c>torch.Generator</c>): the same seed gives the numbers of PyTorch's CPU generator. Safe to use from
/// several threads; what each of them gets then depends on their order.
/// </summary>
public sealed class Generator : IStateful
{
    /// <summary>The seed of a new generator, as in PyTorch.</summary>
    private const ulong DefaultSeed = 67280421310721;

    /// <summary>Layout of <c>torch.Generator.get_state()</c>: seed, left, seeded, next, 624 words of 64 bits, three doubles and a flag, a float and a flag.</summary>
    private const int StateBytes = 5056, WordsAt = 24, NormalAt = 5024, NormalValidAt = 5040, FloatNormalAt = 5048, FloatNormalValidAt = 5052;

    private ulong _initialSeed;

    /// <summary>A generator with PyTorch's default seed.</summary>
    public Generator()
        : this(DefaultSeed)
    {
    }

    internal Generator(ulong seed)
    {
        _initialSeed = seed;
        Engine = new Mt19937((uint)seed);
    }

    private Generator(Generator other)
    {
        _initialSeed = other._initialSeed;
        Engine = other.Engine.Clone();
        NextNormal = other.NextNormal;
        NextFloatNormal = other.NextFloatNormal;
    }

    /// <summary>Held by whoever draws.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The source of bits; to be used under <see cref="Gate"/>.</summary>
    internal Mt19937 Engine { get; private set; }

    /// <summary>The second of the last pair of normal draws, when it has not been used yet; under <see cref="Gate"/>.</summary>
    internal double? NextNormal { get; set; }

    /// <summary>Kept only because it is part of PyTorch's state; its CPU kernels draw every normal number in double precision.</summary>
    private float? NextFloatNormal { get; set; }

    /// <summary>Starts the stream of <paramref name="seed"/> and returns this generator; a negative seed stands for 2^64 + seed (<c>torch.Generator.manual_seed</c>).</summary>
    public Generator ManualSeed(long seed) => ManualSeed(unchecked((ulong)seed));

    /// <summary>Starts the stream of <paramref name="seed"/> and returns this generator (<c>torch.Generator.manual_seed</c>).</summary>
    public Generator ManualSeed(ulong seed)
    {
        if (Recorder.Current is null) Restart(seed);
        else Recorder.Repeat(() => Restart(seed), "ManualSeed", (this, seed));
        return this;
    }

    private void Restart(ulong seed)
    {
        lock (Gate)
        {
            _initialSeed = seed;
            Engine = new Mt19937(unchecked((uint)seed));
            NextNormal = null;
            NextFloatNormal = null;
        }
    }

    /// <summary>The seed that the stream was started with (<c>torch.Generator.initial_seed</c>).</summary>
    public ulong InitialSeed()
    {
        lock (Gate) return _initialSeed;
    }

    /// <summary>Starts a stream that cannot be foretold and returns its seed (<c>torch.Generator.seed</c>).</summary>
    public ulong Seed()
    {
        ulong seed = FreshSeed();
        ManualSeed(seed);
        return seed;
    }

    /// <summary>A copy that goes on from the same point by itself (<c>torch.Generator.clone_state</c>).</summary>
    public Generator Clone()
    {
        Recorder.Flush();
        lock (Gate) return new Generator(this);
    }

    /// <summary>Equal at two times only if nothing was drawn, seeded or restored in between.</summary>
    internal (Mt19937 Engine, long Drawn, double? NextNormal) Mark()
    {
        Recorder.Flush();
        lock (Gate) return (Engine, Engine.Drawn, NextNormal);
    }

    /// <summary>The position in the stream, as the 5056 bytes of <c>torch.Generator.get_state</c>.</summary>
    public byte[] GetState()
    {
        Recorder.Flush();
        var bytes = new byte[StateBytes];
        var span = bytes.AsSpan();
        lock (Gate)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(span, _initialSeed);
            BinaryPrimitives.WriteInt32LittleEndian(span[8..], Engine.Left);
            BinaryPrimitives.WriteInt32LittleEndian(span[12..], 1);
            BinaryPrimitives.WriteUInt64LittleEndian(span[16..], (ulong)Engine.Position);
            for (int i = 0; i < Mt19937.StateLength; i++) BinaryPrimitives.WriteUInt64LittleEndian(span[(WordsAt + 8 * i)..], Engine.State[i]);
            BinaryPrimitives.WriteDoubleLittleEndian(span[NormalAt..], NextNormal ?? 0);
            BinaryPrimitives.WriteInt32LittleEndian(span[NormalValidAt..], NextNormal is null ? 0 : 1);
            BinaryPrimitives.WriteSingleLittleEndian(span[FloatNormalAt..], NextFloatNormal ?? 0);
            bytes[FloatNormalValidAt] = NextFloatNormal is null ? (byte)0 : (byte)1;
        }
        return bytes;
    }

    /// <summary>Returns to a position from <see cref="GetState"/>, or from <c>torch.Generator.get_state</c> of PyTorch's CPU generator.</summary>
    /// <exception cref="ArgumentException">These are not the bytes of a state; the generator is left as it was.</exception>
    public void SetState(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateBytes)
            throw new ArgumentException($"Expected a CPUGeneratorImplState of size {StateBytes} but found the input RNG state size to be {state.Length}", nameof(state));
        Recorder.Flush();
        Span<uint> words = stackalloc uint[Mt19937.StateLength];
        for (int i = 0; i < words.Length; i++) words[i] = (uint)BinaryPrimitives.ReadUInt64LittleEndian(state[(WordsAt + 8 * i)..]);
        ulong next = BinaryPrimitives.ReadUInt64LittleEndian(state[16..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(state[12..]) == 0 || next > Mt19937.StateLength) throw new ArgumentException("Invalid mt19937 state", nameof(state));
        var engine = new Mt19937(words, BinaryPrimitives.ReadInt32LittleEndian(state[8..]), (int)next);
        lock (Gate)
        {
            _initialSeed = BinaryPrimitives.ReadUInt64LittleEndian(state);
            Engine = engine;
            NextNormal = BinaryPrimitives.ReadInt32LittleEndian(state[NormalValidAt..]) != 0 ? BinaryPrimitives.ReadDoubleLittleEndian(state[NormalAt..]) : null;
            NextFloatNormal = state[FloatNormalValidAt] != 0 ? BinaryPrimitives.ReadSingleLittleEndian(state[FloatNormalAt..]) : null;
        }
    }

    Dictionary<string, object> IStateful.StateDict() => new() { ["state"] = Tensor.From(GetState()) };

    void IStateful.LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        if (stateDict.GetValueOrDefault("state") is not Tensor { DType: DType.UInt8 } state) throw new ArgumentException("not the state of a generator: it has no 'state'", nameof(stateDict));
        SetState(state.ToArray<byte>());
    }

    /// <summary>53 bits, so that a seed survives being written down as a double.</summary>
    internal static ulong FreshSeed()
    {
        ulong seed = 0;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref seed)));
        return seed & 0x1F_FFFF_FFFF_FFFF;
    }
}
