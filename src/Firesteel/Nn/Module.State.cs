using Firesteel.Io;

namespace Firesteel.Nn;

public abstract partial class Module
{
    /// <summary>Parameters and persistent buffers by name, in order; the tensors share the elements of the module (<c>state_dict()</c>).</summary>
    public OrderedDictionary<string, Tensor> StateDict(string prefix = "")
    {
        var state = new OrderedDictionary<string, Tensor>();
        foreach (var (name, value) in AllState())
            if (value is not Buffer { Persistent: false }) state[prefix + name] = value.IsUninitialized ? value : value.Detach();
        return state;
    }

    /// <summary>
    /// Copies the values of a state dictionary into this module (<c>load_state_dict</c>), on the device where it is. Everything that does not fit is reported at
    /// once, with the key that may have been meant, and then nothing is changed.
    /// </summary>
    /// <param name="stateDict">Tensors by name.</param>
    /// <param name="strict">Whether keys that are missing or not expected are errors. They are returned in any case.</param>
    /// <param name="keyMap">Changes the names in <paramref name="stateDict"/> before they are compared.</param>
    /// <param name="convert">Whether values of another dtype are converted to that of the module; they are errors otherwise.</param>
    /// <param name="assign">Take over the tensors themselves, with their dtypes, instead of copying them: memory that is mapped from a file stays there.</param>
    /// <returns>The keys of this module that <paramref name="stateDict"/> lacks, and those that it has and this module does not. <c>num_batches_tracked</c>, which old
    /// checkpoints lack, does not count as missing.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or with <paramref name="strict"/> a key, or without <paramref name="convert"/> a dtype; or the map makes two names one.</exception>
    public (IReadOnlyList<string> MissingKeys, IReadOnlyList<string> UnexpectedKeys) LoadStateDict(IReadOnlyDictionary<string, Tensor> stateDict, bool strict = true, KeyMap? keyMap = null, bool convert = true, bool assign = false)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        var own = AllState().Where(static s => s.Value is not Buffer { Persistent: false }).ToList();
        var loading = new StateDictLoading(own, keyMap is null ? stateDict : keyMap.Apply(stateDict), strict, convert, assign);
        if (loading.Problems.Length > 0) throw new ArgumentException($"Error(s) in loading state_dict for {TypeName}:{loading.Problems}", nameof(stateDict));
        if (assign) loading.Assign();
        else loading.Copy();
        return (loading.Missing, loading.Unexpected);
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
                    if (tensor.IsUninitialized)
                    {
                        var like = convert(Tensor.Empty([0], tensor.DType, tensor.Device));
                        tensor.Layout = Uninitialized.View(like.DType, like.Device);
                        continue;
                    }
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
