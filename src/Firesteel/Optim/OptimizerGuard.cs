namespace Firesteel.Optim;

/// <summary>
/// The update of an optimizer is made of the same kernels: the same groups and parameters, flags, and options that are zero or not. Values of options
/// may change; replays read them anew.
/// </summary>
internal sealed class OptimizerGuard(Optimizer optimizer, StepPlan plan) : Guard
{
    private readonly (ParameterGroup Group, string Option, int Kind)[] _options =
        [.. optimizer.ParamGroups.SelectMany(static g => g.Options.Where(static o => o.Key is not ("lr" or "initial_lr")).Select(o => (g, o.Key, ParameterGroup.Kind(o.Value))))];

    public override bool Holds() => plan.Holds();

    public override string Change()
    {
        foreach (var (group, option, kind) in _options)
            if (group.Current(option) is not { } now || ParameterGroup.Kind(now) != kind) return $"the option {option} of {optimizer.GetType().Name} is now {group.Current(option)}";
        return $"{optimizer.GetType().Name} has other groups, parameters or state";
    }
}
