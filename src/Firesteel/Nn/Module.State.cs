using System.Text;

namespace Firesteel.Nn;

public abstract partial class Module
{
    /// <summary>Parameters and persistent buffers by name, in order; the tensors share the elements of the module (<c>state_dict()</c>).</summary>
    public OrderedDictionary<string, Tensor> StateDict(string prefix = "")
    {
        var state = new OrderedDictionary<string, Tensor>();
        foreach (var (name, value) in AllState())
            if (value is not Buffer { Persistent: false }) state[prefix + name] = value.Detach();
        return state;
    }

    /// <summary>
    /// Copies the values of a state dictionary into this module (<c>load_state_dict</c>). Everything that does not fit is reported at once, and
    /// then nothing is changed.
    /// </summary>
    /// <param name="stateDict">Tensors by name; their dtypes are converted.</param>
    /// <param name="strict">Whether keys that are missing or not expected are errors. They are returned in any case.</param>
    /// <exception cref="ArgumentException">A shape does not fit, or with <paramref name="strict"/> a key.</exception>
    public (IReadOnlyList<string> MissingKeys, IReadOnlyList<string> UnexpectedKeys) LoadStateDict(IReadOnlyDictionary<string, Tensor> stateDict, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        var own = AllState().Where(static s => s.Value is not Buffer { Persistent: false }).ToList();
        var names = own.Select(static s => s.Name).ToHashSet();
        var missing = own.Select(static s => s.Name).Where(name => !stateDict.ContainsKey(name)).ToList();
        var unexpected = stateDict.Keys.Where(name => !names.Contains(name)).ToList();

        var errors = new StringBuilder();
        if (strict && unexpected.Count > 0) errors.Append("\n\tUnexpected key(s) in state_dict: ").AppendJoin(", ", unexpected.Select(name => $"\"{name}\"{Spelling.Suggestion(name, missing)}")).Append('.');
        if (strict && missing.Count > 0) errors.Append("\n\tMissing key(s) in state_dict: ").AppendJoin(", ", missing.Select(static name => $"\"{name}\"")).Append('.');
        foreach (var (name, target) in own)
            if (stateDict.TryGetValue(name, out var source) && source.Shape != target.Shape)
                errors.Append($"\n\tsize mismatch for {name}: copying a param with shape {source.Shape} from checkpoint, the shape in current model is {target.Shape}.");
        if (errors.Length > 0) throw new ArgumentException($"Error(s) in loading state_dict for {TypeName}:{errors}", nameof(stateDict));

        using (Autograd.NoGrad())
        {
            foreach (var (name, target) in own)
                if (stateDict.TryGetValue(name, out var source) && !ReferenceEquals(source, target)) target.CopyInPlace(source);
        }
        return (missing, unexpected);
    }

    /// <summary>Forgets the gradients of all parameters, or sets them to zero (<c>zero_grad</c>).</summary>
    public void ZeroGrad(bool setToNone = true)
    {
        foreach (var parameter in Parameters()) ZeroGrad(parameter, setToNone);
    }

    internal static void ZeroGrad(Tensor parameter, bool setToNone)
    {
        // Not looked at first: a captured step then does not depend on whether there was one.
        if (setToNone) parameter.Grad = null;
        else if (parameter.Grad is { } grad)
        {
            // A gradient that has a history is replaced, so that zeroing does not become part of it.
            if (grad.GradFn is not null) parameter.Grad = grad = grad.Detach().Clone();
            using (Autograd.NoGrad()) grad.ZeroInPlace();
        }
    }

    /// <summary>Replaces every floating-point (or every) parameter and buffer, and its gradient, by a function of it; the objects stay the same.</summary>
    internal void Convert(Func<Tensor, Tensor> convert)
    {
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var module in Modules())
            foreach (var member in module.Members())
                if (member.Value is Tensor tensor && seen.Add(tensor))
                {
                    var converted = convert(tensor.Detach());
                    if (!converted.SharesStorageWith(tensor)) tensor.Data = converted;
                }
    }

    /// <summary>Sets the mode of this module and of all inside it. Override it to keep a part in evaluation mode.</summary>
    protected internal virtual void SetTraining(bool mode)
    {
        Training = mode;
        foreach (var child in Children()) child.SetTraining(mode);
    }
}
