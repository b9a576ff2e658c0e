using System.Collections;
using Firesteel.Io;

namespace Firesteel.Nn;

/// <summary>What a checkpoint keeps of a module: besides the tensors which parts are in evaluation mode, so that training goes on with the same ones.</summary>
public abstract partial class Module : IStateful
{
    /// <summary>No parameter and no buffer has a name that begins with a dot.</summary>
    private const string Evaluating = ".evaluating";

    Dictionary<string, object> IStateful.StateDict()
    {
        var state = new Dictionary<string, object>();
        foreach (var (name, tensor) in StateDict()) state[name] = tensor;
        state[Evaluating] = NamedModules().Where(static m => !m.Module.Training).Select(static m => m.Name).ToList();
        return state;
    }

    void IStateful.LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var (name, value) in stateDict)
            if (name != Evaluating) tensors[name] = value as Tensor ?? throw new ArgumentException($"not the state of a module: '{name}' is no tensor", nameof(stateDict));
        if (stateDict.GetValueOrDefault(Evaluating) is not IEnumerable names) throw new ArgumentException("not the state of a module: it does not tell what is in evaluation mode", nameof(stateDict));
        var evaluating = names.Cast<object>().OfType<string>().ToHashSet();
        LoadStateDict(tensors, convert: false);
        foreach (var (name, module) in NamedModules()) module.Training = !evaluating.Contains(name);
    }
}
