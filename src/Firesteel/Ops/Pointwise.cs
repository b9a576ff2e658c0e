using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>How the dtype of a pointwise result follows from those of its operands.</summary>
public enum ResultType
{
    /// <summary>The promoted type of the operands (<c>add</c>).</summary>
    Promoted,

    /// <summary>The promoted type, and the default floating-point type for integers and bool (<c>exp</c>).</summary>
    Floating,

    /// <summary>Bool; the operands are promoted to each other first (<c>lt</c>).</summary>
    Bool,
}

/// <summary>
/// An elementwise operation given by one scalar formula. Broadcasting, type promotion, the in-place form, the gradient and all higher
/// gradients follow from it.
/// </summary>
/// <example><code>
/// static readonly Pointwise Swish = new("swish", static x => x * Expr.Sigmoid(x));
/// var y = Swish.Apply(x);
/// </code></example>
public sealed class Pointwise
{
    private readonly string _inPlaceName;
    private readonly Func<Expr[], Expr> _forward;
    private readonly Func<Expr[], Expr, Expr, Expr?[]>? _gradient;
    private readonly int _firstPromoted;
    private readonly string? _nameWithNumber;
    private Pointwise? _withNumber;
    private Compiled? _compiled;
    private GradientPart?[]? _parts;

    /// <summary>The formula and its program: made at the first use, so that hundreds of operations cost nothing before.</summary>
    private sealed record Compiled(Expr Formula, Program Program);

    /// <summary>An operation on one tensor. The gradient is derived from the formula unless it is given as a function of x, the result y and its gradient g.</summary>
    public Pointwise(string name, Func<Expr, Expr> forward, Func<Expr, Expr, Expr, Expr>? gradient = null, ResultType result = ResultType.Floating)
        : this(name, 1, x => forward(x[0]), gradient is null ? null : (x, y, g) => [gradient(x[0], y, g)], result)
    {
    }

    /// <summary>An operation on two operands.</summary>
    public Pointwise(string name, Func<Expr, Expr, Expr> forward, ResultType result = ResultType.Promoted)
        : this(name, 2, x => forward(x[0], x[1]), null, result)
    {
    }

    /// <summary>An operation on three operands.</summary>
    public Pointwise(string name, Func<Expr, Expr, Expr, Expr> forward, ResultType result = ResultType.Promoted)
        : this(name, 3, x => forward(x[0], x[1], x[2]), null, result)
    {
    }

    /// <summary>An operation on any number of operands.</summary>
    /// <param name="name">PyTorch's name of the function; behind colons the number of the overload for the graph, and that of the one that takes a number last: <c>"fmod:1:0"</c>.</param>
    /// <param name="arity">The number of operands.</param>
    /// <param name="forward">The formula.</param>
    /// <param name="gradient">The gradient of each operand given operands, result and its gradient; null to derive it.</param>
    /// <param name="result">The rule for the dtype.</param>
    /// <param name="firstPromoted">Operands before this one (such as a condition) take no part in type promotion.</param>
    public Pointwise(string name, int arity, Func<Expr[], Expr> forward, Func<Expr[], Expr, Expr, Expr?[]>? gradient, ResultType result, int firstPromoted = 0)
    {
        (Name, NodeName) = NodeNames.Of(name);
        if (name.Split(':') is [var function, _, var overload]) _nameWithNumber = $"{function}:{overload}";
        _inPlaceName = Name + "InPlace";
        Arity = arity;
        Result = result;
        _forward = forward;
        _gradient = gradient;
        _firstPromoted = firstPromoted;
    }

    /// <summary>PyTorch's name of the function.</summary>
    public string Name { get; }

    /// <summary>The number of operands.</summary>
    public int Arity { get; }

    /// <summary>The rule for the dtype of the result.</summary>
    public ResultType Result { get; }

    internal string NodeName { get; }

    /// <summary>Applies the operation to one operand.</summary>
    public Tensor Apply(Operand a) => Run([a]);

    /// <summary>Applies the operation to two operands, which broadcast.</summary>
    public Tensor Apply(Operand a, Operand b) => Run([a, b]);

    /// <summary>Applies the operation to three operands, which broadcast.</summary>
    public Tensor Apply(Operand a, Operand b, Operand c) => Run([a, b, c]);

    /// <summary>Applies the operation to its operands, which broadcast.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast, or no operand is a tensor.</exception>
    public Tensor Run(ReadOnlySpan<Operand> operands)
    {
        Geometry geometry;
        DType common;
        Device device;
        if (Alike(operands) is { } first)
        {
            geometry = first.Layout.Geometry;
            common = geometry.DType;
            device = first.Device;
        }
        else
        {
            var shape = BroadcastShape(operands, out device);
            common = Promotion.Of(operands[_firstPromoted..]);
            geometry = shape.Contiguous(common);
        }
        var dtype = ResultOf(common);
        if (!geometry.IsContiguous || dtype != geometry.DType) geometry = geometry.Shape.Contiguous(dtype);
        var view = new View(device.Allocate(geometry.Shape.NumElements * dtype.ItemSize()), 0, geometry);
        Launch(view, operands, Result == ResultType.Bool ? common : dtype);
        var result = new Tensor(view);
        if (NeedsGraph(operands) && dtype.IsFloatingPoint())
        {
            var node = new PointwiseNode(Recorded(operands), operands, new OutputInfo(geometry), null);
            result.SetGraph(node, 0);
            node.SaveOutput(result);
        }
        if (Anomaly.Enabled) Anomaly.CheckForward(Name, result);
        return result;
    }

