namespace Firesteel;

/// <summary>The shape that a pointwise loop walks, with neighbouring dimensions merged: where positions lie in an operand, and tiles read from there and written there.</summary>
internal readonly unsafe struct MapPlaces(long* sizes, int dims)
{
    public readonly long* Sizes = sizes;
    public readonly int Dims = dims;

    private const int TileLength = 512;

    /// <summary>The length of a tile: whole rows, if they are short, so that an operand that is repeated along rows has to be gathered only once.</summary>
    public int TileOfRows()
    {
        if (Dims < 2) return TileLength;
        long row = Sizes[Dims - 1];
        return row <= TileLength ? (int)(TileLength / row * row) : row <= 2 * TileLength ? (int)row : TileLength;
    }

    /// <summary>True for an operand that is the same in every tile.</summary>
    public bool Repeats(in MapPort port, long start, int tile)
    {
        if (Dims < 2 || port.Access != MapAccess.Strided || tile % Sizes[Dims - 1] != 0 || start % Sizes[Dims - 1] != 0) return false;
        for (int d = 0; d < Dims - 1; d++)
            if (port.Strides[d] != 0) return false;
        return true;
    }

    public void Gather<T>(in MapPort port, long at, int n, T* tile)
        where T : unmanaged
    {
        var walk = new Walk(this, port, at);
        while (n > 0)
        {
            int run = (int)Math.Min(walk.Run, n);
            Load(port.DType, port.Data + walk.Offset * port.DType.ItemSize(), walk.Stride, tile, run);
            tile += run;
            n -= run;
            if (n > 0) walk.Next(this, port, at += run);
        }
    }

    public void Scatter<T>(in MapPort port, long at, int n, T* tile)
        where T : unmanaged
    {
        var walk = new Walk(this, port, at);
        while (n > 0)
        {
            int run = (int)Math.Min(walk.Run, n);
            Store(port.DType, port.Data + walk.Offset * port.DType.ItemSize(), walk.Stride, tile, run);
            tile += run;
            n -= run;
            if (n > 0) walk.Next(this, port, at += run);
        }
    }

    public static void Load<T>(DType dtype, byte* from, long stride, T* to, int n)
        where T : unmanaged
    {
        if (dtype == DTypes.Of<T>())
        {
            T* source = (T*)from;
            if (n < 16)
                for (int i = 0; i < n; i++) to[i] = source[i * stride];
            else if (stride == 1) Buffer.MemoryCopy(source, to, (long)n * sizeof(T), (long)n * sizeof(T));
            else if (stride == 0) new Span<T>(to, n).Fill(*source);
            else for (int i = 0; i < n; i++) to[i] = source[i * stride];
            return;
        }
        CpuElement.Load(dtype, from, stride, to, n);
    }

    public static void Store<T>(DType dtype, byte* to, long stride, T* from, int n)
        where T : unmanaged
    {
        if (dtype == DTypes.Of<T>())
        {
            T* target = (T*)to;
            if (n < 16)
                for (int i = 0; i < n; i++) target[i * stride] = from[i];
            else if (stride == 1) Buffer.MemoryCopy(from, target, (long)n * sizeof(T), (long)n * sizeof(T));
            else for (int i = 0; i < n; i++) target[i * stride] = from[i];
            return;
        }
        CpuElement.Store(dtype, from, to, stride, n);
    }

    /// <summary>Where a linear position lies in an operand, and how far it goes on at one stride.</summary>
    private struct Walk
    {
        public long Offset, Run, Stride;
        private long _row;

        public Walk(in MapPlaces places, in MapPort port, long at)
        {
            Stride = port.Strides[places.Dims - 1];
            Seek(places, port, at);
        }

        public void Next(in MapPlaces places, in MapPort port, long at)
        {
            if (places.Dims != 2)
            {
                Seek(places, port, at);
                return;
            }
            Offset = _row += port.Strides[0];
            Run = places.Sizes[1];
        }

        private void Seek(in MapPlaces places, in MapPort port, long at)
        {
            long rest = at;
            int last = places.Dims - 1;
            long inner = last == 0 ? at : rest % places.Sizes[last];
            Run = places.Sizes[last] - inner;
            Offset = inner * Stride;
            if (last == 0) return;
            rest /= places.Sizes[last];
            for (int d = last - 1; d > 0; d--)
            {
                (rest, long index) = Math.DivRem(rest, places.Sizes[d]);
                Offset += index * port.Strides[d];
            }
            Offset += rest * port.Strides[0];
            _row = rest * port.Strides[0];
        }
    }
}
