namespace Firesteel.Optim;

/// <summary>
/// The update of an optimizer is made of the same kernels: the same groups and parameters, flags, and options that are zero or not. Values of options
/// may change; replays read them anew.
/// </summary>
internal sealed class OptimizerGuard : Guard
{
    private readonly Optimizer _optimizer;
    private readonly int _groups;
    private readonly (ParameterGroup Group, string Option, bool Matters)[] _options;
    private readonly (ParameterGroup Group, int Params)[] _sizes;
    private readonly (Tensor Parameter, ParameterState? State)[] _states;

    public OptimizerGuard(Optimizer optimizer)
    {
        _optimizer = optimizer;
        var groups = optimizer.ParamGroups;
        _groups = groups.Count;
        // No kernel depends on whether a learning rate is 0, and schedules pass through it.
        _options = [.. groups.SelectMany(static g => g.Options.Where(static o => o.Key is not ("lr" or "initial_lr")).Select(o => (g, o.Key, Matters(o.Value))))];
        _sizes = [.. groups.Select(static g => (g, g.Params.Count))];
        _states = [.. groups.SelectMany(static g => g.Params).Select(p => (p, optimizer.State.GetValueOrDefault(p)))];
    }

    public override bool Holds()
    {
        if (_optimizer.ParamGroups.Count != _groups) return false;
        foreach (ref readonly var size in _sizes.AsSpan())
            if (size.Group.Params.Count != size.Params) return false;
        foreach (ref readonly var option in _options.AsSpan())
            if (option.Group.Current(option.Option) is not { } now || Matters(now) != option.Matters) return false;
        foreach (ref readonly var state in _states.AsSpan())
            if (!ReferenceEquals(_optimizer.State.GetValueOrDefault(state.Parameter), state.State)) return false;
        return true;
    }

    public override string Change()
    {
        foreach (var (group, option, matters) in _options)
            if (group.Current(option) is not { } now || Matters(now) != matters) return $"the option {option} of {_optimizer.GetType().Name} is now {group.Current(option)}";
        return $"{_optimizer.GetType().Name} has other groups, parameters or state";
    }

    /// <summary>A flag by its value, a number by whether it is 0.</summary>
    private static bool Matters(object value) => value switch
    {
        bool flag => flag,
        double number => number != 0,
        _ => true,
    };
}
