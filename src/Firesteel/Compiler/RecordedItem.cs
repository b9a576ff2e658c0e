namespace Firesteel;

/// <summary>One thing that a recorded run did, in order.</summary>
internal abstract class RecordedItem
{
}

/// <summary>A kernel with what it reads and writes; the storages of the views are slots.</summary>
internal sealed class RecordedCall(Kernel kernel, View[] outputs, KernelInput[] inputs) : RecordedItem
{
    public readonly Kernel Kernel = kernel;
    public readonly View[] Outputs = outputs;
    public readonly KernelInput[] Inputs = inputs;

    /// <summary>How many recorded calls this one stands for.</summary>
    public int Fused = 1;

    /// <summary>The call of a kernel for several sets that this is one set of.</summary>
    public RecordedCall? SetOf;

    /// <summary>True for a value that was there before and was not kept.</summary>
    public bool IsAgain;

    /// <summary>Why it did not become a part of another one, for reports; null where there was none.</summary>
    public string? Apart;

    /// <summary>The module whose forward ran, for reports.</summary>
    public string Where = "";

    public static Slot SlotOf(in View view) => (Slot)view.Storage;
}

/// <summary>Something that C# does in every step beside kernels, such as counting the step of an optimizer.</summary>
internal sealed class RecordedAction(Action action, object key, string name) : RecordedItem
{
    public readonly Action Action = action;

    /// <summary>Equal for actions that do the same.</summary>
    public readonly object Key = key;
    public readonly string Name = name;
}

/// <summary>A copy from a C# array into a tensor.</summary>
internal sealed class RecordedCopy(Slot target, Array source, long byteCount, bool constant) : RecordedItem
{
    public readonly Slot Target = target;
    public readonly Array Source = source;
    public readonly long ByteCount = byteCount;

    /// <summary>True if the array cannot change any more.</summary>
    public readonly bool Constant = constant;
}
