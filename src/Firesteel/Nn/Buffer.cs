namespace Firesteel.Nn;

/// <summary>A tensor that belongs to the state of a module but is not learned, such as a running mean (<c>torch.nn.Buffer</c>, <c>register_buffer</c>).</summary>
public class Buffer : Tensor
{
    /// <summary>A buffer that shares the elements of <paramref name="data"/>; only a persistent one is part of <see cref="Module.StateDict"/>.</summary>
    public Buffer(Tensor data, bool persistent = true)
        : base((data ?? throw new ArgumentNullException(nameof(data))).Detach().Layout) => Persistent = persistent;

    private protected Buffer(in View view, bool persistent)
        : base(view) => Persistent = persistent;

    /// <summary>Whether it is saved with the state.</summary>
    public bool Persistent { get; }

    /// <summary>Whether a state dictionary without it is complete all the same, and leaves it as it is.</summary>
    internal bool MayBeMissing { get; init; }
}
