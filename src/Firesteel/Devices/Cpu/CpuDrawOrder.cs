namespace Firesteel;

/// <summary>
/// The order in which PyTorch's serial kernels visit elements: dimensions by descending stride of the first operand that tells two of
/// them apart, so that memory is walked forward. Gives offsets in elements for one or two operands of the same shape.
/// </summary>
internal struct CpuDrawOrder
{
    // Innermost dimension first, neighbours that walk as one dimension merged.
    private readonly long[] _sizes, _strides, _secondStrides;
    private readonly long[] _index;
    private long _offset, _secondOffset;

    /// <summary>The order for a first operand with these strides, and a second that goes along (the same strides if there is none).</summary>
    public CpuDrawOrder(Shape shape, long[] strides, long[] secondStrides)
    {
        long[] sizes = shape.Sizes;
        int rank = sizes.Length;
        var order = new int[rank];
        for (int d = 0; d < rank; d++) order[d] = rank - 1 - d;
        for (int i = 1; i < rank; i++)
        {
            int moved = i;
            for (int k = i - 1; k >= 0; k--)
            {
                int comparison = Compare(order[k], order[moved]);
                if (comparison < 0) break;
                if (comparison == 0) continue;
                (order[k], order[moved]) = (order[moved], order[k]);
                moved = k;
            }
        }

        var merged = new List<(long Size, long Stride, long Second)>(rank);
        foreach (int d in order)
        {
            if (sizes[d] == 1) continue;
            if (merged.Count > 0 && merged[^1] is var (size, stride, second) && size * stride == strides[d] && size * second == secondStrides[d])
                merged[^1] = (size * sizes[d], stride, second);
            else
                merged.Add((sizes[d], strides[d], secondStrides[d]));
        }
        if (merged.Count == 0) merged.Add((1, 1, 1));
        _sizes = [.. merged.Select(m => m.Size)];
        _strides = [.. merged.Select(m => m.Stride)];
        _secondStrides = [.. merged.Select(m => m.Second)];
        _index = new long[_sizes.Length];

        int Compare(int inner, int outer)
        {
            for (int operand = 0; operand < 2; operand++)
            {
                long[] s = operand == 0 ? strides : secondStrides;
                if (s[inner] == 0 || s[outer] == 0) continue;
                if (s[inner] != s[outer]) return s[inner] < s[outer] ? -1 : 1;
                if (sizes[inner] > sizes[outer]) return 1;
            }
            return 0;
        }
    }

    /// <summary>True when the first operand is visited at offsets 0, 1, 2, ...</summary>
    public readonly bool IsLinear => _sizes.Length == 1 && _strides[0] == 1;

    /// <summary>The offsets of the next elements; there must be that many left.</summary>
    public void Next(Span<long> offsets, Span<long> secondOffsets)
    {
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = _offset;
            secondOffsets[i] = _secondOffset;
            for (int d = 0; d < _sizes.Length; d++)
            {
                _offset += _strides[d];
                _secondOffset += _secondStrides[d];
                if (++_index[d] < _sizes[d]) break;
                _offset -= _sizes[d] * _strides[d];
                _secondOffset -= _sizes[d] * _secondStrides[d];
                _index[d] = 0;
            }
        }
    }
}
