namespace Firesteel;

/// <summary>One kernel with what it reads and writes: the whole of what a device is told.</summary>
internal readonly ref struct KernelCall(Kernel kernel, ReadOnlySpan<View> outputs, ReadOnlySpan<KernelInput> inputs)
{
    public readonly Kernel Kernel = kernel;
    public readonly ReadOnlySpan<View> Outputs = outputs;
    public readonly ReadOnlySpan<KernelInput> Inputs = inputs;
}

/// <summary>An input of a kernel: a view, or one number that broadcasts.</summary>
internal readonly struct KernelInput
{
    public readonly View View;

    public KernelInput(in View view) => View = view;

    public KernelInput(Scalar number) => View = new View(number);

    /// <summary>True for a number.</summary>
    public bool IsScalar => View.Storage is null;

    /// <summary>The number, of an input that is one.</summary>
    public Scalar Scalar => View.Number;

    public static implicit operator KernelInput(in View view) => new(view);

    public static implicit operator KernelInput(Scalar scalar) => new(scalar);
}
