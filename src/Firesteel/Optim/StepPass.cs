using System.Runtime.InteropServices;

namespace Firesteel.Optim;

/// <summary>The parameters that one kernel updates, with the same formula and the same numbers.</summary>
internal sealed class StepPass(Optimizer optimizer, ForeachKernel kernel, string writer, ParameterGroup group, Device device)
{
    private readonly StepNumbers _numbers = new(optimizer.NumberCount);
    private readonly List<ParameterState> _states = [];
    private readonly List<Tensor> _parameters = [];
    private readonly List<Tensor> _outputs = [];

    /// <summary>Null for the gradient.</summary>
    private readonly List<Tensor?> _inputs = [];
    private readonly HashSet<Storage> _written = new(ReferenceEqualityComparer.Instance);

    // The operands of the kernel; filled anew in every step, since tensors may have been given other memory.
    private View[] _to = [];
    private KernelInput[] _from = [];
    private bool _apart;

    /// <summary>How many parameters are updated together.</summary>
    public int Count => _states.Count;

    /// <summary>True if a parameter can be one of these.</summary>
    public bool Takes(ForeachKernel other, ParameterGroup itsGroup, Device itsDevice, ParameterState state, int operands) =>
        ReferenceEquals(kernel, other) && ReferenceEquals(group, itsGroup) && ReferenceEquals(device, itsDevice) && state.IsInStepWith(_states[0])
        && _outputs.Count + _inputs.Count + operands + _numbers.Count <= CpuForeach.MostOperands;

    public void Add(Tensor parameter, Tensor gradient, ParameterState state, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs)
    {
        _parameters.Add(parameter);
        _states.Add(state);
        _outputs.AddRange(outputs);
        foreach (var input in inputs) _inputs.Add(ReferenceEquals(input, gradient) ? null : input);
    }

    /// <summary>True as long as all of them have the same step count.</summary>
    public bool IsInStep
    {
        get
        {
            long step = _states[0].Step;
            foreach (var state in CollectionsMarshal.AsSpan(_states))
                if (state.Step != step) return false;
            return true;
        }
    }

    public void Advance()
    {
        var states = CollectionsMarshal.AsSpan(_states);
        foreach (var state in states) state.Count();
        states[0].Prepare(optimizer, group, _numbers.Values);
        foreach (var state in states[1..]) state.TakeNumbers(states[0]);
    }

    public void Run()
    {
        bool moved = _to.Length == 0;
        if (moved)
        {
            (_to, _from) = (new View[_outputs.Count], new KernelInput[_inputs.Count + _numbers.Count]);
            for (int i = 0; i < _numbers.Count; i++) _from[_inputs.Count + i] = _numbers[i];
        }
        for (int i = 0; i < _to.Length; i++)
        {
            ref readonly var view = ref _outputs[i].Layout;
            moved |= !ReferenceEquals(view.Storage, _to[i].Storage);
            _to[i] = view;
        }
        if (moved) _apart = FindApart();
        bool apart = _apart;
        int own = kernel.Own;
        for (int p = 0; p < _parameters.Count; p++)
        {
            var gradient = _parameters[p].Grad!;
            // One that lies where this step writes, such as in another parameter, is read when its turn comes.
            apart &= !_written.Contains(gradient.Layout.Storage);
            for (int i = p * own; i < (p + 1) * own; i++) _from[i] = (_inputs[i] ?? gradient).Layout;
        }
        if (apart) device.Run(new KernelCall(kernel, _to, _from));
        else RunInTurn();
        foreach (ref readonly var output in _to.AsSpan()) output.Storage.Bump(writer);
        // Gradients are somebody else's, who may want to let go of them.
        for (int i = 0; i < _inputs.Count; i++)
            if (_inputs[i] is null) _from[i] = default;
    }

    /// <summary>True if no parameter shares memory with another or its state.</summary>
    private bool FindApart()
    {
        _written.Clear();
        var known = new Dictionary<Storage, List<View>>(ReferenceEqualityComparer.Instance);
        foreach (var view in _to)
        {
            _written.Add(view.Storage);
            var others = CollectionsMarshal.GetValueRefOrAddDefault(known, view.Storage, out _) ??= [];
            foreach (var other in others)
                if (!Aliasing.Apart(view, other)) return false;
            others.Add(view);
        }
        return true;
    }

    /// <summary>One parameter after the other.</summary>
    private void RunInTurn()
    {
        int made = kernel.Map.Program.Outputs.Length, own = kernel.Own;
        var inputs = new KernelInput[own + _numbers.Count];
        _from.AsSpan(_inputs.Count).CopyTo(inputs.AsSpan(own));
        for (int s = 0; s < _parameters.Count; s++)
        {
            _from.AsSpan(s * own, own).CopyTo(inputs);
            device.Run(new KernelCall(kernel, _to.AsSpan(s * made, made), inputs));
        }
    }
}
