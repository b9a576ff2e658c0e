using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// <see cref="MapKernel"/> on the CPU: an interpreter over tiles that stay in the first-level cache. An operand that lies contiguously in
/// the compute type is read and written in place; every other one goes through a tile that is gathered, or scattered, and converted.
/// </summary>
internal static unsafe class CpuMap
{
    private const int TileLength = 512;
    internal const long Grain = 32 * 1024;

    public static void Run(MapKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        if (outputs[0].Shape.NumElements == 0) return;
        switch (kernel.Compute)
        {
            case DType.Float32: Run<float>(kernel, outputs, inputs); break;
            case DType.Float64: Run<double>(kernel, outputs, inputs); break;
            default: Run<long>(kernel, outputs, inputs); break;
        }
    }

    private const int SmallLength = 128;

    /// <summary>
    /// The short way for what eager code does most: one primitive on small contiguous tensors of one shape in the compute type, or
    /// numbers. False if the call is not of that kind; then nothing was done.
    /// </summary>
    public static bool RunInPlace(MapKernel kernel, in KernelCall call)
    {
        ref readonly var output = ref call.Outputs[0];
        var geometry = output.Geometry;
        var compute = kernel.Compute;
        long n = geometry.Shape.NumElements;
        if (n > Grain || n == 0 || geometry.DType != compute || !geometry.IsContiguous) return false;
        bool numbers = false;
        foreach (ref readonly var input in call.Inputs)
        {
            if (input.IsScalar) numbers = true;
            else if (!geometry.Matches(input.View.Geometry)) return false;
        }
        if (numbers && n > SmallLength) return false;
        ref readonly var step = ref kernel.Program.Instructions[0];
        ref readonly var x = ref call.Inputs[step.A];
        ref readonly var y = ref call.Inputs[step.B];
        ref readonly var z = ref call.Inputs[step.C];
        if (numbers) RunOnNumbers(step.Primitive, compute, n, output, x, y, z);
        else
        {
            fixed (byte* to = &First(output), a = &First(x.View), b = &First(y.View), c = &First(z.View)) Run(step.Primitive, compute, a, b, c, to, n);
        }
        GC.KeepAlive(output.Storage);
        GC.KeepAlive(x.View.Storage);
        GC.KeepAlive(y.View.Storage);
        GC.KeepAlive(z.View.Storage);
        return true;
    }

    /// <summary>The short way for small contiguous tensors that are copied as they are, or filled with a number. False if the call is not of that kind.</summary>
    public static bool CopyInPlace(in KernelCall call)
    {
        ref readonly var output = ref call.Outputs[0];
        ref readonly var input = ref call.Inputs[0];
        var geometry = output.Geometry;
        long n = geometry.Shape.NumElements;
        if (n > Grain || !geometry.IsContiguous) return false;
        if (!input.IsScalar)
        {
            if (n == 0 || !geometry.Matches(input.View.Geometry)) return false;
            long bytes = n * geometry.DType.ItemSize();
            fixed (byte* to = &First(output), from = &First(input.View)) Buffer.MemoryCopy(from, to, bytes, bytes);
            GC.KeepAlive(input.View.Storage);
        }
        else
        {
            if (n == 0 || geometry.DType is not (DType.Float32 or DType.Float64 or DType.Int64)) return false;
            fixed (byte* to = &First(output))
            {
                if (geometry.DType == DType.Float32) Fill((float*)to, (int)n, (float)input.Scalar.AsDouble);
                else if (geometry.DType == DType.Float64) Fill((double*)to, (int)n, input.Scalar.AsDouble);
                else Fill((long*)to, (int)n, input.Scalar.AsLong);
            }
        }
        GC.KeepAlive(output.Storage);
        return true;
    }

