using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>A part of a pointwise loop: tiles that stay in the first-level cache go through the steps of the program, or through its machine code.</summary>
internal unsafe struct MapBody<T> : IRangeBody
    where T : unmanaged
{
    public Program Program;
    public MapPort* Ports;
    public MapPlaces Places;
    public int OutputCount, InputCount;

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
        for (int i = 0; i < count; i++) inPlace &= Ports[i].Access != MapAccess.Strided;
        long length = inPlace ? end - start : Math.Min(Places.TileOfRows(), end - start);
        int stride = inPlace ? 1 : (int)length + 16 & ~15;
        T* scratch = stackalloc T[count * (stride + 16)];
        T* tails = scratch + count * stride;
        void** values = stackalloc void*[count];
        for (int i = 0; i < inputs; i++)
        {
            values[i] = scratch + i * stride;
            if (Ports[OutputCount + i].Access == MapAccess.Number) *(T*)values[i] = Ports[OutputCount + i].NumberAs<T>();
        }
        for (int o = 0; o < OutputCount; o++) values[inputs + o] = scratch + (inputs + o) * stride;
        bool* repeats = stackalloc bool[inputs];
        for (int i = 0; i < inputs; i++) repeats[i] = !inPlace && Places.Repeats(Ports[OutputCount + i], start, (int)length);

        for (long at = start; at < end; at += length)
        {
            long n = Math.Min(length, end - at), whole = n & ~(width - 1L);
            for (int i = 0; i < inputs; i++)
            {
                ref var port = ref Ports[OutputCount + i];
                if (port.Access == MapAccess.Direct) values[i] = (T*)port.Data + at;
                else if (port.Access == MapAccess.Strided && (at == start || !repeats[i])) Places.Gather(port, at, (int)n, (T*)values[i]);
            }
            for (int o = 0; o < OutputCount; o++)
                if (Ports[o].Access == MapAccess.Direct) values[inputs + o] = Target(o) + at;
            if (whole > 0) code(values, whole);
            if (whole < n) RunTail(code, values, tails, whole, (int)(n - whole));
            if (inPlace) continue;
            for (int o = 0; o < OutputCount; o++)
                if (Ports[o].Access != MapAccess.Direct) Places.Scatter(Ports[o], at, (int)n, scratch + (inputs + o) * stride);
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
                MapAccess.Number => values[k],
                MapAccess.Direct => tail,
                _ => (T*)values[k] + from,
            };
            if (k < inputs && port.Access == MapAccess.Direct)
                for (int i = 0; i < rest; i++) tail[i] = ((T*)values[k])[from + i];
        }
        code(at, System.Numerics.Vector<T>.Count);
        for (int o = 0; o < OutputCount; o++)
            if (Ports[o].Access == MapAccess.Direct)
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
        int tile = Places.TileOfRows();
        if (steps.Length == 1 && constants == 0 && OutputCount == 1)
        {
            bool inPlace = true;
            for (int i = 0; i < OutputCount + inputs; i++) inPlace &= Ports[i].Access == MapAccess.Direct;
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
            if (port.Access == MapAccess.Number) new Span<T>(values[i], length).Fill(port.NumberAs<T>());
        }
        for (int k = 0; k < constants; k++)
        {
            values[inputs + k] = scratch + (inputs + k) * stride;
            new Span<T>(values[inputs + k], length).Fill(MapPort.Convert<T>(program.Constants[k]));
        }
        T* tiles = scratch + firstStep * stride;
        bool* repeats = stackalloc bool[inputs];
        for (int i = 0; i < inputs; i++) repeats[i] = Places.Repeats(Ports[OutputCount + i], start, length);

        for (long at = start; at < end; at += length)
        {
            int n = (int)Math.Min(length, end - at);
            for (int i = 0; i < inputs; i++)
            {
                ref var port = ref Ports[OutputCount + i];
                if (port.Access == MapAccess.Direct) values[i] = (T*)port.Data + at;
                else if (port.Access == MapAccess.Strided && (at == start || !repeats[i])) Places.Gather(port, at, n, values[i]);
            }
            for (int s = 0; s < steps.Length; s++)
            {
                ref readonly var step = ref steps[s];
                // The last step of a direct output writes where the output lies.
                T* target = tiles + program.Tiles[s] * stride;
                if (s == steps.Length - 1 && OutputCount == 1 && Ports[0].Access == MapAccess.Direct && program.Outputs[0] == firstStep + s) target = Target(0) + at;
                values[firstStep + s] = target;
                T* a = values[step.A], b = values[step.B], c = values[step.C];
                if (typeof(T) == typeof(float)) step.Primitive.Run((float*)a, (float*)b, (float*)c, (float*)target, n);
                else if (typeof(T) == typeof(double)) step.Primitive.Run((double*)a, (double*)b, (double*)c, (double*)target, n);
                else step.Primitive.Run((long*)a, (long*)b, (long*)c, (long*)target, n);
            }
            for (int o = 0; o < OutputCount; o++)
            {
                T* result = values[program.Outputs[o]];
                if (Ports[o].Access == MapAccess.Direct)
                {
                    T* target = Target(o) + at;
                    if (target != result) Buffer.MemoryCopy(result, target, (long)n * sizeof(T), (long)n * sizeof(T));
                }
                else Places.Scatter(Ports[o], at, n, result);
            }
        }
    }
}
