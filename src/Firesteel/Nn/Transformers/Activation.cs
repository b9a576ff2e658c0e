namespace Firesteel.Nn;

/// <summary>What stands between the two linear layers of a transformer's block: <c>"relu"</c>, <c>"gelu"</c>, a module such as <c>new SiLU()</c>, or a function, <c>new(x =&gt; x.Tanh())</c>.</summary>
public sealed class Activation
{
    private readonly Func<Tensor, Tensor>? _function;

    /// <summary>A function of one tensor.</summary>
    public Activation(Func<Tensor, Tensor> function) => _function = function ?? throw new ArgumentNullException(nameof(function));

    private Activation(Module module) => Module = module ?? throw new ArgumentNullException(nameof(module));

    /// <summary>The module, which becomes a part of the block, or null for a function.</summary>
    internal Module? Module { get; }

    /// <summary>The function, or null for a module.</summary>
    internal Func<Tensor, Tensor>? Function => _function;

    /// <summary>The function of this name: <c>relu</c> or <c>gelu</c>.</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static implicit operator Activation(string name) => name switch
    {
        "relu" => new(static x => x.Relu()),
        "gelu" => new(static x => Functional.Gelu(x)),
        _ => throw new ArgumentException($"activation should be relu/gelu, not {name}", nameof(name)),
    };

    /// <summary>A module.</summary>
    public static implicit operator Activation(Module module) => new(module);
}