    /// <summary>The same formula under another name.</summary>
    internal Pointwise Renamed(string name) => new(name, Arity, _forward, _gradient, Result, _firstPromoted);

    /// <summary>This, or the same under the name of the overload that takes a number last.</summary>
    private Pointwise Recorded(ReadOnlySpan<Operand> operands) =>
        _nameWithNumber is null || operands[^1].Tensor is not null ? this : _withNumber ??= Renamed(_nameWithNumber);

    /// <summary>Writes the result into the first operand, which keeps its shape and dtype.</summary>
    /// <exception cref="ArgumentException">The result has another shape, or a dtype that cannot be stored in the target.</exception>
    public Tensor RunInPlace(Tensor target, params ReadOnlySpan<Operand> others)
    {
        var buffer = new OperandBuffer();
        Span<Operand> operands = others.Length < OperandBuffer.Length ? ((Span<Operand>)buffer)[..(others.Length + 1)] : new Operand[others.Length + 1];
        operands[0] = target;
        others.CopyTo(operands[1..]);
        return RunInto(target, operands);
    }

    /// <summary>Writes the result into a tensor that is one of the operands (or takes the place of the first).</summary>
    internal Tensor RunInto(Tensor target, Span<Operand> operands)
    {
        DType common;
        if (ReferenceEquals(Alike(operands), target)) common = target.DType;
        else
        {
            var shape = BroadcastShape(operands, out _);
            if (shape != target.Shape)
                throw OperationError.Argument(_inPlaceName, $"output with shape {OperationError.Text(target.Shape)} doesn't match the broadcast shape {OperationError.Text(shape)}. Use the form that makes a new tensor.");
            common = Promotion.Of(operands[_firstPromoted..]);
        }
        var dtype = ResultOf(common);
        if (dtype != target.DType) Promotion.CheckStorable(_inPlaceName, dtype, target.DType);
        InPlace.Check(Name, target);
        for (int i = 0; i < operands.Length; i++)
            if (operands[i].Tensor is { } source && PartlyOverlaps(source.Layout, target.Layout)) operands[i] = source.Clone();
        PointwiseNode? node = null;
        if (NeedsGraph(operands) && target.DType.IsFloatingPoint())
        {
            // A formula that reads the target needs what it held before.
            var original = ReadsFirstOperand(operands) ? target.Clone() : null;
            node = new PointwiseNode(Recorded(operands), operands, new OutputInfo(target.Shape, target.DType), original);
        }
        Launch(target.Layout, operands, Result == ResultType.Bool ? common : dtype);
        target.Layout.Storage.Bump(_inPlaceName);
        if (node is not null)
        {
            InPlace.Rebase(target, node);
            node.SaveOutput(target);
        }
        if (Anomaly.Enabled) Anomaly.CheckForward(Name, target);
        return target;
    }

    private DType ResultOf(DType common) => Result switch
    {
        ResultType.Bool => DType.Bool,
        ResultType.Floating when !common.IsFloatingPoint() => DType.Float32,
        _ => common,
    };

    private void Launch(in View output, ReadOnlySpan<Operand> operands, DType computed)
    {
        var kernel = (_compiled ?? Compile()).Program.KernelFor(computed);
        var device = output.Storage.Device;
        // Methods of their own, because the buffers of all cases together would have to be cleared in every call.
        if (operands.Length == 2) Launch2(device, kernel, output, operands);
        else if (operands.Length == 1) Launch1(device, kernel, output, operands);
        else LaunchMany(device, kernel, output, operands);
    }

    private static void Launch1(Device device, MapKernel kernel, in View output, ReadOnlySpan<Operand> operands)
    {
        var input = Input(operands[0]);
        device.Run(new KernelCall(kernel, new ReadOnlySpan<View>(in output), new ReadOnlySpan<KernelInput>(in input)));
    }

    private static void Launch2(Device device, MapKernel kernel, in View output, ReadOnlySpan<Operand> operands) =>
        device.Run(new KernelCall(kernel, new ReadOnlySpan<View>(in output), [Input(operands[0]), Input(operands[1])]));

