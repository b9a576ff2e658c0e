using System.Diagnostics.CodeAnalysis;

namespace Firesteel.Nn;

/// <summary>
/// A part of a model (<c>torch.nn.Module</c>). Its fields are its state: those of type <see cref="Parameter"/>, <see cref="Buffer"/> or
/// <see cref="Module"/>, and arrays, lists and dictionaries of them, are found by themselves, base class first, in the order of declaration.
/// Values are read live, so a layer can be replaced by assignment.
/// </summary>
/// <example><code>
/// class Net : Module
/// {
///     private readonly Linear _hidden = new(784, 128), _out = new(128, 10);
///     public override Tensor Forward(Tensor input) => _out.Forward(_hidden.Forward(input).Relu());
/// }
/// </code></example>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)]
public abstract partial class Module
{
    private List<Func<Module, Tensor, Tensor?>>? _preHooks;
    private List<Func<Module, Tensor?, Tensor, Tensor?>>? _hooks;
    private WeakReference<Module>? _parent;
    private string _nameInParent = "";

    /// <summary>True while training, false while evaluating; see <see cref="ModuleExtensions.Train{T}"/>.</summary>
    public bool Training { get; internal set; } = true;

    internal bool HasHooks => _hooks is { Count: > 0 };

    /// <summary>The output for an input. A module whose forward takes other arguments declares its own Forward.</summary>
    /// <exception cref="NotImplementedException">The module does not override it.</exception>
    public virtual Tensor Forward(Tensor input) =>
        throw new NotImplementedException($"Module [{TypeName}] is missing the required \"Forward\" function of one tensor; override it, or call the Forward that it declares.");

    /// <summary>Runs <see cref="Forward"/> with the hooks of this module, whether or not its Forward opens a scope by itself (<c>module(input)</c>). Containers call their children so.</summary>
    public Tensor Call(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = Open(ref input, true);
        return scope.Exit(Forward(input));
    }

    /// <summary>
    /// Opens the scope of a forward: <c>using var scope = Enter(ref input); return scope.Exit(result);</c>. Errors of operations inside it name this
    /// module, and its hooks run. A Forward without it works too, but takes part in neither when it is called directly.
    /// </summary>
    protected ForwardScope Enter(ref Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ModuleScope.Claim(this) ? default : Open(ref input, false);
    }

    /// <summary>As <see cref="Enter(ref Tensor)"/>, for a forward whose arguments are not one tensor; pre-hooks do not run.</summary>
    protected ForwardScope Enter()
    {
        if (ModuleScope.Claim(this)) return default;
        int depth = ModuleScope.Depth;
        ModuleScope.Push(this, false);
        return new ForwardScope(this, null, depth);
    }

    private ForwardScope Open(ref Tensor input, bool expected)
    {
        int depth = ModuleScope.Depth;
        ModuleScope.Push(this, expected);
        if (_preHooks is { Count: > 0 } hooks)
        {
            try
            {
                foreach (var hook in hooks.ToArray()) input = hook(this, input) ?? input;
            }
            catch
            {
                ModuleScope.Leave(depth);
                throw;
            }
        }
        return new ForwardScope(this, input, depth);
    }

    internal Tensor RunHooks(Tensor? input, Tensor output)
    {
        foreach (var hook in _hooks!.ToArray()) output = hook(this, input, output) ?? output;
        return output;
    }

    /// <summary>Calls <paramref name="hook"/> with this module, its input and its output after every forward; a tensor that it returns takes the output's place (<c>register_forward_hook</c>).</summary>
    public HookHandle RegisterForwardHook(Func<Module, Tensor?, Tensor, Tensor?> hook) => Register(_hooks ??= [], hook);

    /// <summary>Calls <paramref name="hook"/> with this module and its input before every forward; a tensor that it returns takes the input's place (<c>register_forward_pre_hook</c>).</summary>
    public HookHandle RegisterForwardPreHook(Func<Module, Tensor, Tensor?> hook) => Register(_preHooks ??= [], hook);

    private static HookHandle Register<T>(List<T> hooks, T hook)
        where T : Delegate
    {
        ArgumentNullException.ThrowIfNull(hook);
        hooks.Add(hook);
        return new HookHandle(() => hooks.Remove(hook));
    }

    // ---- where in the model ----

    /// <summary>The name from the outermost module that is known to hold this one, such as <c>layers.0</c>; empty for one that nothing holds.</summary>
    internal string Path
    {
        get
        {
            var names = new List<string>();
            var module = this;
            while (names.Count < 100 && module._parent is { } link && link.TryGetTarget(out var parent))
            {
                names.Add(module._nameInParent);
                module = parent;
            }
            names.Reverse();
            return string.Join('.', names);
        }
    }

    internal void SetParent(Module parent, string name)
    {
        if (_parent is null) _parent = new WeakReference<Module>(parent);
        else if (!_parent.TryGetTarget(out var known) || !ReferenceEquals(known, parent)) _parent.SetTarget(parent);
        _nameInParent = name;
    }
}
