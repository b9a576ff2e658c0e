namespace Firesteel.Nn;

/// <summary>One running forward of a module: errors inside name the module, and its hooks run at <see cref="Exit(Tensor)"/>. See <see cref="Module.Enter(ref Tensor)"/>.</summary>
public readonly ref struct ForwardScope : IDisposable
{
    private readonly Module? _module;
    private readonly Tensor? _input;
    private readonly int _depth;

    internal ForwardScope(Module module, Tensor? input, int depth) => (_module, _input, _depth) = (module, input, depth);

    /// <summary>Runs the forward hooks and returns the output, or what a hook put in its place.</summary>
    public Tensor Exit(Tensor output) => _module is { HasHooks: true } module ? module.RunHooks(_input, output) : output;

    /// <summary>Ends the forward.</summary>
    public void Dispose()
    {
        if (_module is not null) ModuleScope.Leave(_depth);
    }
}
