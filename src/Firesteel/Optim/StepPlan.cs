namespace Firesteel.Optim;

/// <summary>
/// How an optimizer updates its parameters: in as few passes as there are formulas, dtypes and numbers (step counts, learning rates) to compute with. Made once, and good as long as
/// gradients are there or not as they were, and nobody changes what it depends on.
/// </summary>
internal sealed class StepPlan
{
    private readonly Optimizer _optimizer;
    private readonly List<StepPass> _passes = [];

    /// <summary>All parameters in order; those without a gradient have no state here.</summary>
    private readonly List<(Tensor Parameter, ParameterState? State, int Version)> _members = [];
    private readonly (ParameterGroup Group, int Version, int Count)[] _groups;

    // Whose operands are being added.
    private ParameterGroup? _group;
    private Tensor? _gradient;
    private ParameterState? _state;

    public StepPlan(Optimizer optimizer, Func<Tensor, ParameterState> stateOf)
    {
        _optimizer = optimizer;
        _groups = [.. optimizer.ParamGroups.Select(static g => (g, g.Version, g.Params.Count))];
        foreach (var group in optimizer.ParamGroups)
            foreach (var parameter in group.Members)
            {
                if (parameter.Grad is not { } gradient)
                {
                    _members.Add((parameter, null, 0));
                    continue;
                }
                var state = stateOf(parameter);
                // As it is before the update adds to it: a plan that makes state is for one step.
                _members.Add((parameter, state, state.Version));
                (_group, _gradient, _state) = (group, gradient, state);
                optimizer.Update(group, parameter, gradient, state, this);
            }
        (_group, _gradient, _state) = (null, null, null);
    }

    public IReadOnlyList<StepPass> Passes => _passes;

    /// <summary>Takes up the operands of one update. Where the gradient is an input, it is that of the step that runs.</summary>
    public void Add(StepKernel kernel, string writer, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs)
    {
        var parameter = outputs[0];
        var run = kernel.For(parameter.DType, inputs.Length);
        StepPass? pass = null;
        foreach (var known in _passes)
            if (known.Takes(run, _group!, parameter.Device, _state!, outputs.Length + inputs.Length)) pass = known;
        if (pass is null) _passes.Add(pass = new StepPass(_optimizer, run, writer, _group!, parameter.Device));
        pass.Add(parameter, _gradient!, _state!, outputs, inputs);
    }

    /// <summary>True if the plan is one for the gradients that are there now.</summary>
    public bool Fits()
    {
        foreach (ref readonly var member in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_members))
            if (member.Parameter.Grad is null != member.State is null) return false;
        return true;
    }

    /// <summary>True if nothing else was changed that the plan depends on.</summary>
    public bool Holds()
    {
        var groups = _optimizer.ParamGroups;
        if (groups.Count != _groups.Length) return false;
        foreach (ref readonly var group in _groups.AsSpan())
            if (group.Group.Version != group.Version || group.Group.Params.Count != group.Count) return false;
        foreach (ref readonly var member in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_members))
            if (member.State is { } state && (state.Version != member.Version || state.IsDropped)) return false;
        foreach (var pass in _passes)
            if (!pass.IsInStep) return false;
        return true;
    }

    /// <summary>The half of a step that computes numbers on the host: counts the step and writes learning rates and the like to where kernels read them.</summary>
    public void Advance()
    {
        foreach (var pass in _passes) pass.Advance();
    }

    /// <summary>The half of a step that runs kernels.</summary>
    public void Run()
    {
        foreach (var pass in _passes) pass.Run();
    }
}
