using System.Collections;
using System.Globalization;
using Firesteel.Nn;

namespace Firesteel.Optim;

public abstract partial class Optimizer
{
    /// <summary>Numbers of state that PyTorch keeps as integers rather than as tensors.</summary>
    private protected virtual bool StepIsInteger => false;

    /// <summary>Whether the state has a step count at all.</summary>
    private protected virtual bool HasStep => true;

    /// <summary>
    /// Everything that is needed to go on, in PyTorch's layout (<c>state_dict()</c>): <c>state</c> by the number of the parameter, and <c>param_groups</c> with
    /// options, <c>params</c> (their numbers) and, where all are known, <c>param_names</c>. Tensors are shared with this optimizer.
    /// </summary>
    public Dictionary<string, object> StateDict()
    {
        var state = new OrderedDictionary<long, Dictionary<string, object>>();
        var groups = new List<Dictionary<string, object?>>();
        long number = 0;
        foreach (var group in _groups)
        {
            var packed = new Dictionary<string, object?>();
            foreach (var (name, value) in group.Options) packed[name] = value;
            Complete(packed);
            var numbers = new List<long>();
            foreach (var parameter in group.Params)
            {
                if (PackState(parameter) is { } known) state[number] = known;
                numbers.Add(number++);
            }
            packed["params"] = numbers;
            if (Names(group) is { } names) packed["param_names"] = names;
            groups.Add(packed);
        }
        return new Dictionary<string, object> { ["state"] = state, ["param_groups"] = groups };
    }

    /// <summary>Goes on from a state dictionary (<c>load_state_dict</c>). Parameters are matched by name where both sides know all names, else by their order.</summary>
    /// <exception cref="ArgumentException">Other groups, or groups of other sizes; nothing is changed then.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        if (!stateDict.TryGetValue("param_groups", out var groupsValue) || groupsValue is not IEnumerable groupList || !stateDict.TryGetValue("state", out var stateValue) || stateValue is not IDictionary states)
            throw new ArgumentException("not the state dictionary of an optimizer: it has to hold 'state' and 'param_groups'", nameof(stateDict));
        var groups = groupList.Cast<IDictionary>().ToList();
        if (groups.Count != _groups.Count) throw new ArgumentException($"loaded state dict has a different number of parameter groups: {groups.Count} instead of {_groups.Count}", nameof(stateDict));

        var parameters = new Dictionary<long, Tensor>();
        for (int g = 0; g < groups.Count; g++)
        {
            long[] numbers = [.. ((IEnumerable)groups[g]["params"]!).Cast<object>().Select(static n => System.Convert.ToInt64(n, CultureInfo.InvariantCulture))];
            var own = _groups[g].Params;
            if (numbers.Length != own.Count) throw new ArgumentException($"loaded state dict contains a parameter group that doesn't match the size of optimizer's group: {numbers.Length} parameters instead of {own.Count} in group {g}", nameof(stateDict));
            string[]? ownNames = Names(_groups[g])?.ToArray();
            string[]? names = groups[g].Contains("param_names") && groups[g]["param_names"] is IEnumerable list ? [.. list.Cast<object>().Select(static n => n.ToString()!)] : null;
            bool byName = ownNames is not null && names is not null && names.Length == numbers.Length && names.ToHashSet().SetEquals(ownNames);
            for (int i = 0; i < numbers.Length; i++) parameters[numbers[i]] = own[byName ? Array.IndexOf(ownNames!, names![i]) : i];
        }
        var loaded = new List<Action>();
        foreach (DictionaryEntry entry in states)
        {
            long number = System.Convert.ToInt64(entry.Key, CultureInfo.InvariantCulture);
            if (!parameters.TryGetValue(number, out var parameter)) throw new ArgumentException($"loaded state dict has state of a parameter {number} that is in none of its groups", nameof(stateDict));
            if (entry.Value is not IDictionary packed) throw new ArgumentException($"loaded state dict has no dictionary as the state of parameter {number}", nameof(stateDict));
            loaded.Add(UnpackState(parameter, packed));
        }

