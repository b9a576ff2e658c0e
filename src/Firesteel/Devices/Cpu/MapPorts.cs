namespace Firesteel;

/// <summary>How a pointwise loop gets at its operands, laid out once before it runs.</summary>
internal static unsafe class MapPorts
{
    /// <summary>The inputs that are one number, as bits.</summary>
    public static ulong Numbers(MapPort* inputs, int count)
    {
        ulong numbers = 0;
        for (int i = 0; i < Math.Min(count, 64); i++)
            if (inputs[i].Access == MapAccess.Number) numbers |= 1UL << i;
        return numbers;
    }

    /// <summary>How the loop gets at each operand; true if it needs no strides for any.</summary>
    public static bool Set<T>(Shape shape, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs, MapPort* ports)
        where T : unmanaged
    {
        int count = outputs.Length + inputs.Length;
        DType own = DTypes.Of<T>();
        bool allDirect = true;
        for (int i = 0; i < count; i++)
        {
            bool isOutput = i < outputs.Length;
            ref readonly var view = ref isOutput ? ref outputs[i] : ref inputs[i - outputs.Length];
            ref var port = ref ports[i];
            port.Data = view.Data;
            port.DType = view.DType;
            port.Strides = null;
            port.InMemory = false;
            if (view.IsScalar)
            {
                port.Access = MapAccess.Number;
                port.Number = view.Scalar.AsDouble;
                port.Integer = view.Scalar.AsLong;
            }
            else if (!isOutput && own != DType.Int64 && view.Shape.NumElements == 1 && shape.NumElements > 1)
            {
                // One element for all, such as a learning rate in memory: read once, not once a tile.
                port.Access = MapAccess.Number;
                port.InMemory = true;
            }
            else if (view.IsContiguous && (ReferenceEquals(view.Shape, shape) || view.Shape.Equals(shape)) && view.DType == own) port.Access = MapAccess.Direct;
            else
            {
                port.Access = MapAccess.Strided;
                allDirect = false;
            }
        }
        return allDirect;
    }

    /// <summary>Broadcasts every strided operand to the shape and merges neighbouring dimensions that all of them walk as one.</summary>
    public static int Coalesce(Shape shape, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs, MapPort* ports, long* sizes, long* strides)
    {
        int rank = Math.Max(shape.Length, 1), count = outputs.Length + inputs.Length;
        for (int i = 0; i < count; i++)
        {
            ref readonly var view = ref i < outputs.Length ? ref outputs[i] : ref inputs[i - outputs.Length];
            long* own = strides + i * rank;
            ports[i].Strides = own;
            own[0] = 0;
            if (ports[i].Access == MapAccess.Number) continue;
            int missing = shape.Length - view.Strides.Length;
            for (int d = 0; d < shape.Length; d++)
                own[d] = d < missing || view.Shape.Sizes[d - missing] == 1 ? 0 : view.Strides[d - missing];
        }
        int dims = 0;
        for (int d = 0; d < shape.Length; d++)
        {
            long size = shape.Sizes[d];
            if (size == 1) continue;
            bool merge = dims > 0;
            for (int i = 0; merge && i < count; i++)
                if (ports[i].Access == MapAccess.Strided && ports[i].Strides[dims - 1] != ports[i].Strides[d] * size) merge = false;
            int to = merge ? dims - 1 : dims++;
            sizes[to] = merge ? sizes[to] * size : size;
            for (int i = 0; i < count; i++) ports[i].Strides[to] = ports[i].Strides[d];
        }
        if (dims == 0)
        {
            dims = 1;
            sizes[0] = 1;
            for (int i = 0; i < count; i++) ports[i].Strides[0] = 0;
        }
        return dims;
    }
}