    /// <summary>The same with numbers among the inputs, which are written out first.</summary>
    [SkipLocalsInit]
    private static void RunOnNumbers(Primitive primitive, DType compute, long n, in View output, in KernelInput x, in KernelInput y, in KernelInput z)
    {
        byte* room = stackalloc byte[SmallLength * 8 * 3];
        fixed (byte* to = &First(output), a = &Written(x, room, n, compute), b = &Written(y, room + SmallLength * 8, n, compute), c = &Written(z, room + SmallLength * 16, n, compute))
            Run(primitive, compute, a, b, c, to, n);
    }

    private static void Run(Primitive primitive, DType compute, byte* a, byte* b, byte* c, byte* to, long n)
    {
        switch (compute)
        {
            case DType.Float32: primitive.Run((float*)a, (float*)b, (float*)c, (float*)to, n); break;
            case DType.Float64: primitive.Run((double*)a, (double*)b, (double*)c, (double*)to, n); break;
            default: primitive.Run((long*)a, (long*)b, (long*)c, (long*)to, n); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte First(in View view) => ref Unsafe.AddByteOffset(ref view.Storage.FirstByte, (nint)(view.Offset * view.DType.ItemSize()));

    /// <summary>The first element of an input; a number is written into <paramref name="room"/> as often as needed.</summary>
    private static ref byte Written(in KernelInput input, byte* room, long n, DType compute)
    {
        if (!input.IsScalar) return ref First(input.View);
        switch (compute)
        {
            case DType.Float32: Fill((float*)room, (int)n, (float)input.Scalar.AsDouble); break;
            case DType.Float64: Fill((double*)room, (int)n, input.Scalar.AsDouble); break;
            default: Fill((long*)room, (int)n, input.Scalar.AsLong); break;
        }
        return ref *room;
    }

    internal enum Access { Direct, Number, Strided }

    /// <summary>An operand as the loop sees it.</summary>
    internal struct Port
    {
        public byte* Data;
        public long* Strides;
        public DType DType;
        public Access Access;

        /// <summary>A number that lies in memory and is to be read before the loop.</summary>
        public bool InMemory;
        public double Number;
        public long Integer;

        /// <summary>Takes the one element for the number.</summary>
        public void ReadNumber()
        {
            double number;
            Load(DType, Data, 1, &number, 1);
            Number = number;
        }
    }

    [SkipLocalsInit]
    private static void Run<T>(MapKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        where T : unmanaged
    {
        var program = kernel.Program;
        var shape = outputs[0].Shape;
        int rank = shape.Length, count = outputs.Length + inputs.Length;
        Port* ports = stackalloc Port[count];
        bool allDirect = SetPorts<T>(shape, outputs, inputs, ports);
        for (int i = outputs.Length; i < count; i++)
            if (ports[i].InMemory) ports[i].ReadNumber();
        long total = shape.NumElements;
        long* sizes = null;
        int dims = 0;
        if (!allDirect)
        {
            long* room = stackalloc long[Math.Max(rank, 1) * (count + 1)];
            sizes = room;
            long* strides = room + Math.Max(rank, 1);
            dims = Coalesce(shape, outputs, inputs, ports, sizes, strides);
        }
        var body = new Body<T> { Program = program, Ports = ports, Sizes = sizes, Dims = dims, OutputCount = outputs.Length, InputCount = inputs.Length };
        // One step on operands in place is one loop as it is; and there is no code for integers.
        if (typeof(T) != typeof(long) && program.Instructions.Length > 0 && !(allDirect && program.IsOneStep))
            body.Code = (typeof(T) == typeof(float) ? program.HotSingle : program.HotDouble).Of(kernel, Numbers(ports + outputs.Length, inputs.Length), total);
        if (total <= 2 * Grain) body.Run(0, total);
        else CpuThreads.For(total, Grain, body);
    }

    /// <summary>The inputs that are one number, as bits.</summary>
    internal static ulong Numbers(Port* inputs, int count)
    {
        ulong numbers = 0;
        for (int i = 0; i < Math.Min(count, 64); i++)
            if (inputs[i].Access == Access.Number) numbers |= 1UL << i;
        return numbers;
    }

    /// <summary>How the loop gets at each operand; true if it needs no strides for any.</summary>
    internal static bool SetPorts<T>(Shape shape, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs, Port* ports)
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
                port.Access = Access.Number;
                port.Number = view.Scalar.AsDouble;
                port.Integer = view.Scalar.AsLong;
            }
            else if (!isOutput && own != DType.Int64 && view.Shape.NumElements == 1 && shape.NumElements > 1)
            {
                // One element for all, such as a learning rate in memory: read once, not once a tile.
                port.Access = Access.Number;
                port.InMemory = true;
            }
            else if (view.IsContiguous && (ReferenceEquals(view.Shape, shape) || view.Shape.Equals(shape)) && view.DType == own) port.Access = Access.Direct;
            else
            {
                port.Access = Access.Strided;
                allDirect = false;
            }
        }
        return allDirect;
    }

