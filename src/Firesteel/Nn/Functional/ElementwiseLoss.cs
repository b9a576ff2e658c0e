namespace Firesteel.Nn;

/// <summary>
/// A loss that is one scalar formula per element, with its reduction as one operation: forward is the formula and a sum, backward is one
/// formula more, into which the gradient of the reduced loss goes as a number.
/// </summary>
internal sealed class ElementwiseLoss
{
    /// <param name="Loss">The loss.</param>
    /// <param name="Numbers">The operands that are numbers, in their places; null if there are none.</param>
    /// <param name="Tensors">The places of the tensors, as bits.</param>
    /// <param name="Count">What the sum was divided by.</param>
    private readonly record struct State(ElementwiseLoss Loss, Operand[]? Numbers, int Tensors, double Count);

    private readonly Pointwise _value;
    private readonly Operation<State> _reduced;
    private readonly int _arity;
    private readonly Func<Expr[], Expr> _formula;
    private readonly Func<Expr[], Expr, Expr?[]>? _gradient;
    private readonly Pointwise?[] _parts;

    /// <summary>A loss of <paramref name="arity"/> operands; the gradients follow from the formula unless given as functions of the operands and of the loss's own gradient.</summary>
    public ElementwiseLoss(string name, int arity, Func<Expr[], Expr> formula, Func<Expr[], Expr, Expr?[]>? gradient = null)
    {
        _arity = arity;
        _formula = formula;
        _gradient = gradient;
        _parts = new Pointwise?[arity];
        _value = new Pointwise(name, arity, formula, gradient is null ? null : (x, y, g) => gradient(x, g), ResultType.Floating);
        _reduced = Operation<State>.OfList(name, Save.AllInputs, static (in s, g) => Gradient(s, g));
    }

    /// <summary>The loss of operands that broadcast, reduced.</summary>
    public Tensor Run(Reduction reduction, params ReadOnlySpan<Operand> operands)
    {
        Functional.CheckReduction(_value.Name, reduction);
        if (reduction == Reduction.None) return _value.Run(operands);
        Tensor values, result;
        bool mode = GradMode.Exchange(false); // recorded as one operation, below
        try
        {
            values = _value.Run(operands);
            result = reduction == Reduction.Mean ? values.Mean() : values.Sum();
        }
        finally
        {
            GradMode.Exchange(mode);
        }
        // Tensors are kept by the graph, where they can be freed; what is kept here are numbers.
        var inputs = new Tensor[operands.Length];
        Operand[]? numbers = null;
        int count = 0, tensors = 0;
        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i].Tensor is { } tensor)
            {
                inputs[count++] = tensor;
                tensors |= 1 << i;
            }
            else (numbers ??= new Operand[_arity])[i] = operands[i];
        }
        return _reduced.Record(result.Layout, inputs.AsSpan(0, count), new State(this, numbers, tensors, reduction == Reduction.Mean ? values.NumElements : 1));
    }

    private static Tensor Gradient(in Saved<State> saved, Tensor g)
    {
        var (loss, numbers, tensors, count) = saved.State;
        Span<Operand> operands = new Operand[loss._arity + 1];
        numbers?.CopyTo(operands);
        int position = 0;
        for (int i = 0, input = 0; i < loss._arity; i++)
        {
            if ((tensors >> i & 1) == 0) continue;
            if (input == saved.Index) position = i;
            operands[i] = saved.Input(input++);
        }
        if (loss.Part(position) is not { } part) return Tensor.ZerosLike(saved.Input(saved.Index), dtype: g.DType);
        operands[^1] = count == 1 ? g : g / count;
        return part.Run(operands);
    }

    private Pointwise? Part(int input)
    {
        if (_parts[input] is { } known) return known;
        Expr[] x = [.. Enumerable.Range(0, _arity).Select(Expr.In)];
        var g = Expr.In(_arity);
        var formula = (_gradient is null ? Expr.Gradients(_formula(x), _arity, g) : _gradient(x, g))[input];
        return formula is null ? null : _parts[input] = new Pointwise(_value.Name + "_backward", _arity + 1, _ => formula, null, ResultType.Promoted);
    }
}
