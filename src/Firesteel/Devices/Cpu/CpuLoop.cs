namespace Firesteel;

/// <summary>One dimension of a nest of loops over up to three operands: how often, and how far each operand moves per step, in elements.</summary>
internal struct LoopDim(long size, long a, long b = 0, long c = 0)
{
    public long Size = size;
    public long A = a;
    public long B = b;
    public long C = c;

    public override readonly string ToString() => $"{Size}: {A} {B} {C}";
}

/// <summary>Nests of loops, outermost dimension first.</summary>
internal static unsafe class CpuLoop
{
    /// <summary>
    /// Drops dimensions of size 1 and merges neighbours that run through memory as one does; returns how many are left. The order of
    /// iteration stays the same.
    /// </summary>
    public static int Coalesce(Span<LoopDim> dims)
    {
        int count = 0;
        for (int i = 0; i < dims.Length; i++)
        {
            var dim = dims[i];
            if (dim.Size == 1) continue;
            if (count > 0)
            {
                ref var outer = ref dims[count - 1];
                if (outer.A == dim.A * dim.Size && outer.B == dim.B * dim.Size && outer.C == dim.C * dim.Size)
                {
                    outer = new LoopDim(outer.Size * dim.Size, dim.A, dim.B, dim.C);
                    continue;
                }
            }
            dims[count++] = dim;
        }
        return count;
    }

    /// <summary>Orders dimensions by the stride of operand A, largest first and repeated ones (stride 0) before all others; equal ones keep their order.</summary>
    public static void SortByStride(Span<LoopDim> dims)
    {
        for (int i = 1; i < dims.Length; i++)
        {
            var dim = dims[i];
            ulong key = Key(dim);
            int j = i;
            for (; j > 0 && Key(dims[j - 1]) < key; j--) dims[j] = dims[j - 1];
            dims[j] = dim;
        }

        static ulong Key(in LoopDim dim) => dim.A == 0 ? ulong.MaxValue : (ulong)Math.Abs(dim.A);
    }

    /// <summary>The number of iterations.</summary>
    public static long Count(ReadOnlySpan<LoopDim> dims)
    {
        long count = 1;
        foreach (ref readonly var dim in dims) count *= dim.Size;
        return count;
    }
}

/// <summary>A position in a nest of loops, with the offsets of the operands there.</summary>
internal unsafe ref struct LoopCursor
{
    private readonly LoopDim* _dims;
    private readonly int _rank;
    private readonly long* _counters;

    public long A;
    public long B;
    public long C;

    /// <summary>Starts at iteration <paramref name="index"/>; <paramref name="counters"/> is room for one number per dimension.</summary>
    public LoopCursor(LoopDim* dims, int rank, long* counters, long index)
    {
        _dims = dims;
        _rank = rank;
        _counters = counters;
        for (int d = rank - 1; d >= 0; d--)
        {
            long size = dims[d].Size;
            long at = d == 0 ? index : index % size;
            index /= size;
            counters[d] = at;
            A += at * dims[d].A;
            B += at * dims[d].B;
            C += at * dims[d].C;
        }
    }

    /// <summary>Moves on by one iteration.</summary>
    public void Next()
    {
        for (int d = _rank - 1; d >= 0; d--)
        {
            ref var dim = ref _dims[d];
            if (++_counters[d] < dim.Size || d == 0)
            {
                A += dim.A;
                B += dim.B;
                C += dim.C;
                return;
            }
            _counters[d] = 0;
            A -= dim.A * (dim.Size - 1);
            B -= dim.B * (dim.Size - 1);
            C -= dim.C * (dim.Size - 1);
        }
    }
}
