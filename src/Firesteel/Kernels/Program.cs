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
        // Plain arrays, searched from the beginning: programs are short, and collections of structs would be compiled anew at the start of every process.
        double[] constants = [];
        Instruction[] steps = [];
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
                int at = 0;
                while (at < constants.Length && BitConverter.DoubleToInt64Bits(constants[at]) != BitConverter.DoubleToInt64Bits(e.Value)) at++;
                if (at == constants.Length) constants = [.. constants, e.Value];
                id = ~at;
            }
            else
            {
                int a = Emit(e.Arguments[0]);
                int b = e.Arguments.Length > 1 ? Emit(e.Arguments[1]) : a;
                int c = e.Arguments.Length > 2 ? Emit(e.Arguments[2]) : a;
                int at = 0;
                while (at < steps.Length && !(ReferenceEquals(steps[at].Primitive, e.Primitive) && steps[at].A == a && steps[at].B == b && steps[at].C == c)) at++;
                if (at == steps.Length) steps = [.. steps, new Instruction(e.Primitive!, a, b, c)];
                id = StepBase + at;
            }
            return ids[e] = id;
        }

        int[] provisional = Array.ConvertAll(outputs, Emit);
        int Final(int id) => id < 0 ? inputCount + ~id : id >= StepBase ? inputCount + constants.Length + (id - StepBase) : id;
        Constants = constants;
        for (int i = 0; i < steps.Length; i++) steps[i] = new Instruction(steps[i].Primitive, Final(steps[i].A), Final(steps[i].B), Final(steps[i].C));
        Instructions = steps;
        Outputs = Array.ConvertAll(provisional, Final);

        IsCopy = Instructions.Length == 0 && InputCount == 1 && Outputs is [0];
        IsOneStep = Instructions.Length == 1 && Constants.Length == 0 && Outputs.Length == 1 && Outputs[0] == inputCount;

        int first = inputCount + constants.Length;
        var lastUse = new int[Instructions.Length];
        for (int i = 0; i < Instructions.Length; i++)
        {
            var step = Instructions[i];
            foreach (int value in (ReadOnlySpan<int>)[step.A, step.B, step.C])
                if (value >= first) lastUse[value - first] = i;
        }
        foreach (int output in Outputs) if (output >= first) lastUse[output - first] = int.MaxValue;
        Tiles = new int[Instructions.Length];
        var free = new int[Instructions.Length];
        int frees = 0;
        for (int i = 0; i < Instructions.Length; i++)
        {
            var step = Instructions[i];
            // The result may take the place of an argument that is read here for the last time: primitives work element by element.
            foreach (int value in ((ReadOnlySpan<int>)[step.A, step.B, step.C]))
            {
                if (value < first || lastUse[value - first] != i) continue;
                lastUse[value - first] = -1;
                free[frees++] = Tiles[value - first];
            }
            Tiles[i] = frees > 0 ? free[--frees] : TileCount++;
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
