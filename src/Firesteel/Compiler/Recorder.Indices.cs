namespace Firesteel;

/// <content>Indices are looked at when a kernel is recorded, where they are there already, so that the operation that was given wrong ones can say so itself.</content>
internal sealed partial class Recorder
{
    /// <exception cref="IndexOutOfRangeException">An index does not exist.</exception>
    private void CheckIndices(in KernelCall call)
    {
        switch (call.Kernel)
        {
            case GatherKernel { Dim: var dim } when IsThere(call.Inputs[1].View):
                Check(call.Inputs[1].View, dim, SizeOf(call.Inputs[0].View.Shape, dim));
                break;
            case ScatterKernel { Dim: var dim } when IsThere(call.Inputs[0].View):
                Check(call.Inputs[0].View, dim, SizeOf(call.Outputs[0].Shape, dim));
                break;
            case FusedKernel { Op: FusedOp.CrossEntropy } when call.Inputs[3].IsScalar && IsThere(call.Inputs[1].View):
                CheckClasses(call.Inputs[1].View, call.Inputs[0].View.Shape[1], call.Inputs[3].Scalar.AsLong);
                break;
        }

        static long SizeOf(Shape shape, int dim) => shape.Length == 0 ? 1 : shape.Sizes[dim];
    }

    /// <summary>True if a view holds what it will hold when the kernel runs. Little outstanding work is done for that.</summary>
    private bool IsThere(in View view)
    {
        if (view.DType != DType.Int64 || view.Shape.NumElements == 0) return false;
        var slot = SlotOf(view.Storage);
        for (int i = _done; i < _items.Count; i++)
        {
            if (!Aliasing.Writes(_items[i], slot)) continue;
            if (_slots.Where(static s => s.Kind == SlotKind.Temporary).Sum(static s => s.ByteCount) > LittleBytes) return false;
            Execute();
            break;
        }
        return view.Storage is not DeferredStorage { IsOpen: true };
    }

    private static unsafe void Check(in View view, int dim, long size)
    {
        fixed (byte* first = &view.Storage.FirstByte) CpuIndices.Check(new CpuView(first, view), dim, size);
    }

    private static unsafe void CheckClasses(in View view, long classes, long ignored)
    {
        if (!view.IsContiguous) return;
        fixed (byte* first = &view.Storage.FirstByte)
        {
            foreach (long target in new ReadOnlySpan<long>((long*)first + view.Offset, checked((int)view.Shape.NumElements)))
                if (target != ignored && (ulong)target >= (ulong)classes) throw new IndexOutOfRangeException($"Target {target} is none of {classes} classes.");
        }
    }
}