    private static void LaunchMany(Device device, MapKernel kernel, in View output, ReadOnlySpan<Operand> operands)
    {
        var inputs = new KernelInput[operands.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Input(operands[i]);
        device.Run(new KernelCall(kernel, new ReadOnlySpan<View>(in output), inputs));
    }

    private Compiled Compile()
    {
        var formula = _forward([.. Enumerable.Range(0, Arity).Select(Expr.In)]);
        return _compiled = new Compiled(formula, new Program(Arity, formula));
    }

    private static KernelInput Input(in Operand operand) => operand.Tensor is { } tensor ? new(tensor.Layout) : new(operand.Scalar);

    private Shape BroadcastShape(ReadOnlySpan<Operand> operands, out Device device)
    {
        Shape? shape = null;
        Tensor? first = null;
        foreach (ref readonly var operand in operands)
        {
            if (operand.Tensor is not { } tensor) continue;
            if (first is null) (shape, first) = (tensor.Shape, tensor);
            else
            {
                if (!ReferenceEquals(tensor.Device, first.Device)) throw OperationError.Argument(Name, $"expected all tensors to be on the same device, but found {first.Device} and {tensor.Device}.");
                if (!ReferenceEquals(shape, tensor.Shape)) shape = Broadcasting.Of(Name, shape!, tensor.Shape);
            }
        }
        device = first?.Device ?? throw OperationError.Argument(Name, "at least one operand must be a tensor.");
        return shape!;
    }

    /// <summary>The first operand if nothing is to be broadcast or promoted: the usual case, found in one pass.</summary>
    private static Tensor? Alike(ReadOnlySpan<Operand> operands)
    {
        if (operands[0].Tensor is not { } first) return null;
        var geometry = first.Layout.Geometry;
        if (geometry.Shape.Length == 0) return null;
        for (int i = 1; i < operands.Length; i++)
        {
            if (operands[i].Tensor is not { } other)
            {
                if (!geometry.DType.IsFloatingPoint()) return null;
            }
            else
            {
                if (!ReferenceEquals(other.Layout.Geometry, geometry) && (other.DType != geometry.DType || !geometry.Shape.Equals(other.Shape))) return null;
                if (!ReferenceEquals(other.Device, first.Device)) return null;
            }
        }
        return first;
    }

    private static bool NeedsGraph(ReadOnlySpan<Operand> operands)
    {
        if (!GradMode.Enabled) return false;
        foreach (ref readonly var operand in operands) if (operand.Tensor is { RequiresGrad: true }) return true;
        return false;
    }

    private static bool PartlyOverlaps(in View a, in View b)
    {
        if (!ReferenceEquals(a.Storage, b.Storage)) return false;
        if (a.Offset == b.Offset && a.Geometry.Matches(b.Geometry)) return false;
        var (firstA, lastA) = a.Extent();
        var (firstB, lastB) = b.Extent();
        int sizeA = a.DType.ItemSize(), sizeB = b.DType.ItemSize();
        return firstA * sizeA < (lastB + 1) * sizeB && firstB * sizeB < (lastA + 1) * sizeA;
    }

    private bool ReadsFirstOperand(ReadOnlySpan<Operand> operands)
    {
        for (int i = 0; i < operands.Length; i++)
            if (operands[i].Tensor is { RequiresGrad: true } && PartOf(i) is { } part && part.Uses.Contains(0)) return true;
        return false;
    }

    /// <summary>The gradient of one operand as an operation of its own, on those of (operands, result, gradient of the result) that it reads.</summary>
    internal sealed record GradientPart(Pointwise? Operation, int[] Uses, bool ReadsResult);

    /// <summary>Null where the gradient is zero everywhere.</summary>
    internal GradientPart? PartOf(int input)
    {
        var parts = _parts ?? MakeParts();
        return parts[input];
    }

    private GradientPart?[] MakeParts()
    {
        Expr y = Expr.In(Arity), g = Expr.In(Arity + 1);
        Expr?[] formulas;
        if (_gradient is not null) formulas = _gradient([.. Enumerable.Range(0, Arity).Select(Expr.In)], y, g);
        else
        {
            // A derivative that names the result of the last step reads the saved result instead of computing it again.
            var formula = (_compiled ?? Compile()).Formula;
            formulas = Expr.Gradients(formula, Arity, g);
            for (int i = 0; i < formulas.Length; i++) formulas[i] = formulas[i]?.Replace(formula, y);
        }
        var parts = new GradientPart?[Arity];
        for (int i = 0; i < Arity; i++)
        {
            if (formulas[i] is not { } part) continue;
            var used = new HashSet<int>();
            part.CollectInputs(used);
            int[] uses = [.. used.Order()];
            var renumbered = part.Substitute(k => Expr.In(Array.IndexOf(uses, k)));
            parts[i] = renumbered.IsInput
                ? new GradientPart(null, uses, used.Contains(Arity))
                : new GradientPart(new Pointwise(Name + "_backward", uses.Length, _ => renumbered, null, ResultType.Promoted), uses, used.Contains(Arity));
        }
        return _parts = parts;
    }

    [InlineArray(Length)]
    private struct OperandBuffer
    {
        public const int Length = 4;
        private Operand _first;
    }
}
