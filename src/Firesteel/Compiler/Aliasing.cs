namespace Firesteel;

/// <summary>Which recorded calls and views share memory, and so cannot change places.</summary>
internal static class Aliasing
{
    /// <summary>True if an output lies on an input or another output, other than exactly, so that tiles would see what others wrote.</summary>
    public static bool Overlap(List<View> outputs, List<KernelInput> inputs)
    {
        for (int o = 0; o < outputs.Count; o++)
        {
            foreach (var input in inputs)
                if (!input.IsScalar && ReferenceEquals(input.View.Storage, outputs[o].Storage) && !SamePlace(input.View, outputs[o]) && !Apart(input.View, outputs[o])) return true;
            for (int p = 0; p < o; p++)
                if (ReferenceEquals(outputs[p].Storage, outputs[o].Storage) && !Apart(outputs[p], outputs[o])) return true;
        }
        return false;
    }

    /// <summary>True if the order of two calls matters.</summary>
    public static bool Conflict(RecordedCall a, RecordedCall b)
    {
        foreach (ref readonly var output in a.Outputs.AsSpan())
            if (Touches(b, output)) return true;
        foreach (ref readonly var output in b.Outputs.AsSpan())
            if (Touches(a, output)) return true;
        return false;
    }

    /// <summary>True if a call reads or writes bytes of a view.</summary>
    public static bool Touches(RecordedCall call, in View view)
    {
        foreach (ref readonly var output in call.Outputs.AsSpan())
            if (ReferenceEquals(output.Storage, view.Storage) && !Apart(output, view)) return true;
        foreach (ref readonly var input in call.Inputs.AsSpan())
            if (!input.IsScalar && ReferenceEquals(input.View.Storage, view.Storage) && !Apart(input.View, view)) return true;
        return false;
    }

    /// <summary>True if an item reads or writes a slot.</summary>
    public static bool Touches(RecordedItem item, Slot slot) => item switch
    {
        RecordedCall call => Array.Exists(call.Outputs, o => ReferenceEquals(o.Storage, slot)) || Array.Exists(call.Inputs, i => !i.IsScalar && ReferenceEquals(i.View.Storage, slot)),
        RecordedCopy copy => ReferenceEquals(copy.Target, slot),
        _ => false,
    };

    /// <summary>True if an item writes a slot.</summary>
    public static bool Writes(RecordedItem item, Slot slot) => item switch
    {
        RecordedCall call => Array.Exists(call.Outputs, o => ReferenceEquals(o.Storage, slot)),
        RecordedCopy copy => ReferenceEquals(copy.Target, slot),
        _ => false,
    };

    /// <summary>Equal sizes.</summary>
    public static bool SameShape(in View a, in View b) => ReferenceEquals(a.Shape, b.Shape) || a.Shape.Equals(b.Shape);

    /// <summary>True if two views are the same elements in the same order.</summary>
    public static bool SamePlace(in View a, in View b) =>
        ReferenceEquals(a.Storage, b.Storage) && a.Offset == b.Offset && a.DType == b.DType && SameShape(a, b) && (ReferenceEquals(a.Strides, b.Strides) || a.Strides.AsSpan().SequenceEqual(b.Strides));

    /// <summary>True if two views of one storage have no byte in common, as far as their extents tell.</summary>
    public static bool Apart(in View a, in View b)
    {
        var (firstA, lastA) = a.Extent();
        var (firstB, lastB) = b.Extent();
        int sizeA = a.DType.ItemSize(), sizeB = b.DType.ItemSize();
        return (lastA + 1) * sizeA <= firstB * sizeB || (lastB + 1) * sizeB <= firstA * sizeA;
    }

    /// <summary>True if a view is all of its storage.</summary>
    public static bool CoversSlot(in View view) => view.IsContiguous && view.Offset == 0 && view.Shape.NumElements * view.DType.ItemSize() == view.Storage.ByteCount;
}