    /// <summary>Broadcasts every strided operand to the shape and merges neighbouring dimensions that all of them walk as one.</summary>
    internal static int Coalesce(Shape shape, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs, Port* ports, long* sizes, long* strides)
    {
        int rank = Math.Max(shape.Length, 1), count = outputs.Length + inputs.Length;
        for (int i = 0; i < count; i++)
        {
            ref readonly var view = ref i < outputs.Length ? ref outputs[i] : ref inputs[i - outputs.Length];
            long* own = strides + i * rank;
            ports[i].Strides = own;
            own[0] = 0;
            if (ports[i].Access == Access.Number) continue;
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
                if (ports[i].Access == Access.Strided && ports[i].Strides[dims - 1] != ports[i].Strides[d] * size) merge = false;
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

    internal struct Body<T> : IRangeBody
        where T : unmanaged
    {
        public Program Program;
        public Port* Ports;
        public long* Sizes;
        public int Dims, OutputCount, InputCount;

        /// <summary>The program as machine code, null for the interpreter.</summary>
        public MapCode? Code;

        /// <summary>Where the element at position 0 of the first output would lie, if that goes elsewhere than its port says.</summary>
        public T* First;

        private readonly T* Target(int output) => output == 0 && First is not null ? First : (T*)Ports[output].Data;

        /// <summary>The same by machine code: as the interpreter, but whole vectors go through all steps at once.</summary>
        [SkipLocalsInit]
        private readonly void RunCode(long start, long end)
        {
            var code = Code!;
            int inputs = InputCount, count = inputs + OutputCount, width = System.Numerics.Vector<T>.Count;
            bool inPlace = true;
            for (int i = 0; i < count; i++) inPlace &= Ports[i].Access != Access.Strided;
            long length = inPlace ? end - start : Math.Min(TileOfRows(), end - start);
            int stride = inPlace ? 1 : (int)length + 16 & ~15;
            T* scratch = stackalloc T[count * (stride + 16)];
            T* tails = scratch + count * stride;
            void** values = stackalloc void*[count];
            for (int i = 0; i < inputs; i++)
            {
                values[i] = scratch + i * stride;
                if (Ports[OutputCount + i].Access == Access.Number) *(T*)values[i] = Number<T>(Ports[OutputCount + i]);
            }
            for (int o = 0; o < OutputCount; o++) values[inputs + o] = scratch + (inputs + o) * stride;
            bool* repeats = stackalloc bool[inputs];
            for (int i = 0; i < inputs; i++) repeats[i] = !inPlace && Repeats(Ports[OutputCount + i], start, (int)length);

            for (long at = start; at < end; at += length)
            {
                long n = Math.Min(length, end - at), whole = n & ~(width - 1L);
                for (int i = 0; i < inputs; i++)
                {
                    ref var port = ref Ports[OutputCount + i];
                    if (port.Access == Access.Direct) values[i] = (T*)port.Data + at;
                    else if (port.Access == Access.Strided && (at == start || !repeats[i])) Gather(port, at, (int)n, (T*)values[i]);
                }
                for (int o = 0; o < OutputCount; o++)
                    if (Ports[o].Access == Access.Direct) values[inputs + o] = Target(o) + at;
                if (whole > 0) code(values, whole);
                if (whole < n) RunTail(code, values, tails, whole, (int)(n - whole));
                if (inPlace) continue;
                for (int o = 0; o < OutputCount; o++)
                    if (Ports[o].Access != Access.Direct) Scatter(Ports[o], at, (int)n, scratch + (inputs + o) * stride);
            }
        }

        /// <summary>What is left over goes through a whole vector beside the tensors.</summary>
        [SkipLocalsInit]
        private readonly void RunTail(MapCode code, void** values, T* tails, long from, int rest)
        {
            int inputs = InputCount, count = inputs + OutputCount;
            void** at = stackalloc void*[count];
            for (int k = 0; k < count; k++)
            {
                ref var port = ref Ports[k < inputs ? OutputCount + k : k - inputs];
                T* tail = tails + k * 16;
                at[k] = port.Access switch
                {
                    Access.Number => values[k],
                    Access.Direct => tail,
                    _ => (T*)values[k] + from,
                };
                if (k < inputs && port.Access == Access.Direct)
                    for (int i = 0; i < rest; i++) tail[i] = ((T*)values[k])[from + i];
            }
            code(at, System.Numerics.Vector<T>.Count);
            for (int o = 0; o < OutputCount; o++)
                if (Ports[o].Access == Access.Direct)
                    for (int i = 0; i < rest; i++) ((T*)values[inputs + o])[from + i] = ((T*)at[inputs + o])[i];
        }

        [SkipLocalsInit]
        public readonly void Run(long start, long end)
        {
            if (Code is not null)
            {
                RunCode(start, end);
                return;
            }
            var program = Program;
            var steps = program.Instructions;
            int inputs = InputCount, constants = program.Constants.Length, firstStep = inputs + constants;
            // One step whose operands all lie in place needs no tiles: the whole range is one loop.
            int tile = TileOfRows();
            if (steps.Length == 1 && constants == 0 && OutputCount == 1)
            {
                bool inPlace = true;
                for (int i = 0; i < OutputCount + inputs; i++) inPlace &= Ports[i].Access == Access.Direct;
                if (inPlace) tile = int.MaxValue;
            }
            int length = (int)Math.Min(tile, end - start);
            int tiled = inputs + constants + program.TileCount + 1;
            int stride = length + 16 & ~15;
            T* scratch = stackalloc T[tile == int.MaxValue ? 1 : tiled * stride];
            T** values = stackalloc T*[firstStep + steps.Length];
            for (int i = 0; i < inputs; i++)
            {
                values[i] = scratch + i * stride;
                ref var port = ref Ports[OutputCount + i];
                if (port.Access == Access.Number) Fill(values[i], length, Number<T>(port));
            }
            for (int k = 0; k < constants; k++)
            {
                values[inputs + k] = scratch + (inputs + k) * stride;
                Fill(values[inputs + k], length, Convert<T>(program.Constants[k]));
            }
            T* tiles = scratch + firstStep * stride;
            bool* repeats = stackalloc bool[inputs];
            for (int i = 0; i < inputs; i++) repeats[i] = Repeats(Ports[OutputCount + i], start, length);

            for (long at = start; at < end; at += length)
            {
                int n = (int)Math.Min(length, end - at);
                for (int i = 0; i < inputs; i++)
                {
                    ref var port = ref Ports[OutputCount + i];
                    if (port.Access == Access.Direct) values[i] = (T*)port.Data + at;
                    else if (port.Access == Access.Strided && (at == start || !repeats[i])) Gather(port, at, n, values[i]);
                }
                for (int s = 0; s < steps.Length; s++)
                {
                    ref readonly var step = ref steps[s];
                    // The last step of a direct output writes where the output lies.
                    T* target = tiles + program.Tiles[s] * stride;
                    if (s == steps.Length - 1 && OutputCount == 1 && Ports[0].Access == Access.Direct && program.Outputs[0] == firstStep + s) target = Target(0) + at;
                    values[firstStep + s] = target;
                    T* a = values[step.A], b = values[step.B], c = values[step.C];
                    if (typeof(T) == typeof(float)) step.Primitive.Run((float*)a, (float*)b, (float*)c, (float*)target, n);
                    else if (typeof(T) == typeof(double)) step.Primitive.Run((double*)a, (double*)b, (double*)c, (double*)target, n);
                    else step.Primitive.Run((long*)a, (long*)b, (long*)c, (long*)target, n);
                }
                for (int o = 0; o < OutputCount; o++)
                {
                    T* result = values[program.Outputs[o]];
                    if (Ports[o].Access == Access.Direct)
                    {
                        T* target = Target(o) + at;
                        if (target != result) Buffer.MemoryCopy(result, target, (long)n * sizeof(T), (long)n * sizeof(T));
                    }
                    else Scatter(Ports[o], at, n, result);
                }
            }
        }

        /// <summary>The length of a tile: whole rows, if they are short, so that an operand that is repeated along rows has to be gathered only once.</summary>
        private readonly int TileOfRows()
        {
            if (Dims < 2) return TileLength;
            long row = Sizes[Dims - 1];
            return row <= TileLength ? (int)(TileLength / row * row) : row <= 2 * TileLength ? (int)row : TileLength;
        }

        /// <summary>True for an operand that is the same in every tile.</summary>
        private readonly bool Repeats(in Port port, long start, int tile)
        {
            if (Dims < 2 || port.Access != Access.Strided || tile % Sizes[Dims - 1] != 0 || start % Sizes[Dims - 1] != 0) return false;
            for (int d = 0; d < Dims - 1; d++)
                if (port.Strides[d] != 0) return false;
            return true;
        }

        private readonly void Gather(in Port port, long at, int n, T* tile)
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

        private readonly void Scatter(in Port port, long at, int n, T* tile)
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

        /// <summary>Where a linear position lies in an operand, and how far it goes on at one stride.</summary>
        private struct Walk
        {
            public long Offset, Run, Stride;
            private long _row;

            public Walk(in Body<T> body, in Port port, long at)
            {
                Stride = port.Strides[body.Dims - 1];
                Seek(body, port, at);
            }

            public void Next(in Body<T> body, in Port port, long at)
            {
                if (body.Dims != 2)
                {
                    Seek(body, port, at);
                    return;
                }
                Offset = _row += port.Strides[0];
                Run = body.Sizes[1];
            }

            private void Seek(in Body<T> body, in Port port, long at)
            {
                long rest = at;
                int last = body.Dims - 1;
                long inner = last == 0 ? at : rest % body.Sizes[last];
                Run = body.Sizes[last] - inner;
                Offset = inner * Stride;
                if (last == 0) return;
                rest /= body.Sizes[last];
                for (int d = last - 1; d > 0; d--)
                {
                    (rest, long index) = Math.DivRem(rest, body.Sizes[d]);
                    Offset += index * port.Strides[d];
                }
                Offset += rest * port.Strides[0];
                _row = rest * port.Strides[0];
            }
        }
    }

    private static void Fill<T>(T* tile, int n, T value)
        where T : unmanaged => new Span<T>(tile, n).Fill(value);

    private static T Number<T>(in Port port)
        where T : unmanaged => typeof(T) == typeof(long) ? (T)(object)port.Integer : Convert<T>(port.Number);

    private static T Convert<T>(double value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return (T)(object)(float)value;
        if (typeof(T) == typeof(double)) return (T)(object)value;
        return (T)(object)(long)value;
    }

    private static void Load<T>(DType dtype, byte* from, long stride, T* to, int n)
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

    private static void Store<T>(DType dtype, byte* to, long stride, T* from, int n)
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
}
