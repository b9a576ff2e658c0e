namespace Firesteel;

/// <summary>A function called with the gradient of a tensor when it is known; what it returns, if not null, takes the gradient's place.</summary>
internal sealed class TensorHook(int output, Func<Tensor, Tensor?> function)
{
    public readonly int Output = output;
    public readonly Func<Tensor, Tensor?> Function = function;
}

/// <summary>A registered hook; disposing it (or <see cref="Remove"/>) unregisters it.</summary>
public sealed class HookHandle : IDisposable
{
    private Action? _remove;

    internal HookHandle(Action remove) => _remove = remove;

    /// <summary>Unregisters the hook; a second call does nothing (<c>RemovableHandle.remove</c>).</summary>
    public void Remove() => Interlocked.Exchange(ref _remove, null)?.Invoke();

    /// <summary>Same as <see cref="Remove"/>.</summary>
    public void Dispose() => Remove();
}
