namespace Firesteel.Nn;

public abstract partial class Module
{
    private string? _becomes;

    /// <summary>Whether a parameter or buffer of this module or of one inside it waits for a first input to get its shape (<c>has_uninitialized_params</c>).</summary>
    public bool HasUninitializedParams() => Modules().Any(static module => module.HoldsUninitialized);

    /// <summary>The same of this module alone.</summary>
    private protected bool HoldsUninitialized
    {
        get
        {
            foreach (var member in Members())
                if (member.Value is Tensor { IsUninitialized: true }) return true;
            return false;
        }
    }

    /// <summary>
    /// Calls <paramref name="initialize"/> with the first input, before the first forward, to <see cref="UninitializedParameter.Materialize"/> the parameters and buffers of
    /// this module (<c>torch.nn.modules.lazy.LazyModuleMixin</c>). To be called in the constructor of a module whose Forward opens a scope with <see cref="Enter(ref Tensor)"/>,
    /// or that is called with <see cref="Call"/>.
    /// </summary>
    /// <param name="initialize">Gives every uninitialized parameter and buffer its shape; those that were loaded have it already. If it throws, the next forward calls it again.</param>
    /// <param name="becomes">The class name that the module prints afterwards (<c>cls_to_become</c>); its own if not given.</param>
    protected void InitializeWithFirstInput(Action<Tensor> initialize, string? becomes = null)
    {
        ArgumentNullException.ThrowIfNull(initialize);
        HookHandle? handle = null;
        handle = RegisterForwardPreHook((_, input) =>
        {
            using (Autograd.NoGrad()) initialize(input);
            if (HoldsUninitialized) throw new InvalidOperationException($"module {TypeName} has not been fully initialized: after its first input it still holds uninitialized parameters.");
            handle!.Remove();
            _becomes = becomes;
            return null;
        });
    }

    /// <summary>Gives a parameter or buffer its shape and returns true, if it has none; one that was loaded has to have that shape.</summary>
    private protected bool Materialize(string key, Tensor? tensor, params ReadOnlySpan<long> shape)
    {
        if (tensor is null) return false;
        if (tensor.IsUninitialized)
        {
            Uninitialized.Materialize(tensor, shape);
            return true;
        }
        if (!tensor.Shape.AsSpan().SequenceEqual(shape))
            throw OperationError.Argument(TypeName, $"the layer and its first input ask for a {key} of shape {OperationError.Text(shape)}, but one of {OperationError.Text(tensor.Shape)} was loaded");
        return false;
    }
}