        for (int g = 0; g < groups.Count; g++)
            foreach (DictionaryEntry option in groups[g])
                if (option is { Key: string name, Value: { } value } && name is not ("params" or "param_names")) _groups[g][name] = OptionValue(value);
        ClearState();
        foreach (var load in loaded) load();
    }

    /// <summary>Adds options to a group of a state dictionary that PyTorch asks for and that are not set here.</summary>
    private protected virtual void Complete(Dictionary<string, object?> group)
    {
    }

    /// <summary>The state of a parameter in PyTorch's layout; null if there is none.</summary>
    private protected virtual Dictionary<string, object>? PackState(Tensor parameter)
    {
        if (!_state.TryGetValue(parameter, out var state)) return null;
        var packed = new Dictionary<string, object>();
        if (HasStep) packed["step"] = StepIsInteger ? state.Step : Number(state.Step);
        foreach (var (name, value) in state.Numbers) packed[name] = Number(value);
        foreach (var (name, value) in state.Tensors) packed[name] = value;
        return packed;
    }

    /// <summary>A 0-d tensor of float32, which PyTorch uses, unless the number needs more.</summary>
    private static Tensor Number(double value) => Tensor.From(value, (float)value == value ? DType.Float32 : DType.Float64);

    /// <summary>Checks the state of a parameter; the action that is returned makes it that of this optimizer.</summary>
    /// <exception cref="ArgumentException">It does not fit the parameter.</exception>
    private protected virtual Action UnpackState(Tensor parameter, IDictionary packed)
    {
        var state = new ParameterState();
        foreach (DictionaryEntry entry in packed)
        {
            string name = (string)entry.Key;
            switch (entry.Value)
            {
                case null: break;
                case Tensor one when name == "step": state.Step = (long)one.Item(); break;
                case Tensor tensor when tensor.Shape == parameter.Shape && !(tensor.Ndim == 0 && name is "eta" or "mu" or "mu_product"):
                    state[name] = tensor.Detach().To(parameter.DType, copy: true);
                    break;
                case Tensor { Ndim: 0 } one: state.SetNumber(name, one.Item()); break;
                case Tensor other: throw new ArgumentException($"loaded state dict has '{name}' of shape {other.Shape} for a parameter of shape {parameter.Shape}");
                case { } number when name == "step": state.Step = System.Convert.ToInt64(number, CultureInfo.InvariantCulture); break;
                case IConvertible number: state.SetNumber(name, number.ToDouble(CultureInfo.InvariantCulture)); break;
            }
        }
        return () => _state[parameter] = state;
    }

    private protected virtual void ClearState()
    {
        foreach (var state in _state.Values) state.IsDropped = true;
        _state.Clear();
    }

    /// <summary>Numbers, truths and pairs, in the types that options have; anything else as it is.</summary>
    private static object OptionValue(object value) => value switch
    {
        bool or double or long or string or ValueTuple<double, double> => value,
        int or short or byte or uint => System.Convert.ToInt64(value, CultureInfo.InvariantCulture),
        Tensor { NumElements: 1 } number => number.Item(),
        IConvertible number => number.ToDouble(CultureInfo.InvariantCulture),
        IEnumerable items when items.Cast<object>().ToList() is [IConvertible a, IConvertible b] => (a.ToDouble(CultureInfo.InvariantCulture), b.ToDouble(CultureInfo.InvariantCulture)),
        System.Runtime.CompilerServices.ITuple { Length: 2 } pair when pair[0] is IConvertible a && pair[1] is IConvertible b => (a.ToDouble(CultureInfo.InvariantCulture), b.ToDouble(CultureInfo.InvariantCulture)),
        _ => value,
    };

    /// <summary>The names that the parameters of a group had when their module last listed them; null unless all are known and different.</summary>
    private static List<string>? Names(ParameterGroup group)
    {
        var names = new List<string>();
        foreach (var parameter in group.Params)
        {
            if (parameter is not Parameter { Name: { } name }) return null;
            names.Add(name);
        }
        return names.Distinct().Count() == names.Count ? names : null;
    }
}
