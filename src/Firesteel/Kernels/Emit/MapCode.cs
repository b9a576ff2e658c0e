using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// A program as machine code: for whole vectors of elements, computes every output from the inputs. <paramref name="values"/> are pointers to the inputs
/// (those that are one number: to that number) and then to the outputs; <paramref name="count"/> is a multiple of the vector's length.
/// </summary>
internal unsafe delegate void MapCode(void** values, long count);

/// <summary>Emitted programs, kept for the life of the process by what they compute.</summary>
internal static class MapCodes
{
    private static readonly ConcurrentDictionary<Key, MapCode?> s_known = [];

    /// <summary>Off in tests of the interpreter.</summary>
    internal static bool Enabled { get; set; } = true;

    /// <summary>How many programs were emitted so far.</summary>
    public static int Count => s_known.Count;

    /// <summary>The code of a program on elements of a dtype; null where there is none: the runtime cannot emit, or a primitive has no vector form.</summary>
    /// <param name="kernel">The program and the dtype.</param>
    /// <param name="numbers">The inputs that are one number, as bits.</param>
    public static MapCode? Of(MapKernel kernel, ulong numbers)
    {
        if (!Enabled || !RuntimeFeature.IsDynamicCodeSupported || kernel.Compute == DType.Int64 || kernel.Program.InputCount > 64) return null;
        return s_known.GetOrAdd(new Key(kernel.Program, kernel.Compute, numbers), static key =>
            RuntimeFeature.IsDynamicCodeSupported ? MapEmitter.Emit(key.Program, key.Compute, key.Numbers) : null);
    }

    /// <summary>The same, made on another thread while the interpreter does the work; null where there will be none.</summary>
    public static PendingCode? Request(MapKernel kernel, ulong numbers)
    {
        if (!Enabled || !RuntimeFeature.IsDynamicCodeSupported || kernel.Compute == DType.Int64 || kernel.Program.InputCount > 64) return null;
        if (s_known.TryGetValue(new Key(kernel.Program, kernel.Compute, numbers), out var known)) return new PendingCode(known);
        var pending = new PendingCode(null);
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.Pending.Set(Of(work.Kernel, work.Numbers)), (Pending: pending, Kernel: kernel, Numbers: numbers), preferLocal: false);
        return pending;
    }

    private readonly struct Key(Program program, DType compute, ulong numbers) : IEquatable<Key>
    {
        public readonly Program Program = program;
        public readonly DType Compute = compute;
        public readonly ulong Numbers = numbers;

        public bool Equals(Key other) => Compute == other.Compute && Numbers == other.Numbers && Program.Same(other.Program);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(Compute);
            hash.Add(Numbers);
            hash.Add(Program.InputCount);
            foreach (ref readonly var step in Program.Instructions.AsSpan()) hash.Add(step);
            foreach (int output in Program.Outputs) hash.Add(output);
            return hash.ToHashCode();
        }
    }
}

/// <summary>Machine code that may not be ready yet.</summary>
internal sealed class PendingCode(MapCode? code)
{
    private volatile MapCode? _code = code;

    /// <summary>Null as long as it is not ready, and for good if there is none.</summary>
    public MapCode? Code => _code;

    public void Set(MapCode? code) => _code = code;
}
