namespace Firesteel;

/// <summary>One step of a <see cref="Program"/>: a primitive and the values that it reads.</summary>
internal readonly record struct Instruction(Primitive Primitive, int A, int B, int C);

/// <summary>
/// Pointwise formulas in the form that devices run: straight-line code over numbered values. Values 0..InputCount-1 are the inputs,
/// then come the constants, then the result of each instruction. Equal subexpressions are one instruction.
/// </summary>
internal sealed class Program
{
    public readonly int InputCount;
    public readonly double[] Constants;
    public readonly Instruction[] Instructions;

    /// <summary>The value that each output takes.</summary>
    public readonly int[] Outputs;

    /// <summary>The scratch tile of each instruction's result; tiles are reused when their value is no longer read.</summary>
    public readonly int[] Tiles;

    public readonly int TileCount;

    /// <summary>One primitive on inputs alone.</summary>
    public readonly bool IsOneStep;

    /// <summary>The only output is the only input.</summary>
    public readonly bool IsCopy;

    private readonly MapKernel _float, _double, _integer;

    /// <summary>What eager code has of machine code for float32 and for float64.</summary>
    public readonly HotCode HotSingle = new(), HotDouble = new();

    public Program(int inputCount, params Expr[] outputs)
    {
        InputCount = inputCount;
        _float = new MapKernel(this, DType.Float32);
        _double = new MapKernel(this, DType.Float64);
        _integer = new MapKernel(this, DType.Int64);
        var constants = new List<double>();
        var steps = new List<(Primitive Primitive, int A, int B, int C)>();
        var constantIds = new Dictionary<long, int>();
        var stepIds = new Dictionary<(Primitive, int, int, int), int>();
        var ids = new Dictionary<Expr, int>(ReferenceEqualityComparer.Instance);

        // Inputs are >= 0; constants and steps get provisional ids (constants ~k, steps from 1 << 20) until their number is known.
        const int StepBase = 1 << 20;
        int Emit(Expr e)
        {
            if (ids.TryGetValue(e, out int known)) return known;
            int id;
            if (e.IsInput) id = e.Input;
            else if (e.IsConstant)
            {
                long bits = BitConverter.DoubleToInt64Bits(e.Value);
                if (!constantIds.TryGetValue(bits, out id))
                {
                    constantIds[bits] = id = ~constants.Count;
                    constants.Add(e.Value);
                }
            }
            else
            {
                int a = Emit(e.Arguments[0]);
                int b = e.Arguments.Length > 1 ? Emit(e.Arguments[1]) : a;
                int c = e.Arguments.Length > 2 ? Emit(e.Arguments[2]) : a;
                var key = (e.Primitive!, a, b, c);
                if (!stepIds.TryGetValue(key, out id))
                {
                    stepIds[key] = id = StepBase + steps.Count;
                    steps.Add(key);
                }
            }
            return ids[e] = id;
        }

        int[] provisional = Array.ConvertAll(outputs, Emit);
        int Final(int id) => id < 0 ? inputCount + ~id : id >= StepBase ? inputCount + constants.Count + (id - StepBase) : id;
        Constants = [.. constants];
        Instructions = [.. steps.Select(s => new Instruction(s.Primitive, Final(s.A), Final(s.B), Final(s.C)))];
        Outputs = Array.ConvertAll(provisional, Final);

        IsCopy = Instructions.Length == 0 && InputCount == 1 && Outputs is [0];
        IsOneStep = Instructions.Length == 1 && Constants.Length == 0 && Outputs.Length == 1 && Outputs[0] == inputCount;

        int first = inputCount + constants.Count;
        var lastUse = new int[Instructions.Length];
        for (int i = 0; i < Instructions.Length; i++)
        {
            var step = Instructions[i];
            foreach (int value in (ReadOnlySpan<int>)[step.A, step.B, step.C])
                if (value >= first) lastUse[value - first] = i;
        }
        foreach (int output in Outputs) if (output >= first) lastUse[output - first] = int.MaxValue;
        Tiles = new int[Instructions.Length];
        var free = new Stack<int>();
        for (int i = 0; i < Instructions.Length; i++)
        {
            var step = Instructions[i];
            // The result may take the place of an argument that is read here for the last time: primitives work element by element.
            foreach (int value in ((ReadOnlySpan<int>)[step.A, step.B, step.C]))
            {
                if (value < first || lastUse[value - first] != i) continue;
                lastUse[value - first] = -1;
                free.Push(Tiles[value - first]);
            }
            Tiles[i] = free.Count > 0 ? free.Pop() : TileCount++;
        }
    }

    /// <summary>True if both compute the same in the same way.</summary>
    public bool Same(Program other) => ReferenceEquals(this, other)
        || (InputCount == other.InputCount && Outputs.AsSpan().SequenceEqual(other.Outputs) && Instructions.AsSpan().SequenceEqual(other.Instructions)
            && System.Runtime.InteropServices.MemoryMarshal.AsBytes(Constants.AsSpan()).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(other.Constants.AsSpan())));

    /// <summary>The kernel that runs this program on elements of a dtype.</summary>
    public MapKernel KernelFor(DType dtype) => dtype switch
    {
        DType.Float64 => _double,
        >= DType.Float16 => _float,
        _ => _integer,
    };

    /// <summary>Copies and converts.</summary>
    public static Program Identity { get; } = new(1, Expr.In(0));
}
