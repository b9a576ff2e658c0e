namespace Firesteel;

/// <summary>What an argument has to be like.</summary>
internal sealed class InputGuard
{
    private readonly bool _requiresGrad, _hasHistory;

    /// <summary>Which of the arguments before lies in the same storage, -1 for none.</summary>
    private readonly int _shares;
    private readonly long _sharedOffset;

    private InputGuard(ReadOnlySpan<Tensor> inputs, int index, Tensor standIn)
    {
        Tensor = standIn;
        Layout = standIn.Layout;
        _requiresGrad = inputs[index].RequiresGrad;
        _hasHistory = inputs[index].GradFn is not null;
        _shares = Sharing(inputs, index);
        if (_shares >= 0) _sharedOffset = inputs[_shares].Layout.Offset;
    }

    /// <summary>The argument of the recorded run.</summary>
    public Tensor Tensor { get; }

    /// <summary>How it lay then.</summary>
    public View Layout { get; }

    public bool Fits(ReadOnlySpan<Tensor> inputs, int index)
    {
        var tensor = inputs[index];
        ref readonly var layout = ref tensor.Layout;
        return layout.DType == Layout.DType && layout.Shape.Equals(Layout.Shape)
            && (ReferenceEquals(layout.Strides, Layout.Strides) || layout.Strides.AsSpan().SequenceEqual(Layout.Strides))
            && tensor.RequiresGrad == _requiresGrad && (!_requiresGrad || tensor.GradFn is not null == _hasHistory)
            && Sharing(inputs, index) == _shares
            && (_shares < 0 || layout.Offset - inputs[_shares].Layout.Offset == Layout.Offset - _sharedOffset);
    }

    public bool IsLike(InputGuard other) =>
        Layout.DType == other.Layout.DType && Layout.Shape.Equals(other.Layout.Shape) && Layout.Strides.AsSpan().SequenceEqual(other.Layout.Strides)
        && _requiresGrad == other._requiresGrad && _hasHistory == other._hasHistory && _shares == other._shares;

    public string Text() => $"{Layout.DType.Name()} {OperationError.Text(Layout.Shape)}";

    /// <summary>One for each argument.</summary>
    public static InputGuard[] Of(ReadOnlySpan<Tensor> inputs) => Of(inputs, inputs);

    /// <summary>The same for a run in which other tensors stand in for the arguments.</summary>
    public static InputGuard[] Of(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> standIns)
    {
        var guards = new InputGuard[inputs.Length];
        for (int i = 0; i < guards.Length; i++) guards[i] = new InputGuard(inputs, i, standIns[i]);
        return guards;
    }

    private static int Sharing(ReadOnlySpan<Tensor> inputs, int index)
    {
        for (int i = 0; i < index; i++)
            if (ReferenceEquals(inputs[i].Layout.Storage, inputs[index].Layout.Storage)) return i;
        return -1;
    }
}
