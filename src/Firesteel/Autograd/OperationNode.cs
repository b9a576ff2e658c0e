using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>A recorded <see cref="Operation{TState}"/>.</summary>
internal sealed class OperationNode<TState> : Node
{
    private readonly Operation<TState> _operation;
    private readonly Save _saves;
    private SavedTensor3 _inputs;
    private SavedTensor[]? _moreInputs;
    private SavedTensor _output;
    private SavedTensor[]? _moreOutputs;

    public readonly TState State;

    public OperationNode(Operation<TState> operation, TState state, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<OutputInfo> outputs, Tensor? original)
    {
        _operation = operation;
        State = state;
        Output = outputs[0];
        if (outputs.Length > 1) MoreOutputs = outputs[1..].ToArray();
        Connect(inputs);
        for (int i = 0; i < inputs.Length; i++)
            if (EdgeAt(i).Target is not null) _saves |= operation.SavesOf(i);
        NoteModule();

        if ((_saves & Save.AllInputs) == 0) return;
        if (inputs.Length > SavedTensor3.Length) _moreInputs = new SavedTensor[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            // A list may be longer than there are flags; its formula saves all inputs or none.
            if (((int)_saves & (1 << Math.Min(i, 15))) == 0) continue;
            var saved = new SavedTensor(i == 0 && original is not null ? original : inputs[i]);
            if (_moreInputs is { } many) many[i] = saved;
            else _inputs[i] = saved;
        }
    }

    public override string Name => _operation.NodeName;

    /// <summary>Keeps the outputs that a formula reads, once they are in the graph.</summary>
    public void SaveOutputs(ReadOnlySpan<Tensor> outputs)
    {
        if ((_saves & Save.Output0) != 0) _output = new SavedTensor(outputs[0]);
        if ((_saves & Save.AllOutputs & ~Save.Output0) == 0) return;
        _moreOutputs = new SavedTensor[outputs.Length - 1];
        for (int i = 1; i < outputs.Length; i++)
            if (((int)_saves & ((int)Save.Output0 << i)) != 0) _moreOutputs[i - 1] = new SavedTensor(outputs[i]);
    }

    /// <summary>Keeps the outputs that a formula reads, and behind them views that nobody else has.</summary>
    public void SaveOutputs(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<View> kept)
    {
        if ((_saves & Save.Output0) != 0) _output = new SavedTensor(outputs[0]);
        int more = outputs.Length - 1;
        _moreOutputs = new SavedTensor[more + kept.Length];
        for (int i = 0; i < more; i++)
            if (((int)_saves & ((int)Save.Output1 << i)) != 0) _moreOutputs[i] = new SavedTensor(outputs[i + 1]);
        for (int i = 0; i < kept.Length; i++) _moreOutputs[more + i] = new SavedTensor(new Tensor(kept[i]));
    }

    public Tensor SavedInput(int i) => _moreInputs is { } many ? many[i].Unpack(this) : _inputs[i].Unpack(this);

    public Tensor SavedOutput(int i) => i == 0 ? _output.Unpack(this) : _moreOutputs![i - 1].Unpack(this);

    internal override Tensor? InputGradient(int input, ReadOnlySpan<Tensor?> gradients) =>
        _operation.FormulaOf(input)(new Saved<TState>(this, gradients, input), gradients[0]!);

    internal override Tensor?[]? AllInputGradients(ReadOnlySpan<Tensor?> gradients)
    {
        if (_operation.Joint is not { } joint) return null;
        var results = new Tensor?[EdgeCount];
        joint(new Saved<TState>(this, gradients, 0), gradients[0]!, results);
        return results;
    }

    internal override void Release()
    {
        _inputs = default;
        if (_moreInputs is not null) Array.Clear(_moreInputs);
        _output.Release();
        if (_moreOutputs is not null) Array.Clear(_moreOutputs);
    }

    [InlineArray(Length)]
    private struct SavedTensor3
    {
        public const int Length = 3;
        private SavedTensor _first;
    }
}
